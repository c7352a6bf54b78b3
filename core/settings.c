/*
 * Shared settings as values: the table, and changing one key. Used by the
 * keeper, which writes them, and by all who read them.
 */
#include "core/settings.h"

#include <stdlib.h>
#include <string.h>

#include "core/conf_value.h"
#include "core/err.h"
#include "core/settings_value.h"

enum {
	S = MM_LEVEL_SERVER,
	D = MM_LEVEL_DOMAIN,
	A = MM_LEVEL_ACCOUNT,
	N = MM_LEVEL_ALIAS,
	L = MM_LEVEL_LIST,
	U = MM_LEVEL_LOGIN,
	G = MM_LEVEL_GATE,
};

const struct mm_setting_row mm_setting_rows[MM_SETTINGS] = {
#define ROW(type, item, name, key, preset, min, max, choices, levels, who, \
	    help, ja) \
	{ MM_TYPE_##type, MM_ITEM_##item, key,		preset, min, max, \
	  choices,	  levels,	  MM_WHO_##who, help,	ja },
	MM_SETTINGS_TABLE(ROW)
#undef ROW
};

const struct mm_setting_renamed mm_settings_renamed[] = {
	{ 1, "hold", "notices_suspended" },
	{ 1, "hold_until", "notices_suspended_until" },
	{ 0, NULL, NULL },
};

static const struct {
	enum mm_level level;
	const char *name;
} levels[] = {
	{ MM_LEVEL_SERVER, "server" },	 { MM_LEVEL_DOMAIN, "domain" },
	{ MM_LEVEL_ACCOUNT, "account" }, { MM_LEVEL_ALIAS, "alias" },
	{ MM_LEVEL_LIST, "list" },	 { MM_LEVEL_LOGIN, "login" },
	{ MM_LEVEL_GATE, "gate" },
};

const char *mm_level_name(enum mm_level level)
{
	size_t i;

	for (i = 0; i < sizeof(levels) / sizeof(*levels); i++)
		if (levels[i].level == level)
			return levels[i].name;
	return "default";
}

enum mm_level mm_level_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(levels) / sizeof(*levels); i++)
		if (strcmp(levels[i].name, name) == 0)
			return levels[i].level;
	return 0;
}

int mm_setting_find(const char *key)
{
	int i;

	for (i = 0; i < MM_SETTINGS; i++)
		if (strcmp(mm_setting_rows[i].key, key) == 0)
			return i;
	return -1;
}

void mm_settings_init(struct mm_settings *settings)
{
	memset(settings, 0, sizeof(*settings));
}

static void free_texts(char **texts, size_t count)
{
	while (count > 0)
		free(texts[--count]);
	free(texts);
}

static void clear_value(struct mm_setting_value *value)
{
	free(value->text);
	free_texts(value->list.items, value->list.count);
	free_texts(value->map.keys, value->map.count);
	free_texts(value->map.values, value->map.count);
	memset(value, 0, sizeof(*value));
}

void mm_settings_clear(struct mm_settings *settings)
{
	size_t i;

	for (i = 0; i < MM_SETTINGS; i++)
		clear_value(&settings->list[i]);
}

void mm_settings_unset(struct mm_settings *settings, enum mm_setting i)
{
	clear_value(&settings->list[i]);
}

void mm_settings_empty(struct mm_settings *settings, enum mm_setting i)
{
	clear_value(&settings->list[i]);
	settings->list[i].set = true;
}

static int refuse(struct mm_buf *why, const char *text)
{
	(void)!mm_buf_puts(why, text);
	return MM_ERR_INVALID;
}

static int grow(char ***array, size_t count)
{
	char **more;

	if ((count & (count - 1)) != 0)
		return 0;
	more = realloc(*array, (count == 0 ? 1 : 2 * count) * sizeof(*more));
	if (more == NULL)
		return MM_ERR_NOMEM;
	*array = more;
	return 0;
}

static size_t find_text(char **texts, size_t count, const char *text)
{
	size_t i;

	for (i = 0; i < count && strcmp(texts[i], text) != 0; i++)
		;
	return i;
}

/* Takes text over, also on error. */
static int add_item(struct mm_setting_value *value, uint64_t max, char *text,
		    struct mm_buf *why)
{
	struct mm_conf_list *list = &value->list;
	int r;

	if (find_text(list->items, list->count, text) < list->count)
		r = refuse(why, "is there already");
	else if (list->count >= max)
		r = refuse(why, "too many entries");
	else
		r = grow(&list->items, list->count);
	if (r < 0) {
		free(text);
		return r;
	}
	list->items[list->count++] = text;
	value->set = true;
	value->off = false;
	return 0;
}

/* Takes text over, also on error; an entry of this name is replaced. */
static int put_entry(struct mm_setting_value *value, uint64_t max,
		     const char *name, char *text, struct mm_buf *why)
{
	struct mm_conf_map *map = &value->map;
	const size_t at = find_text(map->keys, map->count, name);
	char *key = NULL;
	int r = 0;

	if (at < map->count) {
		free(map->values[at]);
		map->values[at] = text;
		return 0;
	}
	if (map->count >= max)
		r = refuse(why, "too many entries");
	else if ((key = strdup(name)) == NULL)
		r = MM_ERR_NOMEM;
	if (r < 0 || (r = grow(&map->keys, map->count)) < 0 ||
	    (r = grow(&map->values, map->count)) < 0) {
		free(key);
		free(text);
		return r;
	}
	map->keys[map->count] = key;
	map->values[map->count++] = text;
	value->set = true;
	value->off = false;
	return 0;
}

int mm_settings_add(struct mm_settings *settings, enum mm_setting i,
		    const char *name, const char *text, struct mm_buf *why)
{
	const struct mm_setting_row *row = &mm_setting_rows[i];
	char *copy = NULL;
	int r;

	if (row->type != MM_TYPE_LIST && row->type != MM_TYPE_MAP)
		return refuse(why, "is one value: set it");
	if ((name != NULL) != (row->type == MM_TYPE_MAP))
		return refuse(why, name == NULL ? "needs the name of an entry"
						: "has no named entries");
	if (name != NULL && !mm_setting_is_name(name))
		return refuse(why, "a name is lower-case letters, digits, - "
				   "and _");
	r = mm_setting_text(row->item, text, strlen(text), &copy, why);
	if (r < 0)
		return r;
	return name == NULL ? add_item(&settings->list[i], row->max, copy, why)
			    : put_entry(&settings->list[i], row->max, name,
					copy, why);
}

int mm_settings_remove(struct mm_settings *settings, enum mm_setting i,
		       const char *text, struct mm_buf *why)
{
	const struct mm_setting_row *row = &mm_setting_rows[i];
	struct mm_setting_value *value = &settings->list[i];
	struct mm_conf_list *list = &value->list;
	struct mm_conf_map *map = &value->map;
	char *copy = NULL;
	size_t at;
	int r;

	if (row->type == MM_TYPE_MAP) {
		at = find_text(map->keys, map->count, text);
		if (at == map->count)
			return refuse(why, "has no such entry");
		free(map->keys[at]);
		free(map->values[at]);
		map->keys[at] = map->keys[--map->count];
		map->values[at] = map->values[map->count];
		if (map->count == 0)
			clear_value(value);
		return 0;
	}
	if (row->type != MM_TYPE_LIST)
		return refuse(why, "is one value: unset it");
	r = mm_setting_text(row->item, text, strlen(text), &copy, why);
	if (r < 0)
		return r;
	at = find_text(list->items, list->count, copy);
	free(copy);
	if (at == list->count)
		return refuse(why, "has no such entry");
	free(list->items[at]);
	list->count--;
	memmove(&list->items[at], &list->items[at + 1],
		(list->count - at) * sizeof(*list->items));
	/* An empty list is not an absent one. */
	return 0;
}

static int set_list(struct mm_settings *fresh, enum mm_setting i,
		    const char *text, struct mm_buf *why)
{
	char *copy, *rest, *item;
	int r = 0;

	copy = strdup(text);
	if (copy == NULL)
		return MM_ERR_NOMEM;
	mm_settings_empty(fresh, i);
	rest = copy;
	while (r == 0 && *text != '\0' && (item = strsep(&rest, ",")) != NULL)
		r = mm_settings_add(fresh, i, NULL, item + strspn(item, " "),
				    why);
	free(copy);
	return r;
}

static int choice_of(const char *choices, const char *text, uint64_t *num_r)
{
	const char *word = choices;
	uint64_t index;
	size_t len;

	for (index = 0;; index++, word += len + 1) {
		len = strcspn(word, "|");
		if (len == strlen(text) && strncmp(word, text, len) == 0) {
			*num_r = index;
			return 0;
		}
		if (word[len] == '\0')
			return MM_ERR_INVALID;
	}
}

static int set_scalar(struct mm_setting_value *value, enum mm_setting i,
		      const char *text, struct mm_buf *why)
{
	const struct mm_setting_row *row = &mm_setting_rows[i];

	switch (row->type) {
	case MM_TYPE_BOOL:
		return mm_conf_read_bool(text, &value->num, why);
	case MM_TYPE_ENUM:
		if (choice_of(row->choices, text, &value->num) == 0)
			return 0;
		(void)!mm_buf_printf(why, "not one of %s", row->choices);
		return MM_ERR_INVALID;
	case MM_TYPE_TEXT:
		return mm_setting_text(row->item, text, strlen(text),
				       &value->text, why);
	default:
		return mm_setting_number(i, text, &value->num, why);
	}
}

int mm_settings_set(struct mm_settings *settings, enum mm_setting i,
		    const char *name, const char *text, struct mm_buf *why)
{
	const enum mm_setting_type type = mm_setting_rows[i].type;
	const bool off = strcmp(text, "off") == 0 && name == NULL &&
			 type != MM_TYPE_BOOL && type != MM_TYPE_ENUM;
	struct mm_settings fresh;
	int r = 0;

	if (type == MM_TYPE_MAP && !off)
		return mm_settings_add(settings, i, name, text, why);
	if (name != NULL)
		return refuse(why, "has no named entries");
	mm_settings_init(&fresh);
	if (off && type == MM_TYPE_TEXT &&
	    (fresh.list[i].text = strdup("")) == NULL)
		r = MM_ERR_NOMEM;
	else if (type == MM_TYPE_LIST)
		r = set_list(&fresh, i, off ? "" : text, why);
	else if (!off)
		r = set_scalar(&fresh.list[i], i, text, why);
	if (r < 0) {
		mm_settings_clear(&fresh);
		return r;
	}
	fresh.list[i].set = true;
	fresh.list[i].off = off;
	clear_value(&settings->list[i]);
	settings->list[i] = fresh.list[i];
	return 0;
}

const struct mm_setting_value *mm_setting_default(enum mm_setting i)
{
	static struct mm_settings defaults;
	const char *preset = mm_setting_rows[i].preset;
	struct mm_buf why;

	if (defaults.list[i].set)
		return &defaults.list[i];
	mm_buf_init(&why, MM_CONF_TEXT_MAX);
	if (mm_settings_set(&defaults, i, NULL,
			    *preset == '\0' ? "off" : preset, &why) < 0)
		mm_settings_unset(&defaults, i);
	mm_buf_clear(&why);
	return defaults.list[i].set ? &defaults.list[i] : NULL;
}

int mm_settings_check(const struct mm_settings *settings, uint64_t most,
		      struct mm_buf *why)
{
	static const enum mm_setting lists[] = { MM_SETTING_APPROVED_SENDERS,
						 MM_SETTING_BLOCKED_SENDERS };
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (settings->list[lists[i]].list.count > most) {
			(void)!mm_buf_printf(why,
					     "%s: more than %llu entries; "
					     "remove one first",
					     mm_setting_rows[lists[i]].key,
					     (unsigned long long)most);
			return MM_ERR_INVALID;
		}
	return 0;
}
