/*
 * JSON by cJSON. Strings are made well-formed UTF-8 first: cJSON passes bytes
 * on as they are.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/text.h"
#include "mamorictl/ctl.h"
#include "mamorictl/out.h"

#define TEXT_MAX (64u << 20)
/* Numbers beyond lose digits in many readers (RFC 8259 section 6). */
#define NUMBER_MAX (UINT64_C(1) << 53)

cJSON *mm_json_must(cJSON *json)
{
	if (json == NULL)
		mm_ctl_must(MM_ERR_NOMEM);
	return json;
}

cJSON *mm_json_add(cJSON *object, const char *name, cJSON *value)
{
	if (!cJSON_AddItemToObject(object, name, mm_json_must(value)))
		mm_ctl_must(MM_ERR_NOMEM);
	return value;
}

/* The longest well-formed start of text, at most one character where it is
 * long: 0 when the first byte begins none. */
static size_t character_len(const char *text)
{
	size_t len;

	for (len = 1; len <= 4; len++) {
		if (text[len - 1] == '\0')
			return 0;
		if (mm_text_is_utf8(text, len))
			return len;
	}
	return 0;
}

cJSON *mm_json_text(const char *text)
{
	struct mm_buf clean;
	cJSON *json;
	size_t len;

	if (mm_text_is_utf8(text, strlen(text)))
		return mm_json_must(cJSON_CreateString(text));
	mm_buf_init(&clean, TEXT_MAX);
	for (; *text != '\0'; text += len == 0 ? 1 : len) {
		len = character_len(text);
		if (len == 0)
			mm_ctl_must(mm_buf_puts(&clean, "\xef\xbf\xbd"));
		else
			mm_ctl_must(mm_buf_put(&clean, text, len));
	}
	json = mm_json_must(cJSON_CreateString(mm_buf_str(&clean)));
	mm_buf_clear(&clean);
	return json;
}

cJSON *mm_json_words(const char *text)
{
	cJSON *list = mm_json_must(cJSON_CreateArray());
	char word[MM_TEXT_MAX + 1];
	size_t len;

	for (; *text != '\0'; text += len) {
		text += strspn(text, " ,");
		len = strcspn(text, " ,");
		if (len == 0)
			continue;
		(void)snprintf(word, sizeof(word), "%.*s", (int)len, text);
		if (!cJSON_AddItemToArray(list, mm_json_text(word)))
			mm_ctl_must(MM_ERR_NOMEM);
	}
	return list;
}

cJSON *mm_json_row(const struct mm_pairs *row)
{
	cJSON *object = mm_json_must(cJSON_CreateObject());
	const struct mm_pair *pair;
	uint64_t num;
	size_t i;

	for (i = 0; i < row->count; i++) {
		pair = &row->list[i];
		if (strcmp(pair->name, "row") == 0 ||
		    cJSON_GetObjectItemCaseSensitive(object, pair->name) !=
			    NULL)
			continue;
		if (strcmp(pair->name, "sandbox") == 0)
			mm_json_add(object, pair->name,
				    mm_json_words(pair->value));
		else if ((pair->value[0] != '0' || pair->value[1] == '\0') &&
			 mm_text_number(pair->value, 0, NUMBER_MAX, &num) == 0)
			mm_json_add(object, pair->name,
				    cJSON_CreateNumber((double)num));
		else
			mm_json_add(object, pair->name,
				    mm_json_text(pair->value));
	}
	return object;
}

void mm_json_print(cJSON *json)
{
	char *text = cJSON_PrintUnformatted(json);

	if (text != NULL)
		puts(text);
	else
		mm_ctl_must(MM_ERR_NOMEM);
	cJSON_free(text);
	cJSON_Delete(json);
}
