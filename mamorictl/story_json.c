/*
 * The story of a mail for programs.
 */
#include <cjson/cJSON.h>
#include <string.h>

#include "core/err.h"
#include "mamorictl/ctl.h"
#include "mamorictl/story.h"

/* Which pairs are numbers is fixed: a subject may consist of digits. */
static bool is_number(const char *name)
{
	static const char *const names[] = { "time",	   "uid",  "size",
					     "invalid",	   "ms",   "id",
					     "recipients", "until" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool is_list(const char *name)
{
	return strcmp(name, "edits") == 0 || strcmp(name, "rules") == 0;
}

static cJSON *list_of(const char *text)
{
	cJSON *list = mm_json_must(cJSON_CreateArray());
	char item[MM_TEXT_MAX + 1];
	size_t len;

	for (; *text != '\0'; text += len + (text[len] == ',')) {
		len = strcspn(text, ",");
		if (len > MM_TEXT_MAX)
			break;
		memcpy(item, text, len);
		item[len] = '\0';
		if (!cJSON_AddItemToArray(list, mm_json_text(item)))
			mm_ctl_must(MM_ERR_NOMEM);
	}
	return list;
}

static void add_pair(cJSON *object, const struct mm_pairs *row,
		     const struct mm_pair *pair)
{
	cJSON *value;

	if (strcmp(pair->name, "row") == 0)
		return;
	if (is_number(pair->name))
		value = cJSON_CreateNumber(
			(double)mm_story_num(row, pair->name));
	else if (strcmp(pair->name, "copy") == 0 ||
		 strcmp(pair->name, "variant") == 0)
		value = cJSON_CreateBool(mm_story_num(row, pair->name) != 0);
	else if (is_list(pair->name))
		value = list_of(pair->value);
	else
		value = mm_json_text(pair->value);
	mm_json_add(object, pair->name, value);
}

static cJSON *object_of(const struct mm_pairs *row)
{
	cJSON *object = mm_json_must(cJSON_CreateObject());
	size_t i;

	for (i = 0; i < row->count; i++)
		add_pair(object, row, &row->list[i]);
	return object;
}

static void add_rows(cJSON *object, const struct mm_story *story,
		     const char *kind, const char *name, size_t first,
		     size_t end)
{
	cJSON *list = mm_json_add(object, name, cJSON_CreateArray());
	const struct mm_pairs *copy, *row;
	cJSON *item;
	size_t i;

	for (i = first; i < end; i++) {
		row = &story->rows->list[i];
		if (!mm_story_is(story, row, kind))
			continue;
		item = object_of(row);
		cJSON_DeleteItemFromObjectCaseSensitive(item, "trace");
		copy = strcmp(kind, "recipient") == 0
			       ? mm_story_copy(story,
					       mm_story_get(row, "recipient"))
			       : NULL;
		if (copy != NULL)
			mm_json_add(item, "quarantine",
				    cJSON_CreateNumber(
					    (double)mm_story_num(copy, "id")));
		if (!cJSON_AddItemToArray(list, item))
			mm_ctl_must(MM_ERR_NOMEM);
	}
}

static void add_deliveries(cJSON *object, const struct mm_exim_lines *lines)
{
	cJSON *list = mm_json_add(object, "deliveries", cJSON_CreateArray());
	cJSON *item;
	size_t i;

	for (i = 0; i < lines->count; i++) {
		item = mm_json_must(cJSON_CreateObject());
		mm_json_add(item, "time",
			    cJSON_CreateNumber((double)lines->list[i].time));
		mm_json_add(item, "id", mm_json_text(lines->list[i].id));
		mm_json_add(item, "line", mm_json_text(lines->list[i].text));
		if (!cJSON_AddItemToArray(list, item))
			mm_ctl_must(MM_ERR_NOMEM);
	}
}

cJSON *mm_story_json(const struct mm_story *story)
{
	const size_t count = story->rows->count;
	cJSON *object = object_of(story->mail);

	/* The number of recipients makes room for the list. */
	cJSON_DeleteItemFromObjectCaseSensitive(object, "recipients");
	add_rows(object, story, "finding", "findings", story->first,
		 story->end);
	add_rows(object, story, "recipient", "recipients", story->first,
		 story->end);
	add_rows(object, story, "event", "events", 0, count);
	if (story->lines != NULL)
		add_deliveries(object, story->lines);
	if (story->note != NULL)
		mm_json_add(object, "note", mm_json_text(story->note));
	return object;
}
