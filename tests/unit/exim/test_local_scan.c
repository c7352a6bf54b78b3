/* exim_local_scan/local_scan.c with apply.c and client.c, in a fake Exim and
 * with a gate of one answer in a child process. */
#include "tests/unit/exim/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/exim/fixture.h"

static const struct fake_exim outside = {
	.smtp = true, .host = "192.0.2.1", .protocol = "esmtp",
	.sender = "s@out.test", .uid = FAKE_EXIM_UID, .message_id = ID,
};
static const struct fake_exim program = {
	.protocol = "local", .sender = "w@here.test", .uid = "33",
	.login = "www-data", .message_id = ID,
};
static const struct fake_exim bounce = {
	.protocol = "local", .sender = "", .uid = FAKE_EXIM_UID,
	.login = "Debian-exim", .message_id = ID,
};
static const struct fake_exim rescan = {
	.smtp = true, .batched = true, .protocol = "local-bsmtp",
	.sender = "w@here.test", .uid = FAKE_EXIM_UID, .login = "Debian-exim",
	.message_id = ID,
};

void *__wrap_calloc(size_t count, size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__real_realloc(void *old, size_t size);

static int allocations_left = -1;

void *__wrap_calloc(size_t count, size_t size)
{
	if (allocations_left == 0)
		return NULL;
	if (allocations_left > 0)
		allocations_left--;
	return __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	if (allocations_left == 0)
		return NULL;
	if (allocations_left > 0)
		allocations_left--;
	return __real_realloc(old, size);
}

/* ---- tests -------------------------------------------------------------- */

static void an_accepted_mail_with_edits(void **state)
{
	struct mm_edit edits[] = {
		{ MM_EDIT_ADD_HEADER, 0, "X-Mamori-Result: clean\n" },
		{ MM_EDIT_SET_HEADER, 1, "Subject: a longer one\n" },
		{ MM_EDIT_DELETE_HEADER, 2, NULL },
		{ MM_EDIT_REMOVE_RECIPIENT, 0, "a@here.test" },
	};
	struct mm_scan_verdict verdict = { .action = MM_ACTION_ACCEPT,
					   .log = "line\none", .edits = edits,
					   .nedits = COUNT(edits) };
	struct mm_scan_request req;
	unsigned char *text = NULL;
	struct mm_buf seen;
	struct gate gate;
	int fds;

	(void)state;
	begin(&outside, "X-Gone: 1\n");
	fake_exim_header(' ', "x-mamori-result : forged\n");
	gate = start_gate(&verdict, "new\nbody");
	fds = count_fds();
	assert_int_equal(local_scan(spool, &text), FAKE_ACCEPT);
	assert_int_equal(count_fds(), fds);
	mm_buf_init(&seen, MM_REQUEST_MAX);
	assert_int_equal(mm_read_fd(gate.seen, 0, &seen), 0);
	assert_int_equal(mm_scan_request_decode(seen.data, seen.len, &req), 0);
	end_gate(&gate);
	assert_string_equal(req.trace, ID);
	assert_string_equal(req.helo, "helo");
	assert_int_equal(req.nheaders, 3);
	assert_int_equal(req.nrecipients, 3);
	assert_int_equal(req.body_offset, 19);
	assert_int_equal(req.port, 25);
	assert_int_equal(req.refused, 3);
	assert_int_equal(req.exim_uid, 102);
	mm_scan_request_clear(&req);
	mm_buf_clear(&seen);
	assert_string_equal(fake_exim_headers(),
			    "X-Mamori-Result: clean\n" RECEIVED
			    "Subject: a longer one\n");
	assert_string_equal(fake_exim_recipients(), "b@here.test");
	assert_string_equal(body(), "new\nbody\n");
	assert_int_equal(fake_exim_body_lines(), 2);
	assert_int_equal(fake_exim_body_zeros(), 0);
	assert_string_equal(fake_exim_log(), "mamori event=verdict "
			    "text=\"line\\x0aone\"\n");
	end();
}

/* Exim's lock on its file goes when we close ours. */
static void the_lock_is_there_afterwards(void **state)
{
	struct mm_scan_verdict verdict = { .action = MM_ACTION_ACCEPT };
	struct flock lock = { .l_type = F_WRLCK, .l_len = 19 };
	unsigned char *text = NULL;
	struct gate gate;
	int status;
	pid_t pid;

	(void)state;
	begin(&outside, NULL);
	assert_int_equal(fcntl(spool, F_SETLK, &lock), 0);
	gate = start_gate(&verdict, NULL);
	assert_int_equal(local_scan(spool, &text), FAKE_ACCEPT);
	end_gate(&gate);
	pid = fork();
	if (pid == 0)
		_exit(fcntl(spool, F_SETLK, &lock) < 0 ? 7 : 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 7);
	end();
}

static void every_action_by_submission(void **state)
{
	static const char mark[] = "X-Mamori-Pending: uid=33; login=www-data\n";
	static const char own_mark[] = "X-Mamori-Pending: uid=102; "
				       "login=Debian-exim\n";
	static const struct {
		const char *name;
		const struct fake_exim *message;
		const char *extra;
		enum mm_action action;
		int want;
		const char *reply;
		const char *recipients;
		const char *added;
	} cases[] = {
#define ALL "a@here.test b@here.test a@here.test"
		{ "reject", &outside, NULL, MM_ACTION_REJECT, FAKE_REJECT,
		  "5.7.1 why", ALL, "" },
		{ "defer", &outside, NULL, MM_ACTION_DEFER, FAKE_TEMPREJECT,
		  "4.7.1 why", ALL, "" },
		{ "discard", &outside, NULL, MM_ACTION_DISCARD, FAKE_ACCEPT,
		  NULL, "", "" },
		{ "local reject", &program, NULL, MM_ACTION_REJECT,
		  FAKE_ACCEPT, NULL, "", "" },
		{ "local defer", &program, NULL, MM_ACTION_DEFER, FAKE_ACCEPT,
		  NULL, ALL, mark },
		{ "local defer, forged", &program,
		  "X-Mamori-Pending: uid=0; login=root\n", MM_ACTION_DEFER,
		  FAKE_ACCEPT, NULL, ALL, mark },
		{ "bounce accept", &bounce, "X-Mamori-Result: forged\n",
		  MM_ACTION_ACCEPT, FAKE_ACCEPT, NULL, ALL, "" },
		{ "bounce reject", &bounce, NULL, MM_ACTION_REJECT,
		  FAKE_ACCEPT, NULL, "", "" },
		{ "bounce defer", &bounce, NULL, MM_ACTION_DEFER,
		  FAKE_ACCEPT, NULL, ALL, own_mark },
		{ "re-scan accept", &rescan, mark, MM_ACTION_ACCEPT,
		  FAKE_ACCEPT, NULL, ALL, "" },
		{ "re-scan defer", &rescan, mark, MM_ACTION_DEFER,
		  FAKE_TEMPREJECT, "4.7.1 why", ALL, "" },
		{ "re-scan reject", &rescan, mark, MM_ACTION_REJECT,
		  FAKE_ACCEPT, NULL, "", "" },
	};
	char want[200];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct mm_scan_verdict verdict = { .action = cases[i].action,
						   .reply = "why" };
		unsigned char *text = NULL;
		struct gate gate;

		print_message("%s\n", cases[i].name);
		begin(cases[i].message, cases[i].extra);
		gate = start_gate(&verdict, NULL);
		assert_int_equal(local_scan(spool, &text), cases[i].want);
		end_gate(&gate);
		if (cases[i].reply == NULL)
			assert_null(text);
		else
			assert_string_equal((char *)text, cases[i].reply);
		assert_string_equal(fake_exim_recipients(),
				    cases[i].recipients);
		(void)snprintf(want, sizeof(want), "%sSubject: old\n%s",
			       RECEIVED, cases[i].added);
		assert_string_equal(fake_exim_headers(), want);
		assert_string_equal(body(), "old\n");
		end();
	}
}

static void what_is_never_asked_about(void **state)
{
	struct fake_exim message = outside;
	unsigned char *text = NULL;

	(void)state;
	message.host_checking = true;
	begin(&message, "X-Mamori-Kept: 1\n");
	assert_int_equal(local_scan(-1, &text), FAKE_ACCEPT);
	assert_non_null(strstr(fake_exim_headers(), "X-Mamori-Kept"));
	end();

	fake_exim_begin(&outside);
	assert_int_equal(local_scan(-1, &text), FAKE_ACCEPT);
	assert_string_equal(fake_exim_log(), "");
	end();
	assert_null(text);
}

/* Our router never sends two. */
static void two_marks_are_none(void **state)
{
	static const char mark[] = "X-Mamori-Pending: uid=33; login=a\n";
	struct mm_scan_verdict verdict = { .action = MM_ACTION_DEFER };
	unsigned char *text = NULL;
	struct gate gate;

	(void)state;
	begin(&rescan, mark);
	fake_exim_header(' ', mark);
	gate = start_gate(&verdict, NULL);
	assert_int_equal(local_scan(spool, &text), FAKE_ACCEPT);
	end_gate(&gate);
	assert_string_equal(fake_exim_headers(), RECEIVED "Subject: old\n"
			    "X-Mamori-Pending: uid=102; login=Debian-exim\n");
	end();
}

/* Uids that cannot be read are never Exim's. */
static void unreadable_uids_are_nobodys(void **state)
{
	struct fake_exim message = program;
	unsigned char *text = NULL;

	(void)state;
	message.sender = "";
	message.uid = "";
	begin(&message, NULL);
	assert_int_equal(local_scan(spool, &text), FAKE_ACCEPT);
	assert_non_null(strstr(fake_exim_headers(),
			       "X-Mamori-Pending: uid=4294967295; "
			       "login=www-data\n"));
	end();
}

static void no_descriptor_of_the_body(void **state)
{
	unsigned char *text = NULL;

	(void)state;
	begin(&outside, NULL);
	assert_int_equal(local_scan(-1, &text), FAKE_TEMPREJECT);
	assert_non_null(strstr(fake_exim_log(), "event=not-scanned"));
	end();
}

/* Out of memory anywhere: deferred or pending, never accepted, no leak. */
static void torture(void **state)
{
	struct mm_scan_verdict verdict = { .action = MM_ACTION_ACCEPT };
	unsigned char *text;
	struct gate gate;
	int n, r, fds;

	(void)state;
	for (n = 0;; n++) {
		text = NULL;
		begin(&outside, NULL);
		gate = start_gate(&verdict, NULL);
		fds = count_fds();
		allocations_left = n;
		r = local_scan(spool, &text);
		allocations_left = -1;
		assert_int_equal(count_fds(), fds);
		if (r == FAKE_ACCEPT)
			break;
		assert_int_equal(r, FAKE_TEMPREJECT);
		/* The gate may still wait for a request: give it one. */
		(void)kill(gate.pid, SIGKILL);
		(void)waitpid(gate.pid, NULL, 0);
		close(gate.seen);
		(void)unlink(sock);
		end();
	}
	end_gate(&gate);
	end();
	assert_true(n > 5);
}

/* Not even then may a local mail go on without its mark. */
static void pending_without_any_memory(void **state)
{
	unsigned char *text = NULL;
	int r;

	(void)state;
	begin(&program, NULL);
	allocations_left = 0;
	r = local_scan(spool, &text);
	allocations_left = -1;
	assert_int_equal(r, FAKE_ACCEPT);
	assert_non_null(strstr(fake_exim_headers(), "X-Mamori-Pending: uid="));
	end();
}

static void the_version_is_the_headers(void **state)
{
	(void)state;
	assert_true(local_scan_version_major() >= 3);
	assert_true(local_scan_version_minor() >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_accepted_mail_with_edits),
		cmocka_unit_test(the_lock_is_there_afterwards),
		cmocka_unit_test(every_action_by_submission),
		cmocka_unit_test(what_is_never_asked_about),
		cmocka_unit_test(two_marks_are_none),
		cmocka_unit_test(unreadable_uids_are_nobodys),
		cmocka_unit_test(no_descriptor_of_the_body),
		cmocka_unit_test(torture),
		cmocka_unit_test(pending_without_any_memory),
		cmocka_unit_test(the_version_is_the_headers),
	};

	return cmocka_run_group_tests(tests, fixture_setup,
				      fixture_teardown);
}
