/*
 * mamorictl check-config and config: the file as the daemon would read it.
 * Needs no daemon.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "core/conf_value.h"
#include "core/err.h"
#include "mamorictl/check_presets.h"
#include "mamorictl/ctl.h"
#include "mamorictl/hints.h"
#include "mamorictl/out.h"

static void add_text(void *arg, const char *text)
{
	if (!cJSON_AddItemToArray(arg, mm_json_text(text)))
		mm_ctl_must(MM_ERR_NOMEM);
}

static void print_hint(void *arg, const char *text)
{
	printf("%s: hint: %s\n", (const char *)arg, text);
}

/* As compilers write it, for editors that jump there. */
static void print_mistake(void *arg, const char *text)
{
	(void)arg;
	fprintf(stderr, "%s\n", text);
}

static int check_json(const char *path, int r, const char *error,
		      const struct mm_conf *conf)
{
	cJSON *json = mm_json_must(cJSON_CreateObject()), *errors, *hints;
	size_t mistakes = 1;

	mm_json_add(json, "file", mm_json_text(path));
	errors = mm_json_must(cJSON_CreateArray());
	hints = mm_json_must(cJSON_CreateArray());
	if (r < 0) {
		add_text(errors, error);
	} else {
		mistakes = mm_check_presets(conf, add_text, errors);
		(void)mm_hints(conf, add_text, hints);
	}
	mm_json_add(json, "valid", cJSON_CreateBool(mistakes == 0));
	mm_json_add(json, "errors", errors);
	mm_json_add(json, "hints", hints);
	mm_json_print(json);
	return mistakes > 0 ? MM_EXIT_ERROR : MM_EXIT_OK;
}

static int check_text(const char *path, int r, const char *error,
		      const struct mm_conf *conf)
{
	if (r < 0) {
		print_mistake(NULL, error);
		return MM_EXIT_ERROR;
	}
	(void)mm_hints(conf, print_hint, (void *)(uintptr_t)path);
	if (mm_check_presets(conf, print_mistake, NULL) > 0)
		return MM_EXIT_ERROR;
	printf("%s: OK\n", path);
	return MM_EXIT_OK;
}

int mm_cmd_check_config(struct mm_ctl *ctl)
{
	const char *path = ctl->count > 0 ? ctl->operands[0] : ctl->conf_path;
	struct mm_buf error;
	int r, status;

	mm_buf_init(&error, MM_CONF_FILE_MAX);
	r = mm_conf_read(&ctl->conf, path, &error);
	status = ctl->json ? check_json(path, r, mm_buf_str(&error), &ctl->conf)
			   : check_text(path, r, mm_buf_str(&error),
					&ctl->conf);
	mm_buf_clear(&error);
	return status;
}

static size_t section_len(const char *key)
{
	const char *dot = strchr(key, '.');

	return dot == NULL ? 0 : (size_t)(dot - key);
}

/* Does option i begin a section? */
static bool begins_section(size_t i)
{
	const char *key = mm_conf_options[i].key;
	const size_t len = section_len(key);

	return len > 0 && (i == 0 || strncmp(mm_conf_options[i - 1].key, key,
					     len + 1) != 0);
}

/* As YAML that is read back as the same settings. */
static void show_yaml(const struct mm_conf *conf)
{
	const char *key;
	struct mm_buf text;
	size_t i, len;

	mm_buf_init(&text, 3 * MM_CONF_FILE_MAX);
	for (i = 0; i < mm_conf_option_count; i++) {
		key = mm_conf_options[i].key;
		len = section_len(key);
		if (begins_section(i))
			printf("%.*s:\n", (int)len, key);
		mm_buf_reset(&text);
		mm_ctl_must(mm_conf_show(conf, i, &text));
		printf("%s%s: %s\n", len > 0 ? "  " : "",
		       len > 0 ? key + len + 1 : key, mm_buf_str(&text));
	}
	mm_buf_clear(&text);
}

/* An option as JSON: texts, lists and maps as such, yes and no as booleans,
 * plain numbers as numbers, and what has a unit or choices as it is written. */
static cJSON *option_json(const struct mm_conf *conf, size_t i)
{
	const struct mm_conf_map *map = mm_conf_map_at(conf, i);
	const struct mm_conf_list *list = mm_conf_list_at(conf, i);
	cJSON *json;
	struct mm_buf text;
	size_t n;

	switch (mm_conf_type(i)) {
	case MM_CONF_BOOL:
		return cJSON_CreateBool(*mm_conf_num_at(conf, i) != 0);
	case MM_CONF_NUMBER:
		return cJSON_CreateNumber((double)*mm_conf_num_at(conf, i));
	case MM_CONF_LIST:
		json = mm_json_must(cJSON_CreateArray());
		for (n = 0; n < list->count; n++)
			add_text(json, list->items[n]);
		return json;
	case MM_CONF_MAP:
		json = mm_json_must(cJSON_CreateObject());
		for (n = 0; n < map->count; n++)
			mm_json_add(json, map->keys[n],
				    mm_json_text(map->values[n]));
		return json;
	case MM_CONF_SIZE:
	case MM_CONF_DURATION:
	case MM_CONF_ENUM:
		mm_buf_init(&text, MM_CONF_TEXT_MAX);
		mm_ctl_must(mm_conf_show(conf, i, &text));
		json = mm_json_text(mm_buf_str(&text));
		mm_buf_clear(&text);
		return json;
	default:
		return mm_json_text(*mm_conf_text_at(conf, i));
	}
}

/* One flat object, "section.name" to value. */
static void show_json(const struct mm_conf *conf)
{
	cJSON *json = mm_json_must(cJSON_CreateObject());
	size_t i;

	for (i = 0; i < mm_conf_option_count; i++)
		mm_json_add(json, mm_conf_options[i].key,
			    option_json(conf, i));
	mm_json_print(json);
}

int mm_cmd_config_show(struct mm_ctl *ctl)
{
	int status = mm_ctl_conf(ctl);

	if (status != 0)
		return status;
	if (ctl->json)
		show_json(&ctl->conf);
	else
		show_yaml(&ctl->conf);
	return MM_EXIT_OK;
}

int mm_cmd_config_sample(struct mm_ctl *ctl)
{
	struct mm_buf text;

	(void)ctl;
	mm_buf_init(&text, MM_CONF_FILE_MAX);
	mm_ctl_must(mm_conf_sample(&text));
	fputs(mm_buf_str(&text), stdout);
	mm_buf_clear(&text);
	return MM_EXIT_OK;
}
