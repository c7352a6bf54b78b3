/*
 * One line for one scanned mail. Names and details come from the mail: they
 * are escaped on the terminal and made UTF-8 in JSON.
 */
#include "mamorictl/verdict.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "core/err.h"
#include "mamorictl/ctl.h"
#include "mamorictl/out.h"

static int status_of(enum mm_verdict verdict)
{
	switch (verdict) {
	case MM_VERDICT_CLEAN:
		return MM_EXIT_OK;
	case MM_VERDICT_INFECTED:
		return MM_EXIT_INFECTED;
	default:
		return MM_EXIT_NOT_CHECKED;
	}
}

/* Is the verdict what it is because of this finding? */
static bool is_reason(enum mm_verdict verdict, enum mm_kind kind)
{
	switch (kind) {
	case MM_KIND_VIRUS:
		return verdict == MM_VERDICT_INFECTED;
	case MM_KIND_ENCRYPTED:
	case MM_KIND_LIMIT:
	case MM_KIND_ERROR:
		return verdict == MM_VERDICT_NOT_CHECKED;
	default:
		return false;
	}
}

static const char *text_of(const char *text)
{
	return text == NULL ? "" : text;
}

/* "KIND: DETAIL", or what there is of it. The caller clears out. */
static const char *reason_of(struct mm_buf *out,
			     const struct mm_finding *finding)
{
	const char *kind = mm_kind_name(finding->kind);
	const char *detail = text_of(finding->detail);

	mm_buf_init(out, 2 * MM_TEXT_MAX);
	if (*detail == '\0' || strcmp(kind, detail) == 0)
		mm_ctl_must(mm_buf_puts(out, kind));
	else
		mm_ctl_must(mm_buf_printf(out, "%s: %s", kind, detail));
	return mm_buf_str(out);
}

static void print_part(const struct mm_finding *finding)
{
	const char *part = text_of(finding->part);
	const char *name = text_of(finding->name);

	if (*part == '\0' && *name == '\0')
		return;
	fputs(" (", stdout);
	if (*part != '\0') {
		fputs("part ", stdout);
		mm_out_text(part);
	}
	if (*name != '\0') {
		fputs(*part == '\0' ? "\"" : ", \"", stdout);
		mm_out_text(name);
		putchar('"');
	}
	putchar(')');
}

static void print_text(const char *file, const struct mm_findings *findings)
{
	const struct mm_finding *finding;
	struct mm_buf out;
	bool first = true;
	size_t i;

	mm_out_text(file);
	printf(": %s", mm_verdict_name(findings->verdict));
	for (i = 0; i < findings->count; i++) {
		finding = &findings->list[i];
		if (findings->verdict != MM_VERDICT_CLEAN &&
		    !is_reason(findings->verdict, finding->kind))
			continue;
		fputs(first ? ": " : "; ", stdout);
		mm_out_text(reason_of(&out, finding));
		mm_buf_clear(&out);
		print_part(finding);
		first = false;
	}
	putchar('\n');
}

static cJSON *finding_json(const struct mm_finding *finding)
{
	const char *type = text_of(finding->type);
	cJSON *object = mm_json_must(cJSON_CreateObject());

	if (*type == '\0')
		type = text_of(finding->mime_type);
	mm_json_add(object, "part", mm_json_text(text_of(finding->part)));
	mm_json_add(object, "name", mm_json_text(text_of(finding->name)));
	mm_json_add(object, "type", mm_json_text(type));
	mm_json_add(object, "size", cJSON_CreateNumber((double)finding->size));
	mm_json_add(object, "kind", mm_json_text(mm_kind_name(finding->kind)));
	mm_json_add(object, "detail", mm_json_text(text_of(finding->detail)));
	return object;
}

static bool has_text(const cJSON *list, const char *text)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
		if (strcmp(item->valuestring, text) == 0)
			return true;
	return false;
}

static void add_reason(cJSON *reasons, const char *reason)
{
	cJSON *text = mm_json_text(reason);

	if (has_text(reasons, text->valuestring))
		cJSON_Delete(text);
	else if (!cJSON_AddItemToArray(reasons, text))
		mm_ctl_must(MM_ERR_NOMEM);
}

static void print_json(const char *file, const struct mm_findings *findings)
{
	cJSON *object = mm_json_must(cJSON_CreateObject()), *reasons, *list;
	struct mm_buf out;
	size_t i;

	mm_json_add(object, "file", mm_json_text(file));
	mm_json_add(object, "verdict",
		    mm_json_text(mm_verdict_name(findings->verdict)));
	reasons = mm_json_add(object, "reasons", cJSON_CreateArray());
	list = mm_json_add(object, "findings", cJSON_CreateArray());
	for (i = 0; i < findings->count; i++) {
		if (is_reason(findings->verdict, findings->list[i].kind)) {
			add_reason(reasons,
				   reason_of(&out, &findings->list[i]));
			mm_buf_clear(&out);
		}
		if (!cJSON_AddItemToArray(list,
					  finding_json(&findings->list[i])))
			mm_ctl_must(MM_ERR_NOMEM);
	}
	mm_json_print(object);
}

int mm_verdict_print(bool json, const char *file,
		     const struct mm_findings *findings)
{
	if (json)
		print_json(file, findings);
	else
		print_text(file, findings);
	/* Each line is an answer of its own, also for a reader of a pipe. */
	fflush(stdout);
	return status_of(findings->verdict);
}

static void not_checked_json(const char *file, const char *reason)
{
	cJSON *object = mm_json_must(cJSON_CreateObject());

	mm_json_add(object, "file", mm_json_text(file));
	mm_json_add(object, "verdict",
		    mm_json_text(mm_verdict_name(MM_VERDICT_NOT_CHECKED)));
	add_reason(mm_json_add(object, "reasons", cJSON_CreateArray()),
		   reason);
	mm_json_add(object, "findings", cJSON_CreateArray());
	mm_json_print(object);
}

int mm_verdict_not_checked(bool json, const char *file, const char *reason)
{
	if (json) {
		not_checked_json(file, reason);
	} else {
		mm_out_text(file);
		printf(": %s: ", mm_verdict_name(MM_VERDICT_NOT_CHECKED));
		mm_out_text(reason);
		putchar('\n');
	}
	fflush(stdout);
	return MM_EXIT_NOT_CHECKED;
}

int mm_verdict_answer(bool json, const char *file, const void *data,
		      size_t len)
{
	struct mm_findings findings;
	int status;

	if (mm_findings_decode(data, len, &findings) < 0)
		status = mm_verdict_not_checked(json, file,
						"the scanner's answer cannot "
						"be read");
	else
		status = mm_verdict_print(json, file, &findings);
	mm_findings_clear(&findings);
	return status;
}
