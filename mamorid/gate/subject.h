#ifndef MM_MAMORID_GATE_SUBJECT_H
#define MM_MAMORID_GATE_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

#define MM_SUBJECT_MAX 32000u /* of a header that Exim takes */

/* Append a Subject header with a tag before and a suffix behind what is there.
 * text is the header as it came, len bytes, or NULL when there is none; its
 * bytes stay as they are, whatever their encoding. decoded is the subject as
 * people read it: what is there already is not put there twice. tag and suffix
 * may be NULL; what is not ASCII becomes encoded words (RFC 2047).
 * 1, 0 (nothing to change; nothing appended), MM_ERR_LIMIT or MM_ERR_NOMEM. */
MM_CHECK int mm_subject_mark(struct mm_buf *out, const char *text, size_t len,
			     const char *decoded, const char *tag,
			     const char *suffix);

/* Append the subject as people will read it then. 0, MM_ERR_LIMIT or
 * MM_ERR_NOMEM. */
MM_CHECK int mm_subject_marked(struct mm_buf *out, const char *decoded,
			       const char *tag, const char *suffix);

#endif
