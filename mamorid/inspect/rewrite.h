#ifndef MM_INSPECT_REWRITE_H
#define MM_INSPECT_REWRITE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "core/proto_rewrite.h"
#include "mamorid/inspect/mime.h"

/* A part goes, a text takes its place; or, with a document, the part stays
 * what it says it is and has other contents. */
struct mm_removal {
	const char *part;	/* "2.1", as in findings */
	const char *text;	/* UTF-8, lines end in "\n" */
	const struct mm_buf *document; /* or NULL */
};

struct mm_rewrite_plan {
	const struct mm_removal *removals;
	size_t count;
	const char *stamp;	/* UTF-8, to stand before the text; or NULL */
};

struct mm_rewritten {
	enum mm_stamped stamped;
	bool header;		/* the message's own header was changed:
				 * fields Content-* and MIME-Version */
	bool signed_broken;	/* a part of a signed message was changed */
};

/* Carry out a plan on a message of len bytes, header and body, and append the
 * new one to out. What the plan does not touch stays as it is, byte for byte.
 * mm_mime_init() must have been called. 0, MM_ERR_NOTFOUND (a part is not
 * there, or twice in the plan, or cannot be told from its surroundings),
 * MM_ERR_LIMIT (out, or the reading of the message), MM_ERR_NOMEM. */
MM_CHECK int mm_rewrite(const unsigned char *data, size_t len,
			const struct mm_mime_limits *limits,
			const struct mm_rewrite_plan *plan,
			struct mm_buf *out, struct mm_rewritten *done_r);

#endif
