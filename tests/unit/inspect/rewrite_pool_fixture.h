#ifndef MM_TEST_INSPECT_REWRITE_POOL_FIXTURE_H
#define MM_TEST_INSPECT_REWRITE_POOL_FIXTURE_H

/*
 * REWRITE to a pool in its jails, and what comes back.
 */
#include "core/proto_rewrite.h"
#include "tests/unit/inspect/pool_fixture.h"

/* An answer, taken apart. */
struct rewritten {
	uint16_t type;
	struct mm_rewrite_result result;
	struct mm_findings findings;
	struct mm_buf bytes;
	struct mm_buf body;
	char error[MM_TEXT_MAX + 1];
};

static UNUSED void send_rewrite(int conn, const struct mm_buf *plan,
				const int *fds, unsigned int nfds)
{
	assert_int_equal(mm_frame_send(conn, MM_FRAME_REWRITE, 9, plan, fds,
				       nfds, mm_deadline_in(5000)), 0);
}

static UNUSED void take_rewritten(int conn, struct rewritten *got)
{
	struct mm_frame frame;
	size_t size;

	memset(got, 0, sizeof(*got));
	mm_buf_init(&got->bytes, MM_REWRITE_RESULT_MAX);
	mm_buf_init(&got->body, MAIL_MAX);
	assert_int_equal(receive(conn, &frame), 0);
	assert_int_equal(frame.id, 9);
	got->type = frame.type;
	if (frame.type == MM_FRAME_ERROR) {
		snprintf(got->error, sizeof(got->error), "%s",
			 mm_error_text(&frame.payload));
		print_message("  error: %s\n", got->error);
	} else {
		assert_int_equal(frame.type, MM_FRAME_REWRITTEN);
		assert_int_equal(frame.nfds, 2);
		assert_int_equal(mm_check_memfd(frame.fds[0],
						MM_REWRITE_RESULT_MAX, &size),
				 0);
		assert_int_equal(mm_check_memfd(frame.fds[1], MAIL_MAX, &size),
				 0);
		assert_int_equal(mm_read_fd(frame.fds[0], 0, &got->bytes), 0);
		assert_int_equal(mm_read_fd(frame.fds[1], 0, &got->body), 0);
		assert_int_equal(mm_rewrite_result_decode(got->bytes.data,
							  got->bytes.len,
							  &got->result), 0);
		assert_int_equal(mm_findings_decode(got->result.findings,
						    got->result.findings_len,
						    &got->findings), 0);
	}
	mm_frame_clear(&frame);
}

static UNUSED void rewritten_clear(struct rewritten *got)
{
	mm_rewrite_result_clear(&got->result);
	mm_findings_clear(&got->findings);
	mm_buf_clear(&got->bytes);
	mm_buf_clear(&got->body);
}

/* Have a mail rewritten, header and body as one text with LF line ends; the
 * body goes as it is, in a file behind offset bytes of another thing. */
static UNUSED void rewrite_mail(int conn, const struct mm_buf *mail,
				struct mm_rewrite_request *req,
				struct rewritten *got)
{
	const char *blank = memmem(mail->data, mail->len, "\n\n", 2);
	struct mm_buf plan, body;
	int fds[3];

	assert_non_null(blank);
	mm_buf_init(&plan, MM_LIST_MAX);
	mm_buf_init(&body, MAIL_MAX);
	req->trace = "1abcDE-000000-AA";
	if (req->deadline == 0)
		req->deadline = mm_deadline_in(20000);
	for (uint64_t i = 0; i < req->body_offset; i++)
		assert_int_equal(mm_buf_put(&body, "x", 1), 0);
	for (const char *pos = blank + 2; pos < mail->data + mail->len; pos++) {
		if (*pos == '\n' && req->wireformat)
			assert_int_equal(mm_buf_put(&body, "\r", 1), 0);
		assert_int_equal(mm_buf_put(&body, pos, 1), 0);
	}
	assert_int_equal(mm_rewrite_request_encode(&plan, req), 0);
	fds[0] = mm_sealed_memfd("plan", plan.data, plan.len);
	fds[1] = mm_sealed_memfd("header", mail->data,
				 (size_t)(blank + 1 - mail->data));
	fds[2] = body_file(mm_buf_str(&body), body.len);
	send_rewrite(conn, NULL, fds, 3);
	take_rewritten(conn, got);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	mm_buf_clear(&body);
	mm_buf_clear(&plan);
}

static UNUSED int begin(void **state)
{
	char text[64];

	setup(state);
	start_pool();
	expect_pairs(MM_CHANNEL_READY, "signatures", text, sizeof(text));
	return 0;
}

static UNUSED int end(void **state)
{
	assert_int_equal(mm_channel_send(channel, MM_CHANNEL_RETIRE, 0, NULL),
			 0);
	expect_exit(0);
	return teardown(state);
}

#endif
