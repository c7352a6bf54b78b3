/* Marks in the subject: whatever it holds, its bytes stay. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "mamorid/gate/subject.h"

#define SUFFIX "【マクロ等の実行可能なコードを検出しました。お取扱いにご注意ください】"

static const struct {
	const char *name;
	const char *text, *decoded, *tag, *suffix, *want;
} rows[] = {
	{ "plain", "Subject: hello\n", "hello", "[SPAM?]", NULL,
	  "Subject: [SPAM?] hello\n" },
	{ "lower case, spaces", "subject :  hello\n", "hello", "[SPAM?]", NULL,
	  "Subject: [SPAM?]  hello\n" },
	{ "none", NULL, "", "[SPAM?]", NULL, "Subject: [SPAM?]\n" },
	{ "empty", "Subject:\n", "", "[SPAM?]", NULL, "Subject: [SPAM?]\n" },
	{ "encoded", "Subject: =?ISO-2022-JP?B?GyRCJDMbKEI=?=\n", "こ",
	  "[SPAM?]", NULL,
	  "Subject: [SPAM?] =?ISO-2022-JP?B?GyRCJDMbKEI=?=\n" },
	{ "raw ISO-2022-JP", "Subject: \x1b$B$3\x1b(B\n", "こ", "[SPAM?]",
	  NULL, "Subject: [SPAM?] \x1b$B$3\x1b(B\n" },
	{ "raw bytes", "Subject: \xa4\xb3\xff\n", "?", "[SPAM?]", NULL,
	  "Subject: [SPAM?] \xa4\xb3\xff\n" },
	{ "folded", "Subject: one\n two\n\tthree\n", "one two three",
	  "[SPAM?]", NULL, "Subject: [SPAM?] one\n two\n\tthree\n" },
	{ "folded at once", "Subject:\n hello\n", "hello", "[SPAM?]", NULL,
	  "Subject: [SPAM?]\n hello\n" },
	{ "marked already", "Subject: [SPAM?] hello\n", "[SPAM?] hello",
	  "[SPAM?]", NULL, NULL },
	{ "a reply to a marked one", "Subject: Re: [SPAM?] hello\n",
	  "Re: [SPAM?] hello", "[SPAM?]", NULL,
	  "Subject: [SPAM?] Re: [SPAM?] hello\n" },
	{ "a mark elsewhere does not help", "Subject: buy [SPAM?]\n",
	  "buy [SPAM?]", "[SPAM?]", NULL,
	  "Subject: [SPAM?] buy [SPAM?]\n" },
	{ "suffix", "Subject: hello\n", "hello", NULL, "(!)",
	  "Subject: hello\n (!)\n" },
	{ "both, one there", "Subject: [SPAM?] hello\n", "[SPAM?] hello",
	  "[SPAM?]", "(!)", "Subject: [SPAM?] hello\n (!)\n" },
	{ "suffix there already", "Subject: x\n", "hello" SUFFIX, NULL, SUFFIX,
	  NULL },
	{ "suffix in Japanese", "Subject: hello\n", "hello", NULL, "注意",
	  "Subject: hello\n =?UTF-8?B?5rOo5oSP?=\n" },
	{ "tag in Japanese", "Subject: hello\n", "hello", "注", NULL,
	  "Subject: =?UTF-8?B?5rOo?=\n hello\n" },
	{ "nothing to do", "Subject: hello\n", "hello", "", "", NULL },
};

static void test_marks(void **state)
{
	struct mm_buf out;
	size_t i;
	int got;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *text = rows[i].text;

		print_message("  %s\n", rows[i].name);
		mm_buf_init(&out, MM_SUBJECT_MAX);
		got = mm_subject_mark(&out, text,
				      text == NULL ? 0 : strlen(text),
				      rows[i].decoded, rows[i].tag,
				      rows[i].suffix);
		assert_int_equal(got, rows[i].want != NULL);
		assert_string_equal(mm_buf_str(&out), rows[i].want == NULL
							      ? ""
							      : rows[i].want);
		mm_buf_clear(&out);
	}
}

/* RFC 2047 2: a word has at most 75 bytes, a line at most 76. */
static void test_long_words_are_divided(void **state)
{
	struct mm_buf out;
	const char *line, *eol;
	size_t words = 0;

	(void)state;
	mm_buf_init(&out, MM_SUBJECT_MAX);
	assert_int_equal(mm_subject_mark(&out, "Subject: x\n", 11, "x", NULL,
					 SUFFIX),
			 1);
	for (line = mm_buf_str(&out); (eol = strchr(line, '\n')) != NULL;
	     line = eol + 1) {
		assert_true(eol - line <= 76);
		words += *line == ' ';
	}
	assert_true(words > 1);
	mm_buf_clear(&out);
}

/* As it is read then: what is there already is not said twice. */
static void test_as_read(void **state)
{
	static const struct {
		const char *decoded, *tag, *suffix, *want;
	} list[] = {
		{ "hello", "[X]", SUFFIX, "[X] hello" SUFFIX },
		{ "", "[X]", NULL, "[X]" },
		{ "[X] hello", "[X]", "!", "[X] hello!" },
		{ "hello!", "", "!", "hello!" },
		{ "hello", NULL, NULL, "hello" },
	};
	struct mm_buf out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		mm_buf_init(&out, 1000);
		assert_int_equal(mm_subject_marked(&out, list[i].decoded,
						   list[i].tag,
						   list[i].suffix),
				 0);
		assert_string_equal(mm_buf_str(&out), list[i].want);
		mm_buf_clear(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_long_words_are_divided),
		cmocka_unit_test(test_as_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
