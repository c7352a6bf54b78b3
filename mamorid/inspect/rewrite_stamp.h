#ifndef MM_INSPECT_REWRITE_STAMP_H
#define MM_INSPECT_REWRITE_STAMP_H

#include <stddef.h>

#include "core/buf.h"
#include "mamorid/inspect/mime.h"
#include "mamorid/inspect/rewrite_head.h"

/* Bytes of a message and what comes in their place. */
struct mm_splice {
	size_t begin;
	size_t end;
	struct mm_buf text;
};

/* Put stamp (UTF-8) in front of a text/plain or text/html part in the part's
 * own character set and encoding, if they hold it, else in UTF-8. Fills
 * *splice_r, whose text must be initialised. 0; MM_ERR_INVALID when this part
 * cannot be stamped (UTF-16, an unknown character set, damaged); MM_ERR_LIMIT,
 * MM_ERR_NOMEM. */
MM_CHECK int mm_stamp(const struct mm_head *head, const struct mm_leaf *leaf,
		      const char *stamp, struct mm_splice *splice_r);

#endif
