#ifndef MM_MAMORID_GATE_INSPECTOR_CALL_H
#define MM_MAMORID_GATE_INSPECTOR_CALL_H

#include <stdint.h>

#include "core/buf.h"
#include "core/deadline.h"
#include "core/frame.h"

/* One request to whichever inspector is free. */
struct mm_inspector_call {
	const char *trace;
	uint16_t type;
	const struct mm_buf *payload;	/* or NULL */
	int fds[MM_FRAME_FDS];		/* the caller's */
	unsigned int nfds;
	unsigned int answer_fds;	/* at most */
	mm_deadline deadline;
	/* Take what is needed out of the answer, which is no MM_FRAME_ERROR:
	 * 0, or a negative code for nonsense. May come twice; begins anew. */
	int (*take)(struct mm_frame *answer, void *context);
	void *context;
	struct mm_buf *why;	/* gets the text of a refusal; or NULL */
	unsigned int lost;	/* set: inspectors that died on it */
};

/* Ask, and ask a second inspector if the first is lost or answers nonsense.
 * Logs what goes wrong. 0; MM_ERR_PEER (refused); MM_ERR_CLOSED (two were
 * lost); MM_ERR_TIMEOUT, MM_ERR_SYS (none there), MM_ERR_NOMEM. */
MM_CHECK int mm_inspector_call(const char *path,
			       struct mm_inspector_call *call);

#endif
