/*
 * The poll loop: readiness, deadlines, and watches that come and go while they
 * are served.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/fdutil.h"
#include "mamorid/loop.h"

static struct mm_loop loop;
static struct mm_loop_watch first, second, third;
static int calls[3], pairs[2][2];

static int setup(void **state)
{
	int i;

	(void)state;
	mm_loop_init(&loop);
	memset(calls, 0, sizeof(calls));
	for (i = 0; i < 2; i++)
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]),
				 0);
	return 0;
}

static int teardown(void **state)
{
	int i;

	(void)state;
	mm_loop_clear(&loop);
	for (i = 0; i < 4; i++)
		mm_close(&pairs[i / 2][i % 2]);
	return 0;
}

static void add(struct mm_loop_watch *watch, int fd, mm_deadline deadline,
		void (*ready)(struct mm_loop_watch *watch, short revents))
{
	*watch = (struct mm_loop_watch){
		.fd = fd,
		.events = POLLIN,
		.deadline = deadline,
		.ready = ready,
	};
	assert_int_equal(mm_loop_add(&loop, watch), 0);
}

static void read_and_stop(struct mm_loop_watch *watch, short revents)
{
	char c;

	assert_true((revents & POLLIN) != 0);
	assert_int_equal(read(watch->fd, &c, 1), 1);
	calls[0]++;
	loop.stop = true;
}

static void tick(struct mm_loop_watch *watch, short revents)
{
	assert_int_equal(revents, 0);
	watch->deadline = mm_deadline_in(1);
	if (++calls[1] == 3)
		assert_int_equal(write(pairs[0][1], "x", 1), 1);
}

/* A timer fires three times, then a descriptor ends the loop. */
static void test_timer_and_fd(void **state)
{
	(void)state;
	add(&first, pairs[0][0], MM_DEADLINE_NONE, read_and_stop);
	add(&second, -1, mm_deadline_in(0), tick);
	assert_int_equal(mm_loop_run(&loop), 0);
	assert_int_equal(calls[0], 1);
	assert_true(calls[1] >= 3);
}

static void remove_both(struct mm_loop_watch *watch, short revents)
{
	(void)watch;
	(void)revents;
	calls[2]++;
	mm_loop_remove(&loop, &first);
	mm_loop_remove(&loop, &second);
}

/* Both are ready; the first served removes both: the other is not called. */
static void test_removed(void **state)
{
	(void)state;
	assert_int_equal(write(pairs[0][1], "x", 1), 1);
	assert_int_equal(write(pairs[1][1], "x", 1), 1);
	add(&first, pairs[0][0], MM_DEADLINE_NONE, remove_both);
	add(&second, pairs[1][0], MM_DEADLINE_NONE, remove_both);
	assert_int_equal(mm_loop_run(&loop), 0);
	assert_int_equal(calls[2], 1);
}

static void replace(struct mm_loop_watch *watch, short revents)
{
	(void)revents;
	calls[1]++;
	mm_loop_remove(&loop, watch);
	add(&third, pairs[0][0], MM_DEADLINE_NONE, read_and_stop);
}

/* Added while serving: not mistaken for the one whose place it has. */
static void test_replaced(void **state)
{
	(void)state;
	assert_int_equal(write(pairs[0][1], "x", 1), 1);
	add(&first, -1, mm_deadline_in(0), replace);
	assert_int_equal(mm_loop_run(&loop), 0);
	assert_int_equal(calls[1], 1);
	assert_int_equal(calls[0], 1);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_timer_and_fd),
		CASE(test_removed),
		CASE(test_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
