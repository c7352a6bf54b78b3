/*
 * mamorictl reload: asks for a new generation with the signatures as they are
 * on disk. It is in force when `mamorictl status` shows it as serving.
 */
#include <cjson/cJSON.h>
#include <stdio.h>

#include "mamorictl/client.h"

int mm_cmd_reload(struct mm_ctl *ctl)
{
	struct mm_rows rows;
	const char *text = NULL;
	cJSON *json;
	int status = mm_ctl_conf(ctl);

	if (status != 0)
		return status;
	status = mm_client_ask(ctl, MM_FRAME_CTL_RELOAD, NULL, &rows, NULL);
	if (status == 0) {
		if (rows.count > 0)
			text = mm_pairs_get(&rows.list[0], "text");
		if (text == NULL)
			text = "reloading";
		if (ctl->json) {
			json = mm_json_must(cJSON_CreateObject());
			mm_json_add(json, "text", mm_json_text(text));
			mm_json_print(json);
		} else {
			mm_out_text(text);
			putchar('\n');
		}
	}
	mm_rows_clear(&rows);
	return status;
}
