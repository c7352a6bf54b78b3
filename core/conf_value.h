#ifndef MM_CORE_CONF_VALUE_H
#define MM_CORE_CONF_VALUE_H

#include <stddef.h>

#include "core/buf.h"
#include "core/conf.h"

/* The types of the option table and how their values are checked and kept: for
 * conf*.c, and for mamorictl, which shows values by type. Option numbers i are
 * indexes into mm_conf_options[]. */

enum mm_conf_type {
	MM_CONF_STRING,
	MM_CONF_PATH,
	MM_CONF_ADDRESS,
	MM_CONF_USER,
	MM_CONF_BOOL,
	MM_CONF_NUMBER,
	MM_CONF_SIZE,
	MM_CONF_DURATION,
	MM_CONF_ENUM,
	MM_CONF_LIST,
	MM_CONF_MAP,
};

/* Longest text of one scalar. */
#define MM_CONF_TEXT_MAX 4096u

enum mm_conf_type mm_conf_type(size_t i);

/* The place of option i in conf, by the C type that its row names. */
char **mm_conf_text_at(const struct mm_conf *conf, size_t i);
uint64_t *mm_conf_num_at(const struct mm_conf *conf, size_t i);
struct mm_conf_list *mm_conf_list_at(const struct mm_conf *conf, size_t i);
struct mm_conf_map *mm_conf_map_at(const struct mm_conf *conf, size_t i);

/* Set a scalar option from its text, replacing what was there. 0,
 * MM_ERR_INVALID with the reason appended to why, or MM_ERR_NOMEM. The option
 * is unchanged on error. */
MM_CHECK int mm_conf_set(struct mm_conf *conf, size_t i, const char *text,
			 size_t len, struct mm_buf *why);

/* Append one entry to a list (key NULL) or a map; results as above. Repeated
 * keys are the caller's to find. */
MM_CHECK int mm_conf_add(struct mm_conf *conf, size_t i, const char *key,
			 size_t key_len, const char *value, size_t len,
			 struct mm_buf *why);

/* For other tables of settings: is this one line of at most MM_CONF_TEXT_MAX
 * bytes without control characters; a yes or no. 0, or MM_ERR_INVALID with
 * the reason appended to why. */
MM_CHECK int mm_conf_check_line(const char *text, size_t len,
				struct mm_buf *why);
MM_CHECK int mm_conf_read_bool(const char *text, uint64_t *num_r,
			       struct mm_buf *why);

/* Append text as a YAML scalar, quoted unless it is plainly plain. */
MM_CHECK int mm_conf_put_text(struct mm_buf *out, const char *text);
MM_CHECK int mm_conf_put_duration(struct mm_buf *out, uint64_t seconds);

/* Free one option's value; it is empty afterwards. */
void mm_conf_unset(struct mm_conf *conf, size_t i);

#endif
