/*
 * Serves REWRITE: takes the plan and the message, makes the new one, looks at
 * it as at one that has just come, and answers with both.
 * Process: inspector, as users.inspector in its jail.
 * Must never hand out a message that it did not look at, nor one that is
 * changed in part.
 */
#include "mamorid/inspect/rewrite_serve.h"

#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/inspect/inspect.h"
#include "mamorid/inspect/inspector_job.h"
#include "mamorid/inspect/rewrite_look.h"
#include "mamorid/inspect/rewrite_run.h"
#include "mamorid/inspect/rewrite_split.h"
#include "mamorid/log.h"

struct rewriting {
	struct mm_inspector_job job;
	struct mm_rewrite_request req;
	struct mm_buf plan;	/* what req points into */
	struct mm_rewrite_run run;
	int header_fd;		/* the new header, -1: as it was */
	struct mm_buf header;
	int body_fd;		/* the new body */
	struct mm_report report;
};

static int take_plan(struct rewriting *rw, const struct mm_frame *frame,
		     const char **why_r)
{
	size_t size;
	int r;

	*why_r = "not a valid request";
	if (frame->nfds != MM_REWRITE_FDS)
		return MM_ERR_FORMAT;
	*why_r = "plan refused";
	if ((r = mm_check_memfd(frame->fds[0], MM_LIST_MAX, &size)) < 0 ||
	    (r = mm_read_fd(frame->fds[0], 0, &rw->plan)) < 0)
		return r;
	r = mm_rewrite_request_decode(rw->plan.data, rw->plan.len, &rw->req);
	if (r < 0)
		return r;
	rw->job.trace = rw->req.trace;
	rw->job.header_fd = frame->fds[1];
	rw->job.body_fd = frame->fds[2];
	rw->job.body_offset = rw->req.body_offset;
	rw->job.deadline = rw->req.deadline;
	return 0;
}

static const char *reason(int r)
{
	switch (r) {
	case MM_ERR_NOTFOUND:
		return "a part cannot be told from what is around it";
	case MM_ERR_LIMIT:
		return "limit: size, or number of parts";
	case MM_ERR_TIMEOUT:
		return "limit: time";
	default:
		return mm_err_text(r);
	}
}

/* The new message, taken apart into what its receiver and the inspection want:
 * descriptors that nobody changes any more. */
static int make_message(struct rewriting *rw, const struct mm_source *source)
{
	const struct mm_conf *conf = rw->job.worker->role->conf;
	struct mm_rewrite_run *run = &rw->run;
	struct mm_buf wire;
	const unsigned char *data = source->data + source->prefix;
	size_t len = source->len - source->prefix;
	size_t body = 0;
	int r = 0;

	mm_buf_init(&wire, SIZE_MAX / 2);
	if (rw->req.wireformat) {
		r = mm_rewrite_to_wire(data, len, rw->job.header_size, &wire);
		data = (const unsigned char *)mm_buf_str(&wire);
		len = wire.len;
	}
	if (r == 0)
		r = mm_rewrite_run(run, data, len, conf->limits_message_size);
	mm_buf_clear(&wire);
	if (r < 0)
		return r;
	if ((r = mm_rewrite_split(&run->message, &rw->header, &body)) < 0)
		return r;
	if (!run->done.header)
		mm_buf_reset(&rw->header);
	else
		rw->header_fd = mm_sealed_memfd("header", rw->header.data,
						rw->header.len);
	rw->body_fd = mm_sealed_memfd("body", mm_buf_str(&run->message) + body,
				      run->message.len - body);
	mm_buf_clear(&run->message);
	if (rw->body_fd < 0 || (run->done.header && rw->header_fd < 0))
		return MM_ERR_SYS;
	return 0;
}

/* Look at the new message, all of it, by way of the descriptors that go out. */
static int look(struct rewriting *rw)
{
	const struct mm_worker *worker = rw->job.worker;
	struct mm_inspector_job job = rw->job;
	struct mm_source source;
	const char *why;
	int r;

	job.body_fd = rw->body_fd;
	job.body_offset = 0;
	if (rw->run.done.header)
		job.header_fd = rw->header_fd;
	if ((r = mm_inspector_job_source(&job, &source, &why)) == 0)
		mm_inspect(worker->engine, worker->role->conf, &source,
			   job.deadline, &rw->report);
	mm_source_clear(&source);
	if (r == 0 && mm_deadline_left(job.deadline) == 0)
		r = MM_ERR_TIMEOUT;
	return r;
}

static int rewrite(struct rewriting *rw, const char **why_r)
{
	struct mm_rewrite_look cleaned = {
		.engine = rw->job.worker->engine,
		.conf = rw->job.worker->role->conf,
	};
	struct mm_source source;
	int r;

	if ((r = mm_inspector_job_source(&rw->job, &source, why_r)) == 0) {
		cleaned.deadline = rw->job.deadline;
		rw->run.request = &rw->req;
		rw->run.accept = mm_rewrite_look;
		rw->run.context = &cleaned;
		rw->run.mime = (struct mm_mime_limits){
			.parts = cleaned.conf->limits_parts,
			.headers = cleaned.conf->limits_headers,
			.deadline = rw->job.deadline,
		};
		rw->run.clean = (struct mm_clean_limits){
			.unpacked = cleaned.conf->limits_unpacked_size,
			.members = cleaned.conf->limits_parts,
			.deadline = rw->job.deadline,
		};
		r = source.too_large ? MM_ERR_LIMIT
				     : make_message(rw, &source);
		*why_r = reason(r);
	}
	mm_source_clear(&source);
	if (r == 0 && (r = look(rw)) < 0)
		*why_r = reason(r);
	return r;
}

static int send_result(const struct rewriting *rw, int conn, uint32_t id)
{
	struct mm_rewrite_result result = {
		.outcomes = rw->run.outcomes,
		.noutcomes = rw->req.nops,
		.header = rw->header.data,
		.header_len = rw->header.len,
		.stamped = rw->run.done.stamped,
		.signed_broken = rw->run.done.signed_broken,
	};
	int fds[2] = { -1, rw->body_fd };
	struct mm_buf findings;
	struct mm_buf bytes;
	int r;

	mm_buf_init(&findings, MM_LIST_MAX);
	mm_buf_init(&bytes, MM_REWRITE_RESULT_MAX);
	r = mm_findings_encode(&findings, &rw->report.findings);
	result.findings = findings.data;
	result.findings_len = findings.len;
	if (r == 0 && (r = mm_rewrite_result_encode(&bytes, &result)) == 0) {
		fds[0] = mm_sealed_memfd("result", bytes.data, bytes.len);
		r = fds[0] < 0 ? fds[0]
			       : mm_frame_send(conn, MM_FRAME_REWRITTEN, id,
					       NULL, fds, 2,
					       mm_deadline_in(MM_PEER_MS));
	}
	mm_close(&fds[0]);
	mm_buf_clear(&bytes);
	mm_buf_clear(&findings);
	return r;
}

static void log_result(const struct rewriting *rw)
{
	const struct mm_findings *findings = &rw->report.findings;
	static const char *const stamped[] = {
		[MM_STAMPED_NOT] = "no",
		[MM_STAMPED_BODY] = "body",
		[MM_STAMPED_PART] = "part",
	};
	size_t cleaned = 0;

	for (size_t i = 0; i < rw->req.nops; i++)
		cleaned += rw->run.outcomes[i].done == MM_REWRITE_CLEAN;
	mm_log(MM_LOG_INFO, "rewritten", rw->req.trace, "removed",
	       MM_NUM(rw->req.nops - cleaned), "cleaned", MM_NUM(cleaned),
	       "stamped", stamped[rw->run.done.stamped], "verdict",
	       mm_verdict_name(findings->verdict), "size",
	       MM_NUM(findings->size), "ms", MM_NUM(findings->scan_ms), NULL);
}

int mm_rewrite_serve(const struct mm_worker *worker, int conn,
		     const struct mm_frame *frame)
{
	struct rewriting rw = {
		.job = { .worker = worker, .trace = "" },
		.header_fd = -1,
		.body_fd = -1,
	};
	const char *why;
	bool valid;
	int r;

	mm_buf_init(&rw.plan, MM_LIST_MAX);
	mm_buf_init(&rw.header, MM_HEADER_MAX);
	mm_report_init(&rw.report);
	valid = take_plan(&rw, frame, &why) == 0;
	if (valid) {
		mm_inspector_job_begin(&rw.job);
		mm_engine_allow(worker->engine, rw.req.allowed);
		if ((r = rewrite(&rw, &why)) == 0) {
			log_result(&rw);
			r = send_result(&rw, conn, frame->id);
		} else {
			r = mm_inspector_job_refuse(rw.job.trace, conn,
						    frame->id,
						    "rewrite-refused", why);
		}
		mm_engine_allow(worker->engine, NULL);
		mm_rewrite_run_clear(&rw.run);
	} else {
		/* The stream is given up in any case. */
		(void)!mm_inspector_job_refuse(NULL, conn, frame->id,
					       "rewrite-refused", why);
		r = MM_ERR_FORMAT;
	}
	mm_close(&rw.header_fd);
	mm_close(&rw.body_fd);
	mm_report_clear(&rw.report);
	mm_buf_clear(&rw.header);
	mm_rewrite_request_clear(&rw.req);
	mm_buf_clear(&rw.plan);
	if (valid)
		mm_inspector_job_end(&rw.job);
	return r;
}
