/*
 * The gate's request for another message, against inspectors that answer, die,
 * or say nonsense.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/frame.h"
#include "mamorid/gate/rewrite_client.h"
#include "tests/unit/gate/inspector_double.h"

#define NEW_BODY "new body\n"

enum {
	GOOD,
	HANG_UP,	/* as a crash does */
	JUNK,		/* a sealed memfd that holds no result */
	JUNK_FINDINGS,	/* a result whose findings are none */
	FEW_OUTCOMES,
	UNSEALED_RESULT,
	UNSEALED_BODY,
	NO_BODY,
	OTHER_TYPE,
	REFUSE,		/* an error frame */
};

static int unsealed(void)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	return fileno(file);
}

static int result_fd(int answer)
{
	struct mm_rewrite_outcome outcome = { MM_REWRITE_REMOVE, "why" };
	const struct mm_findings findings = { .verdict = MM_VERDICT_CLEAN };
	struct mm_rewrite_result result = {
		.outcomes = &outcome,
		.noutcomes = answer == FEW_OUTCOMES ? 0 : 1,
		.header = "Subject: x\n", .header_len = 11,
		.stamped = MM_STAMPED_BODY,
	};
	struct mm_buf inner, bytes;
	int fd;

	mm_buf_init(&inner, MM_LIST_MAX);
	mm_buf_init(&bytes, MM_REWRITE_RESULT_MAX);
	if (answer == JUNK_FINDINGS)
		assert_int_equal(mm_buf_puts(&inner, "no findings"), 0);
	else
		assert_int_equal(mm_findings_encode(&inner, &findings), 0);
	result.findings = inner.data;
	result.findings_len = inner.len;
	if (answer == JUNK)
		assert_int_equal(mm_buf_puts(&bytes, "no result"), 0);
	else
		assert_int_equal(mm_rewrite_result_encode(&bytes, &result), 0);
	fd = answer == UNSEALED_RESULT
	     ? unsealed() : mm_sealed_memfd("result", bytes.data, bytes.len);
	assert_true(fd >= 0);
	mm_buf_clear(&inner);
	mm_buf_clear(&bytes);
	return fd;
}

/* What came over must be what the inspector wants. */
static bool is_request(const struct mm_frame *frame)
{
	struct mm_rewrite_request req;
	struct mm_buf plan;
	size_t size;
	bool good;

	mm_buf_init(&plan, MM_LIST_MAX);
	good = frame->type == MM_FRAME_REWRITE && frame->nfds == 3 &&
	       mm_check_memfd(frame->fds[0], MM_LIST_MAX, &size) == 0 &&
	       mm_read_fd(frame->fds[0], 0, &plan) == 0 &&
	       mm_rewrite_request_decode(plan.data, plan.len, &req) == 0 &&
	       req.nops == 1 && strcmp(req.ops[0].part, "2") == 0;
	if (good)
		mm_rewrite_request_clear(&req);
	mm_buf_clear(&plan);
	return good;
}

static void answer_one(int conn, int answer)
{
	const mm_deadline deadline = mm_deadline_in(WAIT_MS);
	struct mm_frame frame;
	int fds[2];

	mm_frame_init(&frame);
	if (mm_frame_recv(conn, &frame, MM_FRAME_MAX, 3, deadline) < 0 ||
	    !is_request(&frame))
		_exit(1);
	if (answer == HANG_UP)
		return;
	fds[0] = result_fd(answer);
	fds[1] = answer == UNSEALED_BODY
		 ? unsealed()
		 : mm_sealed_memfd("body", NEW_BODY, sizeof(NEW_BODY) - 1);
	if (answer == REFUSE) {
		if (mm_send_error(conn, frame.id, "no part", deadline) < 0)
			_exit(1);
	} else if (mm_frame_send(conn, answer == OTHER_TYPE
				 ? MM_FRAME_FINDINGS : MM_FRAME_REWRITTEN,
				 frame.id, NULL, fds,
				 answer == NO_BODY ? 1 : 2, deadline) < 0) {
		_exit(1);
	}
	mm_close(&fds[0]);
	mm_close(&fds[1]);
	mm_frame_clear(&frame);
}

static struct mm_rewrite_op op = { MM_REWRITE_REMOVE, "2", "gone\n" };
static const struct mm_rewrite_request plan = {
	.trace = "1abcDE-000000-AA", .deadline = INT64_MAX / 2,
	.ops = &op, .nops = 1,
};

static void check_good(const struct mm_gate_rewritten *got)
{
	struct mm_buf body;

	mm_buf_init(&body, 100);
	assert_int_equal(mm_read_fd(got->body, 0, &body), 0);
	assert_string_equal(mm_buf_str(&body), NEW_BODY);
	mm_buf_clear(&body);
	assert_int_equal(got->findings.verdict, MM_VERDICT_CLEAN);
	assert_int_equal(got->result.stamped, MM_STAMPED_BODY);
	assert_int_equal(got->result.header_len, 11);
	assert_memory_equal(got->result.header, "Subject: x\n", 11);
	assert_string_equal(got->result.outcomes[0].reason, "why");
}

static void test_answers(void **state)
{
	static const struct {
		const char *name;
		int answers[2];
		size_t asked;
		int want;
		const char *why;
	} cases[] = {
		{ "an answer", { GOOD }, 1, 0, "" },
		{ "died once", { HANG_UP, GOOD }, 2, 0, "" },
		{ "died twice", { HANG_UP, HANG_UP }, 2, MM_ERR_CLOSED, NULL },
		{ "nonsense once", { JUNK, GOOD }, 2, 0, "" },
		{ "nonsense twice", { JUNK, JUNK }, 2, MM_ERR_CLOSED, NULL },
		{ "no findings", { JUNK_FINDINGS, JUNK_FINDINGS }, 2,
		  MM_ERR_CLOSED, NULL },
		{ "too few outcomes", { FEW_OUTCOMES, FEW_OUTCOMES }, 2,
		  MM_ERR_CLOSED, NULL },
		{ "unsealed result", { UNSEALED_RESULT, UNSEALED_RESULT }, 2,
		  MM_ERR_CLOSED, NULL },
		{ "unsealed body", { UNSEALED_BODY, UNSEALED_BODY }, 2,
		  MM_ERR_CLOSED, NULL },
		{ "no body", { NO_BODY, NO_BODY }, 2, MM_ERR_CLOSED, NULL },
		{ "another frame", { OTHER_TYPE, OTHER_TYPE }, 2,
		  MM_ERR_CLOSED, NULL },
		{ "refused", { REFUSE }, 1, MM_ERR_PEER, "no part" },
		{ "lost, then refused", { HANG_UP, REFUSE }, 2, MM_ERR_PEER,
		  "no part" },
	};
	int fd = mm_sealed_memfd("mail", "x\n", 2);

	(void)state;
	assert_true(fd >= 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mm_gate_rewritten got;
		pid_t pid;
		int status;

		print_message("%s\n", cases[i].name);
		pid = start_inspector(cases[i].answers, cases[i].asked);
		assert_int_equal(mm_gate_rewrite(path, &plan, fd, fd, &got),
				 cases[i].want);
		if (cases[i].want == 0)
			check_good(&got);
		else
			assert_true(got.body == -1 && got.bytes.len == 0 &&
				    got.why.len > 0);
		if (cases[i].why != NULL)
			assert_string_equal(mm_buf_str(&got.why),
					    cases[i].why);
		mm_gate_rewritten_clear(&got);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
	mm_close(&fd);
}

static void test_nobody_there(void **state)
{
	struct mm_gate_rewritten got;

	(void)state;
	(void)unlink(path);
	assert_int_equal(mm_gate_rewrite(path, &plan, -1, -1, &got),
			 MM_ERR_SYS);
	assert_int_equal(got.body, -1);
	mm_gate_rewritten_clear(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_nobody_there),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
