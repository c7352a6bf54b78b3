/*
 * mamorictl status: what the keeper and the master tell of themselves. Rows
 * of kinds that this version does not know are shown all the same.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/err.h"
#include "core/text.h"
#include "mamorictl/client.h"

/* Kinds with several rows are lists in JSON, the others objects. */
static const struct {
	const char *kind;
	const char *list;
} lists[] = {
	{ "generation", "generations" },
	{ "role", "roles" },
};

static const char *list_of(const char *kind)
{
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (strcmp(lists[i].kind, kind) == 0)
			return lists[i].list;
	return NULL;
}

static void add_age(cJSON *object)
{
	const cJSON *when =
		cJSON_GetObjectItemCaseSensitive(object, "signatures_time");

	if (cJSON_IsNumber(when) && when->valuedouble > 0)
		mm_json_add(object, "signatures_age",
			    cJSON_CreateNumber((double)time(NULL) -
					       when->valuedouble));
}

static void add_row(cJSON *status, const struct mm_pairs *row)
{
	const char *kind = mm_pairs_get(row, "row"), *list;
	cJSON *object = mm_json_row(row), *array;

	if (kind == NULL)
		kind = "other";
	list = list_of(kind);
	if (list == NULL &&
	    cJSON_GetObjectItemCaseSensitive(status, kind) != NULL) {
		/* A second one of what should be single: keep the first. */
		cJSON_Delete(object);
		return;
	}
	if (list == NULL) {
		mm_json_add(status, kind, object);
		return;
	}
	add_age(object);
	array = cJSON_GetObjectItemCaseSensitive(status, list);
	if (array == NULL)
		array = mm_json_add(status, list, cJSON_CreateArray());
	if (!cJSON_AddItemToArray(array, object))
		mm_ctl_must(MM_ERR_NOMEM);
}

int mm_cmd_status(struct mm_ctl *ctl)
{
	struct mm_rows rows;
	cJSON *json;
	size_t i;
	int status = mm_ctl_conf(ctl);

	if (status != 0)
		return status;
	status = mm_client_ask(ctl, MM_FRAME_CTL_STATUS, NULL, &rows, NULL);
	if (status == 0 && ctl->json) {
		json = mm_json_must(cJSON_CreateObject());
		for (i = 0; i < rows.count; i++)
			add_row(json, &rows.list[i]);
		mm_json_print(json);
	} else if (status == 0) {
		mm_out_rows(&rows);
	}
	mm_rows_clear(&rows);
	return status;
}
