/*
 * Which mails are of the simplest form, and that nothing is missed in them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/fixture.h"
#include "mamorid/inspect/plain_mail.h"

#define HEAD "From: a@b\nSubject: x\nMIME-Version: 1.0\n"
#define MIXED HEAD "Content-Type: multipart/mixed; boundary=\"b=1\"\n\n"
#define TEXT "--b=1\nContent-Type: text/plain; charset=utf-8\n\nhello\n"
#define FILE_ "--b=1\nContent-Type: application/pdf; name=\"a.pdf\"\n" \
	"Content-Disposition: attachment; filename=a.pdf\n" \
	"Content-Transfer-Encoding: base64\n\n"
#define END "--b=1--\n"

static const struct {
	const char *name;
	const char *mail;
	bool plain;
} cases[] = {
	{ "no MIME", "From: a@b\n\nhello\n\nworld\n", true },
	{ "crlf", "From: a@b\r\n\r\nhello\r\n", true },
	{ "text/plain", HEAD "Content-Type: text/plain; charset=utf-8\n"
	  "Content-Transfer-Encoding: 8bit\n\nhello\n-- \nme\n", true },
	{ "folded", HEAD "Content-Type: text/plain;\n\tcharset=\"utf-8\";\n"
	  " format=flowed\n\nhello\n", true },
	{ "mixed", MIXED TEXT FILE_ "QUJDRA==\n" END, true },
	{ "mixed, blank lines", MIXED "\n" TEXT "\n" FILE_ "QUJDRA==\n\n\n" END
	  "\n", true },
	{ "mixed, two lines", MIXED TEXT FILE_ "QUJDREVG\nQUJD\n" END, true },

	{ "7bit", HEAD "Content-Transfer-Encoding: 7bit\n\nDear all,\n\n"
	  "hello\n", true },
	{ "7bit, ISO-2022-JP", HEAD "Content-Type: text/plain;"
	  " charset=ISO-2022-JP\nContent-Transfer-Encoding: 7bit\n\n"
	  "\033$B$\"<a\033(B\nhello\n", true },
	{ "a tag behind ISO-2022-JP", HEAD
	  "Content-Type: text/plain; charset=ISO-2022-JP\n\n"
	  "\033$B$\"\033(B <a>\n", false },
	{ "7bit in a part", MIXED "--b=1\nContent-Transfer-Encoding: 7bit\n\n"
	  "to you\n" FILE_ "QUJDRA==\n" END, true },
	{ "7bit, a long word", HEAD "Content-Transfer-Encoding: 7bit\n\n"
	  "Dear all,\nQUJDREVGR0hJSktM\n", false },
	{ "7bit, one word", HEAD "Content-Transfer-Encoding: 7bit\n\n"
	  "hello\n", false },
	{ "7bit, base64 in a part", MIXED "--b=1\n"
	  "Content-Transfer-Encoding: 7bit\n\naGVsbG8=\n\n" FILE_
	  "QUJDRA==\n" END, false },

	{ "html tag", "From: a@b\n\n<a href=x>\n", false },
	{ "html", HEAD "Content-Type: text/html\n\nhello\n", false },
	{ "uuencode", "From: a@b\n\nbegin 644 x\n", false },
	{ "uuencode, indented", "From: a@b\n\n \tBEGIN 644 x\n", false },
	{ "yEnc", "From: a@b\n\n=ybegin line=128\n", false },
	{ "binhex", "From: a@b\n\n(This file must be converted\n", false },
	{ "bounce", "From: a@b\n\nContent-Transfer-Encoding: base64\n",
	  false },
	{ "delimiter", "From: a@b\n\n--x\n", false },
	{ "bare CR", "From: a@b\n\nhel\rlo\n", false },
	{ "no blank line", "From: a@b\nSubject: x\n", false },
	{ "no headers at all", "hello\nworld\n\nhello\n", false },
	{ "blank in a header name", "From : a@b\n\nhello\n", false },
	{ "header without a name", ": a@b\n\nhello\n", false },
	{ "quoted-printable", HEAD "Content-Transfer-Encoding: "
	  "quoted-printable\n\nhello\n", false },
	{ "base64 text", HEAD "Content-Transfer-Encoding: base64\n\n"
	  "aGVsbG8=\n", false },
	{ "quoted encoding", HEAD "Content-Transfer-Encoding: \"7bit\"\n\n"
	  "hello\n", false },
	{ "encoding with a comment", HEAD "Content-Transfer-Encoding: 7bit "
	  "(x)\n\nhello\n", false },
	{ "base64 that is called 7bit", HEAD "Content-Transfer-Encoding: "
	  "7bit\n\naGVsbG8=\n", false },
	{ "two encodings", HEAD "Content-Transfer-Encoding: 7bit\n"
	  "Content-Transfer-Encoding: base64\n\nhello\n", false },
	{ "two types", HEAD "Content-Type: text/plain\n"
	  "Content-Type: text/html\n\nhello\n", false },
	{ "an empty type, and one", HEAD "Content-Type:\n"
	  "Content-Type: text/html\n\nhello\n", false },
	{ "strange content header", HEAD "Content-Foo: x\n\nhello\n", false },
	{ "text with a name", HEAD "Content-Type: text/plain; name=a\n\n"
	  "hello\n", false },
	{ "text as a file", HEAD "Content-Disposition: attachment\n\n"
	  "hello\n", false },
	{ "UTF-7", HEAD "Content-Type: text/plain; charset=UTF-7\n\n"
	  "hello\n", false },
	{ "UTF-16", HEAD "Content-Type: text/plain; charset=utf-16le\n\n"
	  "hello\n", false },
	{ "type without a slash", HEAD "Content-Type: text\n\nhello\n",
	  false },
	{ "type with a comment", HEAD "Content-Type: text/plain (x)\n\n"
	  "hello\n", false },
	{ "unknown parameter", HEAD "Content-Type: text/plain; x=y\n\n"
	  "hello\n", false },
	{ "one part alone, a file", HEAD "Content-Type: application/pdf\n"
	  "Content-Transfer-Encoding: base64\n\nQUJD\n", false },
	{ "RFC 2231 boundary", HEAD "Content-Type: multipart/mixed;"
	  " boundary*0=b; boundary*1=1\n\n--b1\n\nhello\n--b1--\n", false },
	{ "two boundaries", HEAD "Content-Type: multipart/mixed; boundary=a;"
	  " boundary=b\n\n--a\n\nhello\n--a--\n", false },
	{ "no boundary", HEAD "Content-Type: multipart/mixed\n\nhello\n",
	  false },
	{ "alternative", HEAD "Content-Type: multipart/alternative;"
	  " boundary=b\n\n--b\n\nhello\n--b--\n", false },
	{ "preamble", MIXED "hello\n" TEXT END, false },
	{ "epilogue", MIXED TEXT END "hello\n", false },
	{ "no end", MIXED TEXT, false },
	{ "longer delimiter", MIXED TEXT "--b=12\n\nhello\n" END, false },
	{ "two texts", MIXED TEXT TEXT END, false },
	{ "part in a part", MIXED "--b=1\nContent-Type: multipart/mixed;"
	  " boundary=c\n\n--c\n\nhello\n--c--\n" END, false },
	{ "message in a part", MIXED "--b=1\nContent-Type: message/rfc822\n\n"
	  "From: a@b\n\nhello\n" END, false },
	{ "html in a part", MIXED "--b=1\nContent-Type: text/html\n\nx\n" END,
	  false },
	{ "file that is not encoded", MIXED TEXT "--b=1\nContent-Type: "
	  "application/pdf\n\nhello\n" END, false },
	{ "base64 with a blank", MIXED TEXT FILE_ "QUJD QUJD\n" END, false },
	{ "base64 of odd lengths", MIXED TEXT FILE_ "QUJD\nQUJDREVG\n" END,
	  false },
	{ "base64 cut off", MIXED TEXT FILE_ "QUJDR\n" END, false },
	{ "text behind base64", MIXED TEXT FILE_ "QUI=\n\nhello\n" END,
	  false },
	{ "base64 goes on behind its end", MIXED TEXT FILE_ "QUI=\nQUJD\n" END,
	  false },
};

static bool is_plain(const char *text, size_t len)
{
	struct mm_mime_limits limits = { .parts = 100,
					 .deadline = MM_DEADLINE_NONE };
	struct mm_mail mail;
	bool plain;

	mm_mime_read((const unsigned char *)text, len, &limits, &mail);
	plain = mm_plain_mail((const unsigned char *)text, len, &mail);
	mm_mime_clear(&mail);
	return plain;
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* Copied, so that reading beyond the end shows. */
		size_t len = strlen(cases[i].mail);
		char *copy = malloc(len);

		assert_non_null(copy);
		memcpy(copy, cases[i].mail, len);
		print_message("%s\n", cases[i].name);
		assert_int_equal(is_plain(copy, len), cases[i].plain);
		free(copy);
	}
}

static void test_nul_and_long_lines(void **state)
{
	static const char nul[] = "From: a@b\n\nhel\0lo\n";
	char mail[1100] = "From: a@b\n\n";
	size_t len = strlen(mail);

	(void)state;
	assert_false(is_plain(nul, sizeof(nul) - 1));
	memset(mail + len, 'x', 998);
	assert_true(is_plain(mail, len + 998));
	mail[len + 998] = 'x';
	assert_false(is_plain(mail, len + 999));
}

/* Cut anywhere, it is either no longer plain or has the parts it had. */
static void test_truncated(void **state)
{
	static const char mail[] = MIXED TEXT FILE_ "QUJDREVG\nQUJD\n" END;

	(void)state;
	for (size_t len = 0; len < sizeof(mail) - 2; len++)
		assert_false(is_plain(mail, len));
	assert_true(is_plain(mail, sizeof(mail) - 1));
}

/* GMime sees another number of parts: not plain. */
static void test_gmime_must_agree(void **state)
{
	static const char text[] = "From: a@b\n\nhello\n";
	struct mm_mail mail = { .count = 2 };

	(void)state;
	assert_false(mm_plain_mail((const unsigned char *)text,
				   sizeof(text) - 1, &mail));
	mail.count = 1;
	assert_true(mm_plain_mail((const unsigned char *)text,
				  sizeof(text) - 1, &mail));
	mail.limit = "parts";
	assert_false(mm_plain_mail((const unsigned char *)text,
				   sizeof(text) - 1, &mail));
}

static void write_hex(struct mm_buf *line, const char *text)
{
	for (; *text != '\0'; text++)
		assert_int_equal(mm_buf_printf(line, "%02x",
				 (unsigned int)(unsigned char)*text), 0);
}

/* A signature for texts in mails, one for mails, one for any file: each in the
 * only place where it can be. */
static void test_all_is_found(void **state)
{
	static const struct {
		const char *name;
		const char *mail;
		const char *part;
		const char *detail;
	} found[] = {
		{ "mail, header", "From: a@b\nSubject: of a mail\n\nhello\n",
		  "", "Test.Mail.UNOFFICIAL" },
		{ "mail, body", "From: a@b\n\nhello of a mail\n", "",
		  "Test.Mail.UNOFFICIAL" },
		{ "text in a mail", "From: a@b\n\nhello bound text\n", "1",
		  "Test.Bound.UNOFFICIAL" },
		{ "normalized text", "From: a@b\n\nA   Normal\n   TEXT\n", "1",
		  "Test.Text.UNOFFICIAL" },
		{ "attachment", MIXED TEXT FILE_ "Ym91bmQgdGV4dA==\n" END,
		  "2", "Test.Bound.UNOFFICIAL" },
	};
	struct mm_engine *engine;
	struct mm_report report;
	struct mm_conf conf;
	struct mm_buf lines;
	char path[128];

	(void)state;
	mm_buf_init(&lines, 65536);
	assert_int_equal(mm_buf_puts(&lines, "Test.Mail;Engine:51-255,"
				     "Target:4;0;"), 0);
	write_hex(&lines, "of a mail");
	assert_int_equal(mm_buf_puts(&lines, "\nTest.Bound;"
		"Engine:51-255,Container:CL_TYPE_MAIL,Target:0;0;"), 0);
	write_hex(&lines, "bound text");
	assert_int_equal(mm_buf_puts(&lines, "\nTest.Text;Engine:51-255,"
				     "Target:7;0;"), 0);
	write_hex(&lines, "a normal text");
	assert_int_equal(mm_buf_puts(&lines, "\n"), 0);
	snprintf(path, sizeof(path), "%s/test.ldb", fix_db);
	fix_write(path, lines.data, lines.len);
	mm_buf_clear(&lines);
	assert_int_equal(mm_conf_init(&conf), 0);
	engine = fix_engine(&conf);
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
		const struct mm_finding *got;

		assert_true(is_plain(found[i].mail, strlen(found[i].mail)));
		fix_inspect(engine, &conf, found[i].mail,
			    strlen(found[i].mail), &report);
		fix_print(found[i].name, &report);
		got = fix_find(&report, MM_KIND_VIRUS, found[i].part);
		assert_non_null(got);
		assert_string_equal(got->detail, found[i].detail);
		mm_report_clear(&report);
	}
	mm_engine_free(&engine);
	mm_conf_clear(&conf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_nul_and_long_lines),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_gmime_must_agree),
		cmocka_unit_test(test_all_is_found),
	};

	return cmocka_run_group_tests(tests, fix_open, fix_close);
}
