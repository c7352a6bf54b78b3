#ifndef MM_INSPECT_INSPECTOR_JOB_H
#define MM_INSPECT_INSPECTOR_JOB_H

#include "core/buf.h"
#include "core/deadline.h"
#include "mamorid/inspect/source.h"
#include "mamorid/inspect/worker.h"

#define MM_PEER_MS 2000	/* how long a peer may be silent */

/* What a peer has sent for one message. */
struct mm_inspector_job {
	const struct mm_worker *worker;
	const char *trace;
	int header_fd;
	int body_fd;
	uint64_t body_offset;
	mm_deadline deadline;	/* the peer's; begin makes it ours */
	size_t header_size;	/* set by source */
	bool large;		/* memory goes back at the end */
};

/* Tell the pool what is worked on and for how long. */
void mm_inspector_job_begin(struct mm_inspector_job *job);

/* Copy the message out of the passed descriptors. 0 or a negative code with
 * the reason for the peer. *source is to be cleared in any case. */
MM_CHECK int mm_inspector_job_source(struct mm_inspector_job *job,
				     struct mm_source *source,
				     const char **why_r);

void mm_inspector_job_end(struct mm_inspector_job *job);

/* Log a refusal and answer with it; as mm_send_error(). */
MM_CHECK int mm_inspector_job_refuse(const char *trace, int conn, uint32_t id,
				     const char *event, const char *why);

#endif
