#ifndef MM_INSPECT_REWRITE_RUN_H
#define MM_INSPECT_REWRITE_RUN_H

#include "core/proto_rewrite.h"
#include "mamorid/inspect/clean.h"
#include "mamorid/inspect/rewrite.h"

#define MM_REWRITE_REASON_MAX 128u

/* One request's way from a message to a new one. */
struct mm_rewrite_run {
	/* set by the caller */
	const struct mm_rewrite_request *request;
	struct mm_mime_limits mime;
	struct mm_clean_limits clean;
	/* Is a cleaned document good enough? Else a few words in why. */
	bool (*accept)(void *context, const char *name,
		       const struct mm_buf *document,
		       char why[MM_REWRITE_REASON_MAX]);
	void *context;

	/* the result */
	struct mm_buf message;
	struct mm_rewritten done;
	struct mm_rewrite_outcome *outcomes; /* as many as operations */

	/* inner */
	struct mm_buf *documents;
	char (*reasons)[MM_REWRITE_REASON_MAX];
};

/* Carry the request out on a message of len bytes with line ends of one kind;
 * the new one has at most max bytes. What cannot be cleaned is removed. Release
 * with mm_rewrite_run_clear(), also after an error.
 * As mm_rewrite(), or MM_ERR_TIMEOUT. */
MM_CHECK int mm_rewrite_run(struct mm_rewrite_run *run,
			    const unsigned char *data, size_t len, size_t max);
void mm_rewrite_run_clear(struct mm_rewrite_run *run);

#endif
