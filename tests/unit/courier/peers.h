#ifndef MM_TESTS_UNIT_COURIER_PEERS_H
#define MM_TESTS_UNIT_COURIER_PEERS_H

/*
 * The courier as a process, between a keeper, an inspector and a mail server
 * that do as the test wants.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/frame.h"
#include "core/proto.h"
#include "fake_mta.h"
#include "mamorid/courier/release.h"
#include "mamorid/log.h"
#include "mamorid/role.h"
#include "tests/unit/tmp.h"

#define WAIT_MS 20000
#define STORED \
	"Received: by b id 1abcde-000001-AA\n" \
	"X-Mamori-Result: infected\n\tby us\nSubject: x\n" \
	"x-mamori-Score : 1\nX-Mamorix: stays\n\n" \
	".first\nX-Mamori-Result: in the body\n\xff no end"

static struct {
	char dir[64];
	char transcript[96];
	struct mm_conf conf;
	struct mm_role role;
	int keeper; /* listens */
	int inspect;
	int master;
	int stored;
	pid_t pid;
} t;

static inline int rm(const char *path, const struct stat *st, int flag,
		     struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static inline void quiet(enum mm_log_level level, const char *line, size_t len)
{
	(void)level;
	(void)line;
	(void)len;
}

static inline int listen_on(const char *name)
{
	char path[128];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", t.dir, name);
	fd = mm_unix_listen(path, 16, 0600);
	assert_true(fd >= 0);
	return fd;
}

static inline int accept_on(int listener)
{
	int fd;

	assert_int_equal(mm_wait_fd(listener, POLLIN, mm_deadline_in(WAIT_MS)),
			 0);
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	assert_true(fd >= 0);
	return fd;
}

/* A stored message, opened as the keeper opens it. */
static inline int store(const char *text, size_t len)
{
	char path[128];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/stored", t.dir);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(mm_write_all(fd, text, len), 0);
	mm_close(&fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static inline void set_mta(const char *step, const char *action)
{
	fake_command(t.transcript, step, action);
	t.conf.mta_command.items = fake_argv;
	t.conf.mta_command.count = 5;
}

static struct mm_conf_list mta_default;

static inline int setup(void **state)
{
	(void)state;
	memset(&t, 0, sizeof(t));
	assert_int_equal(unit_make_dir(t.dir, sizeof(t.dir)), 0);
	(void)snprintf(t.transcript, sizeof(t.transcript), "%s/smtp", t.dir);
	mm_log_init_sink("test", MM_LOG_ERROR, quiet);
	assert_int_equal(mm_conf_init(&t.conf), 0);
	free(t.conf.run_dir);
	t.conf.run_dir = strdup(t.dir);
	free(t.conf.notices_folder);
	t.conf.notices_folder = strdup("config/notices");
	mta_default = t.conf.mta_command;
	set_mta("-", "-");
	t.keeper = listen_on("keeper.sock");
	t.inspect = listen_on("inspect.sock");
	t.stored = store(STORED, sizeof(STORED) - 1);
	t.master = -1;
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	t.conf.mta_command = mta_default;
	mm_conf_clear(&t.conf);
	mm_close(&t.keeper);
	mm_close(&t.inspect);
	mm_close(&t.stored);
	mm_close(&t.master);
	return nftw(t.dir, rm, 8, FTW_PHYS | FTW_DEPTH);
}

/* ---- the courier's peers --------------------------------------------- */

static inline void start(void)
{
	int pair[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	t.master = pair[0];
	t.role.conf = &t.conf;
	t.role.channel = pair[1];
	t.role.listen = t.role.control = -1;
	t.pid = fork();
	assert_true(t.pid >= 0);
	if (t.pid == 0) {
		mm_close(&t.keeper);
		mm_close(&t.inspect);
		mm_close(&t.master);
		_exit(mm_courier_main(&t.role));
	}
	(void)close(pair[1]);
}

static inline void stop(void)
{
	int status = -1;

	mm_close(&t.master);
	assert_int_equal(waitpid(t.pid, &status, 0), t.pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static inline void expect(int fd, struct mm_frame *frame, uint16_t type)
{
	mm_frame_init(frame);
	assert_int_equal(mm_frame_recv(fd, frame, MM_FRAME_MAX, 2,
				       mm_deadline_in(WAIT_MS)),
			 0);
	assert_int_equal(frame->type, type);
}

/* The record of a mail that was stopped. */
static inline void make_record(struct mm_buf *out)
{
	const char *recipients[] = { "u1@a.example" };
	struct mm_record rec = {
		.version = MM_PROTO_VERSION,
		.trace = "1abcde-000001-AA",
		.sender = "eve@evil.example",
		.recipients = recipients,
		.nrecipients = 1,
		.direction = "inbound",
		.reason = "virus",
		.quarantine = true,
	};

	mm_buf_init(out, MM_LIST_MAX);
	assert_int_equal(mm_record_encode(out, &rec), 0);
}

/* Hand out one row and take the answer. */
static inline void hand_out(int fd, enum mm_outbox_kind kind, const char *to,
			    enum mm_outbox_outcome want, const char *text)
{
	struct mm_outbox_item item = {
		.version = MM_PROTO_VERSION,
		.id = 5,
		.kind = kind,
		.trace = "1abcde-000001-AA",
		.to = to,
		.sender = kind == MM_OUTBOX_RELEASE ? "eve@evil.example" : "",
		.notice = "virus-inbound",
		.created = 1700000000,
	};
	struct mm_buf bytes, record;
	struct mm_outbox_done done;
	struct mm_frame frame;
	int fds[2] = { -1, t.stored };

	expect(fd, &frame, MM_FRAME_OUTBOX_NEXT);
	mm_frame_clear(&frame);
	make_record(&record);
	item.record = record.data;
	item.record_len = record.len;
	mm_buf_init(&bytes, MM_LIST_MAX);
	assert_int_equal(mm_outbox_item_encode(&bytes, &item), 0);
	fds[0] = mm_sealed_memfd("item", bytes.data, bytes.len);
	assert_int_equal(mm_frame_send(fd, MM_FRAME_OUTBOX_ITEM, 1, NULL, fds,
				       kind == MM_OUTBOX_RELEASE ? 2 : 1,
				       mm_deadline_in(WAIT_MS)),
			 0);
	mm_close(&fds[0]);
	mm_buf_clear(&bytes);
	mm_buf_clear(&record);
	expect(fd, &frame, MM_FRAME_OUTBOX_DONE);
	assert_int_equal(mm_outbox_done_decode(frame.payload.data,
					       frame.payload.len, &done),
			 0);
	assert_int_equal(done.id, 5);
	if (done.outcome != want || strstr(done.text, text) == NULL)
		fail_msg("got %d %s, want %d %s", done.outcome, done.text, want,
			 text);
	assert_int_equal(mm_frame_send(fd, MM_FRAME_OK, frame.id, NULL, NULL, 0,
				       mm_deadline_in(WAIT_MS)),
			 0);
	mm_frame_clear(&frame);
}

/* An inspector that answers one request as told. A forked one, since both
 * sides wait for each other. */
static inline pid_t inspector(enum mm_verdict verdict)
{
	struct mm_finding finding = { .part = "2",
				      .name = "x",
				      .mime_type = "a/b",
				      .type = "c",
				      .kind = MM_KIND_VIRUS,
				      .detail = "Eicar-Test-Signature" };
	struct mm_findings findings = {
		.version = MM_PROTO_VERSION,
		.verdict = verdict,
		.list = &finding,
		.count = verdict == MM_VERDICT_INFECTED,
		.from = "",
		.subject = "",
		.date = "",
		.message_id = "",
	};
	struct mm_inspect_request req;
	struct mm_frame frame;
	struct mm_buf bytes;
	char text[64] = "";
	int fd, memfd;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	fd = accept_on(t.inspect);
	expect(fd, &frame, MM_FRAME_INSPECT);
	/* 0 as a verdict: the inspector dies. */
	if (verdict == 0 || frame.nfds != 2 ||
	    mm_inspect_request_decode(frame.payload.data, frame.payload.len,
				      &req) < 0 ||
	    pread(frame.fds[1], text, 6, (off_t)req.body_offset) != 6 ||
	    strcmp(text, ".first") != 0 || req.wireformat ||
	    pread(frame.fds[0], text, 9, 0) != 9 ||
	    strncmp(text, "Received:", 9) != 0)
		_exit(verdict == 0 ? 0 : 1);
	mm_buf_init(&bytes, MM_LIST_MAX);
	if (mm_findings_encode(&bytes, &findings) < 0)
		_exit(1);
	memfd = mm_sealed_memfd("findings", bytes.data, bytes.len);
	_exit(mm_frame_send(fd, MM_FRAME_FINDINGS, frame.id, NULL, &memfd, 1,
			    mm_deadline_in(WAIT_MS)) < 0);
}

static inline void inspected(pid_t pid)
{
	int status = -1;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static inline void read_transcript(struct mm_buf *buf)
{
	mm_buf_init(buf, 1 << 20);
	assert_int_equal(mm_read_file(t.transcript, buf), 0);
}

#endif
