/* core/deadline.c: time left, and waiting on a descriptor. */
#include "tests/unit/core/unit.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "core/deadline.h"

static void time_left(void **state)
{
	int left;

	(void)state;
	assert_int_equal(mm_deadline_left(MM_DEADLINE_NONE), -1);
	assert_int_equal(mm_deadline_left(0), 0);
	assert_int_equal(mm_deadline_left(mm_deadline_in(-5)), 0);
	assert_true(mm_deadline_in(INT64_MAX) == MM_DEADLINE_NONE);
	assert_int_equal(mm_deadline_left(MM_DEADLINE_NONE - 1), INT_MAX);
	left = mm_deadline_left(mm_deadline_in(60000));
	assert_in_range(left, 50000, 60000);
}

static void waiting(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(mm_wait_fd(fds[0], POLLIN, mm_deadline_in(0)),
			 MM_ERR_TIMEOUT);
	assert_int_equal(mm_wait_fd(fds[0], POLLIN, mm_deadline_in(20)),
			 MM_ERR_TIMEOUT);
	assert_int_equal(mm_wait_fd(fds[1], POLLOUT, mm_deadline_in(0)), 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_int_equal(mm_wait_fd(fds[0], POLLIN, MM_DEADLINE_NONE), 0);
	close(fds[1]);
	assert_int_equal(mm_wait_fd(fds[0], POLLIN, MM_DEADLINE_NONE), 0);
	close(fds[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_left),
		cmocka_unit_test(waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
