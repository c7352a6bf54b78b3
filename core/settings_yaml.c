/*
 * Reading settings files: strict, since a typing error must never become
 * another meaning, and bounded, since customers fill them.
 */
#include "core/settings_yaml.h"

#include <stdio.h>
#include <string.h>

#include "core/conf_value.h"
#include "core/err.h"
#include "core/text.h"

#define KEY_MAX 64u

struct reader {
	struct mm_yaml *in;
	struct mm_settings *settings;
	enum mm_level level;
	const struct mm_setting_renamed *renamed;
	unsigned int version;
	unsigned int *version_r; /* NULL: known, no such key */
	unsigned char seen[MM_SETTINGS];
	char sections[8][KEY_MAX];
	size_t nsections;
};

static bool is_off(const struct mm_yaml *in)
{
	return in->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       strcmp(mm_yaml_text(in), "off") == 0;
}

/* The reason that a value was refused for, at its place. */
static int explain(struct reader *rd, enum mm_setting i, int r,
		   struct mm_buf *why)
{
	if (r == MM_ERR_INVALID)
		r = mm_yaml_fail_here(rd->in, mm_buf_str(why),
				      mm_setting_rows[i].key);
	mm_buf_clear(why);
	return r;
}

static int check_text(struct reader *rd, const char *key)
{
	if (!mm_yaml_is_scalar(rd->in) || mm_yaml_is_null(rd->in))
		return mm_yaml_fail_here(rd->in, "must be one value", key);
	if (strlen(mm_yaml_text(rd->in)) != mm_yaml_len(rd->in))
		return mm_yaml_fail_here(rd->in, "a NUL byte inside", key);
	return 0;
}

static int read_scalar(struct reader *rd, enum mm_setting i)
{
	struct mm_buf why;
	int r;

	if ((r = check_text(rd, mm_setting_rows[i].key)) < 0)
		return r;
	/* Quoted, "off" is a text like any other. */
	if (mm_setting_rows[i].type == MM_TYPE_TEXT && !is_off(rd->in) &&
	    strcmp(mm_yaml_text(rd->in), "off") == 0) {
		mm_settings_empty(rd->settings, i);
		rd->settings->list[i].text = strdup("off");
		return rd->settings->list[i].text == NULL ? MM_ERR_NOMEM : 0;
	}
	mm_buf_init(&why, MM_CONF_TEXT_MAX);
	r = mm_settings_set(rd->settings, i, NULL, mm_yaml_text(rd->in), &why);
	return explain(rd, i, r, &why);
}

static int read_list(struct reader *rd, enum mm_setting i)
{
	const char *key = mm_setting_rows[i].key;
	struct mm_buf why;
	int r;

	mm_settings_empty(rd->settings, i);
	while ((r = mm_yaml_next(rd->in)) == 0) {
		if (rd->in->event.type == YAML_SEQUENCE_END_EVENT)
			return 0;
		if ((r = check_text(rd, key)) < 0)
			break;
		mm_buf_init(&why, MM_CONF_TEXT_MAX);
		r = mm_settings_add(rd->settings, i, NULL, mm_yaml_text(rd->in),
				    &why);
		if ((r = explain(rd, i, r, &why)) < 0)
			break;
	}
	return r;
}

static int read_entry(struct reader *rd, enum mm_setting i)
{
	const struct mm_conf_map *map = &rd->settings->list[i].map;
	const char *key = mm_setting_rows[i].key;
	char name[KEY_MAX + 2];
	struct mm_buf why;
	int r;

	if ((r = check_text(rd, key)) < 0)
		return r;
	if (mm_yaml_len(rd->in) > KEY_MAX)
		return mm_yaml_fail_here(rd->in, "too long a name", key);
	memcpy(name, mm_yaml_text(rd->in), mm_yaml_len(rd->in) + 1);
	if (mm_conf_map_get(map, name) != NULL)
		return mm_yaml_fail_here(rd->in, "a repeated key", name);
	if ((r = mm_yaml_next(rd->in)) < 0 || (r = check_text(rd, name)) < 0)
		return r;
	mm_buf_init(&why, MM_CONF_TEXT_MAX);
	r = mm_settings_add(rd->settings, i, name, mm_yaml_text(rd->in), &why);
	return explain(rd, i, r, &why);
}

static int read_map(struct reader *rd, enum mm_setting i)
{
	int r;

	mm_settings_empty(rd->settings, i);
	while ((r = mm_yaml_next(rd->in)) == 0) {
		if (rd->in->event.type == YAML_MAPPING_END_EVENT)
			return 0;
		if ((r = read_entry(rd, i)) < 0)
			break;
	}
	return r;
}

static int read_value(struct reader *rd, enum mm_setting i)
{
	const struct mm_setting_row *row = &mm_setting_rows[i];
	int r;

	if ((row->levels & (unsigned int)rd->level) == 0)
		return mm_yaml_fail_here(rd->in, "not a key of this file",
					 row->key);
	if (rd->seen[i])
		return mm_yaml_fail_here(rd->in, "a repeated key", row->key);
	rd->seen[i] = 1;
	if ((r = mm_yaml_next(rd->in)) < 0)
		return r;
	if (row->type == MM_TYPE_LIST &&
	    rd->in->event.type == YAML_SEQUENCE_START_EVENT)
		return read_list(rd, i);
	if (row->type == MM_TYPE_MAP &&
	    rd->in->event.type == YAML_MAPPING_START_EVENT)
		return read_map(rd, i);
	if ((row->type == MM_TYPE_LIST || row->type == MM_TYPE_MAP) &&
	    (!mm_yaml_is_scalar(rd->in) || !is_off(rd->in)))
		return mm_yaml_fail_here(rd->in,
					 row->type == MM_TYPE_LIST
						 ? "must be a list or off"
						 : "must be a mapping or off",
					 row->key);
	return read_scalar(rd, i);
}

static const char *new_name(const struct reader *rd, const char *key)
{
	const struct mm_setting_renamed *row;

	for (row = rd->renamed; row->old_key != NULL; row++)
		if (rd->version <= row->last && strcmp(row->old_key, key) == 0)
			return row->new_key;
	return key;
}

static bool is_section(const char *name)
{
	const size_t len = strlen(name);
	size_t i;

	for (i = 0; i < MM_SETTINGS; i++)
		if (strncmp(mm_setting_rows[i].key, name, len) == 0 &&
		    mm_setting_rows[i].key[len] == '.')
			return true;
	return false;
}

static int read_keys(struct reader *rd, const char *section);

static int read_section(struct reader *rd, const char *name)
{
	size_t i;
	int r;

	for (i = 0; i < rd->nsections; i++)
		if (strcmp(rd->sections[i], name) == 0)
			return mm_yaml_fail_here(rd->in, "a repeated key",
						 name);
	if (rd->nsections == sizeof(rd->sections) / sizeof(*rd->sections))
		return MM_ERR_LIMIT;
	memcpy(rd->sections[rd->nsections++], name, strlen(name) + 1);
	if ((r = mm_yaml_next(rd->in)) < 0)
		return r;
	if (rd->in->event.type != YAML_MAPPING_START_EVENT)
		return mm_yaml_fail_here(rd->in, "must be a mapping", name);
	return read_keys(rd, name);
}

int mm_settings_read_version(struct mm_yaml *in, unsigned int *version_r)
{
	uint64_t num;
	int r;

	if ((r = mm_yaml_next(in)) < 0)
		return r;
	if (!mm_yaml_is_scalar(in) ||
	    mm_text_number(mm_yaml_text(in), MM_SETTINGS_VERSION_OLDEST,
			   UINT32_MAX, &num) < 0)
		return mm_yaml_fail_here(in, "not a version", "version");
	if (num > MM_SETTINGS_VERSION) {
		r = mm_yaml_fail_here(in, "made by a newer version of Mamori",
				      "version");
		return r == MM_ERR_INVALID ? MM_ERR_VERSION : r;
	}
	*version_r = (unsigned int)num;
	return 0;
}

/* The current event is a key. */
static int read_key(struct reader *rd, const char *section)
{
	const char *name = mm_yaml_text(rd->in), *key;
	char full[2 * KEY_MAX + 2];
	int i;

	if (strlen(name) != mm_yaml_len(rd->in) || strlen(name) > KEY_MAX ||
	    strchr(name, '.') != NULL)
		return mm_yaml_fail_here(rd->in, "unknown key", name);
	if (*section == '\0' && rd->version_r != NULL &&
	    strcmp(name, "version") == 0) {
		if (rd->version != 0)
			return mm_yaml_fail_here(rd->in, "a repeated key",
						 name);
		return mm_settings_read_version(rd->in, &rd->version);
	}
	if (rd->version_r != NULL && rd->version == 0)
		return mm_yaml_fail_here(rd->in,
					 "the version must stand "
					 "first",
					 NULL);
	(void)snprintf(full, sizeof(full), "%s%s%s", section,
		       *section == '\0' ? "" : ".", name);
	key = new_name(rd, full);
	if ((i = mm_setting_find(key)) >= 0)
		return read_value(rd, (enum mm_setting)i);
	if (*section == '\0' && is_section(name))
		return read_section(rd, full);
	return mm_yaml_fail_here(rd->in, "unknown key", full);
}

static int read_keys(struct reader *rd, const char *section)
{
	int r;

	while ((r = mm_yaml_next(rd->in)) == 0) {
		if (rd->in->event.type == YAML_MAPPING_END_EVENT)
			return 0;
		if (!mm_yaml_is_scalar(rd->in))
			return mm_yaml_fail_here(rd->in,
						 "a key must be one "
						 "text",
						 NULL);
		if ((r = read_key(rd, section)) < 0)
			break;
	}
	return r;
}

int mm_settings_read(struct mm_yaml *in, struct mm_settings *settings,
		     enum mm_level level,
		     const struct mm_setting_renamed *renamed,
		     unsigned int *version_r)
{
	struct reader rd = { .in = in,
			     .settings = settings,
			     .level = level,
			     .renamed = renamed,
			     .version_r = version_r };
	int r;

	if (*version_r != 0) {
		rd.version = *version_r;
		rd.version_r = NULL;
	}
	if ((r = read_keys(&rd, "")) < 0)
		return r;
	if (rd.version == 0)
		return mm_yaml_fail_here(in, "no version", NULL);
	*version_r = rd.version;
	return 0;
}

static int read_stream(struct mm_yaml *in, struct mm_settings *settings,
		       enum mm_level level,
		       const struct mm_setting_renamed *renamed)
{
	unsigned int version = 0;
	int r;

	if ((r = mm_yaml_next(in)) < 0 || /* the stream's start */
	    (r = mm_yaml_next(in)) < 0) /* the document's, or none */
		return r;
	if (in->event.type == YAML_STREAM_END_EVENT)
		return mm_yaml_fail_here(in, "an empty file", NULL);
	if ((r = mm_yaml_next(in)) < 0)
		return r;
	if (in->event.type != YAML_MAPPING_START_EVENT)
		return mm_yaml_fail_here(in, "must be a mapping", NULL);
	r = mm_settings_read(in, settings, level, renamed, &version);
	if (r < 0 || (r = mm_yaml_next(in)) < 0 || /* document's end */
	    (r = mm_yaml_next(in)) < 0)
		return r;
	if (in->event.type != YAML_STREAM_END_EVENT)
		return mm_yaml_fail_here(in, "a second document", NULL);
	return 0;
}

int mm_settings_parse(struct mm_settings *settings, enum mm_level level,
		      const char *name, const char *text, size_t len,
		      const struct mm_setting_renamed *renamed,
		      struct mm_buf *error)
{
	struct mm_yaml in;
	int r;

	mm_settings_init(settings);
	mm_buf_reset(error);
	if (len > MM_SETTINGS_FILE_MAX)
		r = MM_ERR_LIMIT;
	else if ((r = mm_yaml_open(&in, name, text, len, error)) == 0) {
		r = read_stream(&in, settings, level, renamed);
		mm_yaml_close(&in);
	}
	if (r < 0 && error->len == 0)
		(void)!mm_buf_printf(error, "%s: %s", name, mm_err_text(r));
	if (r < 0)
		mm_settings_clear(settings);
	return r;
}
