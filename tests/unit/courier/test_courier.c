/*
 * The courier at work: notices, releases, and peers that fail.
 */
#include "peers.h"

static void test_notice(void **state)
{
	struct mm_buf text;
	int fd;

	(void)state;
	start();
	fd = accept_on(t.keeper);
	hand_out(fd, MM_OUTBOX_NOTICE, "u1@a.example", MM_OUTBOX_SENT,
		 "250 OK");
	read_transcript(&text);
	assert_non_null(strstr(text.data, "\r\nMAIL FROM:<> BODY"));
	assert_non_null(strstr(text.data, "\r\nRCPT TO:<u1@a.example>\r\n"));
	assert_non_null(strstr(text.data, "\r\nTo: <u1@a.example>\r\n"));
	assert_non_null(
		strstr(text.data, "\r\nAuto-Submitted: auto-generated\r\n"));
	mm_buf_clear(&text);
	hand_out(fd, MM_OUTBOX_NOTICE, "a b@c", MM_OUTBOX_REFUSED, "notice");
	stop();
	mm_close(&fd);
}

static void test_mta_outcomes(void **state)
{
	static const struct {
		const char *step, *action;
		enum mm_outbox_outcome want;
	} cases[] = {
		{ "rcpt", "451 greylisted", MM_OUTBOX_RETRY },
		{ "rcpt", "550 no such user", MM_OUTBOX_REFUSED },
		{ "dot", "close", MM_OUTBOX_RETRY },
	};
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_mta(cases[i].step, cases[i].action);
		start();
		fd = accept_on(t.keeper);
		hand_out(fd, MM_OUTBOX_NOTICE, "u1@a.example", cases[i].want,
			 "");
		stop();
		mm_close(&fd);
	}
}

static void test_release(void **state)
{
	static const struct {
		const char *name;
		enum mm_verdict verdict;
		enum mm_outbox_outcome want;
		const char *text;
	} cases[] = {
		{ "infected", MM_VERDICT_INFECTED, MM_OUTBOX_REFUSED,
		  "infected: Eicar-Test-Signature" },
		{ "no answer", (enum mm_verdict)0, MM_OUTBOX_RETRY, "scan: " },
		{ "clean", MM_VERDICT_CLEAN, MM_OUTBOX_SENT, "250" },
		{ "not checked", MM_VERDICT_NOT_CHECKED, MM_OUTBOX_SENT,
		  "250" },
	};
	static const char want[] =
		"\r\nDATA\r\nReceived: by b id 1abcde-000001-AA\r\n"
		"Subject: x\r\nX-Mamorix: stays\r\n\r\n..first\r\n"
		"X-Mamori-Result: in the body\r\n\xff no end\r\n.\r\n";
	struct mm_buf text;
	pid_t pid;
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)unlink(t.transcript);
		pid = inspector(cases[i].verdict);
		start();
		fd = accept_on(t.keeper);
		hand_out(fd, MM_OUTBOX_RELEASE, "u1@a.example", cases[i].want,
			 cases[i].text);
		stop();
		mm_close(&fd);
		inspected(pid);
		if (cases[i].want != MM_OUTBOX_SENT) {
			assert_int_not_equal(access(t.transcript, F_OK), 0);
			continue;
		}
		read_transcript(&text);
		assert_non_null(
			strstr(text.data, "MAIL FROM:<eve@evil.example> "));
		assert_non_null(strstr(text.data, want));
		mm_buf_clear(&text);
	}
}

/* No inspector at all: later, and nothing was injected. */
static void test_no_inspector(void **state)
{
	int fd;

	(void)state;
	mm_close(&t.inspect);
	start();
	fd = accept_on(t.keeper);
	hand_out(fd, MM_OUTBOX_RELEASE, "u1@a.example", MM_OUTBOX_RETRY,
		 "scan: ");
	assert_int_not_equal(access(t.transcript, F_OK), 0);
	stop();
	mm_close(&fd);
}

/* The keeper goes away in every state, and comes back. */
static void test_keeper_gone(void **state)
{
	struct mm_frame frame;
	int fd;

	(void)state;
	mm_close(&t.keeper);
	start();
	t.keeper = listen_on("keeper.sock");
	fd = accept_on(t.keeper);
	mm_close(&fd);
	fd = accept_on(t.keeper);
	expect(fd, &frame, MM_FRAME_OUTBOX_NEXT);
	mm_frame_clear(&frame);
	/* An answer that is none. */
	assert_int_equal(mm_frame_send(fd, MM_FRAME_OUTBOX_ITEM, 1, NULL, NULL,
				       0, mm_deadline_in(WAIT_MS)),
			 0);
	mm_frame_init(&frame);
	assert_int_equal(mm_frame_recv(fd, &frame, MM_FRAME_MAX, 0,
				       mm_deadline_in(WAIT_MS)),
			 MM_ERR_CLOSED);
	mm_frame_clear(&frame);
	mm_close(&fd);
	fd = accept_on(t.keeper);
	hand_out(fd, MM_OUTBOX_NOTICE, "u1@a.example", MM_OUTBOX_SENT, "250");
	stop();
	mm_close(&fd);
}

/* ---- release, its parts ---------------------------------------------- */

static void test_split(void **state)
{
	static char longest[40000];
	static const struct {
		const char *text;
		int want;
		size_t headers;
		uint64_t body;
	} cases[] = {
		{ "A: b\n\nbody", 0, 5, 6 }, { "A: b\n\n", 0, 5, 6 },
		{ "\nbody", 0, 0, 1 },	     { "A: b\n", MM_ERR_FORMAT, 0, 0 },
		{ "", MM_ERR_FORMAT, 0, 0 }, { longest, 0, 39990, 39991 },
	};
	struct mm_buf headers;
	uint64_t body;
	size_t i;
	int fd;

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[39989] = longest[39990] = '\n';
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fd = store(cases[i].text, strlen(cases[i].text));
		mm_buf_init(&headers, 1 << 20);
		body = 0;
		assert_int_equal(mm_release_headers(fd, &headers, &body),
				 cases[i].want);
		if (cases[i].want == 0) {
			assert_int_equal(headers.len, cases[i].headers);
			assert_int_equal(body, cases[i].body);
		}
		mm_buf_clear(&headers);
		mm_close(&fd);
	}
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		CASE(test_notice),	CASE(test_mta_outcomes),
		CASE(test_release),	CASE(test_no_inspector),
		CASE(test_keeper_gone), CASE(test_split),
	};

	FAKE_MTA_MAIN(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
