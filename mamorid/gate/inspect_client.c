/*
 * Asks an inspector what is in a message. Runs as users.gate.
 */
#include "mamorid/gate/inspect_client.h"

#include <string.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/gate/inspector_call.h"

static int take_findings(struct mm_frame *frame, void *context)
{
	struct mm_gate_inspection *got = context;
	size_t size;
	int r;

	mm_findings_clear(&got->findings);
	mm_buf_reset(&got->bytes);
	if (frame->type != MM_FRAME_FINDINGS || frame->nfds != 1)
		return MM_ERR_FORMAT;
	if ((r = mm_check_memfd(frame->fds[0], MM_LIST_MAX, &size)) < 0 ||
	    (r = mm_read_fd(frame->fds[0], 0, &got->bytes)) < 0)
		return r;
	return mm_findings_decode(got->bytes.data, got->bytes.len,
				  &got->findings);
}

static enum mm_inspected state_of(int r)
{
	switch (r) {
	case 0:
		return MM_INSPECTED_DONE;
	case MM_ERR_CLOSED:
		return MM_INSPECTED_CRASHED;
	default:
		return MM_INSPECTED_UNAVAILABLE;
	}
}

void mm_gate_inspect(const char *socket_path,
		     const struct mm_inspect_request *req, int headers,
		     int body, struct mm_gate_inspection *inspection_r)
{
	struct mm_gate_inspection *got = inspection_r;
	struct mm_buf payload;
	struct mm_inspector_call call = {
		.trace = req->trace,
		.type = MM_FRAME_INSPECT,
		.payload = &payload,
		.fds = { headers, body },
		.nfds = 2,
		.answer_fds = 1,
		.deadline = req->deadline,
		.take = take_findings,
		.context = got,
	};
	int r;

	memset(got, 0, sizeof(*got));
	mm_buf_init(&got->bytes, MM_LIST_MAX);
	mm_buf_init(&payload, MM_FRAME_MAX);
	r = mm_inspect_request_encode(&payload, req);
	if (r == 0)
		r = mm_inspector_call(socket_path, &call);
	got->state = state_of(r);
	got->lost = call.lost;
	/* What an inspector sent that was no answer goes no further: the
	 * keeper would refuse a record with it, and the mail would wait. */
	if (got->state != MM_INSPECTED_DONE) {
		mm_findings_clear(&got->findings);
		mm_buf_reset(&got->bytes);
	}
	mm_buf_clear(&payload);
}

void mm_gate_inspection_clear(struct mm_gate_inspection *inspection)
{
	mm_findings_clear(&inspection->findings);
	mm_buf_clear(&inspection->bytes);
}
