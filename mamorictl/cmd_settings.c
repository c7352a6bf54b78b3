/*
 * mamorictl account, domain, server, alias, lists, login: looking at shared
 * settings and changing them. Asks the keeper, which decides whether the
 * caller may.
 */
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/err.h"
#include "core/frame.h"
#include "mamorictl/client.h"
#include "mamorictl/settings.h"
#include "mamorictl/when.h"

#define SUSPENDED "notices_suspended"

/* Whose values a command is about. */
static enum mm_level level_of(const struct mm_ctl *ctl)
{
	return strcmp(ctl->group, "lists") == 0 ? MM_LEVEL_LIST
						: mm_level_find(ctl->group);
}

static int too_long(void)
{
	return mm_ctl_error("an argument is too long");
}

int mm_settings_begin(struct mm_buf *request, enum mm_level level,
		      const char *name)
{
	mm_buf_init(request, MM_FRAME_MAX);
	if (mm_pair_put(request, "level", mm_level_name(level)) < 0 ||
	    mm_pair_put(request, "name", name) < 0)
		return too_long();
	return 0;
}

/* Send, and print the text of the answer. */
int mm_settings_finish(struct mm_ctl *ctl, uint16_t type,
		       const struct mm_buf *request, const char *name)
{
	struct mm_rows rows = { 0 };
	const char *text;
	cJSON *json;
	int status;

	status = mm_client_ask(ctl, type, request, &rows, NULL);
	text = status == 0 && rows.count > 0
		       ? mm_pairs_get(&rows.list[0], "text")
		       : NULL;
	if (status == 0 && ctl->json) {
		json = mm_json_must(cJSON_CreateObject());
		mm_json_add(json, "name", mm_json_text(name));
		mm_json_add(json, "text",
			    mm_json_text(text == NULL ? "" : text));
		mm_json_print(json);
	} else if (status == 0) {
		if (*name != '\0') {
			mm_out_text(name);
			fputs(": ", stdout);
		}
		mm_out_text(text == NULL ? "done" : text);
		putchar('\n');
	}
	mm_rows_clear(&rows);
	return status;
}

/* The file of a domain that its keys belong to: gate.yaml has a few. All keys
 * of one command must be of the same, or it could be done by half. */
static enum mm_level level_of_key(enum mm_level level, const char *argument)
{
	char key[MM_TRACE_MAX + 1];
	int i;

	(void)snprintf(key, sizeof(key), "%.*s", (int)strcspn(argument, "="),
		       argument);
	i = mm_setting_find(key);
	return level == MM_LEVEL_DOMAIN && i >= 0 &&
			       mm_setting_rows[i].levels == MM_LEVEL_GATE
		       ? MM_LEVEL_GATE
		       : level;
}

/* The name (none for the server), then one change for each argument. */
static int change(struct mm_ctl *ctl, const char *verb, bool create)
{
	enum mm_level level = level_of(ctl), file = level;
	const int first = level == MM_LEVEL_SERVER ? 0 : 1;
	const char *name = first == 0 ? "" : ctl->operands[0];
	struct mm_buf request;
	int i, status = mm_ctl_conf(ctl);

	if (status != 0)
		return status;
	if (ctl->count > first)
		file = level_of_key(level, ctl->operands[first]);
	status = mm_settings_begin(&request, file, name);
	if (status == 0 && create && mm_pair_put(&request, "create", "") < 0)
		status = too_long();
	for (i = first; i < ctl->count && status == 0; i++) {
		if (level_of_key(level, ctl->operands[i]) != file)
			status = mm_ctl_error("%s: give the keys that only "
					      "the gate reads a command of "
					      "their own",
					      ctl->operands[i]);
		else if (mm_pair_put(&request, verb, ctl->operands[i]) < 0)
			status = too_long();
	}
	if (status == 0)
		status = mm_settings_finish(ctl, MM_FRAME_CTL_SETTINGS_CHANGE,
					    &request, name);
	mm_buf_clear(&request);
	return status;
}

int mm_cmd_settings_set(struct mm_ctl *ctl)
{
	return change(ctl, "set", false);
}

int mm_cmd_settings_unset(struct mm_ctl *ctl)
{
	return change(ctl, "unset", false);
}

int mm_cmd_settings_add(struct mm_ctl *ctl)
{
	return change(ctl, "add", false);
}

int mm_cmd_settings_remove(struct mm_ctl *ctl)
{
	return change(ctl, "remove", false);
}

int mm_cmd_settings_create(struct mm_ctl *ctl)
{
	return change(ctl, "set", true);
}

/* Of any time, "3d" is three days from now here. */
int mm_settings_until(const char *text, int64_t *when_r)
{
	const int64_t now = (int64_t)time(NULL);
	const size_t len = strlen(text);

	if (mm_when_read(text, when_r) < 0)
		return mm_ctl_error("--until %s: not a time; write 2h, 3d, "
				    "2026-01-31 or \"2026-01-31 23:59\"",
				    text);
	if (strspn(text, "0123456789") == len - 1)
		*when_r = 2 * now - *when_r;
	if (*when_r <= now)
		return mm_ctl_error("--until %s: is over already", text);
	return 0;
}

static int suspend(struct mm_ctl *ctl, const char *verb, const char *text)
{
	const enum mm_level level = level_of(ctl);
	const char *name = level == MM_LEVEL_SERVER ? "" : ctl->operands[0];
	struct mm_buf request;
	char until[64];
	int64_t when;
	int status = mm_ctl_conf(ctl);

	if (status != 0)
		return status;
	(void)snprintf(until, sizeof(until), SUSPENDED "_until%s",
		       *verb == 's' ? "=off" : "");
	if (ctl->until != NULL) {
		if ((status = mm_settings_until(ctl->until, &when)) != 0)
			return status;
		(void)snprintf(until, sizeof(until),
			       SUSPENDED "_until=%" PRId64, when);
	}
	status = mm_settings_begin(&request, level, name);
	if (status == 0 && (mm_pair_put(&request, verb, text) < 0 ||
			    mm_pair_put(&request, verb, until) < 0))
		status = too_long();
	if (status == 0)
		status = mm_settings_finish(ctl, MM_FRAME_CTL_SETTINGS_CHANGE,
					    &request, name);
	mm_buf_clear(&request);
	return status;
}

int mm_cmd_settings_suspend(struct mm_ctl *ctl)
{
	return suspend(ctl, "set", SUSPENDED "=yes");
}

int mm_cmd_settings_resume(struct mm_ctl *ctl)
{
	return suspend(ctl, "unset", SUSPENDED);
}

int mm_cmd_settings_delete(struct mm_ctl *ctl)
{
	struct mm_buf request;
	int i, one, status = mm_ctl_conf(ctl);

	for (i = 0; i < ctl->count && status == 0; i++) {
		one = mm_settings_begin(&request, level_of(ctl),
					ctl->operands[i]);
		if (one == 0)
			one = mm_settings_finish(ctl,
						 MM_FRAME_CTL_SETTINGS_DELETE,
						 &request, ctl->operands[i]);
		mm_buf_clear(&request);
		status = one;
	}
	return status;
}

/* approve and block: senders into a mailbox's lists. */
static int senders(struct mm_ctl *ctl, const char *key)
{
	struct mm_buf request, text;
	int i, status = mm_ctl_conf(ctl);

	if (status != 0)
		return status;
	mm_buf_init(&text, MM_TEXT_MAX);
	status =
		mm_settings_begin(&request, MM_LEVEL_ACCOUNT, ctl->operands[0]);
	for (i = 1; i < ctl->count && status == 0; i++) {
		mm_buf_reset(&text);
		if (mm_buf_printf(&text, "%s=%s", key, ctl->operands[i]) < 0 ||
		    mm_pair_put(&request, "add", mm_buf_str(&text)) < 0)
			status = too_long();
	}
	if (status == 0)
		status = mm_settings_finish(ctl, MM_FRAME_CTL_SETTINGS_CHANGE,
					    &request, ctl->operands[0]);
	mm_buf_clear(&text);
	mm_buf_clear(&request);
	return status;
}

int mm_cmd_approve(struct mm_ctl *ctl)
{
	return senders(ctl, "approved_senders");
}

int mm_cmd_block(struct mm_ctl *ctl)
{
	return senders(ctl, "blocked_senders");
}

static int ask_show(struct mm_ctl *ctl, enum mm_level level, const char *name,
		    struct mm_rows *rows)
{
	struct mm_buf request;
	int status = mm_settings_begin(&request, level, name);

	if (status == 0)
		status = mm_client_ask(ctl, MM_FRAME_CTL_SETTINGS_SHOW,
				       &request, rows, NULL);
	mm_buf_clear(&request);
	return status;
}

int mm_cmd_settings_show(struct mm_ctl *ctl)
{
	const enum mm_level level = level_of(ctl);
	const char *name = level == MM_LEVEL_SERVER ? "" : ctl->operands[0];
	struct mm_rows rows = { 0 }, gate = { 0 };
	int status = mm_ctl_conf(ctl);

	if (status == 0)
		status = ask_show(ctl, level, name, &rows);
	if (status == 0 && level == MM_LEVEL_DOMAIN && !ctl->json)
		status = ask_show(ctl, MM_LEVEL_GATE, name, &gate);
	if (status == 0) {
		mm_settings_print(ctl, &rows, name);
		if (!ctl->json)
			mm_settings_print(ctl, &gate, name);
	}
	mm_rows_clear(&gate);
	mm_rows_clear(&rows);
	return status;
}

int mm_cmd_settings_list(struct mm_ctl *ctl)
{
	struct mm_buf request;
	struct mm_rows rows = { 0 };
	const char *name;
	cJSON *list;
	size_t i;
	int status = mm_ctl_conf(ctl);

	if (status != 0)
		return status;
	status = mm_settings_begin(&request, level_of(ctl),
				   ctl->count > 0 ? ctl->operands[0] : "");
	if (status == 0 && mm_pair_put(&request, "limit", ctl->limit) < 0)
		status = too_long();
	if (status == 0)
		status = mm_client_ask(ctl, MM_FRAME_CTL_SETTINGS_NAMES,
				       &request, &rows, NULL);
	list = mm_json_must(cJSON_CreateArray());
	for (i = 0; status == 0 && i < rows.count; i++) {
		name = mm_pairs_get(&rows.list[i], "name");
		if (name == NULL)
			continue;
		if (!ctl->json) {
			mm_out_text(name);
			putchar('\n');
		} else if (!cJSON_AddItemToArray(list, mm_json_text(name))) {
			mm_ctl_must(MM_ERR_NOMEM);
		}
	}
	if (status == 0 && ctl->json)
		mm_json_print(list);
	else
		cJSON_Delete(list);
	mm_rows_clear(&rows);
	mm_buf_clear(&request);
	return status;
}
