#ifndef MM_TESTS_UNIT_GATE_INSPECTOR_DOUBLE_H
#define MM_TESTS_UNIT_GATE_INSPECTOR_DOUBLE_H

/* A process that listens where the inspectors would, and answers one connection
 * after another as a test says. Behind cmocka's headers; the test has the
 * function that answers. */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/fdutil.h"
#include "core/frame.h"
#include "tests/unit/tmp.h"

#define WAIT_MS 5000

static char folder[64];
static char path[96];

static inline int make_folder(void **state)
{
	(void)state;
	assert_int_equal(unit_make_dir(folder, sizeof(folder)), 0);
	(void)snprintf(path, sizeof(path), "%s/sock", folder);
	return 0;
}

static inline int remove_folder(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(folder);
}

/* In the child: one connection, by one of the test's kinds of answers. It may
 * end the process with another status than 0. */
static void answer_one(int conn, int answer);

static inline pid_t start_inspector(const int *answers, size_t count)
{
	int fd = mm_unix_listen(path, 8, 0600);
	pid_t pid = fork();

	assert_true(fd >= 0);
	assert_true(pid >= 0);
	if (pid > 0) {
		mm_close(&fd);
		return pid;
	}
	for (size_t i = 0; i < count; i++) {
		int conn;

		if (mm_wait_fd(fd, 1, mm_deadline_in(WAIT_MS)) < 0 ||
		    (conn = accept(fd, NULL, NULL)) < 0)
			_exit(1);
		answer_one(conn, answers[i]);
		mm_close(&conn);
	}
	_exit(0);
}

#endif
