/*
 * What a message may have of everything that costs a parser much: one more is
 * told before anybody takes the message apart.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/inspect_fixture.h"
#include "mamorid/inspect/mime.h"
#include "mamorid/inspect/mime_bounds.h"

#define PARTS 10000u
#define HEADERS 100000u
#define HEAD "From: a@b\nSubject: s\n"
#define BASE64 "Content-Transfer-Encoding: base64\n\n"

static void repeat(struct mm_buf *out, const char *head, const char *text,
		   size_t times)
{
	mm_buf_init(out, MAIL_MAX);
	assert_int_equal(mm_buf_puts(out, head), 0);
	for (size_t i = 0; i < times; i++)
		assert_int_equal(mm_buf_put(out, text, strlen(text)), 0);
}

static const char *bounds_of(const struct mm_buf *mail)
{
	return mm_mime_bounds((const unsigned char *)mail->data, mail->len,
			      PARTS, HEADERS);
}

static void test_counts(void **state)
{
	static const struct {
		const char *name;
		const char *head;
		const char *text;
		size_t most;	/* that pass */
		const char *want;
	} cases[] = {
		{ "lines", "", "a\n", 4u << 20, "lines" },
		{ "lines of CR", "", "a\r", 4u << 20, "lines" },
		{ "lines of CR LF", "", "a\r\n", 4u << 20, "lines" },
		{ "lines that may begin a part", "", "--\n", 100000, "parts" },
		{ "the same with CR", "", "--\r", 100000, "parts" },
		{ "begin of uuencode", "", "begin 644 x\n", PARTS, "parts" },
		{ "begin-base64", "", "begin-base64 644 x\n", PARTS, "parts" },
		{ "begin of yEnc", "", "=ybegin x\n", PARTS, "parts" },
		{ "mark of BinHex", "",
		  "(This file must be converted with BinHex 4.0)\n", PARTS,
		  "parts" },
		{ "the word", "", "begin the day\n", 2 * PARTS, NULL },
		{ "MIME headers", "", "Content-X: a\n", HEADERS, "headers" },
		{ "MIME headers with CR", "", "Content-X: a\r", HEADERS,
		  "headers" },
		{ "parameters", "content-type: a", ";\n p=v",
		  (2u << 20) / 6 - 3, "headers" },
		{ "other folded text", "X: a", ";\n p=v", (2u << 20) / 2,
		  NULL },
		{ "addresses", "To : ", "a@b,\n ", (4u << 20) / 6 - 1,
		  "headers" },
		{ "more than addresses", "Top: ", "a@b,\n ", 4u << 18, NULL },
		{ "mailbox lines", "", "From a@b Thu Jan 1 00:00:00 2026\n",
		  200000, NULL },
		{ "groups", "Cc:", " a:", 9999, "headers" },
		{ "short fields with colons", "", "Cc: a:b;\n", 20000, NULL },
		{ "junk in base64", BASE64, "!", 16u << 20, "encoded text" },
		{ "junk in what may be base64",
		  "content-transfer-encoding : x\n\n", "!", 16u << 20,
		  "encoded text" },
		{ "junk in other text",
		  "Content-Transfer-Encoding: 8Bit \r\n\n", "!", 20u << 20,
		  NULL },
		{ "base64", BASE64, "QUJD\r\n", (20u << 20) / 6, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mm_buf mail;
		const char *limit;

		repeat(&mail, cases[i].head, cases[i].text, cases[i].most);
		limit = bounds_of(&mail);
		print_message("%s: %s\n", cases[i].name,
			      limit != NULL ? limit : "none");
		assert_null(limit);
		assert_int_equal(mm_buf_puts(&mail, cases[i].text), 0);
		limit = bounds_of(&mail);
		if (cases[i].want == NULL)
			assert_null(limit);
		else
			assert_string_equal(limit, cases[i].want);
		mm_buf_clear(&mail);
	}
}

/* The message is not read, but for its header. */
static void test_refused(void **state)
{
	static const struct mm_mime_limits limits = {
		.parts = PARTS, .deadline = MM_DEADLINE_NONE,
	};
	struct mm_report report;
	struct mm_buf buf;
	struct mm_mail mail;

	(void)state;
	repeat(&buf, HEAD "\n", "begin 644 x\n", PARTS + 1);
	mm_mime_read((const unsigned char *)buf.data, buf.len, &limits, &mail);
	assert_true(mail.refused);
	assert_string_equal(mail.limit, "parts");
	assert_string_equal(mail.subject, "s");
	assert_string_equal(mail.from, "a@b");
	assert_int_equal(mail.count, 0);
	mm_mime_clear(&mail);

	fix_inspect(engine, &conf, buf.data, buf.len, &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_NOT_CHECKED);
	assert_int_equal(report.findings.count, 1);
	assert_string_equal(report.findings.list[0].detail, "parts");
	assert_string_equal(report.findings.subject, "s");
	mm_report_clear(&report);
	mm_buf_clear(&buf);

	/* Not even that. */
	repeat(&buf, "To:", " a:", 20000);
	mm_mime_read((const unsigned char *)buf.data, buf.len, &limits, &mail);
	assert_true(mail.refused);
	assert_null(mail.from);
	mm_mime_clear(&mail);
	mm_buf_clear(&buf);
}

/* A mail that came encoded in another one. */
static void test_inner(void **state)
{
	struct mm_report report;
	struct mm_buf inner;
	struct mm_buf mail;

	(void)state;
	repeat(&inner, "Received: x\n" HEAD "\n", "begin 644 x\n", PARTS + 1);
	fix_mail(&mail, "Content-Type: message/rfc822\n"
		 "Content-Transfer-Encoding: base64\n", inner.data, inner.len);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	fix_print("inner", &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_NOT_CHECKED);
	assert_non_null(fix_find(&report, MM_KIND_LIMIT, "2"));
	assert_string_equal(fix_find(&report, MM_KIND_LIMIT, "2")->detail,
			    "parts");
	mm_report_clear(&report);
	mm_buf_clear(&inner);
	mm_buf_clear(&mail);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_inner),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
