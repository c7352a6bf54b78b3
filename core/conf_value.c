/*
 * The value types of mamori.yaml: texts checked, converted and kept in struct
 * mm_conf. Every process reads its configuration by this; the file is the
 * operator's, but a typing error must never become another meaning.
 */
#include "core/conf_value.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/address.h"
#include "core/err.h"
#include "core/text.h"

#define LOGIN_MAX 32u	/* useradd(8) */

static const struct slot {
	enum mm_conf_type type;
	size_t offset;
} slots[] = {
#define SLOT(type, field, ...) \
	{ MM_CONF_##type, offsetof(struct mm_conf, field) },
	MM_CONF_TABLE(SLOT)
#undef SLOT
};

struct unit {
	char letter;
	uint64_t factor;
};

static const struct unit size_units[] = {
	{ 'K', MM_K }, { 'M', MM_M }, { 'G', MM_G }, { '\0', 1 },
};
static const struct unit time_units[] = {
	{ 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', MM_DAY },
	{ 'w', 7 * MM_DAY }, { '\0', 0 },
};

enum mm_conf_type mm_conf_type(size_t i)
{
	return slots[i].type;
}

static void *at(const struct mm_conf *conf, size_t i)
{
	return (char *)(uintptr_t)conf + slots[i].offset;
}

char **mm_conf_text_at(const struct mm_conf *conf, size_t i)
{
	return at(conf, i);
}

uint64_t *mm_conf_num_at(const struct mm_conf *conf, size_t i)
{
	return at(conf, i);
}

struct mm_conf_list *mm_conf_list_at(const struct mm_conf *conf, size_t i)
{
	return at(conf, i);
}

struct mm_conf_map *mm_conf_map_at(const struct mm_conf *conf, size_t i)
{
	return at(conf, i);
}

/* The reason is for people: a lack of memory may shorten it. */
static int refuse(struct mm_buf *why, const char *text)
{
	(void)!mm_buf_puts(why, text);
	return MM_ERR_INVALID;
}

/* Does a character that has no place in one line of text start here: C0, DEL,
 * C1, U+2028, U+2029, U+FEFF, U+FFFE or U+FFFF? The text is well-formed. */
static bool is_control(const unsigned char *p)
{
	if (p[0] < 0x20 || p[0] == 0x7f)
		return true;
	if (p[0] == 0xc2)
		return p[1] < 0xa0;
	if (p[0] == 0xe2)
		return p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9);
	return p[0] == 0xef && ((p[1] == 0xbb && p[2] == 0xbf) ||
				(p[1] == 0xbf && p[2] >= 0xbe));
}

/* One line of at most MM_CONF_TEXT_MAX bytes without control characters. */
int mm_conf_check_line(const char *text, size_t len, struct mm_buf *why)
{
	const unsigned char *p = (const unsigned char *)text;

	if (len > MM_CONF_TEXT_MAX)
		return refuse(why, "longer than 4096 bytes");
	if (!mm_text_is_utf8(text, len))
		return refuse(why, "not UTF-8");
	for (; p < (const unsigned char *)text + len; p++)
		if (is_control(p))
			return refuse(why, "a control character inside");
	return 0;
}

static int check_path(size_t i, const char *text, struct mm_buf *why)
{
	if (*text == '\0' && *mm_conf_options[i].preset == '\0')
		return 0;
	if (*text != '/')
		return refuse(why, "not an absolute path");
	if (mm_conf_options[i].max > 0 && strlen(text) > mm_conf_options[i].max)
		return refuse(why, "too long for the sockets in it");
	return strlen(text) == MM_CONF_TEXT_MAX
		? refuse(why, "the path is too long") : 0;
}

static int check_user(const char *text, struct mm_buf *why)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	const size_t len = strlen(text);

	if (len == 0 || len > LOGIN_MAX || strchr(first, *text) == NULL)
		return refuse(why, "not a login name");
	for (; *text != '\0'; text++)
		if (strchr(first, *text) == NULL &&
		    strchr("0123456789-.", *text) == NULL)
			return refuse(why, "not a login name");
	return 0;
}

static int check_text(size_t i, const char *text, struct mm_buf *why)
{
	switch (slots[i].type) {
	case MM_CONF_PATH:
		return check_path(i, text, why);
	case MM_CONF_ADDRESS:
		if (*text != '\0' && !mm_address_is_plain(text))
			return refuse(why, "not a mail address");
		return 0;
	case MM_CONF_USER:
		return check_user(text, why);
	default:
		return 0;
	}
}

static int out_of_bounds(size_t i, bool below, struct mm_buf *why)
{
	struct mm_conf bounds = { 0 };

	*mm_conf_num_at(&bounds, i) = below ? mm_conf_options[i].min
					    : mm_conf_options[i].max;
	(void)!mm_buf_printf(why, "%s the %s of ",
			     below ? "below" : "above",
			     below ? "least" : "most");
	(void)!mm_conf_show(&bounds, i, why);
	return MM_ERR_INVALID;
}

/* Digits and one letter of units, or none where the units allow that. */
static int read_units(size_t i, const char *text, const struct unit *units,
		      const char *form, uint64_t *num_r, struct mm_buf *why)
{
	uint64_t num = 0, digit;
	const char *p = text;

	for (; *p >= '0' && *p <= '9'; p++) {
		digit = (uint64_t)(*p - '0');
		if (num > (UINT64_MAX - digit) / 10)
			return out_of_bounds(i, false, why);
		num = num * 10 + digit;
	}
	/* YAML 1.1 reads a leading 0 as octal, people do not. */
	if (p == text || (*text == '0' && p - text > 1))
		return refuse(why, form);
	while (units->letter != '\0' && units->letter != *p)
		units++;
	if (units->factor == 0 || (*p != '\0' && *p != units->letter) ||
	    (*p != '\0' && p[1] != '\0'))
		return refuse(why, form);
	if (num > UINT64_MAX / units->factor)
		return out_of_bounds(i, false, why);
	num *= units->factor;
	if (num < mm_conf_options[i].min || num > mm_conf_options[i].max)
		return out_of_bounds(i, num < mm_conf_options[i].min, why);
	*num_r = num;
	return 0;
}

int mm_conf_read_bool(const char *text, uint64_t *num_r, struct mm_buf *why)
{
	static const char *const words[] = { "no",  "yes",  "false",
					     "true", "off", "on" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcasecmp(text, words[i]) == 0) {
			*num_r = i % 2;
			return 0;
		}
	}
	return refuse(why, "neither yes nor no");
}

static int read_choice(size_t i, const char *text, uint64_t *num_r,
		       struct mm_buf *why)
{
	const char *word = mm_conf_options[i].choices;
	uint64_t index;
	size_t len;

	for (index = 0;; index++, word += len + 1) {
		len = strcspn(word, "|");
		if (len == strlen(text) && strncmp(word, text, len) == 0) {
			*num_r = index;
			return 0;
		}
		if (word[len] == '\0')
			break;
	}
	(void)!mm_buf_printf(why, "not one of %s", mm_conf_options[i].choices);
	return MM_ERR_INVALID;
}

static int read_number(size_t i, const char *text, uint64_t *num_r,
		       struct mm_buf *why)
{
	switch (slots[i].type) {
	case MM_CONF_BOOL:
		return mm_conf_read_bool(text, num_r, why);
	case MM_CONF_ENUM:
		return read_choice(i, text, num_r, why);
	case MM_CONF_SIZE:
		return read_units(i, text, size_units,
				  "not a size: a number, or one with K, M or G",
				  num_r, why);
	case MM_CONF_DURATION:
		return read_units(i, text, time_units,
				  "not a time: a number with s, m, h, d or w",
				  num_r, why);
	default:
		return read_units(i, text, size_units + 3, "not a number",
				  num_r, why);
	}
}

/* A checked copy: 0, MM_ERR_INVALID or MM_ERR_NOMEM. */
static int copy_line(const char *text, size_t len, char **copy_r,
		     struct mm_buf *why)
{
	char *copy;
	int r;

	if ((r = mm_conf_check_line(text, len, why)) < 0)
		return r;
	copy = calloc(1, len + 1);
	if (copy == NULL)
		return MM_ERR_NOMEM;
	if (len > 0)
		memcpy(copy, text, len);
	*copy_r = copy;
	return 0;
}

int mm_conf_set(struct mm_conf *conf, size_t i, const char *text, size_t len,
		struct mm_buf *why)
{
	char *copy = NULL;
	int r;

	if ((r = copy_line(text, len, &copy, why)) < 0)
		return r;
	if (slots[i].type > MM_CONF_USER) {
		r = read_number(i, copy, mm_conf_num_at(conf, i), why);
	} else if ((r = check_text(i, copy, why)) == 0) {
		free(*mm_conf_text_at(conf, i));
		*mm_conf_text_at(conf, i) = copy;
		copy = NULL;
	}
	free(copy);
	return r;
}

/* Room for one more entry: the arrays double at powers of two. */
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

int mm_conf_add(struct mm_conf *conf, size_t i, const char *key,
		size_t key_len, const char *value, size_t len,
		struct mm_buf *why)
{
	struct mm_conf_list *list = mm_conf_list_at(conf, i);
	struct mm_conf_map *map = mm_conf_map_at(conf, i);
	size_t *count = key == NULL ? &list->count : &map->count;
	char ***values = key == NULL ? &list->items : &map->values;
	char *key_copy = NULL, *copy = NULL;
	int r;

	if (*count >= mm_conf_options[i].max)
		return refuse(why, "too many entries");
	if (len == 0 || (key != NULL && key_len == 0))
		return refuse(why, "an empty entry");
	if ((r = copy_line(value, len, &copy, why)) < 0 ||
	    (r = grow(values, *count)) < 0)
		goto out;
	if (key != NULL) {
		if ((r = copy_line(key, key_len, &key_copy, why)) < 0 ||
		    (r = grow(&map->keys, map->count)) < 0)
			goto out;
		map->keys[map->count] = key_copy;
	}
	(*values)[(*count)++] = copy;
	return 0;
out:
	free(key_copy);
	free(copy);
	return r;
}

static void free_texts(char **texts, size_t count)
{
	while (count > 0)
		free(texts[--count]);
	free(texts);
}

void mm_conf_unset(struct mm_conf *conf, size_t i)
{
	struct mm_conf_list *list = mm_conf_list_at(conf, i);
	struct mm_conf_map *map = mm_conf_map_at(conf, i);

	if (slots[i].type <= MM_CONF_USER) {
		free(*mm_conf_text_at(conf, i));
		*mm_conf_text_at(conf, i) = NULL;
	} else if (slots[i].type == MM_CONF_LIST) {
		free_texts(list->items, list->count);
		memset(list, 0, sizeof(*list));
	} else if (slots[i].type == MM_CONF_MAP) {
		free_texts(map->keys, map->count);
		free_texts(map->values, map->count);
		memset(map, 0, sizeof(*map));
	} else {
		*mm_conf_num_at(conf, i) = 0;
	}
}
