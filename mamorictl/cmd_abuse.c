/*
 * mamorictl abuse, account hold and unhold, login hold and unhold: who sends
 * too much, and stopping it. The keeper writes the hold; gates read it.
 */
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/err.h"
#include "core/frame.h"
#include "mamorictl/client.h"
#include "mamorictl/settings.h"
#include "mamorictl/story.h"

#define RELEASED_MAX "10000"

static int put(struct mm_buf *request, const char *verb, const char *change)
{
	if (mm_pair_put(request, verb, change) < 0)
		return mm_ctl_error("an argument is too long");
	return 0;
}

int mm_cmd_hold(struct mm_ctl *ctl)
{
	const char *reason = ctl->count > 1 ? ctl->operands[1] : "by hand";
	char until[64] = "sending_hold_until=off";
	struct mm_buf request, text;
	int64_t when;
	int status = mm_ctl_conf(ctl);

	if (status == 0 && ctl->until != NULL &&
	    (status = mm_settings_until(ctl->until, &when)) == 0)
		(void)snprintf(until, sizeof(until),
			       "sending_hold_until=%" PRId64, when);
	if (status != 0)
		return status;
	mm_buf_init(&text, MM_TEXT_MAX);
	status = mm_settings_begin(&request, mm_level_find(ctl->group),
				   ctl->operands[0]);
	if (status == 0 &&
	    mm_buf_printf(&text, "sending_hold_reason=%s", reason) < 0)
		status = mm_ctl_error("an argument is too long");
	if (status == 0 &&
	    (status = put(&request, "set", "sending_hold=yes")) == 0 &&
	    (status = put(&request, "set", until)) == 0 &&
	    (status = put(&request, "set", mm_buf_str(&text))) == 0)
		status = mm_settings_finish(ctl, MM_FRAME_CTL_SETTINGS_CHANGE,
					    &request, ctl->operands[0]);
	mm_buf_clear(&text);
	mm_buf_clear(&request);
	return status;
}

/* What was kept while the sender was on hold. */
static int ask_kept(struct mm_ctl *ctl, struct mm_rows *rows)
{
	struct mm_buf request;
	int status;

	mm_buf_init(&request, MM_FRAME_MAX);
	mm_ctl_must(mm_pair_put(&request, "reason", "held"));
	mm_ctl_must(mm_pair_put(&request, "limit", RELEASED_MAX));
	status = mm_client_ask(ctl, MM_FRAME_CTL_QUARANTINE_LIST, &request,
			       rows, NULL);
	mm_buf_clear(&request);
	return status;
}

static int release(const struct mm_ctl *ctl, const char *id)
{
	struct mm_rows rows = { 0 };
	struct mm_buf request;
	int status;

	mm_buf_init(&request, MM_FRAME_MAX);
	mm_ctl_must(mm_pair_put(&request, "id", id));
	status = mm_client_ask(ctl, MM_FRAME_CTL_QUARANTINE_RELEASE, &request,
			       &rows, NULL);
	mm_rows_clear(&rows);
	mm_buf_clear(&request);
	return status;
}

/* Release the mails that were kept, or tell how many there are. */
static int settle_kept(struct mm_ctl *ctl)
{
	const bool wanted = (ctl->given & MM_OPTION_RELEASE) != 0;
	struct mm_rows rows = { 0 };
	size_t i, count = 0;
	int one, status = ask_kept(ctl, &rows);

	for (i = 0; status == 0 && i < rows.count; i++) {
		const struct mm_pairs *row = &rows.list[i];

		if (strcmp(mm_story_get(row, "account"), ctl->operands[0]) != 0)
			continue;
		count++;
		one = wanted ? release(ctl, mm_story_get(row, "id")) : 0;
		if (one > status)
			status = one;
	}
	if (status == 0 && count > 0 && !ctl->json)
		printf(wanted ? "%zu mails are queued for release\n"
			      : "%zu mails are in quarantine, reason held: "
				"--release delivers them\n",
		       count);
	mm_rows_clear(&rows);
	return status;
}

int mm_cmd_unhold(struct mm_ctl *ctl)
{
	struct mm_buf request;
	char until[64];
	int status = mm_ctl_conf(ctl);

	if (status != 0)
		return status;
	/* What was sent before this moment counts no more. */
	(void)snprintf(until, sizeof(until), "sending_hold_until=%" PRId64,
		       (int64_t)time(NULL));
	status = mm_settings_begin(&request, mm_level_find(ctl->group),
				   ctl->operands[0]);
	if (status == 0 &&
	    (status = put(&request, "set", "sending_hold=no")) == 0 &&
	    (status = put(&request, "set", until)) == 0 &&
	    (status = put(&request, "unset", "sending_hold_reason")) == 0)
		status = mm_settings_finish(ctl, MM_FRAME_CTL_SETTINGS_CHANGE,
					    &request, ctl->operands[0]);
	mm_buf_clear(&request);
	return status != 0 ? status : settle_kept(ctl);
}

static void print_json(const struct mm_rows *rows)
{
	cJSON *answer = mm_json_must(cJSON_CreateObject()), *list = NULL, *one;
	size_t i;

	for (i = 0; i < rows->count; i++) {
		one = mm_json_row(&rows->list[i]);
		if (strcmp(mm_story_get(&rows->list[i], "row"), "limits") ==
		    0) {
			mm_json_add(answer, "limits", one);
			list = mm_json_add(answer, "senders",
					   cJSON_CreateArray());
		} else if (list == NULL || !cJSON_AddItemToArray(list, one)) {
			mm_ctl_must(MM_ERR_NOMEM);
		}
	}
	mm_json_print(answer);
}

int mm_cmd_abuse(struct mm_ctl *ctl)
{
	struct mm_rows rows = { 0 };
	struct mm_buf request;
	int status = mm_ctl_conf(ctl);

	if (status != 0)
		return status;
	status = mm_settings_begin(&request, MM_LEVEL_SERVER, "");
	if (status == 0)
		status = put(&request, "limit", ctl->limit);
	if (status == 0)
		status = mm_client_ask(ctl, MM_FRAME_CTL_ABUSE, &request, &rows,
				       NULL);
	if (status == 0 && ctl->json)
		print_json(&rows);
	else if (status == 0)
		mm_out_rows(&rows);
	mm_rows_clear(&rows);
	mm_buf_clear(&request);
	return status;
}
