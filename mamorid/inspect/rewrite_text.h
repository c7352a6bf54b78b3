#ifndef MM_INSPECT_REWRITE_TEXT_H
#define MM_INSPECT_REWRITE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

/* All append to out and return 0, MM_ERR_LIMIT or MM_ERR_NOMEM. */

/* Base64 in lines of 76, each with a line end. */
MM_CHECK int mm_encode_base64(const void *data, size_t len, const char *eol,
			      struct mm_buf *out);

/* Quoted-printable; line ends of the data become eol. */
MM_CHECK int mm_encode_quoted(const void *data, size_t len, const char *eol,
			      struct mm_buf *out);

/* UTF-8 as HTML that any charset holds which contains ASCII. */
MM_CHECK int mm_encode_html(const char *text, struct mm_buf *out);

/* Copy text with other line ends. */
MM_CHECK int mm_encode_lines(const char *text, const char *eol,
			     struct mm_buf *out);

/* Between character sets; also MM_ERR_INVALID for an unknown one and for
 * characters that the other does not have. Ends in its initial state. */
MM_CHECK int mm_encode_charset(const char *from, const char *to,
			       const void *data, size_t len,
			       struct mm_buf *out);

bool mm_is_ascii(const void *data, size_t len);

#endif
