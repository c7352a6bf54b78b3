#ifndef MM_CORE_CONF_H
#define MM_CORE_CONF_H

#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/conf_table.h"

struct mm_conf_list {
	char **items;
	size_t count;
};

struct mm_conf_map {
	char **keys;
	char **values;
	size_t count;
};

#define MM_CONF_C_STRING char *
#define MM_CONF_C_PATH char *
#define MM_CONF_C_ADDRESS char *
#define MM_CONF_C_USER char *
#define MM_CONF_C_BOOL uint64_t
#define MM_CONF_C_NUMBER uint64_t
#define MM_CONF_C_SIZE uint64_t
#define MM_CONF_C_DURATION uint64_t
#define MM_CONF_C_ENUM uint64_t
#define MM_CONF_C_LIST struct mm_conf_list
#define MM_CONF_C_MAP struct mm_conf_map

/* Every option of conf_table.h as a member of its name. */
struct mm_conf {
#define MM_CONF_MEMBER(type, field, ...) MM_CONF_C_##type field;
	MM_CONF_TABLE(MM_CONF_MEMBER)
#undef MM_CONF_MEMBER
};

/* Indexes of the ENUM options, in the order of their choices. */
enum mm_conf_level {
	MM_CONF_LEVEL_ERROR,
	MM_CONF_LEVEL_WARN,
	MM_CONF_LEVEL_INFO,
	MM_CONF_LEVEL_DEBUG,
};
enum mm_conf_reload { MM_CONF_RELOAD_PARALLEL, MM_CONF_RELOAD_SERIAL };
enum mm_conf_language { MM_CONF_LANGUAGE_JA, MM_CONF_LANGUAGE_EN };

/* One row of the table, for whoever lists or documents the options. */
struct mm_conf_option {
	const char *key;
	const char *type;	/* "STRING", "PATH", ... */
	const char *preset;	/* the default, as text */
	uint64_t min;
	uint64_t max;
	const char *choices;
	const char *help;
};

extern const struct mm_conf_option mm_conf_options[];
extern const size_t mm_conf_option_count;

#define MM_CONF_FILE_MAX (8u << 20)

/* The defaults. 0 or MM_ERR_NOMEM. Release with mm_conf_clear(). */
MM_CHECK int mm_conf_init(struct mm_conf *conf);
void mm_conf_clear(struct mm_conf *conf);

/* Read a file over the defaults. conf needs no init; it is complete on
 * success and cleared on error. Every mistake is refused: unknown or repeated
 * key, wrong type, value out of bounds, anchor, alias, tag, several documents.
 * On error, error gets one line "FILE:LINE:COLUMN: what is wrong".
 * 0, MM_ERR_NOTFOUND, MM_ERR_INVALID, MM_ERR_LIMIT, MM_ERR_NOMEM,
 * MM_ERR_SYS. */
MM_CHECK int mm_conf_read(struct mm_conf *conf, const char *path,
			  struct mm_buf *error);

/* The same from memory; name stands for the file in errors. */
MM_CHECK int mm_conf_parse(struct mm_conf *conf, const char *name,
			   const char *text, size_t len, struct mm_buf *error);

/* Append a commented sample file with every option and its default. */
MM_CHECK int mm_conf_sample(struct mm_buf *out);

/* Append the value of option number i of conf as YAML text (one line for a
 * scalar, flow style for a list or map). */
MM_CHECK int mm_conf_show(const struct mm_conf *conf, size_t i,
			  struct mm_buf *out);

/* The value of a key in a map, or NULL. */
const char *mm_conf_map_get(const struct mm_conf_map *map, const char *key);

#endif
