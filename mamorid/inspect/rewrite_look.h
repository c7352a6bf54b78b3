#ifndef MM_INSPECT_REWRITE_LOOK_H
#define MM_INSPECT_REWRITE_LOOK_H

#include "mamorid/inspect/inspect.h"
#include "mamorid/inspect/rewrite_run.h"

/* With what a cleaned document is looked at. */
struct mm_rewrite_look {
	struct mm_engine *engine;
	const struct mm_conf *conf;
	mm_deadline deadline;
};

/* Inspect a document as the attachment of a mail. True when it is clean and
 * holds no macro; else why tells. context is a struct mm_rewrite_look. */
bool mm_rewrite_look(void *context, const char *name,
		     const struct mm_buf *document,
		     char why[MM_REWRITE_REASON_MAX]);

#endif
