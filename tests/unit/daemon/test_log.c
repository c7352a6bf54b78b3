/*
 * Log lines: one line an event, foreign text made harmless, never blocking.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mamorid/channel.h"
#include "mamorid/log.h"

static int pair[2];

static int open_channel(void **state)
{
	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	mm_log_init(pair[1], "gate", MM_LOG_INFO);
	return 0;
}

static int close_channel(void **state)
{
	(void)state;
	(void)close(pair[0]);
	(void)close(pair[1]);
	return 0;
}

/* The line that came through the channel, without its pid. */
static const char *received(struct mm_frame *frame)
{
	assert_int_equal(mm_channel_recv(pair[0], frame), 1);
	assert_int_equal(frame->type, MM_CHANNEL_LOG);
	assert_int_equal(frame->payload.data[0], MM_LOG_INFO);
	return frame->payload.data + 1;
}

static void test_line(void **state)
{
	struct mm_frame frame;
	const char *line;

	(void)state;
	mm_frame_init(&frame);
	mm_log(MM_LOG_INFO, "verdict", "1abc-0-1", "verdict", "clean", "ms",
	       MM_NUM(12), "empty", "", NULL);
	line = received(&frame);
	assert_non_null(strstr(line, "event=verdict role=gate pid="));
	assert_non_null(strstr(line, " id=1abc-0-1 verdict=clean ms=12 "
				     "empty=\"\""));
	mm_frame_clear(&frame);
}

static void test_foreign_text_stays_one_value(void **state)
{
	struct mm_frame frame;
	const char *line;

	(void)state;
	mm_frame_init(&frame);
	mm_log(MM_LOG_INFO, "x", NULL, "subject",
	       "a\nevent=verdict verdict=clean\" \x1b[2J", NULL);
	line = received(&frame);
	assert_null(strchr(line, '\n'));
	assert_null(strchr(line, '\x1b'));
	assert_non_null(strstr(line, "subject=\"a\\x0aevent=verdict "
				     "verdict=clean\\x22 \\x1b[2J\""));
	mm_frame_clear(&frame);
}

static void test_long_value_is_cut(void **state)
{
	struct mm_frame frame;
	char text[4000];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	mm_frame_init(&frame);
	mm_log(MM_LOG_INFO, "x", NULL, "v", text, "after", "kept", NULL);
	assert_non_null(strstr(received(&frame), "...\" after=kept"));
	mm_frame_clear(&frame);
}

static void test_level(void **state)
{
	struct mm_frame frame;

	(void)state;
	mm_frame_init(&frame);
	mm_log(MM_LOG_DEBUG, "x", NULL, NULL);
	assert_int_equal(mm_channel_recv(pair[0], &frame), 0);
	mm_frame_clear(&frame);
}

/* A master that does not read costs lines, and later tells how many. */
static void test_full_channel_never_blocks(void **state)
{
	struct mm_frame frame;
	int i, lines = 0;

	(void)state;
	for (i = 0; i < 20000; i++)
		mm_log(MM_LOG_INFO, "flood", NULL, "n", MM_NUM(i), NULL);
	mm_frame_init(&frame);
	while (mm_channel_recv(pair[0], &frame) == 1)
		lines++;
	assert_in_range(lines, 1, 19999);
	mm_log(MM_LOG_INFO, "after", NULL, NULL);
	assert_int_equal(mm_channel_recv(pair[0], &frame), 1);
	assert_non_null(strstr(frame.payload.data + 1, "event=log-dropped"));
	assert_int_equal(mm_channel_recv(pair[0], &frame), 1);
	assert_non_null(strstr(frame.payload.data + 1, "event=after"));
	mm_frame_clear(&frame);
}

static void test_once_a_second(void **state)
{
	struct mm_log_limit limit = { .next_ms = 0 };
	uint64_t missed = 7;
	int i;

	(void)state;
	assert_true(mm_log_due(&limit, &missed));
	assert_int_equal(missed, 0);
	limit.next_ms = INT64_MAX;
	for (i = 0; i < 3; i++)
		assert_false(mm_log_due(&limit, &missed));
	limit.next_ms = 0;
	assert_true(mm_log_due(&limit, &missed));
	assert_int_equal(missed, 3);
	assert_int_equal(limit.missed, 0);
	assert_true(limit.next_ms > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_line, open_channel,
						close_channel),
		cmocka_unit_test_setup_teardown(
			test_foreign_text_stays_one_value, open_channel,
			close_channel),
		cmocka_unit_test_setup_teardown(test_long_value_is_cut,
						open_channel, close_channel),
		cmocka_unit_test_setup_teardown(test_level, open_channel,
						close_channel),
		cmocka_unit_test_setup_teardown(test_full_channel_never_blocks,
						open_channel, close_channel),
		cmocka_unit_test(test_once_a_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
