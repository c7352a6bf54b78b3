#ifndef MM_TESTS_UNIT_KEEPER_PROCESS_H
#define MM_TESTS_UNIT_KEEPER_PROCESS_H

/*
 * The keeper as a process of its own, and connections to it as any user.
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

static inline int give_away(const char *path, const struct stat *st, int flag,
			    struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return lchown(path, KEEPER, KEEPER);
}

static inline void start(void)
{
	int pair[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
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
static inline void stop(void)
{
	int status = -1;

	mm_close(&keeper.master);
	assert_int_equal(waitpid(keeper.pid, &status, 0), keeper.pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static inline int setup(void **state)
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

static inline int teardown(void **state)
{
	stop();
	(void)close(keeper.role.listen);
	(void)close(keeper.role.control);
	fix_open();
	return fix_teardown(state);
}

/* ---- talking to it --------------------------------------------------- */

/* Connected as uid: the kernel notes the effective one. */
static inline int connect_as(const char *name, uid_t uid)
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

static inline void send_frame(int fd, uint16_t type,
			      const struct mm_buf *payload, const int *fds,
			      unsigned int nfds)
{
	assert_int_equal(mm_frame_send(fd, type, 7, payload, fds, nfds,
				       mm_deadline_in(WAIT_MS)),
			 0);
}

static inline void recv_frame(int fd, struct mm_frame *frame, uint16_t want)
{
	mm_frame_init(frame);
	assert_int_equal(mm_frame_recv(fd, frame, MM_FRAME_MAX, 2,
				       mm_deadline_in(WAIT_MS)),
			 0);
	if (frame->type != want && frame->type == MM_FRAME_ERROR)
		fail_msg("error: %s", mm_error_text(&frame->payload));
	assert_int_equal(frame->type, want);
	assert_int_equal(frame->id, 7);
}

/* The keeper ends this connection, within ms. */
static inline void expect_closed_in(int fd, int64_t ms)
{
	struct mm_frame frame;

	mm_frame_init(&frame);
	assert_int_equal(mm_frame_recv(fd, &frame, MM_FRAME_MAX, 0,
				       mm_deadline_in(ms)),
			 MM_ERR_CLOSED);
	mm_frame_clear(&frame);
	(void)close(fd);
}

/* At once, that is before the time for a request is over. */
static inline void expect_closed(int fd)
{
	expect_closed_in(fd, 3000);
}

static inline void record_as(uid_t uid, const struct mail *what)
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
static inline int ask(uint16_t type, const char *name, const char *value,
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
							 first),
					 0);
	(void)close(fd);
	return count;
}

static inline void answered(struct mm_frame *frame, struct mm_buf *bytes,
			    struct mm_pairs *first)
{
	mm_pairs_clear(first);
	mm_buf_clear(bytes);
	mm_frame_clear(frame);
}

static inline int count_rows(void)
{
	struct mm_frame frame;
	struct mm_pairs row;
	struct mm_buf bytes;
	int count = ask(MM_FRAME_CTL_QUARANTINE_LIST, NULL, NULL, &frame,
			&bytes, &row);

	answered(&frame, &bytes, &row);
	return count;
}

static inline void expect_error(uint16_t type, const char *name,
				const char *value, const char *want)
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

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

#endif
