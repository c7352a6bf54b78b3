/* One mail for several recipients: each has an outcome of its own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <sys/wait.h>

#include "core/fdutil.h"
#include "fake_mta.h"
#include "mamorid/courier/smtp.h"
#include "tests/unit/tmp.h"

#define SENT MM_OUTBOX_SENT
#define RETRY MM_OUTBOX_RETRY
#define REFUSED MM_OUTBOX_REFUSED

static char transcript[64];

static int setup(void **state)
{
	int fd;

	(void)state;
	fd = unit_make_file(transcript, sizeof(transcript));
	assert_true(fd >= 0);
	mm_close(&fd);
	(void)signal(SIGPIPE, SIG_IGN);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	(void)unlink(transcript);
	return 0;
}

static void test_outcomes(void **state)
{
	static const struct {
		const char *step, *action;
		enum mm_outbox_outcome all, rcpts[3];
	} rows[] = {
		{ "-", "-", SENT, { SENT, SENT, SENT } },
		{ "rcpt2", "550 no such user", SENT, { SENT, REFUSED, SENT } },
		{ "rcpt2", "451 later", SENT, { SENT, RETRY, SENT } },
		{ "rcpt2", "452 too many", SENT, { SENT, RETRY, SENT } },
		{ "rcpt2", "close", RETRY, { RETRY, RETRY, RETRY } },
		{ "rcpt", "550 nobody", REFUSED,
		  { REFUSED, REFUSED, REFUSED } },
		{ "rcpt", "450 nobody", RETRY, { RETRY, RETRY, RETRY } },
		{ "mail", "550 not you", REFUSED,
		  { REFUSED, REFUSED, REFUSED } },
		{ "dot", "451 full", RETRY, { RETRY, RETRY, RETRY } },
		{ "dot", "550 bad", REFUSED, { REFUSED, REFUSED, REFUSED } },
		{ "dot", "close", RETRY, { RETRY, RETRY, RETRY } },
	};
	const struct mm_conf_list command = { fake_argv, 5 };
	struct mm_outcome got;
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mm_smtp_rcpt rcpts[3] = { { .to = "a@x.example" },
						 { .to = "b@x.example" },
						 { .to = "c@x.example" } };
		const struct mm_smtp_mail mail = { .sender = "",
						   .rcpts = rcpts,
						   .nrcpts = 3,
						   .head = "A: b\n\n",
						   .head_len = 6,
						   .body = -1,
						   .step_ms = 20000 };

		print_message("  %s %s\n", rows[i].step, rows[i].action);
		fake_command(transcript, rows[i].step, rows[i].action);
		mm_smtp_send(&command, &mail, &got);
		assert_int_equal(got.outcome, rows[i].all);
		for (k = 0; k < 3; k++)
			assert_int_equal(rcpts[k].outcome.outcome,
					 rows[i].rcpts[k]);
	}
}

static void test_parameters(void **state)
{
	static const char want[] =
		"\r\nMAIL FROM:<s@x.example> BODY=8BITMIME RET=HDRS ENVID=1\r\n"
		"RCPT TO:<a@x.example> NOTIFY=NEVER\r\n"
		"RCPT TO:<b@x.example>\r\nDATA\r\n";
	struct mm_smtp_rcpt rcpts[] = {
		{ .to = "a@x.example", .options = "NOTIFY=NEVER" },
		{ .to = "b d@x.example", .options = "NOTIFY=NEVER" },
		{ .to = "b@x.example" },
	};
	const struct mm_smtp_mail mail = { .sender = "s@x.example",
					   .options = "RET=HDRS ENVID=1",
					   .rcpts = rcpts,
					   .nrcpts = 3,
					   .head = "A: b\n\n",
					   .head_len = 6,
					   .body = -1,
					   .step_ms = 20000 };
	const struct mm_conf_list command = { fake_argv, 5 };
	struct mm_outcome got;
	struct mm_buf text;

	(void)state;
	fake_command(transcript, "-", "-");
	mm_smtp_send(&command, &mail, &got);
	assert_int_equal(got.outcome, SENT);
	assert_int_equal(rcpts[1].outcome.outcome, REFUSED);
	mm_buf_init(&text, 100000);
	assert_int_equal(mm_read_file(transcript, &text), 0);
	assert_non_null(strstr(text.data, want));
	mm_buf_clear(&text);
	/* A server that does not know DSN is not asked for it. */
	fake_command(transcript, "ehlo", "250 only this");
	rcpts[1] = (struct mm_smtp_rcpt){ .to = "c@x.example" };
	mm_smtp_send(&command, &mail, &got);
	assert_int_equal(mm_read_file(transcript, &text), 0);
	assert_null(strstr(text.data, "NOTIFY"));
	assert_null(strstr(text.data, "RET="));
	mm_buf_clear(&text);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_outcomes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parameters, setup,
						teardown),
	};

	FAKE_MTA_MAIN(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
