#ifndef MM_TEST_INSPECT_POOL_FIXTURE_H
#define MM_TEST_INSPECT_POOL_FIXTURE_H

/*
 * A pool in a child process, with the test as its master and as its client.
 */
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

static UNUSED int ask(int conn, int body_fd, const char *header,
		      mm_deadline deadline, uint64_t offset)
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

static UNUSED enum mm_verdict verdict_of(struct mm_frame *frame)
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

#endif
