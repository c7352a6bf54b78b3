/*
 * What a false alarm has put into quarantine. Decides nothing of a mail: the
 * courier has each one scanned again before it is delivered.
 */
#include "mamorictl/false_alarm.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/err.h"
#include "core/frame.h"
#include "mamorictl/client.h"
#include "mamorictl/quarantine.h"

#define PAGE 1000u
#define ID_SIZE 24u
#define SETTING "signatures_allowed"

struct found {
	struct mm_ctl *ctl;
	const struct mm_rows *allowed;
	struct mm_buf ids; /* ID_SIZE bytes each */
	cJSON *json; /* the rows, or NULL */
};

/* As the inspector compares them: a name stands for itself and for what a
 * database of one's own makes of it. */
static bool is_name(const char *known, const char *name, size_t len)
{
	static const char tail[] = ".UNOFFICIAL";
	const size_t n = strlen(known);

	return strncmp(known, name, n < len ? n : len) == 0 &&
	       (n == len || (n + strlen(tail) == len &&
			     strncmp(name + n, tail, strlen(tail)) == 0));
}

static bool is_allowed(const struct found *found, const char *name, size_t len)
{
	const struct mm_pairs *row;
	const char *entry, *value;
	size_t i;

	for (i = 0; i < found->allowed->count; i++) {
		row = &found->allowed->list[i];
		entry = mm_pairs_get(row, "entry");
		value = mm_pairs_get(row, "value");
		if (entry != NULL && value != NULL &&
		    strcmp(entry, SETTING) == 0 && is_name(value, name, len))
			return true;
	}
	return false;
}

static bool is_asked_for(const struct mm_ctl *ctl, const char *name, size_t len)
{
	int i;

	for (i = 0; i < ctl->count; i++)
		if (is_name(ctl->operands[i], name, len))
			return true;
	return false;
}

/* detail is "NAME, NAME". A list that was cut ends with half a name, which
 * nobody allows. */
static bool is_false_alarm(const struct found *found,
			   const struct mm_pairs *row)
{
	const char *reason = mm_pairs_get(row, "reason");
	const char *name = mm_pairs_get(row, "detail");
	bool asked = false;
	size_t len;

	if (reason == NULL || strcmp(reason, "virus") != 0 || name == NULL)
		return false;
	for (; *name != '\0'; name += len + strspn(name + len, ", ")) {
		len = strcspn(name, ",");
		if (!is_allowed(found, name, len))
			return false;
		asked = asked || is_asked_for(found->ctl, name, len);
	}
	return asked;
}

static void take(struct found *found, struct mm_pairs *row)
{
	const char *id = mm_pairs_get(row, "id");
	char text[ID_SIZE] = "";

	if (id == NULL || strlen(id) >= sizeof(text))
		return;
	memcpy(text, id, strlen(id));
	mm_ctl_must(mm_buf_put(&found->ids, text, sizeof(text)));
	if (found->json != NULL &&
	    !cJSON_AddItemToArray(found->json, mm_json_row(row)))
		mm_ctl_must(MM_ERR_NOMEM);
	mm_quarantine_shorten(row);
}

/* Those of a page come first and are shown. */
static void take_page(struct found *found, struct mm_rows *rows)
{
	const size_t all = rows->count;
	struct mm_pairs row;
	size_t i, n = 0;

	for (i = 0; i < all; i++) {
		if (!is_false_alarm(found, &rows->list[i]))
			continue;
		take(found, &rows->list[i]);
		row = rows->list[n];
		rows->list[n++] = rows->list[i];
		rows->list[i] = row;
	}
	rows->count = n;
	if (found->json == NULL && n > 0)
		mm_out_rows(rows);
	rows->count = all;
}

/* All pages are read before anything is released. */
static int find(struct found *found)
{
	struct mm_rows rows = { 0 };
	struct mm_buf request;
	uint64_t offset = 0;
	size_t count = PAGE;
	int status = 0;

	for (; status == 0 && count == PAGE; offset += count) {
		mm_buf_init(&request, MM_FRAME_MAX);
		mm_ctl_must(mm_pair_put(&request, "reason", "virus"));
		mm_ctl_must(mm_pair_put_num(&request, "limit", PAGE));
		mm_ctl_must(mm_pair_put_num(&request, "offset", offset));
		status = mm_client_ask(found->ctl, MM_FRAME_CTL_QUARANTINE_LIST,
				       &request, &rows, NULL);
		if (status == 0)
			take_page(found, &rows);
		count = rows.count;
		mm_rows_clear(&rows);
		mm_buf_clear(&request);
	}
	return status;
}

/* Without a terminal nobody can answer: then only what was asked for. */
static bool is_wanted(const struct mm_ctl *ctl, size_t count)
{
	char answer[8];

	if ((ctl->given & MM_OPTION_YES) != 0)
		return true;
	if ((ctl->given & MM_OPTION_NO_RELEASE) != 0)
		return false;
	if (ctl->json || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		if (!ctl->json)
			puts("not released; give --yes to scan these again "
			     "and release them");
		return false;
	}
	printf("Scan %s again and release what is clean? [y/N] ",
	       count == 1 ? "this mail" : "these mails");
	fflush(stdout);
	return fgets(answer, sizeof(answer), stdin) != NULL &&
	       (answer[0] == 'y' || answer[0] == 'Y');
}

static int release(const struct mm_ctl *ctl, const struct mm_buf *ids)
{
	size_t i;
	int one, status = 0;

	for (i = 0; i < ids->len; i += ID_SIZE) {
		one = mm_quarantine_release(ctl, ids->data + i);
		status = one > status ? one : status;
	}
	return status;
}

int mm_false_alarm_release(struct mm_ctl *ctl, const struct mm_rows *allowed)
{
	struct found found = { .ctl = ctl, .allowed = allowed };
	int status;

	mm_buf_init(&found.ids, SIZE_MAX / 2);
	if (ctl->json)
		found.json = mm_json_must(cJSON_CreateArray());
	status = find(&found);
	if (found.json != NULL)
		mm_json_print(found.json);
	if (status == 0 && !ctl->json && found.ids.len == 0)
		puts("nothing in quarantine for this alone");
	else if (status == 0 && found.ids.len > 0 &&
		 is_wanted(ctl, found.ids.len / ID_SIZE))
		status = release(ctl, &found.ids);
	mm_buf_clear(&found.ids);
	return status;
}
