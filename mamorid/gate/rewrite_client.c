/*
 * Has an inspector change a message. Runs as users.gate. The changed body is
 * taken only as a sealed memfd: nobody alters it after it was looked at.
 */
#include "mamorid/gate/rewrite_client.h"

#include <string.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/gate/inspector_call.h"

#define ANSWER_FDS 2u

struct taking {
	const struct mm_rewrite_request *plan;
	struct mm_gate_rewritten *got;
};

static void forget(struct mm_gate_rewritten *got)
{
	mm_rewrite_result_clear(&got->result);
	mm_findings_clear(&got->findings);
	mm_close(&got->body);
	mm_buf_reset(&got->bytes);
}

static int take_result(struct mm_frame *frame, void *context)
{
	const struct taking *taking = context;
	struct mm_gate_rewritten *got = taking->got;
	size_t size;
	int r;

	forget(got);
	if (frame->type != MM_FRAME_REWRITTEN || frame->nfds != ANSWER_FDS)
		return MM_ERR_FORMAT;
	if ((r = mm_check_memfd(frame->fds[0], MM_REWRITE_RESULT_MAX,
				&size)) < 0 ||
	    (r = mm_check_memfd(frame->fds[1], SIZE_MAX, &size)) < 0 ||
	    (r = mm_read_fd(frame->fds[0], 0, &got->bytes)) < 0 ||
	    (r = mm_rewrite_result_decode(got->bytes.data, got->bytes.len,
					  &got->result)) < 0 ||
	    (r = mm_findings_decode(got->result.findings,
				    got->result.findings_len,
				    &got->findings)) < 0)
		return r;
	if (got->result.noutcomes != taking->plan->nops)
		return MM_ERR_FORMAT;
	got->body = mm_frame_take_fd(frame, 1);
	return 0;
}

int mm_gate_rewrite(const char *inspect_path,
		    const struct mm_rewrite_request *plan, int headers,
		    int body, struct mm_gate_rewritten *rewritten_r)
{
	struct mm_gate_rewritten *got = rewritten_r;
	struct taking taking = { plan, got };
	struct mm_inspector_call call = {
		.trace = plan->trace,
		.type = MM_FRAME_REWRITE,
		.fds = { -1, headers, body },
		.nfds = 3,
		.answer_fds = ANSWER_FDS,
		.deadline = plan->deadline,
		.take = take_result,
		.context = &taking,
		.why = &got->why,
	};
	struct mm_buf bytes;
	int r;

	memset(got, 0, sizeof(*got));
	got->body = -1;
	mm_buf_init(&got->bytes, MM_REWRITE_RESULT_MAX);
	mm_buf_init(&got->why, 2 * MM_TEXT_MAX);
	mm_buf_init(&bytes, MM_LIST_MAX);
	if ((r = mm_rewrite_request_encode(&bytes, plan)) == 0) {
		call.fds[0] = mm_sealed_memfd("plan", bytes.data, bytes.len);
		r = call.fds[0] < 0 ? call.fds[0]
				    : mm_inspector_call(inspect_path, &call);
	}
	if (r < 0)
		forget(got);
	if (r < 0 && got->why.len == 0 &&
	    mm_buf_puts(&got->why, mm_err_text(r)) < 0)
		r = MM_ERR_NOMEM;
	mm_close(&call.fds[0]);
	mm_buf_clear(&bytes);
	return r;
}

void mm_gate_rewritten_clear(struct mm_gate_rewritten *rewritten)
{
	forget(rewritten);
	mm_buf_clear(&rewritten->bytes);
	mm_buf_clear(&rewritten->why);
}
