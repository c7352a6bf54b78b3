/*
 * The keeper as a process: who may ask what, frames that are not as they
 * should be, the way of an outbox row, and the control socket.
 */
#include "fixture.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "core/frame.h"
#include "core/wire.h"
#include "mamorid/channel.h"
#include "mamorid/keeper/client.h"
#include "mamorid/role.h"

#define GATE 60001u
#define COURIER 60002u
#define KEEPER 60004u
#define STRANGER 60005u
#define WAIT_MS 20000

static struct {
	pid_t pid;
	int master;
	struct mm_role role;
} keeper;

static const struct mail mail = {
	.recipients = { "u1@a.example", "u2@a.example" },
	.notices = { "u1@a.example", "u2@a.example" },
};

/* ---- the process ----------------------------------------------------- */

static int give_away(const char *path, const struct stat *st, int flag,
		     struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return lchown(path, KEEPER, KEEPER);
}

static void start(void)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				    pair), 0);
	keeper.role.channel = pair[1];
	keeper.master = pair[0];
	keeper.pid = fork();
	assert_true(keeper.pid >= 0);
	if (keeper.pid == 0) {
		(void)close(pair[0]);
		_exit(mm_keeper_main(&keeper.role));
	}
	(void)close(pair[1]);
}

/* The master goes away: the keeper leaves by itself. */
static void stop(void)
{
	int status = -1;

	mm_close(&keeper.master);
	assert_int_equal(waitpid(keeper.pid, &status, 0), keeper.pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int setup(void **state)
{
	char path[128];

	assert_int_equal(fix_setup(state), 0);
	fix_close();
	free(fix.conf.state_dir);
	fix.conf.state_dir = strdup(fix.dir);
	memset(&keeper, 0, sizeof(keeper));
	keeper.role.conf = &fix.conf;
	keeper.role.users.root = geteuid() == 0;
	keeper.role.users.gate.uid = GATE;
	keeper.role.users.courier.uid = COURIER;
	keeper.role.users.keeper.uid = KEEPER;
	keeper.role.users.keeper.gid = KEEPER;
	(void)snprintf(path, sizeof(path), "%s/keeper.sock", fix.dir);
	keeper.role.listen = mm_unix_listen(path, 64, 0666);
	(void)snprintf(path, sizeof(path), "%s/control.sock", fix.dir);
	keeper.role.control = mm_unix_listen(path, 64, 0666);
	assert_true(keeper.role.listen >= 0 && keeper.role.control >= 0);
	if (keeper.role.users.root)
		assert_int_equal(nftw(fix.dir, give_away, 8, FTW_PHYS), 0);
	assert_int_equal(chmod(fix.dir, 0711), 0);
	start();
	return 0;
}

static int teardown(void **state)
{
	stop();
	(void)close(keeper.role.listen);
	(void)close(keeper.role.control);
	fix_open();
	return fix_teardown(state);
}

/* ---- talking to it --------------------------------------------------- */

/* Connected as uid: the kernel notes the effective one. */
static int connect_as(const char *name, uid_t uid)
{
	char path[128];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", fix.dir, name);
	if (geteuid() == 0)
		assert_int_equal(seteuid(uid), 0);
	fd = mm_unix_connect(path);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_true(fd >= 0);
	return fd;
}

static void send_frame(int fd, uint16_t type, const struct mm_buf *payload,
		       const int *fds, unsigned int nfds)
{
	assert_int_equal(mm_frame_send(fd, type, 7, payload, fds, nfds,
				       mm_deadline_in(WAIT_MS)), 0);
}

static void recv_frame(int fd, struct mm_frame *frame, uint16_t want)
{
	mm_frame_init(frame);
	assert_int_equal(mm_frame_recv(fd, frame, MM_FRAME_MAX, 2,
				       mm_deadline_in(WAIT_MS)), 0);
	if (frame->type != want && frame->type == MM_FRAME_ERROR)
		fail_msg("error: %s", mm_error_text(&frame->payload));
	assert_int_equal(frame->type, want);
	assert_int_equal(frame->id, 7);
}

/* The keeper ends this connection. */
static void expect_closed(int fd)
{
	struct mm_frame frame;

	mm_frame_init(&frame);
	assert_int_equal(mm_frame_recv(fd, &frame, MM_FRAME_MAX, 0,
				       mm_deadline_in(WAIT_MS)),
			 MM_ERR_CLOSED);
	mm_frame_clear(&frame);
	(void)close(fd);
}

static void record_as(uid_t uid, const struct mail *what)
{
	int fd = connect_as("keeper.sock", uid), fds[3];
	struct mm_frame frame;

	fix_fds(what, fds);
	send_frame(fd, MM_FRAME_RECORD, NULL, fds, 3);
	fix_close_fds(fds);
	recv_frame(fd, &frame, MM_FRAME_RECORDED);
	mm_frame_clear(&frame);
	(void)close(fd);
}

/* A control request of one pair; the answer's first row and number of rows. */
static int ask(uint16_t type, const char *name, const char *value,
	       struct mm_frame *frame, struct mm_buf *bytes,
	       struct mm_pairs *first)
{
	int fd = connect_as("control.sock", 0), count = 0;
	struct mm_wire in, field;
	struct mm_buf pairs;
	uint16_t tag;

	mm_buf_init(&pairs, 4096);
	if (name != NULL)
		assert_int_equal(mm_pair_put(&pairs, name, value), 0);
	send_frame(fd, type, &pairs, NULL, 0);
	mm_buf_clear(&pairs);
	recv_frame(fd, frame, MM_FRAME_CTL_ROWS);
	mm_buf_init(bytes, MM_LIST_MAX);
	assert_int_equal(mm_read_fd(frame->fds[0], 0, bytes), 0);
	mm_wire_init(&in, bytes->data, bytes->len);
	memset(first, 0, sizeof(*first));
	while (mm_wire_next(&in, &tag, &field) == 1 && tag == MM_TAG_ROW)
		if (count++ == 0)
			assert_int_equal(mm_pairs_decode(field.pos,
							 mm_wire_left(&field),
							 first), 0);
	(void)close(fd);
	return count;
}

static void answered(struct mm_frame *frame, struct mm_buf *bytes,
		     struct mm_pairs *first)
{
	mm_pairs_clear(first);
	mm_buf_clear(bytes);
	mm_frame_clear(frame);
}

static int count_rows(void)
{
	struct mm_frame frame;
	struct mm_pairs row;
	struct mm_buf bytes;
	int count = ask(MM_FRAME_CTL_QUARANTINE_LIST, NULL, NULL, &frame,
			&bytes, &row);

	answered(&frame, &bytes, &row);
	return count;
}

static void expect_error(uint16_t type, const char *name, const char *value,
			 const char *want)
{
	int fd = connect_as("control.sock", 0);
	struct mm_frame frame;
	struct mm_buf pairs;

	mm_buf_init(&pairs, 4096);
	assert_int_equal(mm_pair_put(&pairs, name, value), 0);
	send_frame(fd, type, &pairs, NULL, 0);
	mm_buf_clear(&pairs);
	recv_frame(fd, &frame, MM_FRAME_ERROR);
	assert_non_null(strstr(mm_error_text(&frame.payload), want));
	mm_frame_clear(&frame);
	(void)close(fd);
}

/* ---- rights ---------------------------------------------------------- */

static void test_rights(void **state)
{
	static const struct {
		const char *name;
		bool root, control;
		uid_t uid;
		unsigned int want;
	} cases[] = {
		{ "root", true, false, 0, MM_RIGHT_RECORD | MM_RIGHT_OUTBOX },
		{ "root, control", true, true, 0, MM_RIGHT_CONTROL },
		{ "gate", true, false, GATE, MM_RIGHT_RECORD },
		{ "courier", true, false, COURIER, MM_RIGHT_OUTBOX },
		{ "keeper itself", true, false, KEEPER, 0 },
		{ "keeper itself, control", true, true, KEEPER, 0 },
		{ "gate, control", true, true, GATE, 0 },
		{ "stranger", true, false, STRANGER, 0 },
		{ "private instance", false, false, KEEPER,
		  MM_RIGHT_RECORD | MM_RIGHT_OUTBOX },
		{ "private instance, control", false, true, KEEPER,
		  MM_RIGHT_CONTROL },
		{ "private instance, gate's uid", false, false, GATE, 0 },
		{ "private instance, stranger", false, true, STRANGER, 0 },
	};
	static const uint16_t types[] = { 0, MM_FRAME_ERROR, MM_FRAME_OK,
					  MM_FRAME_SCAN, MM_FRAME_RECORDED,
					  0xffff };
	struct mm_users users = { .gate.uid = GATE, .courier.uid = COURIER };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned int got;

		users.root = cases[i].root;
		got = mm_client_rights(&users, cases[i].control, cases[i].uid,
				       KEEPER);
		if (got != cases[i].want)
			fail_msg("%s: got %u, want %u", cases[i].name, got,
				 cases[i].want);
	}
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		assert_null(mm_client_rule(types[i], 7));
	assert_null(mm_client_rule(MM_FRAME_RECORD, MM_RIGHT_OUTBOX));
	assert_null(mm_client_rule(MM_FRAME_OUTBOX_NEXT, MM_RIGHT_RECORD));
	assert_null(mm_client_rule(MM_FRAME_CTL_STATUS, 3));
	assert_non_null(mm_client_rule(MM_FRAME_RECORD, MM_RIGHT_RECORD));
}

static void test_wrong_uid(void **state)
{
	static const struct {
		const char *socket;
		uid_t uid;
		uint16_t type;	/* 0: refused before any request */
	} cases[] = {
		{ "keeper.sock", STRANGER, 0 },
		{ "control.sock", STRANGER, 0 },
		{ "control.sock", GATE, 0 },
		{ "control.sock", COURIER, 0 },
		{ "keeper.sock", GATE, MM_FRAME_OUTBOX_NEXT },
		{ "keeper.sock", GATE, MM_FRAME_CTL_STATUS },
		{ "keeper.sock", COURIER, MM_FRAME_RECORD },
		{ "keeper.sock", 0, MM_FRAME_CTL_QUARANTINE_LIST },
		{ "control.sock", 0, MM_FRAME_RECORD },
	};
	size_t i;
	int fd;

	(void)state;
	if (geteuid() != 0)
		fail_msg("this test must run as root");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fd = connect_as(cases[i].socket, cases[i].uid);
		if (cases[i].type != 0)
			send_frame(fd, cases[i].type, NULL, NULL, 0);
		expect_closed(fd);
	}
	record_as(GATE, &mail);
	assert_int_equal(count_rows(), 2);
}

/* ---- frames ---------------------------------------------------------- */

static int open_fds(void)
{
	struct dirent *entry;
	char path[64];
	int count = 0;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)keeper.pid);
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		count++;
	(void)closedir(dir);
	return count;
}

static void test_malformed(void **state)
{
	static const struct {
		const char *name;
		unsigned char bytes[16];
		size_t len;
	} cases[] = {
		{ "flags set", { 0, 0, 0, 0, 0, 0x40, 0, 1, 0, 0, 0, 1 }, 12 },
		{ "unknown type", { 0, 0, 0, 0, 0x12, 0x34, 0, 0, 0, 0, 0, 1 },
		  12 },
		{ "too long", { 0, 1, 0, 1, 0, 0x42, 0, 0, 0, 0, 0, 1 }, 12 },
		{ "longer than its rule",
		  { 0, 0, 0x20, 1, 0, 0x42, 0, 0, 0, 0, 0, 1 }, 12 },
		{ "shorter than its rule",
		  { 0, 0, 0, 0, 0, 0x42, 0, 0, 0, 0, 0, 1 }, 12 },
		{ "huge", { 0xff, 0xff, 0xff, 0xff, 0, 0x42, 0, 0, 0, 0, 0,
			    1 }, 12 },
		{ "record without descriptors",
		  { 0, 0, 0, 0, 0, 0x30, 0, 0, 0, 0, 0, 1 }, 12 },
		{ "payload is no list",
		  { 0, 0, 0, 3, 0, 0x42, 0, 0, 0, 0, 0, 1, 'a', 'b', 'c' },
		  15 },
	};
	int fd, fds[4], before;
	size_t i;

	(void)state;
	record_as(0, &mail);
	before = open_fds();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fd = connect_as("keeper.sock", 0);
		assert_int_equal(mm_write_all(fd, cases[i].bytes,
					      cases[i].len), 0);
		expect_closed(fd);
	}
	/* Descriptors too many, too few, or where none belong. */
	fix_fds(&mail, fds);
	fds[3] = fds[0];
	for (i = 1; i <= 4; i++) {
		fd = connect_as("keeper.sock", 0);
		send_frame(fd, i == 3 ? MM_FRAME_OUTBOX_NEXT : MM_FRAME_RECORD,
			   NULL, fds, (unsigned int)i);
		expect_closed(fd);
	}
	fix_close_fds(fds);
	/* A head that is cut by the end. */
	fd = connect_as("keeper.sock", 0);
	assert_int_equal(mm_write_all(fd, cases[0].bytes, 5), 0);
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	expect_closed(fd);
	assert_int_equal(count_rows(), 2);
	/* One connection may not have been taken down yet, or was so before;
	 * what was passed above are ten. */
	assert_true(open_fds() <= before + 2);
}

/* Half a head, and nothing more: closed after the time for a request, while
 * others are served. */
static void test_slow(void **state)
{
	int fd = connect_as("keeper.sock", 0);

	(void)state;
	assert_int_equal(mm_write_all(fd, "\0\0\0\0\0", 5), 0);
	record_as(0, &mail);
	expect_closed(fd);
	assert_int_equal(count_rows(), 2);
}

/* One byte at a time is slow too, but comes to an end. */
static void test_bytewise(void **state)
{
	unsigned char head[MM_FRAME_HEAD];
	int fd = connect_as("control.sock", 0);
	struct mm_frame frame;
	size_t i;

	(void)state;
	mm_frame_head_put(head, MM_FRAME_CTL_QUARANTINE_LIST, 7, 0);
	for (i = 0; i < sizeof(head); i++)
		assert_int_equal(mm_write_all(fd, head + i, 1), 0);
	recv_frame(fd, &frame, MM_FRAME_CTL_ROWS);
	mm_frame_clear(&frame);
	(void)close(fd);
}

/* Requests without end and no answer read: dropped, and others are served. */
static void test_flood(void **state)
{
	unsigned char head[MM_FRAME_HEAD];
	int fd = connect_as("control.sock", 0), r = 0, i;

	(void)state;
	mm_frame_head_put(head, MM_FRAME_CTL_QUARANTINE_LIST, 7, 0);
	for (i = 0; i < 1000000 && r == 0; i++) {
		if (send(fd, head, sizeof(head), MSG_NOSIGNAL) !=
		    (ssize_t)sizeof(head))
			r = mm_wait_fd(fd, POLLOUT, mm_deadline_in(WAIT_MS)) <
				    0 || send(fd, head, sizeof(head),
					      MSG_NOSIGNAL) < 0;
	}
	assert_int_equal(r, 1);
	(void)close(fd);
	assert_int_equal(count_rows(), 0);
}

/* ---- outbox ---------------------------------------------------------- */

static uint64_t take_item(int fd, struct mm_frame *frame,
			  enum mm_outbox_kind kind, const char *to)
{
	struct mm_outbox_item item;
	struct mm_buf bytes;
	uint64_t id;
	size_t len;

	recv_frame(fd, frame, MM_FRAME_OUTBOX_ITEM);
	mm_buf_init(&bytes, MM_LIST_MAX);
	assert_int_equal(mm_check_memfd(frame->fds[0], MM_LIST_MAX, &len), 0);
	assert_int_equal(mm_read_fd(frame->fds[0], 0, &bytes), 0);
	assert_int_equal(mm_outbox_item_decode(bytes.data, bytes.len, &item),
			 0);
	assert_int_equal(item.kind, kind);
	assert_string_equal(item.to, to);
	id = item.id;
	mm_buf_clear(&bytes);
	return id;
}

static uint64_t next_item(int fd, const char *to)
{
	struct mm_frame frame;
	uint64_t id;

	send_frame(fd, MM_FRAME_OUTBOX_NEXT, NULL, NULL, 0);
	id = take_item(fd, &frame, MM_OUTBOX_NOTICE, to);
	mm_frame_clear(&frame);
	return id;
}

static void done(int fd, uint64_t id, enum mm_outbox_outcome outcome,
		 uint16_t want)
{
	const struct mm_outbox_done answer = {
		.version = MM_PROTO_VERSION, .id = id, .outcome = outcome,
		.text = "said so",
	};
	struct mm_buf payload;
	struct mm_frame frame;

	mm_buf_init(&payload, 4096);
	assert_int_equal(mm_outbox_done_encode(&payload, &answer), 0);
	send_frame(fd, MM_FRAME_OUTBOX_DONE, &payload, NULL, 0);
	mm_buf_clear(&payload);
	recv_frame(fd, &frame, want);
	mm_frame_clear(&frame);
}

/* Rows of the outbox, once what was sent has been worked off. */
static int queued(void)
{
	int rows;

	(void)count_rows();
	fix_open();
	rows = outbox_rows();
	fix_close();
	return rows;
}

static void test_outbox(void **state)
{
	int first = connect_as("keeper.sock", COURIER);
	int second = connect_as("keeper.sock", COURIER);
	struct mm_frame frame;
	uint64_t id;

	(void)state;
	/* Parked until there is something, and only one gets it. */
	send_frame(first, MM_FRAME_OUTBOX_NEXT, NULL, NULL, 0);
	record_as(GATE, &mail);
	id = take_item(first, &frame, MM_OUTBOX_NOTICE, "u1@a.example");
	mm_frame_clear(&frame);
	done(second, id, MM_OUTBOX_SENT, MM_FRAME_ERROR);
	done(first, id + 1, MM_OUTBOX_SENT, MM_FRAME_ERROR);

	/* In flight when its connection ends: due again at once. */
	send_frame(second, MM_FRAME_OUTBOX_NEXT, NULL, NULL, 0);
	(void)close(first);
	id = take_item(second, &frame, MM_OUTBOX_NOTICE, "u1@a.example");
	mm_frame_clear(&frame);

	/* The second time it has to wait, and the other one comes first. */
	(void)close(second);
	second = connect_as("keeper.sock", COURIER);
	id = next_item(second, "u2@a.example");
	done(second, id, MM_OUTBOX_SENT, MM_FRAME_OK);

	/* Nothing is due now; a parked courier may leave. */
	send_frame(second, MM_FRAME_OUTBOX_NEXT, NULL, NULL, 0);
	(void)close(second);
	assert_int_equal(queued(), 1);
}

/* What was acknowledged survives a kill. */
static void test_killed(void **state)
{
	int fd;

	(void)state;
	record_as(GATE, &mail);
	assert_int_equal(kill(keeper.pid, SIGKILL), 0);
	assert_int_equal(waitpid(keeper.pid, NULL, 0), keeper.pid);
	mm_close(&keeper.master);
	start();
	fd = connect_as("keeper.sock", COURIER);
	done(fd, next_item(fd, "u1@a.example"), MM_OUTBOX_REFUSED,
	     MM_FRAME_OK);
	done(fd, next_item(fd, "u2@a.example"), MM_OUTBOX_SENT, MM_FRAME_OK);
	(void)close(fd);
	assert_int_equal(queued(), 0);
	assert_int_equal(count_rows(), 2);
}

/* ---- control --------------------------------------------------------- */

static void test_control(void **state)
{
	struct mm_frame frame;
	struct mm_pairs row;
	struct mm_buf bytes, message;
	size_t len;

	(void)state;
	record_as(GATE, &mail);
	assert_int_equal(ask(MM_FRAME_CTL_QUARANTINE_LIST, "recipient",
			     "u1@a.example", &frame, &bytes, &row), 1);
	assert_string_equal(mm_pairs_get(&row, "id"), "1");
	assert_string_equal(mm_pairs_get(&row, "recipient"), "u1@a.example");
	assert_string_equal(mm_pairs_get(&row, "sender"), "eve@evil.example");
	assert_string_equal(mm_pairs_get(&row, "reason"), "virus");
	assert_string_equal(mm_pairs_get(&row, "detail"),
			    "Eicar-Test-Signature");
	answered(&frame, &bytes, &row);

	assert_int_equal(ask(MM_FRAME_CTL_QUARANTINE_SHOW, "id", "2", &frame,
			     &bytes, &row), 1);
	assert_int_equal(frame.nfds, 2);
	assert_int_equal(mm_check_rofile(frame.fds[1], 1 << 20, &len), 0);
	mm_buf_init(&message, 4096);
	assert_int_equal(mm_read_fd(frame.fds[1], 0, &message), 0);
	assert_string_equal(mm_buf_str(&message), HEADERS "\n" BODY);
	mm_buf_clear(&message);
	answered(&frame, &bytes, &row);

	expect_error(MM_FRAME_CTL_QUARANTINE_SHOW, "id", "99", "no quarant");
	expect_error(MM_FRAME_CTL_QUARANTINE_DELETE, "id", "99", "no quarant");
	expect_error(MM_FRAME_CTL_QUARANTINE_RELEASE, "id", "99",
		     "no quarant");
	expect_error(MM_FRAME_CTL_QUARANTINE_SHOW, "id", "-1", "positive");
	expect_error(MM_FRAME_CTL_QUARANTINE_SHOW, "id", "1 OR 1", "positive");
	expect_error(MM_FRAME_CTL_QUARANTINE_SHOW, "x", "1", "positive");
	expect_error(MM_FRAME_CTL_QUARANTINE_LIST, "limit", "10001",
		     "numbers");

	assert_int_equal(ask(MM_FRAME_CTL_QUARANTINE_DELETE, "id", "1", &frame,
			     &bytes, &row), 1);
	assert_string_equal(mm_pairs_get(&row, "text"), "deleted");
	answered(&frame, &bytes, &row);
	assert_int_equal(quarantine_files(), 1);
	(void)ask(MM_FRAME_CTL_QUARANTINE_DELETE, "id", "2", &frame, &bytes,
		  &row);
	answered(&frame, &bytes, &row);
	assert_int_equal(quarantine_files(), 0);
	assert_int_equal(count_rows(), 0);
}

static void release(const char *id, const char *want)
{
	struct mm_frame frame;
	struct mm_pairs row;
	struct mm_buf bytes;

	assert_int_equal(ask(MM_FRAME_CTL_QUARANTINE_RELEASE, "id", id, &frame,
			     &bytes, &row), 1);
	assert_string_equal(mm_pairs_get(&row, "text"), want);
	answered(&frame, &bytes, &row);
}

static void test_release(void **state)
{
	const struct mail quiet = { .recipients = { "u1@a.example" } };
	const struct mail quoted = { .recipients = { "\"a b\"@a.example" } };
	int fd = connect_as("keeper.sock", COURIER);
	struct mm_frame frame;
	uint64_t id;
	size_t len;

	(void)state;
	record_as(GATE, &quiet);
	release("1", "queued for release");
	release("1", "is queued for release already");
	send_frame(fd, MM_FRAME_OUTBOX_NEXT, NULL, NULL, 0);
	id = take_item(fd, &frame, MM_OUTBOX_RELEASE, "u1@a.example");
	assert_int_equal(frame.nfds, 2);
	assert_int_equal(mm_check_rofile(frame.fds[1], 1 << 20, &len), 0);
	mm_frame_clear(&frame);
	/* Still infected: it stays. */
	done(fd, id, MM_OUTBOX_REFUSED, MM_FRAME_OK);
	assert_int_equal(count_rows(), 1);
	release("1", "queued for release");
	send_frame(fd, MM_FRAME_OUTBOX_NEXT, NULL, NULL, 0);
	id = take_item(fd, &frame, MM_OUTBOX_RELEASE, "u1@a.example");
	mm_frame_clear(&frame);
	done(fd, id, MM_OUTBOX_SENT, MM_FRAME_OK);
	assert_int_equal(count_rows(), 0);
	assert_int_equal(quarantine_files(), 0);

	record_as(GATE, &quoted);
	expect_error(MM_FRAME_CTL_QUARANTINE_RELEASE, "id", "2", "plain");
	(void)close(fd);
}

/* We are the master: answer the keeper's next packet of this type. */
static void master_answers(uint16_t want, uint16_t type, const char *name,
			   const char *value, bool as_row)
{
	struct mm_frame frame;
	struct mm_buf pairs, rows;
	int r;

	mm_frame_init(&frame);
	do {
		assert_int_equal(mm_wait_fd(keeper.master, POLLIN,
					    mm_deadline_in(WAIT_MS)), 0);
		r = mm_channel_recv(keeper.master, &frame);
		assert_true(r >= 0);
	} while (r == 0 || frame.type != want);
	mm_buf_init(&pairs, 4096);
	mm_buf_init(&rows, 4096);
	assert_int_equal(mm_pair_put(&pairs, name, value), 0);
	assert_int_equal(mm_wire_put(&rows, MM_TAG_ROW, pairs.data, pairs.len),
			 0);
	assert_int_equal(mm_channel_send(keeper.master, type, frame.id,
					 as_row ? &rows : &pairs), 0);
	mm_buf_clear(&pairs);
	mm_buf_clear(&rows);
	mm_frame_clear(&frame);
}

static void test_master(void **state)
{
	int status = connect_as("control.sock", 0);
	int reload = connect_as("control.sock", 0);
	struct mm_frame frame;
	struct mm_buf bytes;

	(void)state;
	send_frame(status, MM_FRAME_CTL_STATUS, NULL, NULL, 0);
	master_answers(MM_CHANNEL_STATUS, MM_CHANNEL_STATUS_ROWS, "row",
		       "generation", true);
	recv_frame(status, &frame, MM_FRAME_CTL_ROWS);
	mm_buf_init(&bytes, MM_LIST_MAX);
	assert_int_equal(mm_read_fd(frame.fds[0], 0, &bytes), 0);
	assert_non_null(memmem(bytes.data, bytes.len, "outbox", 6));
	assert_non_null(memmem(bytes.data, bytes.len, "quarantine", 10));
	assert_non_null(memmem(bytes.data, bytes.len, "generation", 10));
	mm_buf_clear(&bytes);
	mm_frame_clear(&frame);

	send_frame(reload, MM_FRAME_CTL_RELOAD, NULL, NULL, 0);
	master_answers(MM_CHANNEL_RELOAD, MM_CHANNEL_RELOADING, "text",
		       "generation 2 is loading", false);
	recv_frame(reload, &frame, MM_FRAME_CTL_ROWS);
	mm_frame_clear(&frame);

	/* A silent master: the keeper's own rows; an error for a reload. */
	send_frame(status, MM_FRAME_CTL_STATUS, NULL, NULL, 0);
	send_frame(reload, MM_FRAME_CTL_RELOAD, NULL, NULL, 0);
	recv_frame(status, &frame, MM_FRAME_CTL_ROWS);
	mm_frame_clear(&frame);
	recv_frame(reload, &frame, MM_FRAME_ERROR);
	assert_non_null(strstr(mm_error_text(&frame.payload), "master"));
	mm_frame_clear(&frame);

	/* An answer that nobody waits for any more does no harm. */
	send_frame(status, MM_FRAME_CTL_STATUS, NULL, NULL, 0);
	(void)close(status);
	master_answers(MM_CHANNEL_STATUS, MM_CHANNEL_STATUS_ROWS, "row", "x",
		       true);
	assert_int_equal(count_rows(), 0);
	(void)close(reload);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rights),
		CASE(test_wrong_uid),
		CASE(test_malformed),
		CASE(test_slow),
		CASE(test_bytewise),
		CASE(test_flood),
		CASE(test_outbox),
		CASE(test_killed),
		CASE(test_control),
		CASE(test_release),
		CASE(test_master),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
