/*
 * mamorictl signature: virus names that are false alarms. A list of the
 * server's settings, so that they count at once and without a reload; the
 * keeper lets nobody but root change it, and logs who did.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "core/err.h"
#include "core/frame.h"
#include "core/settings.h"
#include "mamorictl/client.h"
#include "mamorictl/false_alarm.h"

#define KEY "signatures_allowed"

static int ask(struct mm_ctl *ctl, uint16_t type, const struct mm_buf *edits,
	       struct mm_rows *rows)
{
	struct mm_buf request;
	int status = mm_ctl_conf(ctl);

	if (status != 0)
		return status;
	mm_buf_init(&request, MM_FRAME_MAX);
	if (mm_pair_put(&request, "level", "server") < 0 ||
	    mm_pair_put(&request, "name", "") < 0 ||
	    (edits != NULL && edits->len > 0 &&
	     mm_buf_put(&request, edits->data, edits->len) < 0))
		status = mm_ctl_error("too many arguments");
	else
		status = mm_client_ask(ctl, type, &request, rows, NULL);
	mm_buf_clear(&request);
	return status;
}

static int show(struct mm_ctl *ctl, struct mm_rows *rows)
{
	return ask(ctl, MM_FRAME_CTL_SETTINGS_SHOW, NULL, rows);
}

/* The name that a row of the settings has, or NULL. */
static const char *name_of(const struct mm_pairs *row)
{
	const char *entry = mm_pairs_get(row, "entry");

	return entry == NULL || strcmp(entry, KEY) != 0
		       ? NULL
		       : mm_pairs_get(row, "value");
}

static bool is_listed(const struct mm_rows *rows, const char *name)
{
	const char *known;
	size_t i;

	for (i = 0; i < rows->count; i++) {
		known = name_of(&rows->list[i]);
		if (known != NULL && strcmp(known, name) == 0)
			return true;
	}
	return false;
}

static int put_edit(struct mm_buf *edits, const char *verb, const char *name)
{
	struct mm_buf text;
	int r;

	mm_buf_init(&text, MM_TEXT_MAX);
	r = mm_buf_printf(&text, KEY "=%s", name);
	if (r == 0)
		r = mm_pair_put(edits, verb, mm_buf_str(&text));
	mm_buf_clear(&text);
	return r < 0 ? mm_ctl_error("an argument is too long") : 0;
}

/* Names that are there already need not be added. */
static int change(struct mm_ctl *ctl, const char *verb,
		  const struct mm_rows *there)
{
	struct mm_rows rows = { 0 };
	struct mm_buf edits;
	int i, status = 0;

	mm_buf_init(&edits, MM_FRAME_MAX);
	for (i = 0; i < ctl->count && status == 0; i++)
		if (there == NULL || !is_listed(there, ctl->operands[i]))
			status = put_edit(&edits, verb, ctl->operands[i]);
	if (status == 0 && edits.len > 0)
		status = ask(ctl, MM_FRAME_CTL_SETTINGS_CHANGE, &edits, &rows);
	if (status == 0 && !ctl->json)
		puts(edits.len > 0 ? "changed" : "allowed already");
	mm_rows_clear(&rows);
	mm_buf_clear(&edits);
	return status;
}

int mm_cmd_signature_allow(struct mm_ctl *ctl)
{
	const unsigned int both = MM_OPTION_YES | MM_OPTION_NO_RELEASE;
	struct mm_rows rows = { 0 };
	int status;

	if ((ctl->given & both) == both)
		return mm_ctl_error("--yes and --no-release contradict each "
				    "other");
	if ((status = show(ctl, &rows)) == 0)
		status = change(ctl, "add", &rows);
	mm_rows_clear(&rows);
	if (status == 0 && (status = show(ctl, &rows)) == 0)
		status = mm_false_alarm_release(ctl, &rows);
	mm_rows_clear(&rows);
	return status;
}

int mm_cmd_signature_deny(struct mm_ctl *ctl)
{
	const int status = change(ctl, "remove", NULL);

	if (status == 0 && ctl->json)
		mm_json_print(mm_json_must(cJSON_CreateObject()));
	return status;
}

int mm_cmd_signature_list(struct mm_ctl *ctl)
{
	cJSON *json = mm_json_must(cJSON_CreateArray());
	struct mm_rows rows = { 0 };
	const char *value;
	size_t i;
	int status = show(ctl, &rows);

	for (i = 0; status == 0 && i < rows.count; i++) {
		if ((value = name_of(&rows.list[i])) == NULL)
			continue;
		if (!ctl->json) {
			mm_out_text(value);
			putchar('\n');
		} else if (!cJSON_AddItemToArray(json, mm_json_text(value))) {
			mm_ctl_must(MM_ERR_NOMEM);
		}
	}
	if (status == 0 && ctl->json)
		mm_json_print(json);
	else
		cJSON_Delete(json);
	mm_rows_clear(&rows);
	return status;
}
