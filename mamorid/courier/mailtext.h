#ifndef MM_COURIER_MAILTEXT_H
#define MM_COURIER_MAILTEXT_H

#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/* Append text in base64, lines of at most 76 characters, each ended by LF. */
MM_CHECK int mm_mailtext_base64(struct mm_buf *buf, const char *text,
				size_t len);

/* Append a header's value: as it is when it is short printable ASCII, else as
 * encoded words of RFC 2047 (UTF-8, base64), folded so that no line passes 76
 * characters; no word splits a character. name_len is the length of "Name: ",
 * which is already there. text must be valid UTF-8; its control bytes become
 * spaces. No final newline. */
MM_CHECK int mm_mailtext_header(struct mm_buf *buf, const char *text,
				size_t name_len);

/* Append a date of RFC 5322 in local time, independent of the locale. */
MM_CHECK int mm_mailtext_date(struct mm_buf *buf, int64_t when);

#endif
