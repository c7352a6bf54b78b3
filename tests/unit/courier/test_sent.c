/* Rows that are injected and not yet recorded. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "mamorid/courier/sent.h"

static struct mm_sent sent;

static int setup(void **state)
{
	(void)state;
	memset(&sent, 0, sizeof(sent));
	return 0;
}

static void test_known_until_recorded(void **state)
{
	(void)state;
	assert_false(mm_sent_has(&sent, 0, ""));
	assert_false(mm_sent_has(&sent, 7, "1xUx2C-0000bF-1y"));
	mm_sent_add(&sent, 7, "1xUx2C-0000bF-1y");
	mm_sent_add(&sent, 8, "1xUx2C-0000bF-1y");
	assert_true(mm_sent_has(&sent, 7, "1xUx2C-0000bF-1y"));
	mm_sent_forget(&sent, 7);
	assert_false(mm_sent_has(&sent, 7, "1xUx2C-0000bF-1y"));
	assert_true(mm_sent_has(&sent, 8, "1xUx2C-0000bF-1y"));
}

static void test_numbers_of_another_state(void **state)
{
	(void)state;
	mm_sent_add(&sent, 7, "one");
	assert_false(mm_sent_has(&sent, 7, "another"));
}

static void test_the_newest_are_known(void **state)
{
	uint64_t row;

	(void)state;
	for (row = 1; row <= MM_SENT_MAX + 10; row++) {
		mm_sent_add(&sent, row, "trace");
		mm_sent_add(&sent, row, "trace");
	}
	assert_false(mm_sent_has(&sent, 10, "trace"));
	assert_true(mm_sent_has(&sent, 11, "trace"));
	assert_true(mm_sent_has(&sent, MM_SENT_MAX + 10, "trace"));
}

static void test_long_traces(void **state)
{
	char text[2 * MM_TRACE_MAX];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	mm_sent_add(&sent, 1, text);
	assert_true(mm_sent_has(&sent, 1, text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_known_until_recorded, setup),
		cmocka_unit_test_setup(test_numbers_of_another_state, setup),
		cmocka_unit_test_setup(test_the_newest_are_known, setup),
		cmocka_unit_test_setup(test_long_traces, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
