/*
 * What every request to a worker begins and ends with.
 * Process: inspector, as users.inspector in its jail.
 * Must never believe a descriptor before it is checked.
 */
#include "mamorid/inspect/inspector_job.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/log.h"

#define LARGE_MESSAGE (4u << 20)
#define KEPT_MAX ((size_t)64 << 20)

void mm_inspector_job_begin(struct mm_inspector_job *job)
{
	struct mm_slot *slot = job->worker->slot;
	mm_deadline own = mm_deadline_in(
		(int64_t)job->worker->role->conf->limits_scan_time * 1000);

	if (own < job->deadline)
		job->deadline = own;
	(void)snprintf(slot->trace, sizeof(slot->trace), "%s", job->trace);
	slot->deadline_ms = job->deadline;
	slot->state = MM_SLOT_BUSY;
}

int mm_inspector_job_source(struct mm_inspector_job *job,
			    struct mm_source *source, const char **why_r)
{
	size_t body_size;
	int r;

	memset(source, 0, sizeof(*source));
	*why_r = "header descriptor refused";
	r = mm_check_memfd(job->header_fd, MM_HEADER_MAX, &job->header_size);
	if (r < 0)
		return r;
	*why_r = "body descriptor refused";
	if ((r = mm_check_body(job->body_fd, SIZE_MAX, &body_size)) < 0)
		return r;
	*why_r = "message cannot be read";
	r = mm_source_from_fds(source, job->header_fd, job->header_size,
			       job->body_fd, job->body_offset, body_size,
			       job->worker->role->conf->limits_message_size);
	job->large |= source->len > LARGE_MESSAGE;
	return r;
}

void mm_inspector_job_end(struct mm_inspector_job *job)
{
	job->worker->slot->state = MM_SLOT_IDLE;
	/* Memory is kept for the next message, not hundreds of MB: to have it
	 * anew costs milliseconds with millions of signatures. */
	if (job->large && mallinfo2().arena > job->worker->heap + KEPT_MAX)
		(void)malloc_trim(0);
}

int mm_inspector_job_refuse(const char *trace, int conn, uint32_t id,
			    const char *event, const char *why)
{
	mm_log(MM_LOG_WARN, event, trace, "reason", why, NULL);
	return mm_send_error(conn, id, why, mm_deadline_in(MM_PEER_MS));
}
