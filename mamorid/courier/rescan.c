/*
 * Scanning a quarantined message again before its release. Courier, uid
 * mamori-courier. No answer is never an answer: it must not count as clean.
 */
#include "mamorid/courier/rescan.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/frame.h"
#include "mamorid/role.h"
#include "mamorid/xalloc.h"

/* The inspector's own limit, and time to wait for a free one. */
#define WAIT_MS 20000

static int take_findings(struct mm_frame *frame, enum mm_verdict *verdict_r,
			 struct mm_buf *detail)
{
	struct mm_findings findings;
	struct mm_buf bytes;
	size_t len, i;
	int r;

	if (frame->type == MM_FRAME_ERROR) {
		r = mm_buf_puts(detail, mm_error_text(&frame->payload));
		return r < 0 ? r : MM_ERR_PEER;
	}
	if (frame->type != MM_FRAME_FINDINGS || frame->nfds != 1)
		return MM_ERR_FORMAT;
	memset(&findings, 0, sizeof(findings));
	mm_buf_init(&bytes, MM_LIST_MAX);
	if ((r = mm_check_memfd(frame->fds[0], MM_LIST_MAX, &len)) < 0 ||
	    (r = mm_read_fd(frame->fds[0], 0, &bytes)) < 0 ||
	    (r = mm_findings_decode(bytes.data, bytes.len, &findings)) < 0)
		goto out;
	*verdict_r = findings.verdict;
	for (i = 0; i < findings.count && detail->len == 0 && r == 0; i++)
		if (findings.list[i].detail != NULL &&
		    (findings.verdict != MM_VERDICT_INFECTED ||
		     findings.list[i].kind == MM_KIND_VIRUS))
			r = mm_buf_puts(detail, findings.list[i].detail);
out:
	mm_findings_clear(&findings);
	mm_buf_clear(&bytes);
	return r;
}

/* Exim's spool may hold lines with CRLF (spool_wireformat). */
static bool has_crlf(int message, uint64_t offset)
{
	char text[4096];
	const char *eol;
	ssize_t n = pread(message, text, sizeof(text), (off_t)offset);

	if (n <= 1)
		return false;
	eol = memchr(text, '\n', (size_t)n);
	return eol != NULL && eol > text && eol[-1] == '\r';
}

static int ask(const char *path, const struct mm_inspect_request *req,
	       const int fds[2], enum mm_verdict *verdict_r,
	       struct mm_buf *detail)
{
	struct mm_frame frame;
	struct mm_buf payload;
	int fd, r;

	mm_frame_init(&frame);
	mm_buf_init(&payload, MM_FRAME_MAX);
	if ((r = fd = mm_unix_connect(path)) < 0 ||
	    (r = mm_inspect_request_encode(&payload, req)) < 0 ||
	    (r = mm_frame_send(fd, MM_FRAME_INSPECT, 1, &payload, fds, 2,
			       req->deadline)) < 0 ||
	    (r = mm_frame_recv(fd, &frame, MM_FRAME_MAX, 1, req->deadline)) < 0)
		goto out;
	r = take_findings(&frame, verdict_r, detail);
out:
	mm_frame_clear(&frame);
	mm_buf_clear(&payload);
	mm_close(&fd);
	return r;
}

int mm_rescan(const struct mm_conf *conf, const char *trace,
	      const char *allowed, const struct mm_buf *headers, int message,
	      uint64_t body_offset, enum mm_verdict *verdict_r,
	      struct mm_buf *detail)
{
	const struct mm_inspect_request req = {
		.version = MM_PROTO_VERSION,
		.trace = trace,
		.deadline = mm_deadline_in(
			(int64_t)conf->limits_scan_time * 1000 + WAIT_MS),
		.body_offset = body_offset,
		.allowed = allowed,
		.wireformat = has_crlf(message, body_offset),
	};
	char *path = mm_xasprintf("%s/" MM_INSPECT_SOCK, conf->run_dir);
	int fds[2] = { -1, message };
	int r;

	r = fds[0] = mm_sealed_memfd("headers", headers->data, headers->len);
	if (r >= 0)
		r = ask(path, &req, fds, verdict_r, detail);
	mm_close(&fds[0]);
	free(path);
	return r < 0 ? r : 0;
}
