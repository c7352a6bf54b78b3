/*
 * A whole pool in a child process: workers in their jails answer on a socket,
 * are replaced when they die, and leave when told.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "tests/unit/inspect/fixture.h"
#include "core/frame.h"
#include "mamorid/channel.h"
#include "mamorid/log.h"
#include "mamorid/role.h"

static struct mm_conf conf;
static struct mm_role role;
static char sock_path[128];
static int channel = -1;	/* the master's end */
static pid_t pool;
static char last_log[8192];

static void set_text(char **field, const char *value)
{
	free(*field);
	*field = strdup(value);
}

static int setup(void **state)
{
	fix_open(state);
	assert_int_equal(mm_conf_init(&conf), 0);
	set_text(&conf.run_dir, fix_dir);
	set_text(&conf.signatures_folder, fix_db);
	set_text(&conf.users_inspector, "nobody");
	set_text(&conf.users_gate, "nobody");
	set_text(&conf.users_keeper, "nobody");
	set_text(&conf.users_courier, "nobody");
	set_text(&conf.users_exim, "nobody");
	conf.workers_inspectors = 2;
	return 0;
}

static int teardown(void **state)
{
	mm_conf_clear(&conf);
	return fix_close(state);
}

static void start_pool(void)
{
	const char *missing;
	int pair[2];

	memset(&role, 0, sizeof(role));
	role.conf = &conf;
	role.generation = 7;
	role.control = -1;
	assert_int_equal(mm_users_resolve(&conf, &role.users, &missing), 0);
	snprintf(sock_path, sizeof(sock_path), "%s/inspect.sock", fix_dir);
	role.listen = mm_unix_listen(sock_path, 64, 0600);
	assert_true(role.listen >= 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				    pair), 0);
	channel = pair[0];
	role.channel = pair[1];
	pool = fork();
	assert_true(pool >= 0);
	if (pool == 0) {
		close(pair[0]);
		mm_log_init(role.channel, "pool", MM_LOG_INFO);
		_exit(mm_pool_main(&role));
	}
	close(pair[1]);
	close(role.listen);
}

/* Wait for a packet of this type; log lines are printed and kept. */
static void expect(uint16_t type, struct mm_frame *frame)
{
	mm_deadline deadline = mm_deadline_in(30000);

	for (;;) {
		mm_frame_init(frame);
		assert_int_equal(mm_wait_fd(channel, POLLIN, deadline), 0);
		assert_int_equal(mm_channel_recv(channel, frame), 1);
		if (frame->type == type)
			return;
		if (frame->type == MM_CHANNEL_LOG) {
			snprintf(last_log, sizeof(last_log), "%.*s",
				 (int)frame->payload.len - 1,
				 frame->payload.data + 1);
			print_message("%s\n", last_log);
		}
		mm_frame_clear(frame);
	}
}

static void expect_pairs(uint16_t type, const char *name, char *value_r,
			 size_t size)
{
	struct mm_frame frame;
	struct mm_pairs pairs;
	const char *value;

	expect(type, &frame);
	assert_int_equal(mm_pairs_decode(frame.payload.data,
					 frame.payload.len, &pairs), 0);
	assert_string_equal(mm_pairs_get(&pairs, "generation"), "7");
	value = mm_pairs_get(&pairs, name);
	assert_non_null(value);
	snprintf(value_r, size, "%s", value);
	mm_pairs_clear(&pairs);
	mm_frame_clear(&frame);
}

/* The pool's exit status; it must leave by itself and clean up. */
static void expect_exit(int want)
{
	int status;
	char path[128];

	assert_int_equal(waitpid(pool, &status, 0), pool);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), want);
	snprintf(path, sizeof(path), "%s/jail", fix_dir);
	assert_int_equal(rmdir(path), 0);
	close(channel);
	channel = -1;
}

static int ask(int conn, int body_fd, const char *header, mm_deadline deadline,
	       uint64_t offset)
{
	struct mm_inspect_request req = {
		.version = MM_PROTO_VERSION,
		.trace = "1abcDE-000000-AA",
		.deadline = deadline,
		.body_offset = offset,
	};
	struct mm_buf buf;
	int fds[2];
	int r;

	fds[0] = mm_sealed_memfd("header", header, strlen(header));
	fds[1] = body_fd;
	mm_buf_init(&buf, MM_FRAME_MAX);
	assert_int_equal(mm_inspect_request_encode(&buf, &req), 0);
	r = mm_frame_send(conn, MM_FRAME_INSPECT, 5, &buf, fds, 2,
			  mm_deadline_in(5000));
	mm_buf_clear(&buf);
	close(fds[0]);
	return r;
}

static enum mm_verdict verdict_of(struct mm_frame *frame)
{
	struct mm_findings findings;
	enum mm_verdict verdict;
	struct mm_buf buf;
	size_t size;

	assert_int_equal(frame->type, MM_FRAME_FINDINGS);
	assert_int_equal(frame->id, 5);
	assert_int_equal(frame->nfds, 1);
	assert_int_equal(mm_check_memfd(frame->fds[0], MM_LIST_MAX, &size), 0);
	mm_buf_init(&buf, MM_LIST_MAX);
	assert_int_equal(mm_read_fd(frame->fds[0], 0, &buf), 0);
	assert_int_equal(mm_findings_decode(buf.data, buf.len, &findings), 0);
	verdict = findings.verdict;
	for (size_t i = 0; i < findings.count; i++)
		print_message("  [%s] %s %s\n", findings.list[i].part,
			      mm_kind_name(findings.list[i].kind),
			      findings.list[i].detail);
	mm_findings_clear(&findings);
	mm_buf_clear(&buf);
	return verdict;
}

static int body_file(const void *data, size_t len)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/body", fix_dir);
	fix_write(path, data, len);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static int receive(int conn, struct mm_frame *frame)
{
	mm_frame_init(frame);
	return mm_frame_recv(conn, frame, MM_FRAME_MAX, 2,
			     mm_deadline_in(20000));
}

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
		cmocka_unit_test(test_master_gone),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
