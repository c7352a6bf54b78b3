/*
 * Collects what is found in one message and derives the verdict.
 * Process: inspector, and one-shot mode. Must never turn a failure or a limit
 * into "clean", however full the list is.
 */
#include "mamorid/inspect/findings.h"

#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "mamorid/inspect/limits.h"
#include "mamorid/xalloc.h"

/* A file name or subject longer than this tells nobody more. */
#define TEXT_MAX 1000u

void mm_report_init(struct mm_report *report)
{
	memset(report, 0, sizeof(*report));
	report->findings.version = MM_PROTO_VERSION;
	report->findings.verdict = MM_VERDICT_NOT_CHECKED;
	mm_report_text(&report->findings.from, NULL);
	mm_report_text(&report->findings.subject, NULL);
	mm_report_text(&report->findings.date, NULL);
	mm_report_text(&report->findings.message_id, NULL);
}

static void free_text(const char **text)
{
	free((void *)(uintptr_t)*text);
	*text = NULL;
}

static void clear_finding(struct mm_finding *finding)
{
	free_text(&finding->part);
	free_text(&finding->name);
	free_text(&finding->mime_type);
	free_text(&finding->type);
	free_text(&finding->detail);
}

void mm_report_clear(struct mm_report *report)
{
	for (size_t i = 0; i < report->findings.count; i++)
		clear_finding(&report->findings.list[i]);
	free(report->findings.list);
	free_text(&report->findings.from);
	free_text(&report->findings.subject);
	free_text(&report->findings.date);
	free_text(&report->findings.message_id);
	memset(report, 0, sizeof(*report));
}

/* Cut to TEXT_MAX, but not inside a UTF-8 sequence. */
static size_t cut_len(const char *text)
{
	size_t len = strnlen(text, TEXT_MAX + 1);

	if (len <= TEXT_MAX)
		return len;
	len = TEXT_MAX;
	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	return len;
}

static char *clean_text(const char *text)
{
	size_t len = text != NULL ? cut_len(text) : 0;
	char *copy = mm_xcalloc(len + 1, 1);
	bool utf8;

	if (len == 0)
		return copy;
	utf8 = mm_text_is_utf8(text, len);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c == 0x7f)
			copy[i] = ' ';
		else if (c >= 0x80 && !utf8)
			copy[i] = '?';
		else
			copy[i] = (char)c;
	}
	return copy;
}

void mm_report_text(const char **field, const char *value)
{
	char *copy = clean_text(value);

	free_text(field);
	*field = copy;
}

static bool same(const struct mm_finding *a, const struct mm_finding *b)
{
	return a->kind == b->kind && strcmp(a->part, b->part) == 0 &&
	       strcmp(a->detail, b->detail) == 0;
}

static bool grow(struct mm_report *report)
{
	size_t size = report->size == 0 ? 8 : report->size * 2;
	struct mm_finding *list;

	if (report->findings.count < report->size)
		return true;
	if (size > MM_FINDINGS_MAX)
		size = MM_FINDINGS_MAX;
	if (report->findings.count >= size)
		return false;
	list = mm_xcalloc(size, sizeof(*list));
	if (report->findings.count > 0)
		memcpy(list, report->findings.list,
		       report->findings.count * sizeof(*list));
	free(report->findings.list);
	report->findings.list = list;
	report->size = size;
	return true;
}

static void count_kind(struct mm_report *report, enum mm_kind kind)
{
	switch (kind) {
	case MM_KIND_VIRUS:
		report->virus = true;
		break;
	case MM_KIND_ENCRYPTED:
	case MM_KIND_LIMIT:
	case MM_KIND_ERROR:
		report->not_checked = true;
		break;
	case MM_KIND_MACRO:
	case MM_KIND_SCRIPT:
	case MM_KIND_EXECUTABLE:
	case MM_KIND_AMBIGUOUS:
		break;
	}
}

void mm_report_add(struct mm_report *report, const struct mm_finding *finding)
{
	struct mm_finding copy = *finding;
	bool first_virus = finding->kind == MM_KIND_VIRUS && !report->virus;

	copy.part = clean_text(finding->part);
	copy.name = clean_text(finding->name);
	copy.mime_type = clean_text(finding->mime_type);
	copy.type = clean_text(finding->type);
	copy.detail = clean_text(finding->detail);
	count_kind(report, copy.kind);
	for (size_t i = 0; i < report->findings.count; i++) {
		if (same(&report->findings.list[i], &copy)) {
			clear_finding(&copy);
			return;
		}
	}
	if (grow(report)) {
		report->findings.list[report->findings.count++] = copy;
	} else if (first_virus) {
		/* A flood of lesser findings must not hide its name. */
		clear_finding(&report->findings.list[0]);
		report->findings.list[0] = copy;
	} else {
		clear_finding(&copy);
	}
}

void mm_report_whole(struct mm_report *report, enum mm_kind kind,
		     const char *detail)
{
	struct mm_finding finding = {
		.type = "mail",
		.size = report->findings.size,
		.kind = kind,
		.detail = detail,
	};

	mm_report_add(report, &finding);
}

bool mm_report_has(const struct mm_report *report, enum mm_kind kind,
		   const char *part)
{
	for (size_t i = 0; i < report->findings.count; i++) {
		const struct mm_finding *finding = &report->findings.list[i];

		if (finding->kind == kind && strcmp(finding->part, part) == 0)
			return true;
	}
	return false;
}

/* Is a finding about the whole message also there for one part? */
static bool superseded(const struct mm_findings *findings, size_t i)
{
	const struct mm_finding *whole = &findings->list[i];

	/* A failure concerns the message, wherever else it shows. */
	if (whole->part[0] != '\0' || whole->kind == MM_KIND_ERROR ||
	    whole->kind == MM_KIND_LIMIT)
		return false;
	for (size_t k = 0; k < findings->count; k++) {
		const struct mm_finding *part = &findings->list[k];

		if (part->part != NULL && part->part[0] != '\0' &&
		    part->kind == whole->kind &&
		    strcmp(part->detail, whole->detail) == 0)
			return true;
	}
	return false;
}

void mm_report_finish(struct mm_report *report)
{
	struct mm_findings *findings = &report->findings;
	size_t kept = 0;

	for (size_t i = 0; i < findings->count; i++) {
		if (superseded(findings, i))
			clear_finding(&findings->list[i]);
		else
			findings->list[kept++] = findings->list[i];
		if (kept <= i)
			memset(&findings->list[i], 0,
			       sizeof(findings->list[i]));
	}
	findings->count = kept;
	if (report->virus)
		findings->verdict = MM_VERDICT_INFECTED;
	else if (report->not_checked)
		findings->verdict = MM_VERDICT_NOT_CHECKED;
	else
		findings->verdict = MM_VERDICT_CLEAN;
}

const char *mm_report_limit(const char *name)
{
	static const struct {
		const char *name;
		const char *limit;
	} limits[] = {
		{ "Heuristics.Limits.Exceeded.EmailMIMEParts",
		  MM_LIMIT_PARTS },
		{ "Heuristics.Limits.Exceeded.Email", MM_LIMIT_HEADERS },
		{ "Heuristics.Limits.Exceeded.MaxScanSize",
		  MM_LIMIT_UNPACKED },
		{ "Heuristics.Limits.Exceeded.MaxFileSize",
		  MM_LIMIT_UNPACKED },
		{ "Heuristics.Limits.Exceeded.MaxRecursion", MM_LIMIT_DEPTH },
		{ "Heuristics.Limits.Exceeded.MaxFiles", MM_LIMIT_PARTS },
		{ "Heuristics.Limits.Exceeded.MaxScanTime", MM_LIMIT_TIME },
		{ "Heuristics.Limits.Exceeded", MM_LIMIT_ENGINE },
		/* A bomb, not a virus. */
		{ "Heuristics.Zip.OverlappingFiles", MM_LIMIT_OVERLAP },
		{ "Heuristics.XZ.DicSizeLimit", MM_LIMIT_MEMORY },
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (mm_text_has_prefix(name, limits[i].name))
			return limits[i].limit;
	return NULL;
}

enum mm_kind mm_report_kind(const char *name)
{
	if (mm_text_has_prefix(name, "Heuristics.Encrypted."))
		return MM_KIND_ENCRYPTED;
	if (mm_report_limit(name) != NULL)
		return MM_KIND_LIMIT;
	if (mm_text_has_prefix(name, "Heuristics.OLE2.ContainsMacros"))
		return MM_KIND_MACRO;
	return MM_KIND_VIRUS;
}
