/*
 * Options as text: the table for those who list it, the defaults out of it,
 * values as YAML, and the sample file. What is written here is read back by
 * conf.c as the same values.
 */
#include "core/conf.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "core/conf_value.h"

#define WIDTH 79u

const struct mm_conf_option mm_conf_options[] = {
#define OPTION(type, field, key, preset, min, max, choices, help) \
	{ key, #type, preset, min, max, choices, help },
	MM_CONF_TABLE(OPTION)
#undef OPTION
};
const size_t mm_conf_option_count =
	sizeof(mm_conf_options) / sizeof(*mm_conf_options);

/* Entries of a list's default are separated by spaces; maps have none. */
static int init_list(struct mm_conf *conf, size_t i, const char *preset,
		     struct mm_buf *why)
{
	size_t len;
	int r = 0;

	for (; *preset != '\0' && r == 0; preset += len) {
		preset += strspn(preset, " ");
		len = strcspn(preset, " ");
		if (len > 0)
			r = mm_conf_add(conf, i, NULL, 0, preset, len, why);
	}
	return r;
}

int mm_conf_init(struct mm_conf *conf)
{
	const char *preset;
	struct mm_buf why;
	size_t i;
	int r = 0;

	memset(conf, 0, sizeof(*conf));
	mm_buf_init(&why, MM_CONF_TEXT_MAX);
	for (i = 0; i < mm_conf_option_count && r == 0; i++) {
		preset = mm_conf_options[i].preset;
		if (mm_conf_type(i) == MM_CONF_LIST)
			r = init_list(conf, i, preset, &why);
		else if (mm_conf_type(i) != MM_CONF_MAP)
			r = mm_conf_set(conf, i, preset, strlen(preset), &why);
	}
	mm_buf_clear(&why);
	if (r < 0)
		mm_conf_clear(conf);
	return r;
}

void mm_conf_clear(struct mm_conf *conf)
{
	size_t i;

	for (i = 0; i < mm_conf_option_count; i++)
		mm_conf_unset(conf, i);
}

/* Does the text mean itself without quotes, wherever it stands? */
static bool is_plain(const char *text)
{
	static const char *const words[] = { "yes", "no", "true", "false",
					     "on",  "off", "null" };
	size_t i;

	if (*text == '\0' || strchr("-.~", *text) != NULL ||
	    text[strspn(text, "0123456789.")] == '\0' ||
	    text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "0123456789-./_")] != '\0')
		return false;
	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(text, words[i]) == 0)
			return false;
	return true;
}

/* Addresses stay bare in block style, but '@' may not begin a plain scalar;
 * everything that is not plainly plain is quoted. Values hold no control
 * characters but line feeds (conf_value.c), so only these and the quote itself
 * need care. */
int mm_conf_put_text(struct mm_buf *out, const char *text)
{
	int r;

	if (is_plain(text))
		return mm_buf_puts(out, text);
	r = mm_buf_puts(out, "\"");
	for (; r == 0 && *text != '\0'; text++) {
		if (*text == '\n') {
			r = mm_buf_puts(out, "\\n");
			continue;
		}
		if (*text == '"' || *text == '\\')
			r = mm_buf_puts(out, "\\");
		if (r == 0)
			r = mm_buf_put(out, text, 1);
	}
	return r < 0 ? r : mm_buf_puts(out, "\"");
}

static int put_list(struct mm_buf *out, const struct mm_conf_list *list)
{
	size_t i;
	int r;

	r = mm_buf_puts(out, "[");
	for (i = 0; i < list->count && r == 0; i++)
		if (i == 0 || (r = mm_buf_puts(out, ", ")) == 0)
			r = mm_conf_put_text(out, list->items[i]);
	return r < 0 ? r : mm_buf_puts(out, "]");
}

static int put_map(struct mm_buf *out, const struct mm_conf_map *map)
{
	size_t i;
	int r;

	r = mm_buf_puts(out, "{");
	for (i = 0; i < map->count && r == 0; i++)
		if ((i == 0 || (r = mm_buf_puts(out, ", ")) == 0) &&
		    (r = mm_conf_put_text(out, map->keys[i])) == 0 &&
		    (r = mm_buf_puts(out, ": ")) == 0)
			r = mm_conf_put_text(out, map->values[i]);
	return r < 0 ? r : mm_buf_puts(out, "}");
}

static int put_size(struct mm_buf *out, uint64_t num)
{
	static const char letters[] = "KMG";
	size_t n = 0;

	while (n < 3 && num > 0 && num % MM_K == 0) {
		num /= MM_K;
		n++;
	}
	return n == 0 ? mm_buf_printf(out, "%" PRIu64, num)
		      : mm_buf_printf(out, "%" PRIu64 "%c", num,
				      letters[n - 1]);
}

int mm_conf_put_duration(struct mm_buf *out, uint64_t num)
{
	static const struct {
		char letter;
		uint64_t factor;
	} units[] = { { 'd', MM_DAY }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };
	size_t n = 0;

	while (units[n].factor > 1 &&
	       (num == 0 || num % units[n].factor != 0))
		n++;
	return mm_buf_printf(out, "%" PRIu64 "%c", num / units[n].factor,
			     units[n].letter);
}

static int put_choice(struct mm_buf *out, const char *choices, uint64_t index)
{
	for (; index > 0; index--)
		choices += strcspn(choices, "|") + 1;
	return mm_buf_put(out, choices, strcspn(choices, "|"));
}

int mm_conf_show(const struct mm_conf *conf, size_t i, struct mm_buf *out)
{
	switch (mm_conf_type(i)) {
	case MM_CONF_BOOL:
		return mm_buf_puts(out, *mm_conf_num_at(conf, i) != 0 ? "yes"
								      : "no");
	case MM_CONF_NUMBER:
		return mm_buf_printf(out, "%" PRIu64, *mm_conf_num_at(conf, i));
	case MM_CONF_SIZE:
		return put_size(out, *mm_conf_num_at(conf, i));
	case MM_CONF_DURATION:
		return mm_conf_put_duration(out, *mm_conf_num_at(conf, i));
	case MM_CONF_ENUM:
		return put_choice(out, mm_conf_options[i].choices,
				  *mm_conf_num_at(conf, i));
	case MM_CONF_LIST:
		return put_list(out, mm_conf_list_at(conf, i));
	case MM_CONF_MAP:
		return put_map(out, mm_conf_map_at(conf, i));
	default:
		return mm_conf_put_text(out, *mm_conf_text_at(conf, i));
	}
}

/* The help as comment lines, broken at spaces. */
static int put_comment(struct mm_buf *out, const char *indent, const char *text)
{
	const size_t room = WIDTH - strlen(indent) - 2;
	size_t len;
	int r = 0;

	for (; *text != '\0' && r == 0; text += len) {
		text += strspn(text, " ");
		len = strlen(text);
		if (len > room) {
			len = room;
			while (len > 1 && text[len] != ' ')
				len--;
		}
		r = mm_buf_printf(out, "%s# %.*s\n", indent, (int)len, text);
	}
	return r;
}

static int put_bounds(struct mm_buf *out, size_t i)
{
	const struct mm_conf_option *option = &mm_conf_options[i];
	struct mm_conf bounds = { 0 };
	int r;

	if (mm_conf_type(i) == MM_CONF_ENUM)
		return mm_buf_printf(out, " (%s)", option->choices);
	if (mm_conf_type(i) < MM_CONF_NUMBER ||
	    mm_conf_type(i) > MM_CONF_DURATION)
		return 0;
	*mm_conf_num_at(&bounds, i) = option->min;
	if ((r = mm_buf_puts(out, " (")) < 0 ||
	    (r = mm_conf_show(&bounds, i, out)) < 0 ||
	    (r = mm_buf_puts(out, " to ")) < 0)
		return r;
	*mm_conf_num_at(&bounds, i) = option->max;
	if ((r = mm_conf_show(&bounds, i, out)) < 0)
		return r;
	return mm_buf_puts(out, ")");
}

static int put_option(struct mm_buf *out, const struct mm_conf *conf, size_t i)
{
	const char *key = mm_conf_options[i].key;
	const char *dot = strchr(key, '.');
	const char *indent = dot == NULL ? "" : "  ";
	struct mm_buf help;
	int r;

	mm_buf_init(&help, MM_CONF_TEXT_MAX);
	if ((r = mm_buf_puts(&help, mm_conf_options[i].help)) == 0 &&
	    (r = put_bounds(&help, i)) == 0 &&
	    (r = put_comment(out, indent, mm_buf_str(&help))) == 0 &&
	    (r = mm_buf_printf(out, "%s%s: ", indent,
			       dot == NULL ? key : dot + 1)) == 0 &&
	    (r = mm_conf_show(conf, i, out)) == 0)
		r = mm_buf_puts(out, "\n");
	mm_buf_clear(&help);
	return r;
}

int mm_conf_sample(struct mm_buf *out)
{
	const char *section = "";
	struct mm_conf conf;
	size_t i, len;
	int r;

	if ((r = mm_conf_init(&conf)) < 0)
		return r;
	r = mm_buf_puts(out, "# Mamori's settings, with their defaults. See "
			     "mamori.yaml(5).\n"
			     "# A size is bytes or a number with K, M or G; "
			     "a time a number with s, m, h, d\n# or w.\n");
	for (i = 0; i < mm_conf_option_count && r == 0; i++) {
		len = strcspn(mm_conf_options[i].key, ".");
		if (mm_conf_options[i].key[len] == '\0')
			len = 0;
		if (len > 0 &&
		    (strncmp(section, mm_conf_options[i].key, len) != 0 ||
		     section[len] != '.'))
			r = mm_buf_printf(out, "\n%.*s:\n", (int)len,
					  mm_conf_options[i].key);
		else if (len == 0)
			r = mm_buf_puts(out, "\n");
		section = mm_conf_options[i].key;
		if (r == 0)
			r = put_option(out, &conf, i);
	}
	mm_conf_clear(&conf);
	return r;
}

const char *mm_conf_map_get(const struct mm_conf_map *map, const char *key)
{
	size_t i;

	for (i = 0; i < map->count; i++)
		if (strcmp(map->keys[i], key) == 0)
			return map->values[i];
	return NULL;
}
