/*
 * Line ends and dots on their way into SMTP, in one piece and byte by byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "mamorid/courier/dots.h"

static void test_dots(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "empty", "", ".\r\n" },
		{ "one line", "a\n", "a\r\n.\r\n" },
		{ "no final line end", "a", "a\r\n.\r\n" },
		{ "crlf stays", "a\r\nb\r\n", "a\r\nb\r\n.\r\n" },
		{ "dot first", ".\n", "..\r\n.\r\n" },
		{ "dots", "a\n.\n..b\nc.\n", "a\r\n..\r\n...b\r\nc.\r\n.\r\n" },
		{ "smuggled end", "a\n.\r\nMAIL FROM:<x@y>\r\n",
		  "a\r\n..\r\nMAIL FROM:<x@y>\r\n.\r\n" },
		{ "bare cr before a dot", "a\r.\r\nb\n",
		  "a\r\n..\r\nb\r\n.\r\n" },
		{ "bare cr at the end", "a\r", "a\r\n.\r\n" },
		{ "two cr", "a\r\r\nb", "a\r\n\r\nb\r\n.\r\n" },
		{ "cr and lf in two parts", "\r\n\r\n.",
		  "\r\n\r\n..\r\n.\r\n" },
	};
	struct mm_buf out;
	struct mm_dots dots;
	size_t i, k, step;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (step = 1; step < 4; step++) {
			const char *in = cases[i].in;
			size_t left = strlen(in);

			mm_buf_init(&out, 4096);
			memset(&dots, 0, sizeof(dots));
			for (; left > 0; left -= k, in += k) {
				k = left < step ? left : step;
				assert_int_equal(
					mm_dots_put(&dots, &out, in, k), 0);
			}
			assert_int_equal(mm_dots_end(&dots, &out), 0);
			if (strcmp(mm_buf_str(&out), cases[i].want) != 0)
				fail_msg("%s in steps of %zu: got %s",
					 cases[i].name, step, mm_buf_str(&out));
			mm_buf_clear(&out);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
