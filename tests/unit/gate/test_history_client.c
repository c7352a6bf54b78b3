/*
 * The gate's line to the history: it never waits, and sends again what was not
 * taken.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/frame.h"
#include "mamorid/gate/history_client.h"
#include "mamorid/log.h"
#include "tests/unit/tmp.h"

#define WAIT_MS 10000

static char folder[64];
static char path[96];
static char lines[4096];
static struct mm_history_client client;

static void keep_line(enum mm_log_level level, const char *line, size_t len)
{
	const size_t have = strlen(lines);

	(void)level;
	if (have + len + 1 < sizeof(lines))
		memcpy(lines + have, line, len);
}

static int setup(void **state)
{
	(void)state;
	assert_int_equal(unit_make_dir(folder, sizeof(folder)), 0);
	(void)snprintf(path, sizeof(path), "%s/sock", folder);
	memset(lines, 0, sizeof(lines));
	mm_log_init_sink("test", MM_LOG_DEBUG, keep_line);
	mm_history_client_init(&client, path);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	mm_history_client_close(&client);
	(void)unlink(path);
	return rmdir(folder);
}

static void tell(unsigned int number)
{
	struct mm_history_recipient to = { .address = "a@b.test",
					   .outcome = "deliver" };
	char trace[32];
	const struct mm_history mail = {
		.trace = trace,
		.subject = "a subject that takes some room in the buffer",
		.recipients = &to,
		.nrecipients = 1,
	};

	(void)snprintf(trace, sizeof(trace), "t%u", number);
	mm_history_send(&client, &mail);
}

static int take(int listener)
{
	int fd;

	assert_int_equal(mm_wait_fd(listener, POLLIN, mm_deadline_in(WAIT_MS)),
			 0);
	fd = accept(listener, NULL, NULL);
	assert_true(fd >= 0);
	return fd;
}

/* The number of the next frame on this connection. */
static unsigned int next_on(int fd)
{
	struct mm_history mail;
	struct mm_frame frame;
	unsigned int number = 0;

	mm_frame_init(&frame);
	assert_int_equal(mm_frame_recv(fd, &frame, MM_FRAME_MAX, 0,
				       mm_deadline_in(WAIT_MS)),
			 0);
	assert_int_equal(frame.type, MM_FRAME_HISTORY);
	assert_int_equal(mm_history_decode(frame.payload.data,
					   frame.payload.len, &mail),
			 0);
	assert_int_equal(sscanf(mail.trace, "t%u", &number), 1);
	mm_history_clear(&mail);
	mm_frame_clear(&frame);
	return number;
}

static void test_kept(void **state)
{
	int listener = mm_unix_listen(path, 8, 0600), fd;

	(void)state;
	tell(1);
	tell(2);
	fd = take(listener);
	assert_int_equal(next_on(fd), 1);
	assert_int_equal(next_on(fd), 2);
	assert_int_equal(client.pending.len, 0);
	(void)close(fd);
	(void)close(listener);
}

/* No keeper yet: what was told meanwhile comes with the next. */
static void test_later(void **state)
{
	int listener, fd;

	(void)state;
	tell(1);
	tell(2);
	assert_true(client.pending.len > 0);
	listener = mm_unix_listen(path, 8, 0600);
	tell(3);
	fd = take(listener);
	assert_int_equal(next_on(fd), 1);
	assert_int_equal(next_on(fd), 2);
	assert_int_equal(next_on(fd), 3);
	assert_int_equal(client.lost, 0);
	(void)close(fd);
	(void)close(listener);
}

/* A keeper that went away is noticed before a row is sent into nothing. */
static void test_again(void **state)
{
	int listener = mm_unix_listen(path, 8, 0600), fd;

	(void)state;
	tell(1);
	fd = take(listener);
	assert_int_equal(next_on(fd), 1);
	(void)close(fd);
	tell(2);
	fd = take(listener);
	assert_int_equal(next_on(fd), 2);
	(void)close(fd);
	(void)close(listener);
}

/* A keeper that reads nothing: bounded, counted, logged once; and no frame is
 * torn when it reads on. */
static void test_stuck(void **state)
{
	int listener = mm_unix_listen(path, 8, 0600), fd;
	unsigned int i, last = 0, number;

	(void)state;
	for (i = 1; i <= 20000; i++)
		tell(i);
	assert_true(client.lost > 0);
	assert_true(client.pending.len <= 1u << 20);
	assert_non_null(strstr(lines, "history-lost"));
	assert_null(strstr(strstr(lines, "history-lost") + 1, "history-lost"));
	fd = take(listener);
	while (mm_history_client_flush(&client))
		for (i = 0; i < 50; i++) {
			number = next_on(fd);
			assert_true(number > last);
			last = number;
		}
	tell(20001);
	while (last != 20001) {
		number = next_on(fd);
		assert_true(number > last);
		last = number;
	}
	(void)close(fd);
	(void)close(listener);
}

/* The connection ends in the middle of a frame: it goes again as a whole. */
static void test_torn(void **state)
{
	int listener = mm_unix_listen(path, 8, 0600), fd;
	unsigned int i, first;

	(void)state;
	for (i = 1; i <= 5000; i++)
		tell(i);
	assert_true(client.pending.len > 0);
	fd = take(listener);
	/* Room for a part of what is left, which ends anywhere. */
	for (i = 0; client.sent == 0 && i < 500; i++) {
		(void)next_on(fd);
		(void)mm_history_client_flush(&client);
	}
	assert_true(client.sent > 0);
	(void)close(fd);
	(void)mm_history_client_flush(&client);
	(void)mm_history_client_flush(&client);
	fd = take(listener);
	first = next_on(fd);
	assert_true(first > 1);
	for (i = 1; i <= 20; i++)
		assert_int_equal(next_on(fd), first + i);
	(void)close(fd);
	(void)close(listener);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_kept),  CASE(test_later), CASE(test_again),
		CASE(test_stuck), CASE(test_torn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
