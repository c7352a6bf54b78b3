#ifndef MM_CORE_TEXT_H
#define MM_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/* Append foreign bytes so that they are safe on a log line or a terminal:
 * valid printable UTF-8 stays; control bytes, quotes, backslash, invalid
 * UTF-8, bidirectional and C1 controls become \xHH. At most max_len bytes of
 * input are taken, "..." marks a cut. Errors as mm_buf_put(). */
MM_CHECK int mm_text_printable(struct mm_buf *buf, const char *text, size_t len,
			       size_t max_len);

/* Append foreign text for people to read: one line, valid UTF-8, nothing that
 * controls, reorders or hides, web addresses made unclickable, at most max_len
 * bytes of it, "..." marks a cut. */
MM_CHECK int mm_text_foreign(struct mm_buf *buf, const char *text,
			     size_t max_len);

/* Is this well-formed UTF-8 (RFC 3629)? */
bool mm_text_is_utf8(const char *text, size_t len);

/* How many bytes of text fit into max, cut at a character's end. */
size_t mm_text_fit(const char *text, size_t max);

/* Lower-case the ASCII letters in place. */
void mm_text_lower(char *text);

/* ASCII case-insensitive: does text begin with prefix, end in suffix? */
bool mm_text_has_prefix(const char *text, const char *prefix);
bool mm_text_has_suffix(const char *text, const char *suffix);

/* Is this a name of 1 to max lower-case letters, digits and hyphens, which may
 * become a part of a path? */
bool mm_text_is_name(const char *text, size_t max);

/* A decimal number without sign or spaces, from min to max.
 * 0, MM_ERR_INVALID or MM_ERR_LIMIT. */
MM_CHECK int mm_text_number(const char *text, uint64_t min, uint64_t max,
			    uint64_t *num_r);

#endif
