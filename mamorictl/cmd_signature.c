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

#define KEY "signatures_allowed"

static int ask(struct mm_ctl *ctl, uint16_t type, const char *verb,
	       struct mm_rows *rows)
{
	struct mm_buf request, text;
	int i, r, status = mm_ctl_conf(ctl);

	if (status != 0)
		return status;
	mm_buf_init(&request, MM_FRAME_MAX);
	mm_buf_init(&text, MM_TEXT_MAX);
	r = mm_pair_put(&request, "level", "server");
	if (r == 0)
		r = mm_pair_put(&request, "name", "");
	for (i = 0; i < ctl->count && r == 0; i++) {
		mm_buf_reset(&text);
		r = mm_buf_printf(&text, KEY "=%s", ctl->operands[i]);
		if (r == 0)
			r = mm_pair_put(&request, verb, mm_buf_str(&text));
	}
	status = r < 0 ? mm_ctl_error("an argument is too long")
		       : mm_client_ask(ctl, type, &request, rows, NULL);
	mm_buf_clear(&request);
	mm_buf_clear(&text);
	return status;
}

static int change(struct mm_ctl *ctl, const char *verb)
{
	struct mm_rows rows = { 0 };
	int status = ask(ctl, MM_FRAME_CTL_SETTINGS_CHANGE, verb, &rows);

	if (status == 0 && ctl->json)
		mm_json_print(mm_json_must(cJSON_CreateObject()));
	else if (status == 0)
		puts("changed");
	mm_rows_clear(&rows);
	return status;
}

int mm_cmd_signature_allow(struct mm_ctl *ctl)
{
	return change(ctl, "add");
}

int mm_cmd_signature_deny(struct mm_ctl *ctl)
{
	return change(ctl, "remove");
}

int mm_cmd_signature_list(struct mm_ctl *ctl)
{
	cJSON *json = mm_json_must(cJSON_CreateArray());
	struct mm_rows rows = { 0 };
	const char *entry, *value;
	size_t i;
	int status = ask(ctl, MM_FRAME_CTL_SETTINGS_SHOW, "", &rows);

	for (i = 0; status == 0 && i < rows.count; i++) {
		entry = mm_pairs_get(&rows.list[i], "entry");
		value = mm_pairs_get(&rows.list[i], "value");
		if (entry == NULL || value == NULL || strcmp(entry, KEY) != 0)
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
