/* core/text.c: what is shown of foreign text, UTF-8, numbers. */
#include "tests/unit/core/unit.h"

#include "core/buf.h"
#include "core/text.h"

static void printable(void **state)
{
	static const struct {
		const char *name, *text, *want;
		size_t max;
	} cases[] = {
		{ "plain", "abc ~", "abc ~", 99 },
		{ "empty", "", "", 99 },
		{ "newline and escape", "a\n\033[2J", "a\\x0a\\x1b[2J", 99 },
		{ "quote and backslash", "\"\\", "\\x22\\x5c", 99 },
		{ "delete", "\177", "\\x7f", 99 },
		{ "UTF-8", "\xe3\x81\x82\xf0\x9f\x98\x80",
		  "\xe3\x81\x82\xf0\x9f\x98\x80", 99 },
		{ "C1 control", "\xc2\x9b", "\\xc2\\x9b", 99 },
		{ "right-to-left override", "\xe2\x80\xae", "\\xe2\\x80\\xae",
		  99 },
		{ "invalid byte", "a\xff", "a\\xff", 99 },
		{ "overlong slash", "\xc0\xaf", "\\xc0\\xaf", 99 },
		{ "surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80", 99 },
		{ "cut character", "\xe3\x81", "\\xe3\\x81", 99 },
		{ "above U+10FFFF", "\xf4\x90\x80\x80",
		  "\\xf4\\x90\\x80\\x80", 99 },
		{ "cut text", "abcdef", "abc...", 3 },
		{ "just fits", "abc", "abc", 3 },
	};
	struct mm_buf buf;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		mm_buf_init(&buf, 1000);
		assert_int_equal(mm_text_printable(&buf, cases[i].text,
						   strlen(cases[i].text),
						   cases[i].max), 0);
		if (strcmp(mm_buf_str(&buf), cases[i].want) != 0)
			fail_msg("%s: got %s", cases[i].name, mm_buf_str(&buf));
		mm_buf_clear(&buf);
	}
	mm_buf_init(&buf, 5);
	assert_int_equal(mm_text_printable(&buf, "\n\n", 2, 2), MM_ERR_LIMIT);
	mm_buf_clear(&buf);
}

static void utf8(void **state)
{
	(void)state;
	assert_true(mm_text_is_utf8("", 0));
	assert_true(mm_text_is_utf8("\xf4\x8f\xbf\xbf", 4));
	assert_true(mm_text_is_utf8("\xed\x9f\xbf\xee\x80\x80", 6));
	assert_false(mm_text_is_utf8("\x80", 1));
	assert_false(mm_text_is_utf8("\xe0\x9f\xbf", 3));
	assert_false(mm_text_is_utf8("\xe3\x81\x82", 2));
	assert_false(mm_text_is_utf8("\xf8\x88\x80\x80\x80", 5));
}

static void numbers(void **state)
{
	static const struct {
		const char *text;
		uint64_t min, max;
		int want;
		uint64_t num;
	} cases[] = {
		{ "0", 0, 9, 0, 0 },
		{ "9", 0, 9, 0, 9 },
		{ "10", 0, 9, MM_ERR_LIMIT, 0 },
		{ "1", 2, 9, MM_ERR_LIMIT, 0 },
		{ "", 0, 9, MM_ERR_INVALID, 0 },
		{ "-1", 0, 9, MM_ERR_INVALID, 0 },
		{ "+1", 0, 9, MM_ERR_INVALID, 0 },
		{ " 1", 0, 9, MM_ERR_INVALID, 0 },
		{ "1x", 0, 9, MM_ERR_INVALID, 0 },
		{ "9223372036854775807", 0, INT64_MAX, 0, INT64_MAX },
		{ "99999999999999999999", 0, UINT64_MAX, MM_ERR_LIMIT, 0 },
		{ "184467440737095516160", 0, UINT64_MAX, MM_ERR_LIMIT, 0 },
	};
	uint64_t num;
	size_t i;
	int got;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		num = 0;
		got = mm_text_number(cases[i].text, cases[i].min, cases[i].max,
				     &num);
		if (got != cases[i].want || num != cases[i].num)
			fail_msg("%s: got %d", cases[i].text, got);
	}
}

static void cases_and_prefixes(void **state)
{
	char text[] = "AbZ\xc3\x84[@`{";

	(void)state;
	mm_text_lower(text);
	assert_string_equal(text, "abz\xc3\x84[@`{");
	assert_true(mm_text_has_prefix("X-Mamori-Foo: x", "x-mamori-"));
	assert_false(mm_text_has_prefix("X-Mam", "x-mamori-"));
	assert_true(mm_text_has_prefix("abc", ""));
	assert_true(mm_text_has_suffix("a/vbaProject.BIN", "project.bin"));
	assert_true(mm_text_has_suffix("abc", ""));
	assert_false(mm_text_has_suffix("bc", "abc"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(printable),
		cmocka_unit_test(utf8),
		cmocka_unit_test(numbers),
		cmocka_unit_test(cases_and_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
