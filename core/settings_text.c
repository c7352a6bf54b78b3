/*
 * Shared settings as text: the file, and single values for people. What is
 * written here is read back by settings_yaml.c as the same values.
 */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "core/address.h"
#include "core/conf_value.h"
#include "core/err.h"
#include "core/settings.h"

static int put_list(struct mm_buf *out, const struct mm_conf_list *list)
{
	size_t i;
	int r = mm_buf_puts(out, "[");

	for (i = 0; i < list->count && r == 0; i++)
		if (i == 0 || (r = mm_buf_puts(out, ", ")) == 0)
			r = mm_conf_put_text(out, list->items[i]);
	return r < 0 ? r : mm_buf_puts(out, "]");
}

static int put_entry(struct mm_buf *out, enum mm_setting i,
		     const struct mm_conf_map *map, size_t k)
{
	int r;

	if ((r = mm_conf_put_text(out, map->keys[k])) < 0 ||
	    (r = mm_buf_puts(out, ": ")) < 0)
		return r;
	return mm_setting_rows[i].item == MM_ITEM_SWITCH
		       ? mm_buf_puts(out, map->values[k])
		       : mm_conf_put_text(out, map->values[k]);
}

static int put_map(struct mm_buf *out, enum mm_setting i,
		   const struct mm_conf_map *map)
{
	size_t k;
	int r = mm_buf_puts(out, "{");

	for (k = 0; k < map->count && r == 0; k++)
		if (k == 0 || (r = mm_buf_puts(out, ", ")) == 0)
			r = put_entry(out, i, map, k);
	return r < 0 ? r : mm_buf_puts(out, "}");
}

static int put_choice(struct mm_buf *out, const char *choices, uint64_t index)
{
	for (; index > 0; index--)
		choices += strcspn(choices, "|") + 1;
	return mm_buf_put(out, choices, strcspn(choices, "|"));
}

int mm_setting_show(enum mm_setting i, const struct mm_setting_value *value,
		    struct mm_buf *out)
{
	const struct mm_setting_row *row = &mm_setting_rows[i];

	if (value->off && row->type != MM_TYPE_LIST && row->type != MM_TYPE_MAP)
		return mm_buf_puts(out, "off");
	switch (row->type) {
	case MM_TYPE_BOOL:
		return mm_buf_puts(out, value->num != 0 ? "yes" : "no");
	case MM_TYPE_ENUM:
		return put_choice(out, row->choices, value->num);
	case MM_TYPE_NUMBER:
		return mm_buf_printf(out, "%" PRIu64, value->num);
	case MM_TYPE_DURATION:
		return mm_conf_put_duration(out, value->num);
	case MM_TYPE_TEXT:
		return mm_conf_put_text(out, value->text);
	case MM_TYPE_LIST:
		return put_list(out, &value->list);
	default:
		return put_map(out, i, &value->map);
	}
}

/* One key behind its section, if the last key had another one. */
static int put_key(struct mm_buf *out, enum mm_setting i, int spaces,
		   const char **section)
{
	const char *key = mm_setting_rows[i].key;
	const size_t len = strcspn(key, ".");
	int r = 0;

	if (key[len] == '\0') {
		*section = NULL;
		return mm_buf_printf(out, "%*s%s: ", spaces, "", key);
	}
	if (*section == NULL || strncmp(*section, key, len + 1) != 0)
		r = mm_buf_printf(out, "%*s%.*s:\n", spaces, "", (int)len, key);
	*section = key;
	return r < 0 ? r
		     : mm_buf_printf(out, "%*s  %s: ", spaces, "",
				     key + len + 1);
}

int mm_settings_format_at(const struct mm_settings *settings, int spaces,
			  struct mm_buf *out)
{
	const char *section = NULL;
	size_t i;
	int r = 0;

	for (i = 0; i < MM_SETTINGS && r == 0; i++) {
		if (!settings->list[i].set)
			continue;
		if ((r = put_key(out, (enum mm_setting)i, spaces, &section)) ==
			    0 &&
		    (r = mm_setting_show((enum mm_setting)i, &settings->list[i],
					 out)) == 0)
			r = mm_buf_puts(out, "\n");
	}
	return r;
}

int mm_settings_format(const struct mm_settings *settings, struct mm_buf *out)
{
	int r = mm_buf_printf(out, "version: %u\n", MM_SETTINGS_VERSION);

	return r < 0 ? r : mm_settings_format_at(settings, 0, out);
}

bool mm_settings_match(const struct mm_conf_list *list, const char *sender)
{
	const char *domain = mm_address_domain(sender);
	size_t i;

	for (i = 0; i < list->count; i++) {
		const char *item = list->items[i];

		if (item[0] == '*' ? domain != NULL &&
					     strcasecmp(item + 2, domain) == 0
				   : strcasecmp(item, sender) == 0)
			return true;
	}
	return false;
}
