#ifndef MM_INSPECT_REWRITE_SERVE_H
#define MM_INSPECT_REWRITE_SERVE_H

#include "core/frame.h"
#include "mamorid/inspect/worker.h"

#define MM_REWRITE_FDS 3u

/* Answer a REWRITE frame: the new message with its findings, or an error. 0 to
 * go on with this peer. */
MM_CHECK int mm_rewrite_serve(const struct mm_worker *worker, int conn,
			      const struct mm_frame *frame);

#endif
