/*
 * What a scanner in hostile hands may get past its pool: log lines of its own
 * role and nothing else.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/fdutil.h"
#include "mamorid/channel.h"
#include "mamorid/inspect/pool.h"

static struct mm_role role;
static struct mm_pool pool;
static int master = -1;

static int setup(void **state)
{
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				    pair), 0);
	master = pair[0];
	role.channel = pair[1];
	pool = (struct mm_pool){ .role = &role, .logs = { -1, -1 } };
	mm_pool_logs_open(&pool);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	mm_pool_logs_close(&pool);
	mm_close(&role.channel);
	mm_close(&master);
	return 0;
}

static void write_line(uint16_t type, const char *line)
{
	struct mm_buf payload;

	mm_buf_init(&payload, MM_CHANNEL_MAX);
	assert_int_equal(mm_buf_put(&payload, "\2", 1), 0);
	assert_int_equal(mm_buf_puts(&payload, line), 0);
	assert_int_equal(mm_channel_send(pool.logs[1], type, 0, &payload), 0);
	mm_buf_clear(&payload);
}

static void test_lines(void **state)
{
	static const struct {
		const char *name;
		uint16_t type;
		const char *line;
		bool passes;
	} cases[] = {
		{ "a line", MM_CHANNEL_LOG,
		  "event=inspected role=inspector pid=1 id=x", true },
		{ "of the pool", MM_CHANNEL_LOG,
		  "event=signatures role=pool pid=1", false },
		{ "of the master", MM_CHANNEL_LOG,
		  "event=started role=master pid=1", false },
		{ "a longer role", MM_CHANNEL_LOG,
		  "event=started role=inspectors pid=1", false },
		{ "role not second", MM_CHANNEL_LOG,
		  "event=x pid=1 role=inspector x", false },
		{ "no event", MM_CHANNEL_LOG, "role=inspector pid=1", false },
		{ "nothing", MM_CHANNEL_LOG, "", false },
		{ "ready", MM_CHANNEL_READY,
		  "event=inspected role=inspector pid=1", false },
		{ "refused", MM_CHANNEL_REFUSED,
		  "event=inspected role=inspector pid=1", false },
	};
	struct mm_frame frame;

	(void)state;
	mm_frame_init(&frame);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].name);
		write_line(cases[i].type, cases[i].line);
		mm_pool_logs_forward(&pool);
		assert_int_equal(mm_channel_recv(master, &frame),
				 cases[i].passes);
		if (!cases[i].passes)
			continue;
		assert_int_equal(frame.type, MM_CHANNEL_LOG);
		assert_string_equal(frame.payload.data + 1, cases[i].line);
	}
	mm_frame_clear(&frame);
}

/* No frame at all: the pool neither dies nor tells the master. */
static void test_no_frames(void **state)
{
	struct mm_frame frame;

	(void)state;
	for (size_t len = 1; len < MM_FRAME_HEAD + 4u; len++)
		assert_int_equal(send(pool.logs[1], "\377\377\377\377\0\1\0\0"
				      "\0\0\0\0\0\0\0", len, 0), len);
	mm_pool_logs_forward(&pool);
	mm_frame_init(&frame);
	assert_int_equal(mm_channel_recv(master, &frame), 0);
	mm_frame_clear(&frame);
}

/* A master that does not read costs lines, and is told how many. */
static void test_full(void **state)
{
	static const char line[] = "event=inspected role=inspector pid=1";
	struct mm_frame frame;
	unsigned int sent = 0;
	int r;

	(void)state;
	while (pool.lost_lines == 0 && sent++ < 100000) {
		write_line(MM_CHANNEL_LOG, line);
		mm_pool_logs_forward(&pool);
	}
	assert_int_equal(pool.lost_lines, 1);
	mm_frame_init(&frame);
	while ((r = mm_channel_recv(master, &frame)) == 1)
		sent--;
	assert_int_equal(r, 0);
	assert_int_equal(sent, 1);
	write_line(MM_CHANNEL_LOG, line);
	mm_pool_logs_forward(&pool);
	assert_int_equal(pool.lost_lines, 0);
	mm_frame_clear(&frame);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_frames, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_full, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
