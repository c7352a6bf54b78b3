/*
 * Encodings of our own mails.
 */
#include "decode.h"

#include <time.h>

#include "mamorid/courier/mailtext.h"

#define A30 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LONG_ASCII A30 A30 A30 A30

static void test_header(void **state)
{
	static const struct {
		const char *name, *text, *want;
	} cases[] = {
		{ "plain", "Virus warning", "Virus warning" },
		{ "empty", "", "" },
		{ "looks encoded", "=?UTF-8?Q?x?=", "=?UTF-8?Q?x?=" },
		{ "leading space", " x", " x" },
		{ "japanese", "【ウイルス警告】お客様宛てのメール",
		  "【ウイルス警告】お客様宛てのメール" },
		{ "line break", "a\r\nBcc: x@y", "a  Bcc: x@y" },
		{ "long ascii", LONG_ASCII, LONG_ASCII },
	};
	struct mm_buf text, got;
	size_t i;

	(void)state;
	mm_buf_init(&text, 65536);
	mm_buf_init(&got, 65536);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		mm_buf_reset(&text);
		mm_buf_reset(&got);
		assert_int_equal(mm_mailtext_header(&text, cases[i].text, 9),
				 0);
		unheader(&got, mm_buf_str(&text), 9);
		if (strcmp(mm_buf_str(&got), cases[i].want) != 0)
			fail_msg("%s: got %s", cases[i].name, mm_buf_str(&got));
	}
	mm_buf_clear(&text);
	mm_buf_clear(&got);
}

/* Characters of every length at every offset: no word may split one. */
static void test_header_offsets(void **state)
{
	static const char *const chars[] = { "\xc3\xa9", "\xe3\x82\xa6",
					     "\xf0\x9f\xa6\xa0" };
	struct mm_buf want, text, got;
	size_t i, ascii, n;

	(void)state;
	for (i = 0; i < 3; i++) {
		for (ascii = 0; ascii < 50; ascii++) {
			mm_buf_init(&want, 4096);
			mm_buf_init(&text, 65536);
			mm_buf_init(&got, 4096);
			for (n = 0; n < ascii; n++)
				assert_int_equal(mm_buf_puts(&want, "x"), 0);
			for (n = 0; n < 100; n++)
				assert_int_equal(mm_buf_puts(&want, chars[i]),
						 0);
			assert_int_equal(
				mm_mailtext_header(&text, want.data, 9), 0);
			unheader(&got, text.data, 9);
			assert_string_equal(got.data, want.data);
			mm_buf_clear(&want);
			mm_buf_clear(&text);
			mm_buf_clear(&got);
		}
	}
}

static void test_base64(void **state)
{
	struct mm_buf text, got;
	char data[300];
	const char *pos, *eol;
	size_t len, i;

	(void)state;
	for (i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 7);
	for (len = 0; len < sizeof(data); len++) {
		mm_buf_init(&text, 4096);
		mm_buf_init(&got, 4096);
		assert_int_equal(mm_mailtext_base64(&text, data, len), 0);
		for (pos = mm_buf_str(&text); *pos != '\0'; pos = eol + 1) {
			eol = strchr(pos, '\n');
			assert_non_null(eol);
			assert_true(eol - pos <= 76);
		}
		unbase64(&got, mm_buf_str(&text), text.len);
		assert_int_equal(got.len, len);
		if (len > 0)
			assert_memory_equal(got.data, data, len);
		mm_buf_clear(&text);
		mm_buf_clear(&got);
	}
}

static void test_date(void **state)
{
	static const struct {
		const char *zone, *want;
	} cases[] = {
		{ "UTC0", "Tue, 14 Nov 2023 22:13:20 +0000" },
		{ "JST-9", "Wed, 15 Nov 2023 07:13:20 +0900" },
		{ "NST3:30", "Tue, 14 Nov 2023 18:43:20 -0330" },
	};
	struct mm_buf out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(setenv("TZ", cases[i].zone, 1), 0);
		tzset();
		mm_buf_init(&out, 256);
		assert_int_equal(mm_mailtext_date(&out, 1700000000), 0);
		assert_string_equal(mm_buf_str(&out), cases[i].want);
		mm_buf_clear(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_header_offsets),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
