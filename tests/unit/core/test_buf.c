/* core/buf.c: growth, the maximum, and that a failed call changes nothing. */
#include "tests/unit/core/unit.h"

#include "core/buf.h"

static void puts_and_prints(void **state)
{
	struct mm_buf buf;

	(void)state;
	mm_buf_init(&buf, 1000);
	assert_string_equal(mm_buf_str(&buf), "");
	assert_int_equal(mm_buf_put(&buf, NULL, 0), 0);
	assert_int_equal(mm_buf_put(&buf, "a\0b", 3), 0);
	assert_int_equal(mm_buf_puts(&buf, "cd"), 0);
	assert_int_equal(mm_buf_printf(&buf, "-%s-%d", "e", 5), 0);
	assert_int_equal(buf.len, 9);
	assert_memory_equal(buf.data, "a\0bcd-e-5", 10);
	mm_buf_truncate(&buf, 100);
	assert_int_equal(buf.len, 9);
	mm_buf_truncate(&buf, 1);
	assert_string_equal(mm_buf_str(&buf), "a");
	mm_buf_reset(&buf);
	assert_string_equal(mm_buf_str(&buf), "");
	mm_buf_clear(&buf);
	assert_null(buf.data);
	assert_int_equal(buf.max, 1000);
}

static void stays_below_maximum(void **state)
{
	struct mm_buf buf;
	size_t i;

	(void)state;
	mm_buf_init(&buf, 600);
	for (i = 0; i < 600; i++)
		assert_int_equal(mm_buf_put(&buf, "x", 1), 0);
	assert_int_equal(mm_buf_put(&buf, "y", 1), MM_ERR_LIMIT);
	assert_int_equal(mm_buf_printf(&buf, "%d", 1), MM_ERR_LIMIT);
	assert_int_equal(mm_buf_put(&buf, "y", SIZE_MAX), MM_ERR_LIMIT);
	assert_int_equal(buf.len, 600);
	assert_int_equal(strspn(mm_buf_str(&buf), "x"), 600);
	assert_int_equal(mm_buf_put(&buf, "", 0), 0);
	mm_buf_clear(&buf);
}

static void failed_put_changes_nothing(void **state)
{
	struct mm_buf buf;

	(void)state;
	mm_buf_init(&buf, 5);
	assert_int_equal(mm_buf_puts(&buf, "abc"), 0);
	assert_int_equal(mm_buf_puts(&buf, "def"), MM_ERR_LIMIT);
	assert_int_equal(mm_buf_printf(&buf, "%s", "def"), MM_ERR_LIMIT);
	assert_string_equal(mm_buf_str(&buf), "abc");
	mm_buf_clear(&buf);
}

static void takes_the_content(void **state)
{
	struct mm_buf buf;
	char *text;

	(void)state;
	mm_buf_init(&buf, 10);
	text = mm_buf_take(&buf);
	assert_string_equal(text, "");
	free(text);
	assert_int_equal(mm_buf_puts(&buf, "abc"), 0);
	text = mm_buf_take(&buf);
	assert_string_equal(text, "abc");
	assert_string_equal(mm_buf_str(&buf), "");
	free(text);
}

/* Bytes one by one must not move the content each time. */
static void grows_in_large_steps(void **state)
{
	struct mm_buf buf;
	size_t i, size = 0, steps = 0;

	(void)state;
	mm_buf_init(&buf, 1 << 20);
	for (i = 0; i < 1 << 20; i++) {
		assert_int_equal(mm_buf_put(&buf, "x", 1), 0);
		steps += buf.size != size;
		size = buf.size;
	}
	assert_in_range(steps, 1, 20);
	assert_in_range(buf.size, (1 << 20) + 1, (1 << 20) + 1);
	mm_buf_clear(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_and_prints),
		cmocka_unit_test(stays_below_maximum),
		cmocka_unit_test(failed_put_changes_nothing),
		cmocka_unit_test(takes_the_content),
		cmocka_unit_test(grows_in_large_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
