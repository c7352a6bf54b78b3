/*
 * Settings as text and as JSON: each key with its value and the level that it
 * is from.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "core/err.h"
#include "core/text.h"
#include "mamorictl/settings.h"

#define NUMBER_MAX (UINT64_C(1) << 53)

static cJSON *bool_json(const char *value)
{
	return mm_json_must(cJSON_CreateBool(strcmp(value, "yes") == 0));
}

/* The entries of a list or a map, in the rows behind its own. */
static cJSON *entries_json(const struct mm_rows *rows, const char *key,
			   bool map)
{
	cJSON *json =
		mm_json_must(map ? cJSON_CreateObject() : cJSON_CreateArray());
	const int i = mm_setting_find(key);
	const bool is_switch = i >= 0 &&
			       mm_setting_rows[i].item == MM_ITEM_SWITCH;
	const char *entry, *name, *value;
	size_t k;

	for (k = 0; k < rows->count; k++) {
		entry = mm_pairs_get(&rows->list[k], "entry");
		name = mm_pairs_get(&rows->list[k], "name");
		value = mm_pairs_get(&rows->list[k], "value");
		if (entry == NULL || value == NULL || strcmp(entry, key) != 0)
			continue;
		if (map && name != NULL)
			mm_json_add(json, name,
				    is_switch ? bool_json(value)
					      : mm_json_text(value));
		else if (!map &&
			 !cJSON_AddItemToArray(json, mm_json_text(value)))
			mm_ctl_must(MM_ERR_NOMEM);
	}
	return json;
}

/* YAML's quotes are not part of a text; it holds none itself. */
static cJSON *text_json(const char *value)
{
	char text[MM_TEXT_MAX + 1];
	const size_t len = strlen(value);

	if (len < 2 || value[0] != '"' || len > MM_TEXT_MAX)
		return mm_json_text(value);
	memcpy(text, value + 1, len - 2);
	text[len - 2] = '\0';
	return mm_json_text(text);
}

static cJSON *value_json(const struct mm_rows *rows, const struct mm_pairs *row,
			 const char *key, const char *value)
{
	const char *type = mm_pairs_get(row, "type");
	uint64_t num;

	if (type == NULL)
		type = "text";
	if (strcmp(type, "list") == 0 || strcmp(type, "map") == 0)
		return entries_json(rows, key, *type == 'm');
	if (strcmp(type, "bool") == 0)
		return bool_json(value);
	if (strcmp(type, "enum") != 0 && strcmp(value, "off") == 0)
		return mm_json_must(cJSON_CreateNull());
	if (strcmp(type, "number") == 0 &&
	    mm_text_number(value, 0, NUMBER_MAX, &num) == 0)
		return mm_json_must(cJSON_CreateNumber((double)num));
	return text_json(value);
}

static void print_json(const struct mm_rows *rows, const char *name)
{
	cJSON *json = mm_json_must(cJSON_CreateObject()), *settings, *one;
	const char *key, *value, *from;
	size_t i;

	mm_json_add(json, "name", mm_json_text(name));
	settings = mm_json_add(json, "settings", cJSON_CreateObject());
	for (i = 0; i < rows->count; i++) {
		key = mm_pairs_get(&rows->list[i], "key");
		value = mm_pairs_get(&rows->list[i], "value");
		from = mm_pairs_get(&rows->list[i], "from");
		if (key == NULL || value == NULL)
			continue;
		one = mm_json_add(settings, key, cJSON_CreateObject());
		mm_json_add(one, "value",
			    value_json(rows, &rows->list[i], key, value));
		mm_json_add(one, "from",
			    mm_json_text(from == NULL ? "" : from));
	}
	mm_json_print(json);
}

/* The entries of a list or a map in one line; false when there are none. */
static bool print_entries(const struct mm_rows *rows, const char *key)
{
	const char *entry, *name, *value;
	bool any = false;
	size_t i;

	for (i = 0; i < rows->count; i++) {
		entry = mm_pairs_get(&rows->list[i], "entry");
		name = mm_pairs_get(&rows->list[i], "name");
		value = mm_pairs_get(&rows->list[i], "value");
		if (entry == NULL || value == NULL || strcmp(entry, key) != 0)
			continue;
		fputs(any ? ", " : "", stdout);
		any = true;
		if (name != NULL) {
			mm_out_text(name);
			putchar('=');
		}
		mm_out_text(value);
	}
	return any;
}

/* A text without the quotes that YAML needs. */
static void print_value(const char *value)
{
	char text[MM_TEXT_MAX + 1];
	const size_t len = strlen(value);

	if (len < 2 || value[0] != '"' || len > MM_TEXT_MAX) {
		mm_out_text(value);
		return;
	}
	memcpy(text, value + 1, len - 2);
	text[len - 2] = '\0';
	mm_out_text(text);
}

void mm_settings_print(const struct mm_ctl *ctl, const struct mm_rows *rows,
		       const char *name)
{
	const char *key, *value, *from, *type;
	size_t i;

	if (ctl->json) {
		print_json(rows, name);
		return;
	}
	for (i = 0; i < rows->count; i++) {
		key = mm_pairs_get(&rows->list[i], "key");
		value = mm_pairs_get(&rows->list[i], "value");
		from = mm_pairs_get(&rows->list[i], "from");
		type = mm_pairs_get(&rows->list[i], "type");
		if (key == NULL || value == NULL)
			continue;
		printf("%-28s %-8s ", key, from == NULL ? "" : from);
		if (type == NULL ||
		    (strcmp(type, "list") != 0 && strcmp(type, "map") != 0))
			print_value(value);
		else if (!print_entries(rows, key))
			putchar('-');
		putchar('\n');
	}
}
