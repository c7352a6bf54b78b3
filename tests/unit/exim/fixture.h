#ifndef MM_TESTS_UNIT_EXIM_FIXTURE_H
#define MM_TESTS_UNIT_EXIM_FIXTURE_H

/* A message in the fake Exim's hands, and a gate of one answer in a child
 * process. For one test program: everything is static. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/fdutil.h"
#include "core/frame.h"
#include "core/proto.h"
#include "tests/unit/exim/fake_exim.h"
#include "tests/unit/tmp.h"

#define ID "1xUwAN-00083I-0q"
#define RECEIVED "Received: from x\n\tby y; now\n"

/* ---- the gate ----------------------------------------------------------- */

static char dir[48];
static char sock[64];

struct gate {
	pid_t pid;
	int seen;		/* the request as the gate got it */
};

/* Answer one request and leave; the request goes into a memfd of ours. */
static void serve(int server, int seen, const struct mm_scan_verdict *verdict,
		  const char *body)
{
	struct mm_buf buf;
	struct mm_frame frame;
	int fds[2], fd = accept(server, NULL, NULL);

	mm_buf_init(&buf, MM_REQUEST_MAX);
	mm_frame_init(&frame);
	if (fd < 0 ||
	    mm_frame_recv(fd, &frame, 0, 2, mm_deadline_in(9000)) < 0 ||
	    mm_read_fd(frame.fds[0], 0, &buf) < 0 ||
	    mm_write_all(seen, buf.data, buf.len) < 0)
		_exit(1);
	mm_buf_reset(&buf);
	if (mm_scan_verdict_encode(&buf, verdict) < 0)
		_exit(2);
	fds[0] = mm_sealed_memfd("verdict", buf.data, buf.len);
	fds[1] = mm_sealed_memfd("body", body == NULL ? "" : body,
				 body == NULL ? 0 : strlen(body));
	if (mm_frame_send(fd, MM_FRAME_VERDICT, frame.id, NULL, fds,
			  body == NULL ? 1 : 2, mm_deadline_in(9000)) < 0)
		_exit(3);
	_exit(0);
}

static struct gate start_gate(const struct mm_scan_verdict *verdict,
			      const char *body)
{
	struct gate gate = { .seen = memfd_create("seen", MFD_CLOEXEC) };
	int server = mm_unix_listen(sock, 4, 0600);

	assert_true(server >= 0 && gate.seen >= 0);
	assert_int_equal(fcntl(server, F_SETFL, 0), 0);
	gate.pid = fork();
	assert_true(gate.pid >= 0);
	if (gate.pid == 0)
		serve(server, gate.seen, verdict, body);
	close(server);
	return gate;
}

static void end_gate(struct gate *gate)
{
	int status;

	assert_int_equal(waitpid(gate->pid, &status, 0), gate->pid);
	assert_int_equal(status, 0);
	close(gate->seen);
	assert_int_equal(unlink(sock), 0);
}

/* ---- the message -------------------------------------------------------- */

static int spool;

static void begin(const struct fake_exim *message, const char *extra)
{
	fake_exim_begin(message);
	fake_exim_header('P', RECEIVED);
	fake_exim_header(' ', "Subject: old\n");
	if (extra != NULL)
		fake_exim_header(' ', extra);
	fake_exim_recipient("a@here.test");
	fake_exim_recipient("b@here.test");
	fake_exim_recipient("a@here.test");
	spool = memfd_create("spool", MFD_CLOEXEC);
	assert_true(spool >= 0);
	assert_int_equal(mm_write_all(spool, ID "-D\nold\n", 23), 0);
}

static const char *body(void)
{
	static char text[200];
	ssize_t n = pread(spool, text, sizeof(text) - 1, 19);

	assert_true(n >= 0);
	text[n] = '\0';
	return text;
}

static void end(void)
{
	close(spool);
	fake_exim_end();
}

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

/* ---- of all tests -------------------------------------------------------- */

static int fixture_setup(void **state)
{
	(void)state;
	if (unit_make_dir(dir, sizeof(dir)) < 0)
		return -1;
	(void)snprintf(sock, sizeof(sock), "%s/scan.sock", dir);
	return setenv("MAMORI_SOCKET", sock, 1) |
	       setenv("MAMORI_DEADLINE_MS", "9000", 1);
}

static int fixture_teardown(void **state)
{
	(void)state;
	return rmdir(dir);
}

#endif
