/*
 * A whole pool in a child process: workers in their jails answer on a socket,
 * are replaced when they die, and leave when told.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/pool_fixture.h"

#define HEADER "X-Foo: 1\nFrom: a@b\nSubject: x\n"

static void test_serve(void **state)
{
	struct mm_frame frame;
	struct mm_buf eicar;
	struct mm_buf zip;
	struct mm_buf mail;
	char text[256];
	int conn;
	int fd;

	(void)state;
	start_pool();
	expect_pairs(MM_CHANNEL_READY, "sandbox", text, sizeof(text));
	print_message("sandbox: %s\n", text);
	assert_non_null(strstr(text, "seccomp"));
	assert_non_null(strstr(text, "rlimits"));
	if (geteuid() == 0)
		assert_non_null(strstr(text, "uid,chroot"));

	conn = mm_unix_connect(sock_path);
	assert_true(conn >= 0);
	/* Several requests on one connection; Exim's file has its name in
	 * front of the body. */
	fd = body_file("1abcDE-000000-AA-D\nhello\n", 25);
	assert_int_equal(ask(conn, fd, HEADER, mm_deadline_in(9000), 19), 0);
	assert_int_equal(receive(conn, &frame), 0);
	assert_int_equal(verdict_of(&frame), MM_VERDICT_CLEAN);
	mm_frame_clear(&frame);
	close(fd);

	fix_eicar(&eicar);
	fix_zip(&zip, NULL, "e.com", &eicar);
	fix_mail(&mail, ZIP_HEADER, zip.data, zip.len);
	fd = body_file(strstr(mail.data, "\n\n") + 2,
		       mail.len - (size_t)(strstr(mail.data, "\n\n") + 2 -
					   mail.data));
	assert_int_equal(ask(conn, fd, "X-Foo: 1\nMIME-Version: 1.0\n"
			     "Content-Type: multipart/mixed; boundary=bb\n",
			     mm_deadline_in(9000), 0), 0);
	assert_int_equal(receive(conn, &frame), 0);
	assert_int_equal(verdict_of(&frame), MM_VERDICT_INFECTED);
	mm_frame_clear(&frame);

	/* No time left: an answer all the same. */
	assert_int_equal(ask(conn, fd, HEADER, mm_deadline_in(0), 0), 0);
	assert_int_equal(receive(conn, &frame), 0);
	assert_int_equal(verdict_of(&frame), MM_VERDICT_NOT_CHECKED);
	mm_frame_clear(&frame);

	/* Refused: an offset beyond the end, and a writable body. */
	assert_int_equal(ask(conn, fd, HEADER, mm_deadline_in(9000),
			     1u << 20), 0);
	assert_int_equal(receive(conn, &frame), 0);
	assert_int_equal(frame.type, MM_FRAME_ERROR);
	mm_frame_clear(&frame);
	close(fd);
	snprintf(text, sizeof(text), "%s/body", fix_dir);
	fd = open(text, O_RDWR | O_CLOEXEC);
	assert_int_equal(ask(conn, fd, HEADER, mm_deadline_in(9000), 0), 0);
	assert_int_equal(receive(conn, &frame), 0);
	assert_int_equal(frame.type, MM_FRAME_ERROR);
	mm_frame_clear(&frame);
	close(fd);
	close(conn);
	mm_buf_clear(&mail);
	mm_buf_clear(&zip);
	mm_buf_clear(&eicar);
}

/* The first connection hangs on a silent peer; nobody else waits for it for
 * longer than the peer's time. */
static void test_silent_peers(void **state)
{
	struct mm_frame frame;
	int silent[3];
	int conn;
	int fd;

	(void)state;
	for (int i = 0; i < 3; i++)
		silent[i] = mm_unix_connect(sock_path);
	fd = body_file("hello\n", 6);
	conn = mm_unix_connect(sock_path);
	assert_int_equal(ask(conn, fd, HEADER, mm_deadline_in(20000), 0), 0);
	assert_int_equal(receive(conn, &frame), 0);
	assert_int_equal(verdict_of(&frame), MM_VERDICT_CLEAN);
	mm_frame_clear(&frame);
	close(conn);
	close(fd);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(receive(silent[i], &frame), MM_ERR_CLOSED);
		mm_frame_clear(&frame);
		close(silent[i]);
	}
}

/* The children of the pool, by /proc. */
static size_t children(pid_t *list, size_t max)
{
	char path[64];
	size_t n = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pool,
		 (int)pool);
	file = fopen(path, "re");
	assert_non_null(file);
	while (n < max && fscanf(file, "%d", &list[n]) == 1)
		n++;
	fclose(file);
	return n;
}

static void test_replaced(void **state)
{
	struct mm_frame frame;
	char text[64];
	pid_t list[8];
	int conn;
	int fd;

	(void)state;
	assert_int_equal(children(list, 8), 2);
	assert_int_equal(kill(list[0], SIGKILL), 0);
	expect_pairs(MM_CHANNEL_WORKERS, "crashed", text, sizeof(text));
	assert_string_equal(text, "1");
	assert_non_null(strstr(last_log, "event=worker-crashed"));
	/* The other one takes the work meanwhile. */
	fd = body_file("hello\n", 6);
	conn = mm_unix_connect(sock_path);
	assert_int_equal(ask(conn, fd, HEADER, mm_deadline_in(20000), 0), 0);
	assert_int_equal(receive(conn, &frame), 0);
	assert_int_equal(verdict_of(&frame), MM_VERDICT_CLEAN);
	mm_frame_clear(&frame);
	close(conn);
	close(fd);
}

/* Does this process hold the body file of the test? */
static bool holds_body(pid_t pid)
{
	char target[128];
	char path[128];
	char body[128];
	ssize_t n;

	snprintf(body, sizeof(body), "%s/body", fix_dir);
	for (int fd = 3; fd < 64; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
		n = readlink(path, target, sizeof(target) - 1);
		if (n > 0) {
			target[n] = '\0';
			if (strcmp(target, body) == 0)
				return true;
		}
	}
	return false;
}

/* Processor time of a process in ticks, field 14 of its stat. */
static unsigned long ticks(pid_t pid)
{
	unsigned long used = 0;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%*d %*s %*c %*d %*d %*d %*d %*d %*u "
				"%*u %*u %*u %*u %lu", &used), 1);
	fclose(file);
	return used;
}

/* Wait until a worker is in the middle of the body. */
static pid_t scanning_worker(void)
{
	mm_deadline patience = mm_deadline_in(20000);
	unsigned long before;
	pid_t list[8];

	while (mm_deadline_left(patience) > 0) {
		size_t n = children(list, 8);

		for (size_t i = 0; i < n; i++) {
			if (!holds_body(list[i]))
				continue;
			before = ticks(list[i]);
			while (ticks(list[i]) < before + 3)
				assert_true(mm_deadline_left(patience) > 0);
			return list[i];
		}
	}
	fail_msg("nobody took the body");
	return 0;
}

/* A worker that hangs in a scan past its deadline is killed: stopped in the
 * middle of a large mail. */
static void test_hang(void **state)
{
	struct mm_frame frame;
	struct mm_buf body;
	char text[64];
	int conn;
	int fd;

	(void)state;
	mm_buf_init(&body, MAIL_MAX);
	assert_int_equal(mm_buf_printf(&body, "%10000000s", "x"), 0);
	for (size_t i = 0; i < body.len; i += 20)
		body.data[i] = '\n';
	fd = body_file(body.data, body.len);
	conn = mm_unix_connect(sock_path);
	assert_int_equal(ask(conn, fd, HEADER, mm_deadline_in(1000), 0), 0);
	assert_int_equal(kill(scanning_worker(), SIGSTOP), 0);
	expect_pairs(MM_CHANNEL_WORKERS, "killed", text, sizeof(text));
	assert_string_equal(text, "1");
	assert_non_null(strstr(last_log, "event=worker-killed"));
	assert_non_null(strstr(last_log, "1abcDE-000000-AA"));
	assert_int_equal(receive(conn, &frame), MM_ERR_CLOSED);
	mm_frame_clear(&frame);
	close(conn);
	close(fd);
	mm_buf_clear(&body);
}

static void test_retire(void **state)
{
	(void)state;
	assert_int_equal(mm_channel_send(channel, MM_CHANNEL_RETIRE, 0, NULL),
			 0);
	expect_exit(0);
}

static size_t count_fds(pid_t pid)
{
	char path[64];
	size_t n = 0;

	for (int fd = 0; fd < 64; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
		n += access(path, F_OK) == 0;
	}
	return n;
}

/* A peer that a worker has welcomed is served although all are told to leave
 * before it has asked. */
static void test_retire_welcomed(void **state)
{
	mm_deadline patience = mm_deadline_in(20000);
	struct mm_frame frame;
	char text[64];
	pid_t list[8];
	int conn;
	int fd;

	(void)state;
	start_pool();
	expect_pairs(MM_CHANNEL_READY, "workers", text, sizeof(text));
	assert_int_equal(children(list, 8), 2);
	conn = mm_unix_connect(sock_path);
	while (count_fds(list[0]) == count_fds(list[1]))
		assert_true(mm_deadline_left(patience) > 0);
	assert_int_equal(mm_channel_send(channel, MM_CHANNEL_RETIRE, 0, NULL),
			 0);
	while (children(list, 8) > 1)
		assert_true(mm_deadline_left(patience) > 0);
	fd = body_file("hello\n", 6);
	assert_int_equal(ask(conn, fd, HEADER, mm_deadline_in(20000), 0), 0);
	assert_int_equal(receive(conn, &frame), 0);
	assert_int_equal(verdict_of(&frame), MM_VERDICT_CLEAN);
	mm_frame_clear(&frame);
	close(conn);
	close(fd);
	expect_exit(0);
}

/* The end of the master is the end of the pool. */
static void test_master_gone(void **state)
{
	char text[64];

	(void)state;
	start_pool();
	expect_pairs(MM_CHANNEL_READY, "workers", text, sizeof(text));
	assert_string_equal(text, "2");
	close(channel);
	expect_exit(0);
}

static void test_refused(void **state)
{
	static const char other[] = "Other:0:*:4d414c57415245206f74686572\n";
	char text[512];
	char path[192];

	(void)state;
	snprintf(path, sizeof(path), "%s/test.ndb", fix_db);
	fix_write(path, other, strlen(other));
	start_pool();
	expect_pairs(MM_CHANNEL_REFUSED, "reason", text, sizeof(text));
	assert_string_equal(text, "the EICAR test mail came out clean");
	expect_exit(1);

	fix_write(path, "broken\n", 7);
	start_pool();
	expect_pairs(MM_CHANNEL_REFUSED, "reason", text, sizeof(text));
	assert_non_null(strstr(text, "Malformed database"));
	assert_int_equal(waitpid(pool, NULL, 0), pool);
	close(channel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_serve),
		cmocka_unit_test(test_silent_peers),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_hang),
		cmocka_unit_test(test_retire),
		cmocka_unit_test(test_retire_welcomed),
		cmocka_unit_test(test_master_gone),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
