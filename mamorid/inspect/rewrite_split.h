#ifndef MM_INSPECT_REWRITE_SPLIT_H
#define MM_INSPECT_REWRITE_SPLIT_H

#include <stddef.h>

#include "core/buf.h"

/* Append a message whose header block of header_len bytes, and the blank line,
 * end their lines with LF and whose body does with CRLF: all in CRLF. 0,
 * MM_ERR_LIMIT or MM_ERR_NOMEM. */
MM_CHECK int mm_rewrite_to_wire(const unsigned char *data, size_t len,
				size_t header_len, struct mm_buf *out);

/* Where the body of a message begins; its header lines, LF line ends, without
 * the blank line are appended. As above. */
MM_CHECK int mm_rewrite_split(const struct mm_buf *message,
			      struct mm_buf *header, size_t *body_r);

#endif
