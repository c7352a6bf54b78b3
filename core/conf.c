/*
 * mamori.yaml: sections and options of the table, each at most once, over the
 * defaults. Runs in every process that reads the configuration, as root in
 * the master.
 */
#include "core/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/conf_value.h"
#include "core/conf_yaml.h"
#include "core/err.h"
#include "core/fdutil.h"

#define SECTION_MAX 32u

enum {
#define NUMBER(type, field, ...) OPTION_##field,
	MM_CONF_TABLE(NUMBER)
#undef NUMBER
	OPTIONS
};

struct reader {
	struct mm_yaml in;
	struct mm_conf *conf;
	unsigned char seen[OPTIONS];
	unsigned char seen_section[OPTIONS];	/* by its first option */
};

/* One key of a map and where it stood, to find repeated ones. */
struct map_key {
	const char *key;
	yaml_mark_t mark;
};

static int compare_keys(const void *a, const void *b)
{
	const struct map_key *const ka = a, *const kb = b;
	const int order = strcmp(ka->key, kb->key);

	if (order != 0)
		return order;
	return ka->mark.index < kb->mark.index ? -1 : 1;
}

static int check_repeats(struct reader *rd, struct map_key *keys, size_t count)
{
	size_t i;

	if (count > 1)
		qsort(keys, count, sizeof(*keys), compare_keys);
	for (i = 1; i < count; i++)
		if (strcmp(keys[i - 1].key, keys[i].key) == 0)
			return mm_yaml_fail(&rd->in, keys[i].mark,
					    "a repeated key", keys[i].key);
	return 0;
}

static int check_least(struct reader *rd, size_t i, size_t count,
		       yaml_mark_t mark)
{
	if (count < mm_conf_options[i].min)
		return mm_yaml_fail(&rd->in, mark, "too few entries",
				    mm_conf_options[i].key);
	return 0;
}

/* Turn the reason that a value was refused for into an error at its place. */
static int explain(struct reader *rd, size_t i, int r, struct mm_buf *why)
{
	if (r == MM_ERR_INVALID)
		r = mm_yaml_fail_here(&rd->in, mm_buf_str(why),
				      mm_conf_options[i].key);
	mm_buf_clear(why);
	return r;
}

static int add_entry(struct reader *rd, size_t i, const char *key,
		     size_t key_len)
{
	struct mm_buf why;
	int r;

	if (!mm_yaml_is_scalar(&rd->in) || mm_yaml_is_null(&rd->in))
		return mm_yaml_fail_here(&rd->in, "an entry must be one text",
					 mm_conf_options[i].key);
	mm_buf_init(&why, MM_CONF_TEXT_MAX);
	r = mm_conf_add(rd->conf, i, key, key_len, mm_yaml_text(&rd->in),
			mm_yaml_len(&rd->in), &why);
	return explain(rd, i, r, &why);
}

static int read_list(struct reader *rd, size_t i)
{
	const yaml_mark_t mark = rd->in.event.start_mark;
	int r;

	if (rd->in.event.type != YAML_SEQUENCE_START_EVENT)
		return mm_yaml_fail_here(&rd->in, "must be a list",
					 mm_conf_options[i].key);
	mm_conf_unset(rd->conf, i);
	while ((r = mm_yaml_next(&rd->in)) == 0) {
		if (rd->in.event.type == YAML_SEQUENCE_END_EVENT)
			return check_least(rd, i,
					   mm_conf_list_at(rd->conf, i)->count,
					   mark);
		if ((r = add_entry(rd, i, NULL, 0)) < 0)
			break;
	}
	return r;
}

/* Key and value of one map entry; the key's event is the current one. */
static int read_entry(struct reader *rd, size_t i)
{
	const size_t len = mm_yaml_is_scalar(&rd->in) ? mm_yaml_len(&rd->in)
						      : 0;
	char *key;
	int r;

	if (len == 0 || mm_yaml_is_null(&rd->in))
		return mm_yaml_fail_here(&rd->in, "a key must be one text",
					 mm_conf_options[i].key);
	key = calloc(1, len + 1);
	if (key == NULL)
		return MM_ERR_NOMEM;
	memcpy(key, mm_yaml_text(&rd->in), len);
	if ((r = mm_yaml_next(&rd->in)) == 0)
		r = add_entry(rd, i, key, len);
	free(key);
	return r;
}

/* Remember where key number count stands; the array doubles. */
static int note_key(struct reader *rd, struct map_key **keys, size_t count)
{
	struct map_key *more;

	if ((count & (count - 1)) == 0) {
		more = realloc(*keys, (count == 0 ? 1 : 2 * count) *
				      sizeof(*more));
		if (more == NULL)
			return MM_ERR_NOMEM;
		*keys = more;
	}
	(*keys)[count].mark = rd->in.event.start_mark;
	return 0;
}

static int read_map(struct reader *rd, size_t i)
{
	const yaml_mark_t mark = rd->in.event.start_mark;
	struct mm_conf_map *map = mm_conf_map_at(rd->conf, i);
	struct map_key *keys = NULL;
	size_t n;
	int r;

	if (rd->in.event.type != YAML_MAPPING_START_EVENT)
		return mm_yaml_fail_here(&rd->in, "must be a mapping",
					 mm_conf_options[i].key);
	mm_conf_unset(rd->conf, i);
	for (;;) {
		if ((r = mm_yaml_next(&rd->in)) < 0)
			goto out;
		if (rd->in.event.type == YAML_MAPPING_END_EVENT)
			break;
		if ((r = note_key(rd, &keys, map->count)) < 0 ||
		    (r = read_entry(rd, i)) < 0)
			goto out;
	}
	for (n = 0; n < map->count; n++)
		keys[n].key = map->keys[n];
	if ((r = check_repeats(rd, keys, map->count)) == 0)
		r = check_least(rd, i, map->count, mark);
out:
	free(keys);
	return r;
}

static int read_scalar(struct reader *rd, size_t i)
{
	struct mm_buf why;
	int r;

	if (!mm_yaml_is_scalar(&rd->in))
		return mm_yaml_fail_here(&rd->in, "must be one value",
					 mm_conf_options[i].key);
	mm_buf_init(&why, MM_CONF_TEXT_MAX);
	r = mm_conf_set(rd->conf, i, mm_yaml_text(&rd->in),
			mm_yaml_len(&rd->in), &why);
	return explain(rd, i, r, &why);
}

static int read_option(struct reader *rd, size_t i)
{
	int r;

	if (rd->seen[i])
		return mm_yaml_fail_here(&rd->in, "a repeated key",
					 mm_conf_options[i].key);
	rd->seen[i] = 1;
	if ((r = mm_yaml_next(&rd->in)) < 0)
		return r;
	if (mm_yaml_is_null(&rd->in))
		return mm_yaml_fail_here(&rd->in,
					 "no value; write \"\" for none",
					 mm_conf_options[i].key);
	switch (mm_conf_type(i)) {
	case MM_CONF_LIST:
		return read_list(rd, i);
	case MM_CONF_MAP:
		return read_map(rd, i);
	default:
		return read_scalar(rd, i);
	}
}

/* The option of this section ("" for none) and name: its number, or -1. */
static int find_option(const char *section, const char *name)
{
	const size_t len = strlen(section);
	const char *key;
	size_t i;

	for (i = 0; i < OPTIONS; i++) {
		key = mm_conf_options[i].key;
		if (len > 0) {
			if (strncmp(key, section, len) != 0 || key[len] != '.')
				continue;
			key += len + 1;
		}
		if (strchr(key, '.') == NULL && strcmp(key, name) == 0)
			return (int)i;
	}
	return -1;
}

/* The number of the first option in a section, or -1 if there is none. */
static int find_section(const char *name)
{
	const size_t len = strlen(name);
	size_t i;

	for (i = 0; i < OPTIONS; i++)
		if (strncmp(mm_conf_options[i].key, name, len) == 0 &&
		    mm_conf_options[i].key[len] == '.')
			return (int)i;
	return -1;
}

static int read_keys(struct reader *rd, const char *section);

/* The current event is the key of a section. */
static int read_section(struct reader *rd, size_t first)
{
	char section[SECTION_MAX];
	int r;

	(void)snprintf(section, sizeof(section), "%s",
		       mm_yaml_text(&rd->in));
	if (rd->seen_section[first])
		return mm_yaml_fail_here(&rd->in, "a repeated key", section);
	rd->seen_section[first] = 1;
	if ((r = mm_yaml_next(&rd->in)) < 0)
		return r;
	/* All its options may be commented out. */
	if (mm_yaml_is_null(&rd->in))
		return 0;
	if (rd->in.event.type != YAML_MAPPING_START_EVENT)
		return mm_yaml_fail_here(&rd->in, "must be a mapping", section);
	return read_keys(rd, section);
}

/* The current event is a key in section, or at the top when that is "". */
static int read_key(struct reader *rd, const char *section)
{
	const char *name = mm_yaml_text(&rd->in);
	int i;

	if (strlen(name) == mm_yaml_len(&rd->in)) {
		if ((i = find_option(section, name)) >= 0)
			return read_option(rd, (size_t)i);
		if (*section == '\0' && (i = find_section(name)) >= 0)
			return read_section(rd, (size_t)i);
	}
	return mm_yaml_fail_here(&rd->in, "unknown key", name);
}

/* All keys of the mapping whose start is the current event. */
static int read_keys(struct reader *rd, const char *section)
{
	int r;

	while ((r = mm_yaml_next(&rd->in)) == 0) {
		if (rd->in.event.type == YAML_MAPPING_END_EVENT)
			return 0;
		if (!mm_yaml_is_scalar(&rd->in))
			return mm_yaml_fail_here(&rd->in,
						 "a key must be one text",
						 NULL);
		if ((r = read_key(rd, section)) < 0)
			break;
	}
	return r;
}

/* The one document of the stream; none at all means all defaults. */
static int read_stream(struct reader *rd)
{
	int r;

	if ((r = mm_yaml_next(&rd->in)) < 0 ||	/* the stream's start */
	    (r = mm_yaml_next(&rd->in)) < 0)
		return r;
	if (rd->in.event.type == YAML_STREAM_END_EVENT)
		return 0;
	if ((r = mm_yaml_next(&rd->in)) < 0)
		return r;
	if (rd->in.event.type == YAML_MAPPING_START_EVENT)
		r = read_keys(rd, "");
	else if (!mm_yaml_is_null(&rd->in))
		r = mm_yaml_fail_here(&rd->in, "must be a mapping", NULL);
	if (r < 0 || (r = mm_yaml_next(&rd->in)) < 0 ||	/* document's end */
	    (r = mm_yaml_next(&rd->in)) < 0)
		return r;
	if (rd->in.event.type != YAML_STREAM_END_EVENT)
		return mm_yaml_fail_here(&rd->in, "a second document", NULL);
	return 0;
}

int mm_conf_parse(struct mm_conf *conf, const char *name, const char *text,
		  size_t len, struct mm_buf *error)
{
	struct reader rd;
	int r;

	memset(&rd, 0, sizeof(rd));
	memset(conf, 0, sizeof(*conf));
	mm_buf_reset(error);
	rd.conf = conf;
	if (len > MM_CONF_FILE_MAX)
		r = MM_ERR_LIMIT;
	else
		r = mm_conf_init(conf);
	if (r == 0 &&
	    (r = mm_yaml_open(&rd.in, name, text, len, error)) == 0) {
		r = read_stream(&rd);
		mm_yaml_close(&rd.in);
	}
	if (r < 0 && r != MM_ERR_INVALID) {
		mm_buf_reset(error);
		(void)!mm_buf_printf(error, "%s: %s", name, mm_err_text(r));
	}
	if (r < 0)
		mm_conf_clear(conf);
	return r;
}

int mm_conf_read(struct mm_conf *conf, const char *path, struct mm_buf *error)
{
	struct mm_buf text;
	int r;

	memset(conf, 0, sizeof(*conf));
	mm_buf_reset(error);
	mm_buf_init(&text, MM_CONF_FILE_MAX);
	if ((r = mm_read_file(path, &text)) < 0)
		(void)!mm_buf_printf(error, "%s: %s", path, mm_err_text(r));
	else
		r = mm_conf_parse(conf, path, mm_buf_str(&text), text.len,
				  error);
	mm_buf_clear(&text);
	return r;
}
