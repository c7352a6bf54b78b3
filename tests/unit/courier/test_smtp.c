/*
 * The SMTP dialogue against a server that does as the test wants, at every
 * step of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "core/fdutil.h"
#include "fake_mta.h"
#include "mamorid/courier/smtp.h"
#include "tests/unit/tmp.h"

static char transcript[64];
static struct mm_outcome got;
static bool no_pidfd;

int __real_pidfd_open(pid_t pid, unsigned int flags);
int __wrap_pidfd_open(pid_t pid, unsigned int flags);

int __wrap_pidfd_open(pid_t pid, unsigned int flags)
{
	if (!no_pidfd)
		return __real_pidfd_open(pid, flags);
	errno = ENOSYS;
	return -1;
}

static const struct mm_smtp_mail usual = {
	.sender = "eve@evil.example",
	.to = "u1@a.example",
	.head = "Subject: x\n\n.dot\nbody",
	.head_len = 21,
	.body = -1,
	.step_ms = 20000,
};

static void send_mail(const struct mm_smtp_mail *mail, const char *step,
		      const char *action)
{
	const struct mm_conf_list command = { fake_argv, 5 };

	(void)unlink(transcript);
	fake_command(transcript, step, action);
	mm_smtp_send(&command, mail, &got);
}

static void read_transcript(struct mm_buf *buf)
{
	mm_buf_init(buf, 16 << 20);
	assert_int_equal(mm_read_file(transcript, buf), 0);
}

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
	no_pidfd = false;
	(void)unlink(transcript);
	/* No child is left, not even a dead one. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	return 0;
}

static void test_sent(void **state)
{
	static const char want_head[] = "EHLO ";
	static const char want[] =
		"\r\nMAIL FROM:<eve@evil.example> BODY=8BITMIME\r\n"
		"RCPT TO:<u1@a.example>\r\nDATA\r\n"
		"Subject: x\r\n\r\n..dot\r\nbody\r\n.\r\nQUIT\r\n";
	struct mm_buf text;
	const char *rest;

	(void)state;
	send_mail(&usual, "-", "-");
	assert_int_equal(got.outcome, MM_OUTBOX_SENT);
	assert_string_equal(got.text, "250 OK id=1fake");
	read_transcript(&text);
	assert_memory_equal(text.data, want_head, 5);
	rest = strstr(text.data, "\r\n");
	assert_non_null(rest);
	assert_string_equal(rest, want);
	mm_buf_clear(&text);
}

static void test_null_sender(void **state)
{
	struct mm_smtp_mail mail = usual;
	struct mm_buf text;

	(void)state;
	mail.sender = "";
	send_mail(&mail, "ehlo", "250 only this");
	assert_int_equal(got.outcome, MM_OUTBOX_SENT);
	read_transcript(&text);
	assert_non_null(strstr(text.data, "\r\nMAIL FROM:<>\r\n"));
	mm_buf_clear(&text);
}

/* Longer than any pipe, with a file behind the head. */
static void test_large(void **state)
{
	static char line[1001];
	char path[64];
	struct mm_smtp_mail mail = usual;
	struct mm_buf text;
	int fd = unit_make_file(path, sizeof(path)), i;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(unlink(path), 0);
	memset(line, 'y', sizeof(line));
	line[0] = '.';
	line[sizeof(line) - 1] = '\n';
	assert_int_equal(mm_write_all(fd, "skipped", 7), 0);
	for (i = 0; i < 3000; i++)
		assert_int_equal(mm_write_all(fd, line, sizeof(line)), 0);
	mail.head = "Subject: x\n\n";
	mail.head_len = 12;
	mail.body = fd;
	mail.body_offset = 7;
	send_mail(&mail, "-", "-");
	assert_int_equal(got.outcome, MM_OUTBOX_SENT);
	read_transcript(&text);
	assert_true(text.len > 3000 * 1003);
	assert_null(strstr(text.data, "skipped"));
	assert_non_null(strstr(text.data, "\r\n\r\n..yyy"));
	mm_buf_clear(&text);
	mm_close(&fd);
}

static void test_steps(void **state)
{
	static const char *const steps[] = { "greet", "ehlo", "mail",
					     "rcpt",  "data", "dot" };
	static const struct {
		const char *action, *text;
		enum mm_outbox_outcome early, late;
	} cases[] = {
		{ "451 later", "451 later", MM_OUTBOX_RETRY, MM_OUTBOX_RETRY },
		{ "550-no|550 never", "550-no / 550 never", MM_OUTBOX_RETRY,
		  MM_OUTBOX_REFUSED },
		{ "hang", "deadline", MM_OUTBOX_RETRY, MM_OUTBOX_RETRY },
		{ "close", "unwell", MM_OUTBOX_RETRY, MM_OUTBOX_RETRY },
		{ "garbage", "", MM_OUTBOX_RETRY, MM_OUTBOX_RETRY },
		{ "\x1b[31m 250", "", MM_OUTBOX_RETRY, MM_OUTBOX_RETRY },
		{ "999 what", "", MM_OUTBOX_RETRY, MM_OUTBOX_RETRY },
		{ "150 what", "", MM_OUTBOX_RETRY, MM_OUTBOX_RETRY },
	};
	struct mm_smtp_mail mail = usual;
	enum mm_outbox_outcome want;
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		for (k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
			const char *action = cases[k].action;

			mail.step_ms = strcmp(action, "hang") == 0 ? 300
								   : 20000;
			send_mail(&mail, steps[i], action);
			want = i < 2 ? cases[k].early : cases[k].late;
			if (got.outcome != want ||
			    (strcmp(cases[k].text, "deadline") != 0 &&
			     strstr(got.text, cases[k].text) == NULL))
				fail_msg("%s %s: got %d %s", steps[i], action,
					 got.outcome, got.text);
			assert_null(strchr(got.text, '\x1b'));
		}
	}
}

/* Taken is taken, whatever comes after the 250. */
static void test_after_dot(void **state)
{
	static const char *const actions[] = { "close", "500 no", "hang" };
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		send_mail(&usual, "quit", actions[i]);
		assert_int_equal(got.outcome, MM_OUTBOX_SENT);
	}
}

/* It does not even notice that its input has ended: killed. */
static void test_stuck(void **state)
{
	struct mm_smtp_mail mail = usual;

	(void)state;
	mail.step_ms = 300;
	send_mail(&mail, "mail", "stuck");
	assert_int_equal(got.outcome, MM_OUTBOX_RETRY);
}

/* The program is given its time to end, and no more, on any kernel. */
static void test_without_pidfd(void **state)
{
	no_pidfd = true;
	test_sent(state);
	test_stuck(state);
}

static void test_addresses(void **state)
{
	static const char *const bad[] = {
		"",
		"u",
		"u@",
		"@a.example",
		"u@a.example>",
		"a b@a.example",
		"u@a.example\r\nDATA",
		"u@a.example\n",
		"\"u\"@a.example",
		"\xe3\x82\xa6@a.example",
		"<u@a.example",
	};
	struct mm_smtp_mail mail;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		mail = usual;
		mail.to = bad[i];
		send_mail(&mail, "-", "-");
		assert_int_equal(got.outcome, MM_OUTBOX_REFUSED);
		assert_int_not_equal(access(transcript, F_OK), 0);
		if (*bad[i] == '\0')
			continue;
		mail = usual;
		mail.sender = bad[i];
		send_mail(&mail, "-", "-");
		assert_int_equal(got.outcome, MM_OUTBOX_REFUSED);
		assert_int_not_equal(access(transcript, F_OK), 0);
	}
}

/* The program gets no environment of ours, no descriptor, no ignored signal,
 * and pipes. Its reply tells; only the reply's beginning is kept. */
static void test_clean_child(void **state)
{
	static const struct {
		const char *script, *want;
	} cases[] = {
		{ "echo \"421 $(env | sort | cut -d= -f1 | tr '\\n' ' ').\"",
		  "421 LC_ALL PATH PWD ." },
		/* The shell itself opens the folder as 3. */
		{ "cd /proc/$$/fd; set -- [4-9] [1-9][0-9]; echo \"421 $*.\"",
		  "421 [4-9] [1-9][0-9]." },
		/* Without 32 and 33, which glibc keeps for itself and leaves
		 * ignored in what posix_spawn() starts, so below make. */
		{ "m=$(grep SigIgn /proc/$$/status | cut -f2); "
		  "echo \"421 $((0x$m & ~0x180000000)).\"",
		  "421 0." },
		{ "echo \"421 $(readlink /proc/$$/fd/0 | cut -c1-4)\"",
		  "421 pipe" },
		{ "echo \"421 $(pwd).\"", "421 /." },
	};
	char shell[] = "/bin/sh", flag[] = "-c", script[256];
	char *argv[] = { shell, flag, script };
	const struct mm_conf_list command = { argv, 3 };
	int extra = open("/dev/null", O_RDONLY);
	size_t i;

	(void)state;
	assert_true(extra >= 0);
	assert_int_equal(setenv("SECRET", "evil", 1), 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)snprintf(script, sizeof(script), "%s", cases[i].script);
		mm_smtp_send(&command, &usual, &got);
		assert_int_equal(got.outcome, MM_OUTBOX_RETRY);
		if (strstr(got.text, cases[i].want) == NULL ||
		    strstr(got.text, "SECRET") != NULL)
			fail_msg("got %s, want %s", got.text, cases[i].want);
	}
	mm_close(&extra);
}

static void test_not_there(void **state)
{
	char missing[] = "/nonexistent/exim";
	char *argv[] = { missing };
	const struct mm_conf_list command = { argv, 1 };
	const struct mm_conf_list none = { NULL, 0 };

	(void)state;
	mm_smtp_send(&command, &usual, &got);
	assert_int_equal(got.outcome, MM_OUTBOX_RETRY);
	assert_non_null(strstr(got.text, "No such file"));
	mm_smtp_send(&none, &usual, &got);
	assert_int_equal(got.outcome, MM_OUTBOX_RETRY);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		CASE(test_sent),      CASE(test_null_sender),
		CASE(test_large),     CASE(test_steps),
		CASE(test_after_dot), CASE(test_stuck),
		CASE(test_addresses), CASE(test_clean_child),
		CASE(test_not_there), CASE(test_without_pidfd),
	};

	FAKE_MTA_MAIN(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
