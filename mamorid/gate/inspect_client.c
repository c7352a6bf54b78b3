/*
 * The gate's side of inspect.sock. An inspector is not trusted: it has read
 * the mail. What it answers is checked like any foreign bytes.
 */
#include "mamorid/gate/inspect_client.h"

#include <string.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/frame.h"
#include "mamorid/log.h"

#define TRIES 2u

static int take_findings(struct mm_frame *frame, struct mm_gate_inspection *got)
{
	size_t size;
	int r;

	if (frame->type != MM_FRAME_FINDINGS || frame->nfds != 1)
		return MM_ERR_FORMAT;
	if ((r = mm_check_memfd(frame->fds[0], MM_LIST_MAX, &size)) < 0 ||
	    (r = mm_read_fd(frame->fds[0], 0, &got->bytes)) < 0)
		return r;
	return mm_findings_decode(got->bytes.data, got->bytes.len,
				  &got->findings);
}

/* One attempt: 0, MM_ERR_TIMEOUT, MM_ERR_SYS (none there), or MM_ERR_CLOSED
 * and others when it was lost or answered nonsense. */
static int ask(const char *path, const struct mm_buf *payload, int headers,
	       int body, mm_deadline deadline, struct mm_gate_inspection *got)
{
	const int fds[2] = { headers, body };
	struct mm_frame frame;
	int fd = mm_unix_connect(path);
	int r;

	if (fd < 0)
		return MM_ERR_SYS;
	mm_frame_init(&frame);
	if ((r = mm_frame_send(fd, MM_FRAME_INSPECT, 1, payload, fds, 2,
			       deadline)) == 0 &&
	    (r = mm_frame_recv(fd, &frame, MM_TEXT_MAX + 64, 1, deadline)) == 0)
		r = frame.type == MM_FRAME_ERROR ? MM_ERR_PEER
						 : take_findings(&frame, got);
	if (r == MM_ERR_PEER)
		mm_log(MM_LOG_WARN, "inspect-error", NULL, "reason",
		       mm_error_text(&frame.payload), NULL);
	mm_frame_clear(&frame);
	mm_close(&fd);
	return r;
}

static enum mm_inspected state_of(int r)
{
	switch (r) {
	case 0:
		return MM_INSPECTED_DONE;
	case MM_ERR_TIMEOUT:
	case MM_ERR_SYS:
	case MM_ERR_PEER:
	case MM_ERR_NOMEM:
		return MM_INSPECTED_UNAVAILABLE;
	default:
		return MM_INSPECTED_CRASHED;
	}
}

void mm_gate_inspect(const char *socket_path,
		     const struct mm_inspect_request *req, int headers,
		     int body, struct mm_gate_inspection *inspection_r)
{
	struct mm_gate_inspection *got = inspection_r;
	struct mm_buf payload;
	unsigned int try;
	int r;

	memset(got, 0, sizeof(*got));
	mm_buf_init(&got->bytes, MM_LIST_MAX);
	mm_buf_init(&payload, MM_FRAME_MAX);
	r = mm_inspect_request_encode(&payload, req);
	got->state = MM_INSPECTED_UNAVAILABLE;
	for (try = 0; r == 0 && try < TRIES; try++) {
		mm_findings_clear(&got->findings);
		mm_buf_reset(&got->bytes);
		r = ask(socket_path, &payload, headers, body, req->deadline,
			got);
		got->state = state_of(r);
		if (got->state != MM_INSPECTED_CRASHED)
			break;
		got->lost++;
		mm_log(MM_LOG_WARN, "inspector-lost", req->trace, "try",
		       MM_NUM(try + 1), "reason", mm_err_text(r), NULL);
		r = 0;
	}
	/* What an inspector sent that was no answer goes no further: the
	 * keeper would refuse a record with it, and the mail would wait. */
	if (got->state != MM_INSPECTED_DONE) {
		mm_findings_clear(&got->findings);
		mm_buf_reset(&got->bytes);
	}
	if (got->state == MM_INSPECTED_UNAVAILABLE)
		mm_log(MM_LOG_WARN, "inspector-unavailable", req->trace,
		       "reason", mm_err_text(r), NULL);
	mm_buf_clear(&payload);
}

void mm_gate_inspection_clear(struct mm_gate_inspection *inspection)
{
	mm_findings_clear(&inspection->findings);
	mm_buf_clear(&inspection->bytes);
}
