/* mamorictl/cmd_scan.c against an inspect.sock of our own: answers, workers
 * that die, and no daemon. */
#include "tests/unit/ctl/ctl_test.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "core/fdutil.h"
#include "core/frame.h"
#include "core/proto.h"
#include "tests/unit/tmp.h"

static char dir[48];
static char mail[64], socket_path[64];

enum act { DIE, CUT, ERROR, UNSEALED, CLEAN, INFECTED };

static int make_dir(void **state)
{
	int fd;

	(void)state;
	if (unit_make_dir(dir, sizeof(dir)) < 0)
		return -1;
	(void)snprintf(mail, sizeof(mail), "%s/mail", dir);
	(void)snprintf(socket_path, sizeof(socket_path), "%s/inspect.sock",
		       dir);
	fd = open(mail, O_WRONLY | O_CREAT, 0600);
	if (fd < 0 || mm_write_all(fd, "A: b\r\n\r\nbody\r\n", 14) < 0)
		return -1;
	return close(fd);
}

static int remove_dir(void **state)
{
	(void)state;
	(void)unlink(mail);
	(void)unlink(socket_path);
	return rmdir(dir);
}

/* Is the request what an inspector relies on? */
static bool is_good(struct mm_frame *frame)
{
	struct mm_inspect_request req;
	size_t header_size, body_size;

	return frame->type == MM_FRAME_INSPECT && frame->nfds == 2 &&
	       mm_inspect_request_decode(frame->payload.data,
					 frame->payload.len, &req) == 0 &&
	       req.wireformat && req.body_offset == 8 &&
	       mm_deadline_left(req.deadline) > 0 &&
	       mm_check_memfd(frame->fds[0], 9, &header_size) == 0 &&
	       header_size == 5 &&
	       mm_check_rofile(frame->fds[1], 99, &body_size) == 0 &&
	       body_size == 14;
}

static void answer(int fd, uint32_t id, enum act act)
{
	struct mm_findings findings = {
		.verdict = act == INFECTED ? MM_VERDICT_INFECTED
					   : MM_VERDICT_CLEAN,
	};
	struct mm_buf buf;
	int memfd;

	mm_buf_init(&buf, 1000);
	if (mm_findings_encode(&buf, &findings) < 0)
		_exit(1);
	memfd = act == UNSEALED ? open("/dev/null", O_RDWR)
				: mm_sealed_memfd("f", buf.data, buf.len);
	if (mm_frame_send(fd, MM_FRAME_FINDINGS, id, NULL, &memfd, 1,
			  mm_deadline_in(10000)) < 0)
		_exit(1);
}

/* One connection an act, in a child. */
static pid_t serve(const enum act *acts, size_t count)
{
	int server = mm_unix_listen(socket_path, 5, 0600), fd;
	struct mm_frame frame;
	size_t i;
	pid_t pid;

	assert_true(server >= 0);
	pid = fork();
	if (pid != 0) {
		close(server);
		return pid;
	}
	mm_frame_init(&frame);
	for (i = 0; i < count; i++) {
		if (mm_wait_fd(server, POLLIN, mm_deadline_in(10000)) < 0)
			_exit(2);
		fd = accept(server, NULL, NULL);
		if (mm_frame_recv(fd, &frame, MM_FRAME_MAX, 2,
				  mm_deadline_in(10000)) < 0 ||
		    !is_good(&frame))
			_exit(1);
		if (acts[i] == CUT)
			(void)!write(fd, "\0\0\0\0", 4);
		else if (acts[i] == ERROR)
			(void)!mm_send_error(fd, frame.id, "not now",
					     mm_deadline_in(10000));
		else if (acts[i] != DIE)
			answer(fd, frame.id, acts[i]);
		close(fd);
	}
	_exit(0);
}

static const struct {
	const char *name;
	enum act acts[3];
	size_t count;
	int status;
	const char *want;
} cases[] = {
	{ "clean", { CLEAN }, 1, 0, "clean" },
	{ "infected", { INFECTED }, 1, 1, "infected" },
	{ "one worker dies", { DIE, INFECTED }, 2, 1, "infected" },
	{ "one worker dies in its answer", { CUT, CLEAN }, 2, 0, "clean" },
	{ "two workers die", { DIE, DIE }, 2, 2,
	  "not-checked: scanner crashed" },
	{ "an error", { ERROR }, 1, 2, "not-checked: not now" },
	{ "a file that is not sealed", { UNSEALED }, 1, 2,
	  "not-checked: not permitted" },
};

static void answers(void **state)
{
	char *files[] = { mail };
	struct mm_ctl ctl = { .operands = files, .count = 1 };
	char got[1000], want[1000];
	size_t i;
	pid_t pid;
	int status, how = 1;

	(void)state;
	ctl.conf.run_dir = dir;
	ctl.conf.limits_scan_time = 5;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		pid = serve(cases[i].acts, cases[i].count);
		capture_begin();
		status = mm_cmd_scan(&ctl);
		capture_end(got, sizeof(got));
		(void)snprintf(want, sizeof(want), "%s: %s\n", mail,
			       cases[i].want);
		if (status != cases[i].status || strcmp(got, want) != 0)
			fail_msg("%s: got %d, %s", cases[i].name, status, got);
		assert_int_equal(waitpid(pid, &how, 0), pid);
		if (how != 0)
			fail_msg("%s: a bad request", cases[i].name);
	}
}

static void no_daemon(void **state)
{
	char *files[] = { mail };
	struct mm_ctl ctl = { .operands = files, .count = 1 };

	(void)state;
	ctl.conf.run_dir = dir;
	assert_int_equal(mm_cmd_scan(&ctl), MM_EXIT_ERROR);
	assert_non_null(strstr(last_error, "not running"));
	(void)unlink(socket_path);
	assert_int_equal(mm_cmd_scan(&ctl), MM_EXIT_ERROR);
	assert_non_null(strstr(last_error, "not running"));
}

static void no_file(void **state)
{
	static const enum act acts[] = { INFECTED };
	char gone[] = "/nonexistent/mail";
	char *files[] = { gone, mail };
	struct mm_ctl ctl = { .operands = files, .count = 2 };
	char got[1000];
	pid_t pid;
	int status;

	(void)state;
	ctl.conf.run_dir = dir;
	pid = serve(acts, 1);
	capture_begin();
	status = mm_cmd_scan(&ctl);
	capture_end(got, sizeof(got));
	/* The others are scanned, the error is the worst. */
	assert_int_equal(status, MM_EXIT_ERROR);
	assert_non_null(strstr(got, ": infected\n"));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(no_daemon),
		cmocka_unit_test(no_file),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
