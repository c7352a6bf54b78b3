/*
 * mamorictl reload, digest now: what the daemon is told to do at once, and
 * answers with a text. A reload is in force when `mamorictl status` shows the
 * new generation as serving.
 */
#include <cjson/cJSON.h>
#include <stdio.h>

#include "core/err.h"
#include "core/frame.h"
#include "mamorictl/client.h"

static void print_text(const struct mm_ctl *ctl, const char *text)
{
	cJSON *json;

	if (ctl->json) {
		json = mm_json_must(cJSON_CreateObject());
		mm_json_add(json, "text", mm_json_text(text));
		mm_json_print(json);
	} else {
		mm_out_text(text);
		putchar('\n');
	}
}

static int order(struct mm_ctl *ctl, uint16_t type, const struct mm_buf *pairs,
		 const char *done)
{
	struct mm_rows rows = { 0 };
	const char *text = NULL;
	int status = mm_client_ask(ctl, type, pairs, &rows, NULL);

	if (status == 0 && rows.count > 0)
		text = mm_pairs_get(&rows.list[0], "text");
	if (status == 0)
		print_text(ctl, text == NULL ? done : text);
	mm_rows_clear(&rows);
	return status;
}

int mm_cmd_reload(struct mm_ctl *ctl)
{
	const int status = mm_ctl_conf(ctl);

	return status != 0
		       ? status
		       : order(ctl, MM_FRAME_CTL_RELOAD, NULL, "reloading");
}

int mm_cmd_digest_now(struct mm_ctl *ctl)
{
	struct mm_buf pairs;
	int status = mm_ctl_conf(ctl);

	if (status != 0)
		return status;
	mm_buf_init(&pairs, MM_FRAME_MAX);
	if (ctl->domain != NULL &&
	    mm_pair_put(&pairs, "domain", ctl->domain) < 0)
		status = mm_ctl_error("--domain: too long");
	else
		status = order(ctl, MM_FRAME_CTL_DIGEST, &pairs, "queued");
	mm_buf_clear(&pairs);
	return status;
}
