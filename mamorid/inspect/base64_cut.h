#ifndef MM_INSPECT_BASE64_CUT_H
#define MM_INSPECT_BASE64_CUT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "mamorid/inspect/mime.h"
#include "mamorid/inspect/source.h"

/*
 * Long attachments would be scanned twice: as base64 text with the whole
 * message, and decoded. Here the whole message loses the inside of such text,
 * if libclamav can be seen to decode what is left of it to the begin and the
 * end of the very part that is then scanned by itself. What stays: the first
 * and last lines of the text, and all that stands around it.
 */
struct mm_base64_cut {
	size_t leaf;
	size_t begin, end;	/* what is left out of the message */
	size_t head;		/* decoded bytes before that */
	size_t skipped;		/* decoded bytes of that */
	bool met;		/* libclamav has decoded what is left */
};

struct mm_base64_cuts {
	struct mm_base64_cut *list;
	size_t count;		/* 0: nothing worth it, no copy */
	unsigned char *data;	/* the shorter message, with our line */
	size_t len;
};

/* Fills cuts, which must be released. 0 or MM_ERR_NOMEM; then, too, nothing
 * is cut. */
MM_CHECK int mm_base64_cut(const struct mm_source *source,
			   const struct mm_mail *mail,
			   struct mm_base64_cuts *cuts_r);
void mm_base64_cuts_clear(struct mm_base64_cuts *cuts);

/* Is this what is left of one that was cut? Takes note of it. */
bool mm_base64_is_rest(struct mm_base64_cuts *cuts,
		       const struct mm_mail *mail, const unsigned char *data,
		       size_t size);

/* False when libclamav reads the message in another way: it needs all of it. */
bool mm_base64_all_met(const struct mm_base64_cuts *cuts);

#endif
