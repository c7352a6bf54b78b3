/* core/frame.c: frames and descriptors, cut anywhere, too many, too late. */
#include "tests/unit/core/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/frame.h"

static mm_deadline soon(void)
{
	return mm_deadline_in(10000);
}

/* Descriptors that this process holds. */
static int count_fds(void)
{
	DIR *fds = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(fds);
	while (readdir(fds) != NULL)
		count++;
	closedir(fds);
	return count;
}

static void make_pair(int *ends)
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				    ends), 0);
}

/* Send any number of descriptors with the given bytes. */
static void send_raw(int fd, const void *data, size_t len, const int *fds,
		     size_t nfds)
{
	char space[CMSG_SPACE(sizeof(int) * 16)] = { 0 };
	struct iovec iov = { .iov_base = (void *)(uintptr_t)data,
			     .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cmsg;

	if (nfds > 0) {
		msg.msg_control = space;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * nfds);
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int) * nfds);
		memcpy(CMSG_DATA(cmsg), fds, sizeof(int) * nfds);
	}
	assert_int_equal(sendmsg(fd, &msg, 0), len);
}

static void round_trip(void **state)
{
	int ends[2], fds[2] = { STDIN_FILENO, STDERR_FILENO }, fd, before;
	struct mm_frame frame;
	struct mm_buf payload;

	(void)state;
	before = count_fds();
	make_pair(ends);
	mm_frame_init(&frame);
	mm_buf_init(&payload, 100);
	assert_int_equal(mm_buf_put(&payload, "a\0b", 3), 0);
	assert_int_equal(mm_frame_send(ends[0], 0x1234, 0xdeadbeef, &payload,
				       fds, 2, soon()), 0);
	assert_int_equal(mm_frame_send(ends[0], 2, 3, NULL, NULL, 0, soon()),
			 0);
	assert_int_equal(mm_frame_recv(ends[1], &frame, 3, 2, soon()), 0);
	assert_int_equal(frame.type, 0x1234);
	assert_int_equal(frame.id, 0xdeadbeef);
	assert_int_equal(frame.payload.len, 3);
	assert_memory_equal(frame.payload.data, "a\0b", 3);
	assert_int_equal(frame.nfds, 2);
	fd = mm_frame_take_fd(&frame, 1);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(mm_frame_take_fd(&frame, 1), -1);
	assert_int_equal(mm_frame_take_fd(&frame, 2), -1);
	close(fd);
	/* The next one closes what was left in the frame. */
	assert_int_equal(mm_frame_recv(ends[1], &frame, 0, 0, soon()), 0);
	assert_int_equal(frame.type, 2);
	assert_int_equal(frame.payload.len, 0);
	assert_int_equal(frame.nfds, 0);
	mm_frame_clear(&frame);
	mm_buf_clear(&payload);
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(count_fds(), before);
}

static void too_many_descriptors(void **state)
{
	unsigned char head[MM_FRAME_HEAD];
	int fds[12], ends[2], before, got;
	struct mm_frame frame;
	size_t sent;

	(void)state;
	for (sent = 0; sent < 12; sent++)
		fds[sent] = STDIN_FILENO;
	mm_frame_head_put(head, 2, 1, 0);
	mm_frame_init(&frame);
	for (sent = 0; sent <= 12; sent++) {
		before = count_fds();
		make_pair(ends);
		send_raw(ends[0], head, sizeof(head), fds, sent);
		got = mm_frame_recv(ends[1], &frame, 0, 2, soon());
		assert_int_equal(got, sent <= 2 ? 0 : MM_ERR_FORMAT);
		mm_frame_clear(&frame);
		close(ends[0]);
		close(ends[1]);
		assert_int_equal(count_fds(), before);
	}
	assert_int_equal(mm_frame_send(ends[0], 2, 1, NULL, fds,
				       MM_FRAME_FDS + 1, soon()),
			 MM_ERR_LIMIT);
}

/* Descriptors that come with a later byte count as well. */
static void late_descriptors(void **state)
{
	unsigned char head[MM_FRAME_HEAD];
	int ends[2], before, fds[3] = { 0, 0, 0 };
	struct mm_frame frame;

	(void)state;
	before = count_fds();
	make_pair(ends);
	mm_frame_init(&frame);
	mm_frame_head_put(head, 2, 1, 4);
	send_raw(ends[0], head, 5, fds, 1);
	send_raw(ends[0], head + 5, sizeof(head) - 5, fds, 2);
	send_raw(ends[0], "abcd", 4, fds, 3);
	assert_int_equal(mm_frame_recv(ends[1], &frame, 4, 4, soon()),
			 MM_ERR_FORMAT);
	mm_frame_clear(&frame);
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(count_fds(), before);
}

static void cut_anywhere(void **state)
{
	unsigned char bytes[MM_FRAME_HEAD + 5];
	struct mm_frame frame;
	size_t len;
	int ends[2], fds[1] = { STDIN_FILENO }, before = count_fds();

	(void)state;
	mm_frame_head_put(bytes, 2, 1, 5);
	memcpy(bytes + MM_FRAME_HEAD, "hello", 5);
	mm_frame_init(&frame);
	for (len = 0; len < sizeof(bytes); len++) {
		make_pair(ends);
		if (len > 0)
			send_raw(ends[0], bytes, len, fds, 1);
		close(ends[0]);
		assert_int_equal(mm_frame_recv(ends[1], &frame, 5, 1, soon()),
				 len == 0 ? MM_ERR_CLOSED : MM_ERR_FORMAT);
		mm_frame_clear(&frame);
		close(ends[1]);
		assert_int_equal(count_fds(), before);
	}
}

static void bounds_of_the_head(void **state)
{
	static const struct {
		const char *name;
		unsigned char head[MM_FRAME_HEAD];
		size_t max;
		int want;
	} cases[] = {
		{ "fits", { 0, 0, 0, 9, 0, 2, 0, 0, 0, 0, 0, 1 }, 9, 0 },
		{ "one more", { 0, 0, 0, 9, 0, 2, 0, 0, 0, 0, 0, 1 }, 8,
		  MM_ERR_LIMIT },
		{ "above the frame's maximum",
		  { 0, 1, 0, 1, 0, 2, 0, 0, 0, 0, 0, 1 }, SIZE_MAX,
		  MM_ERR_LIMIT },
		{ "huge", { 255, 255, 255, 255, 0, 2, 0, 0, 0, 0, 0, 1 },
		  SIZE_MAX, MM_ERR_LIMIT },
		{ "flags", { 0, 0, 0, 0, 0, 2, 0, 1, 0, 0, 0, 1 }, 9,
		  MM_ERR_FORMAT },
	};
	struct mm_frame frame;
	struct mm_buf payload;
	size_t i, len;
	uint16_t type;
	uint32_t id;
	int ends[2];

	(void)state;
	mm_frame_init(&frame);
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (mm_frame_head_get(cases[i].head, cases[i].max, &type, &id,
				      &len) != cases[i].want)
			fail_msg("%s", cases[i].name);
		if (cases[i].want == 0)
			continue;
		make_pair(ends);
		send_raw(ends[0], cases[i].head, MM_FRAME_HEAD, NULL, 0);
		assert_int_equal(mm_frame_recv(ends[1], &frame, cases[i].max,
					       1, soon()), cases[i].want);
		close(ends[0]);
		close(ends[1]);
	}
	mm_frame_clear(&frame);
	mm_buf_init(&payload, MM_FRAME_MAX + 1);
	while (payload.len < MM_FRAME_MAX + 1)
		assert_int_equal(mm_buf_put(&payload, "x", 1), 0);
	assert_int_equal(mm_frame_send(-1, 2, 1, &payload, NULL, 0, soon()),
			 MM_ERR_LIMIT);
	mm_buf_clear(&payload);
}

static void deadlines(void **state)
{
	struct mm_frame frame;
	struct mm_buf payload;
	int ends[2], r;

	(void)state;
	make_pair(ends);
	mm_frame_init(&frame);
	mm_buf_init(&payload, MM_FRAME_MAX);
	assert_int_equal(mm_frame_recv(ends[1], &frame, 9, 0,
				       mm_deadline_in(20)), MM_ERR_TIMEOUT);
	/* Half a frame does not keep the reader either. */
	send_raw(ends[0], "\0\0\0\5", 4, NULL, 0);
	assert_int_equal(mm_frame_recv(ends[1], &frame, 9, 0,
				       mm_deadline_in(20)), MM_ERR_TIMEOUT);
	while (payload.len < MM_FRAME_MAX)
		assert_int_equal(mm_buf_put(&payload, "x", 1), 0);
	do {
		r = mm_frame_send(ends[0], 2, 1, &payload, NULL, 0,
				  mm_deadline_in(20));
	} while (r == 0);
	assert_int_equal(r, MM_ERR_TIMEOUT);
	close(ends[1]);
	/* The peer is gone: an error, not a SIGPIPE. */
	assert_int_equal(mm_frame_send(ends[0], 2, 1, &payload, NULL, 0,
				       soon()), MM_ERR_CLOSED);
	close(ends[0]);
	mm_buf_clear(&payload);
	mm_frame_clear(&frame);
}

static void large_payload_in_pieces(void **state)
{
	struct mm_frame frame;
	struct mm_buf payload;
	int ends[2], small = 2048, status = 1;
	pid_t child;

	(void)state;
	make_pair(ends);
	(void)setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &small,
			 sizeof(small));
	mm_buf_init(&payload, MM_FRAME_MAX);
	while (payload.len < MM_FRAME_MAX)
		assert_int_equal(mm_buf_printf(&payload, "%04zx",
					       payload.len & 0xffff), 0);
	child = fork();
	if (child == 0)
		_exit(mm_frame_send(ends[0], 2, 1, &payload, NULL, 0,
				    soon()) == 0 ? 0 : 1);
	mm_frame_init(&frame);
	assert_int_equal(mm_frame_recv(ends[1], &frame, MM_FRAME_MAX, 0,
				       soon()), 0);
	assert_int_equal(frame.payload.len, MM_FRAME_MAX);
	assert_memory_equal(frame.payload.data, payload.data, MM_FRAME_MAX);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	mm_frame_clear(&frame);
	mm_buf_clear(&payload);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(too_many_descriptors),
		cmocka_unit_test(late_descriptors),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(bounds_of_the_head),
		cmocka_unit_test(deadlines),
		cmocka_unit_test(large_payload_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
