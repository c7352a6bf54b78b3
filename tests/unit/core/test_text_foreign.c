/* Foreign text made harmless for people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/text.h"

static void test_foreign(void **state)
{
	static const struct {
		const char *name, *text, *want;
		size_t max;
	} cases[] = {
		{ "plain", "a \"b\" c\\d", "a \"b\" c\\d", 100 },
		{ "line ends", "a\r\n\r\nb", "a????b", 100 },
		{ "controls", "\x1b[2J\x07", "?[2J?", 100 },
		{ "not utf-8", "\xff\xfe z", "?? z", 100 },
		{ "right to left",
		  "a\xe2\x80\xae"
		  "b",
		  "a???b", 100 },
		{ "escape by the sender", "\\x0a", "\\x0a", 100 },
		{ "cut", "abcdef", "abc...", 3 },
		{ "link", "see https://evil.example/ or WWW.evil.example",
		  "see https[:]//evil.example/ or www[.]evil.example", 100 },
		{ "japanese", "請求書.zip", "請求書.zip", 100 },
	};
	struct mm_buf out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		mm_buf_init(&out, 4096);
		assert_int_equal(
			mm_text_foreign(&out, cases[i].text, cases[i].max), 0);
		if (strcmp(mm_buf_str(&out), cases[i].want) != 0)
			fail_msg("%s: got %s, want %s", cases[i].name,
				 mm_buf_str(&out), cases[i].want);
		mm_buf_clear(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_foreign) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
