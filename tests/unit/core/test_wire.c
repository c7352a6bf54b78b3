/* core/wire.c: fields in and out, every bound from both sides. */
#include "tests/unit/core/unit.h"

#include "core/buf.h"

static int decode_all(const void *data, size_t len)
{
	struct mm_wire in, field;
	uint16_t tag;
	int r;

	mm_wire_init(&in, data, len);
	while ((r = mm_wire_next(&in, &tag, &field)) == 1)
		;
	return r;
}

static void round_trip(void **state)
{
	struct mm_wire in, field;
	const char *text;
	struct mm_buf buf;
	uint64_t num;
	uint16_t tag;

	(void)state;
	mm_buf_init(&buf, 1000);
	assert_int_equal(mm_wire_put_num(&buf, 1, UINT64_MAX), 0);
	assert_int_equal(mm_wire_put_str(&buf, 0xffff, "abc"), 0);
	assert_int_equal(mm_wire_put_str(&buf, 3, NULL), 0);
	assert_int_equal(mm_wire_put(&buf, 0, NULL, 0), 0);
	assert_memory_equal(buf.data, "\0\1\0\0\0\10\377\377\377\377\377\377"
			    "\377\377\377\377\0\0\0\4abc\0\0\0\0\0\0\0", 30);
	assert_int_equal(buf.len, 30);

	mm_wire_init(&in, buf.data, buf.len);
	assert_int_equal(mm_wire_next(&in, &tag, &field), 1);
	assert_int_equal(tag, 1);
	assert_int_equal(mm_wire_get_num(&field, 0, UINT64_MAX, &num), 0);
	assert_true(num == UINT64_MAX);
	assert_int_equal(mm_wire_next(&in, &tag, &field), 1);
	assert_int_equal(tag, 0xffff);
	assert_int_equal(mm_wire_get_str(&field, 3, &text), 0);
	assert_string_equal(text, "abc");
	assert_int_equal(mm_wire_next(&in, &tag, &field), 1);
	assert_int_equal(mm_wire_left(&field), 0);
	assert_int_equal(mm_wire_next(&in, &tag, &field), 0);
	check_decoder(decode_all, &buf, 0);
	mm_buf_clear(&buf);
}

static void numbers_have_bounds(void **state)
{
	static const struct {
		const char *name;
		uint64_t put, min, max;
		int want;
	} cases[] = {
		{ "inside", 5, 5, 5, 0 },
		{ "below", 4, 5, 9, MM_ERR_LIMIT },
		{ "above", 10, 5, 9, MM_ERR_LIMIT },
		{ "far above", UINT64_MAX, 0, INT64_MAX, MM_ERR_LIMIT },
	};
	struct mm_wire in, field;
	struct mm_buf buf;
	uint64_t num;
	uint16_t tag;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		mm_buf_init(&buf, 100);
		assert_int_equal(mm_wire_put_num(&buf, 1, cases[i].put), 0);
		mm_wire_init(&in, buf.data, buf.len);
		assert_int_equal(mm_wire_next(&in, &tag, &field), 1);
		num = 77;
		if (mm_wire_get_num(&field, cases[i].min, cases[i].max, &num) !=
		    cases[i].want)
			fail_msg("%s", cases[i].name);
		assert_true(num == (cases[i].want == 0 ? cases[i].put : 77));
		field.end--;
		assert_int_equal(mm_wire_get_num(&field, 0, 100, &num),
				 MM_ERR_FORMAT);
		mm_buf_clear(&buf);
	}
}

static void strings_have_bounds(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t len, max;
		int want;
	} cases[] = {
		{ "empty string", "", 1, 0, 0 },
		{ "no bytes", "", 0, 9, MM_ERR_FORMAT },
		{ "no final NUL", "abc", 3, 9, MM_ERR_FORMAT },
		{ "a NUL inside", "a\0b", 4, 9, MM_ERR_FORMAT },
		{ "two NULs", "a\0", 3, 9, MM_ERR_FORMAT },
		{ "as long as allowed", "abc", 4, 3, 0 },
		{ "too long", "abcd", 5, 3, MM_ERR_LIMIT },
	};
	struct mm_wire field;
	const char *text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		mm_wire_init(&field, cases[i].bytes, cases[i].len);
		if (mm_wire_get_str(&field, cases[i].max, &text) !=
		    cases[i].want)
			fail_msg("%s", cases[i].name);
	}
}

static void failed_put_changes_nothing(void **state)
{
	struct mm_buf buf;
	size_t max;

	(void)state;
	for (max = 0; max < 10; max++) {
		mm_buf_init(&buf, max);
		assert_int_equal(mm_wire_put_str(&buf, 1, "abc"),
				 max < 10 ? MM_ERR_LIMIT : 0);
		assert_int_equal(buf.len, 0);
		mm_buf_clear(&buf);
	}
}

static void length_past_the_end(void **state)
{
	static const char huge[] = "\0\1\377\377\377\377abc";
	static const char one_more[] = "\0\1\0\0\0\4abc";

	(void)state;
	assert_int_equal(decode_all(huge, sizeof(huge) - 1), MM_ERR_FORMAT);
	assert_int_equal(decode_all(one_more, sizeof(one_more) - 1),
			 MM_ERR_FORMAT);
	assert_int_equal(decode_all(NULL, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(numbers_have_bounds),
		cmocka_unit_test(strings_have_bounds),
		cmocka_unit_test(failed_put_changes_nothing),
		cmocka_unit_test(length_past_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
