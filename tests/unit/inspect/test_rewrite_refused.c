/*
 * REWRITE requests that are wrong, at a whole pool: each is answered with an
 * error or the end of the connection, and the next one is served.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "core/wire.h"
#include "tests/unit/inspect/rewrite_pool_fixture.h"

#define HEADER "From: a@b\n"
#define BODY "hello\n"

enum wrong {
	NOTHING,
	NO_FDS,
	ONE_FD,
	NO_BODY,
	UNSEALED_PLAN,
	UNSEALED_HEADER,
	WRITABLE_BODY,
	NOT_A_FILE,
	OFFSET_BEYOND,
	EMPTY_PLAN,
	CUT_PLAN,
	UNKNOWN_KIND,
	NO_UTF8,
	NEW_VERSION,
	NOTHING_TO_DO,
};

static const struct {
	const char *name;
	enum wrong wrong;
	const char *error;
} cases[] = {
	{ "no descriptors", NO_FDS, "not a valid request" },
	{ "the plan alone", ONE_FD, "not a valid request" },
	{ "no body", NO_BODY, "not a valid request" },
	{ "unsealed plan", UNSEALED_PLAN, "plan refused" },
	{ "unsealed header", UNSEALED_HEADER, "header descriptor refused" },
	{ "writable body", WRITABLE_BODY, "body descriptor refused" },
	{ "a pipe as body", NOT_A_FILE, "body descriptor refused" },
	{ "offset beyond the end", OFFSET_BEYOND, "cannot be read" },
	{ "empty plan", EMPTY_PLAN, "plan refused" },
	{ "cut plan", CUT_PLAN, "plan refused" },
	{ "unknown kind", UNKNOWN_KIND, "plan refused" },
	{ "text is no UTF-8", NO_UTF8, "plan refused" },
	{ "newer version", NEW_VERSION, "plan refused" },
	{ "nothing to do", NOTHING_TO_DO, "plan refused" },
	{ "nothing wrong", NOTHING, NULL },
};

static void make_plan(enum wrong wrong, struct mm_buf *plan)
{
	struct mm_rewrite_op op = {
		wrong == UNKNOWN_KIND ? (enum mm_rewrite_kind)3
				      : MM_REWRITE_REMOVE,
		"1", wrong == NO_UTF8 ? "\xff" : "gone\n",
	};
	const struct mm_rewrite_request req = {
		.trace = "t", .deadline = mm_deadline_in(20000),
		.ops = &op, .nops = wrong == NOTHING_TO_DO ? 0 : 1,
		.body_offset = wrong == OFFSET_BEYOND ? 100 : 0,
	};

	mm_buf_init(plan, MM_LIST_MAX);
	if (wrong == EMPTY_PLAN)
		return;
	assert_int_equal(mm_rewrite_request_encode(plan, &req), 0);
	if (wrong == CUT_PLAN)
		mm_buf_truncate(plan, plan->len - 1);
	if (wrong == NEW_VERSION)
		plan->data[13] = MM_PROTO_VERSION + 1;
}

static int unsealed(const char *data, size_t len)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fflush(file), 0);
	return fileno(file);
}

static int open_body(enum wrong wrong)
{
	int pair[2];

	if (wrong == WRITABLE_BODY)
		return unsealed(BODY, sizeof(BODY) - 1);
	if (wrong != NOT_A_FILE)
		return body_file(BODY, sizeof(BODY) - 1);
	assert_int_equal(pipe(pair), 0);
	close(pair[1]);
	return pair[0];
}

static void try(int conn, enum wrong wrong, struct rewritten *got)
{
	const unsigned int nfds = wrong == NO_FDS ? 0 : wrong == ONE_FD ? 1
		: wrong == NO_BODY ? 2 : 3;
	struct mm_buf plan;
	int fds[3];

	make_plan(wrong, &plan);
	fds[0] = wrong == UNSEALED_PLAN
		 ? unsealed(plan.data, plan.len)
		 : mm_sealed_memfd("plan", mm_buf_str(&plan), plan.len);
	fds[1] = wrong == UNSEALED_HEADER
		 ? unsealed(HEADER, sizeof(HEADER) - 1)
		 : mm_sealed_memfd("header", HEADER, sizeof(HEADER) - 1);
	fds[2] = open_body(wrong);
	send_rewrite(conn, NULL, fds, nfds);
	take_rewritten(conn, got);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	mm_buf_clear(&plan);
}

static void test_refused(void **state)
{
	struct rewritten got;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int conn = mm_unix_connect(sock_path);

		print_message("%s\n", cases[i].name);
		assert_true(conn >= 0);
		try(conn, cases[i].wrong, &got);
		if (cases[i].error == NULL) {
			assert_int_equal(got.type, MM_FRAME_REWRITTEN);
		} else {
			assert_int_equal(got.type, MM_FRAME_ERROR);
			assert_non_null(strstr(got.error, cases[i].error));
		}
		rewritten_clear(&got);
		close(conn);
	}
}

/* More descriptors than there may be, and an unknown request. */
static void test_cut_off(void **state)
{
	struct mm_frame frame;
	int conn = mm_unix_connect(sock_path);
	int fds[4] = { 0, 1, 2, 0 };

	(void)state;
	assert_true(conn >= 0);
	send_rewrite(conn, NULL, fds, 4);
	assert_int_equal(receive(conn, &frame), MM_ERR_CLOSED);
	mm_frame_clear(&frame);
	close(conn);
	conn = mm_unix_connect(sock_path);
	assert_int_equal(mm_frame_send(conn, 0x24, 9, NULL, fds, 3,
				       mm_deadline_in(5000)), 0);
	assert_int_equal(receive(conn, &frame), 0);
	assert_int_equal(frame.type, MM_FRAME_ERROR);
	mm_frame_clear(&frame);
	assert_int_equal(receive(conn, &frame), MM_ERR_CLOSED);
	mm_frame_clear(&frame);
	close(conn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_cut_off),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
