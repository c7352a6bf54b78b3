/* Rows that are injected and not yet recorded. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "mamorid/courier/sent.h"

static struct mm_sent sent;
static struct mm_buf told;

static void add(uint64_t row, const char *trace)
{
	mm_sent_add(&sent, row, trace, &told);
}

static bool has(uint64_t row, const char *trace)
{
	struct mm_buf got;
	int r;

	mm_buf_init(&got, 1000);
	r = mm_sent_get(&sent, row, trace, &got);
	if (r == 1)
		assert_string_equal(mm_buf_str(&got), "as it was told");
	mm_buf_clear(&got);
	return r == 1;
}

static int setup(void **state)
{
	(void)state;
	memset(&sent, 0, sizeof(sent));
	mm_buf_init(&told, 1000);
	return mm_buf_puts(&told, "as it was told");
}

static int teardown(void **state)
{
	(void)state;
	mm_sent_clear(&sent);
	mm_buf_clear(&told);
	return 0;
}

static void test_known_until_recorded(void **state)
{
	(void)state;
	assert_false(has(0, ""));
	assert_false(has(7, "1xUx2C-0000bF-1y"));
	add(7, "1xUx2C-0000bF-1y");
	add(8, "1xUx2C-0000bF-1y");
	assert_true(has(7, "1xUx2C-0000bF-1y"));
	mm_sent_forget(&sent, 7);
	assert_false(has(7, "1xUx2C-0000bF-1y"));
	assert_true(has(8, "1xUx2C-0000bF-1y"));
}

static void test_numbers_of_another_state(void **state)
{
	(void)state;
	add(7, "one");
	assert_false(has(7, "another"));
}

static void test_the_newest_are_known(void **state)
{
	uint64_t row;

	(void)state;
	for (row = 1; row <= MM_SENT_MAX + 10; row++) {
		add(row, "trace");
		add(row, "trace");
	}
	assert_false(has(10, "trace"));
	assert_true(has(11, "trace"));
	assert_true(has(MM_SENT_MAX + 10, "trace"));
}

static void test_long_traces(void **state)
{
	char text[2 * MM_TRACE_MAX];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	add(1, text);
	assert_true(has(1, text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_known_until_recorded,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_numbers_of_another_state,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_newest_are_known,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_traces,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
