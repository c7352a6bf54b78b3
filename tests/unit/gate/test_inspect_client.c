/*
 * The gate's side of inspect.sock against inspectors that answer, die, or say
 * nonsense.
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
#include "core/wire.h"
#include "mamorid/gate/inspect_client.h"
#include "tests/unit/gate/inspector_double.h"


enum {
	CLEAN,
	HANG_UP,	/* as a crash does */
	JUNK,		/* a sealed memfd that holds no findings */
	UNSEALED,
	NO_FD,
	OTHER_TYPE,
	REFUSE,		/* an error frame */
};

static int findings_fd(int answer)
{
	const struct mm_findings findings = { .verdict = MM_VERDICT_CLEAN };
	struct mm_buf bytes;
	int fd;

	mm_buf_init(&bytes, MM_LIST_MAX);
	if (answer == CLEAN || answer == OTHER_TYPE)
		assert_int_equal(mm_findings_encode(&bytes, &findings), 0);
	else
		assert_int_equal(mm_buf_puts(&bytes, "no findings"), 0);
	if (answer == UNSEALED)
		fd = fileno(tmpfile());
	else
		fd = mm_sealed_memfd("findings", bytes.data, bytes.len);
	assert_true(fd >= 0);
	mm_buf_clear(&bytes);
	return fd;
}

static void answer_one(int conn, int answer)
{
	const mm_deadline deadline = mm_deadline_in(WAIT_MS);
	struct mm_frame frame;
	int fd;

	mm_frame_init(&frame);
	if (mm_frame_recv(conn, &frame, MM_FRAME_MAX, 2, deadline) < 0 ||
	    frame.type != MM_FRAME_INSPECT || frame.nfds != 2)
		_exit(1);
	if (answer == HANG_UP)
		return;
	fd = findings_fd(answer);
	if (answer == REFUSE) {
		if (mm_send_error(conn, frame.id, "no", deadline) < 0)
			_exit(1);
	} else if (mm_frame_send(conn, answer == OTHER_TYPE
				 ? MM_FRAME_OK : MM_FRAME_FINDINGS, frame.id,
				 NULL, &fd, answer == NO_FD ? 0 : 1,
				 deadline) < 0) {
		_exit(1);
	}
	mm_close(&fd);
	mm_frame_clear(&frame);
}

static void test_answers(void **state)
{
	static const struct {
		const char *name;
		int answers[2];
		size_t asked;
		enum mm_inspected want;
		unsigned int lost;
	} cases[] = {
		{ "an answer", { CLEAN }, 1, MM_INSPECTED_DONE, 0 },
		{ "died once", { HANG_UP, CLEAN }, 2, MM_INSPECTED_DONE, 1 },
		{ "died twice", { HANG_UP, HANG_UP }, 2,
		  MM_INSPECTED_CRASHED, 2 },
		{ "nonsense once", { JUNK, CLEAN }, 2, MM_INSPECTED_DONE, 1 },
		{ "nonsense twice", { JUNK, JUNK }, 2, MM_INSPECTED_CRASHED,
		  2 },
		{ "unsealed", { UNSEALED, UNSEALED }, 2, MM_INSPECTED_CRASHED,
		  2 },
		{ "no findings", { NO_FD, NO_FD }, 2, MM_INSPECTED_CRASHED,
		  2 },
		{ "another frame", { OTHER_TYPE, OTHER_TYPE }, 2,
		  MM_INSPECTED_CRASHED, 2 },
		{ "refused", { REFUSE }, 1, MM_INSPECTED_UNAVAILABLE, 0 },
	};
	const struct mm_inspect_request req = {
		.trace = "1abcDE-000000-AA",
		.deadline = mm_deadline_in(60000),
	};
	int fd = mm_sealed_memfd("mail", "x\n", 2);

	(void)state;
	assert_true(fd >= 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mm_gate_inspection got;
		pid_t pid;
		int status;

		print_message("%s\n", cases[i].name);
		pid = start_inspector(cases[i].answers, cases[i].asked);
		mm_gate_inspect(path, &req, fd, fd, &got);
		assert_int_equal(got.state, cases[i].want);
		assert_int_equal(got.lost, cases[i].lost);
		/* Bytes are there only with findings to vouch for them. */
		assert_int_equal(got.bytes.len > 0,
				 cases[i].want == MM_INSPECTED_DONE);
		mm_gate_inspection_clear(&got);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
	mm_close(&fd);
}

static void test_nobody_there(void **state)
{
	const struct mm_inspect_request req = {
		.trace = "1abcDE-000000-AA",
		.deadline = mm_deadline_in(60000),
	};
	struct mm_gate_inspection got;

	(void)state;
	(void)unlink(path);
	mm_gate_inspect(path, &req, -1, -1, &got);
	assert_int_equal(got.state, MM_INSPECTED_UNAVAILABLE);
	mm_gate_inspection_clear(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_nobody_there),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
