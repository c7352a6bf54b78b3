#ifndef MM_CORE_CONF_YAML_H
#define MM_CORE_CONF_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include "core/buf.h"

/* For the readers of mamori.yaml and of settings: YAML as a strict stream of
 * events. */
struct mm_yaml {
	yaml_parser_t parser;
	yaml_event_t event;	/* the current one */
	bool event_live;
	const char *name;	/* the file's, for errors */
	const char *text;
	struct mm_buf *error;
};

/* Read len bytes of UTF-8 at text, which must stay alive. error gets one line
 * for each failure below. 0 or MM_ERR_NOMEM. Release with mm_yaml_close()
 * after success. */
MM_CHECK int mm_yaml_open(struct mm_yaml *in, const char *name,
			  const char *text, size_t len, struct mm_buf *error);
void mm_yaml_close(struct mm_yaml *in);

/* Go to the next event. 0, MM_ERR_NOMEM, or MM_ERR_INVALID for what is not
 * YAML and for anchors, aliases and tags. */
MM_CHECK int mm_yaml_next(struct mm_yaml *in);

/* Set the error to "NAME:LINE:COLUMN: key: what" and return MM_ERR_INVALID;
 * key may be NULL and may be foreign text. The second takes the place of the
 * current event. */
MM_CHECK int mm_yaml_fail(struct mm_yaml *in, yaml_mark_t mark,
			  const char *what, const char *key);
MM_CHECK int mm_yaml_fail_here(struct mm_yaml *in, const char *what,
			       const char *key);

/* Of the current event: is it a scalar, its text (valid until the next event,
 * it may hold a NUL), the length of that, and whether it is a plain scalar
 * that means nothing ("", ~ or null). */
bool mm_yaml_is_scalar(const struct mm_yaml *in);
const char *mm_yaml_text(const struct mm_yaml *in);
size_t mm_yaml_len(const struct mm_yaml *in);
bool mm_yaml_is_null(const struct mm_yaml *in);

#endif
