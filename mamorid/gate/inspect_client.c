/*
 * Asks an inspector what is in a message. Runs as users.gate.
 */
#include "mamorid/gate/inspect_client.h"

#include <string.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/gate/inspector_call.h"

/* A pool kills a scanner so long after its time is over. */
#define HANG_MS 3500
#define SHORTEST_MS 500
#define TRIES 2

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

/* Two scans fit into the time there is, with what a scanner that hangs takes
 * until it is killed. Where limits.scan_time is larger than that, a mail that
 * is slow to scan ends as one that passes a limit; it would be slow each time
 * its sender tries again. */
static uint32_t longest_scan(mm_deadline deadline)
{
	const int64_t left = deadline - mm_now_ms();
	const int64_t ms = (left - (int64_t)TRIES * HANG_MS) / TRIES;

	return ms < SHORTEST_MS ? SHORTEST_MS : (uint32_t)ms;
}

void mm_gate_inspect(const char *socket_path,
		     const struct mm_inspect_request *req, int headers,
		     int body, struct mm_gate_inspection *inspection_r)
{
	struct mm_gate_inspection *got = inspection_r;
	struct mm_inspect_request bounded = *req;
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
	bounded.scan_ms = longest_scan(req->deadline);
	r = mm_inspect_request_encode(&payload, &bounded);
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
