#ifndef MM_COURIER_DOTS_H
#define MM_COURIER_DOTS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

/* A message on its way into SMTP's DATA: every line end becomes CRLF, a dot at
 * the beginning of a line is doubled (RFC 5321 4.5.2). */
struct mm_dots {
	bool inside; /* not at the beginning of a line */
	bool cr; /* a CR waits for what follows */
};

/* Append len bytes, encoded. Start with a zeroed structure. 0 or as
 * mm_buf_put(). */
MM_CHECK int mm_dots_put(struct mm_dots *dots, struct mm_buf *out,
			 const char *data, size_t len);

/* End the last line, then the message. */
MM_CHECK int mm_dots_end(struct mm_dots *dots, struct mm_buf *out);

#endif
