/*
 * Texts are stamped in front of others in every character set and encoding,
 * and mail programs still read the result.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/rewrite_fixture.h"

/* What a leaf shows, as UTF-8 from this character set. */
static void leaf_text(const struct mm_mail *mail, size_t i,
		      const char *charset, struct mm_buf *text)
{
	assert_true(i < mail->count);
	mm_buf_init(text, MAX);
	assert_int_equal(mm_encode_charset(charset, "UTF-8",
					   mail->leaves[i].data,
					   mail->leaves[i].size, text), 0);
}

#define PLAIN HEAD "Content-Type: text/plain; charset="
/* "本文" in several character sets */
#define JIS "\x1b$BK\\J8\x1b(B\n"
#define SJIS "\x96{\x95\xb6\n"
#define UTF8 "本文\n"

static void test_charsets(void **state)
{
	static const struct {
		const char *name;
		const char *mail;
		const char *charset;	/* of the new part */
		const char *text;	/* behind the stamp */
		const char *tail;	/* bytes that end the mail as before */
		bool header;
	} cases[] = {
		{ "jis", PLAIN "iso-2022-jp\nContent-Transfer-Encoding: 7bit"
		  "\n\n" JIS, "ISO-2022-JP", UTF8, JIS, false },
		{ "sjis", PLAIN "\"Shift_JIS\"\nContent-Transfer-Encoding: "
		  "8bit\n\n" SJIS, "SHIFT_JIS", UTF8, SJIS, false },
		{ "utf-8", PLAIN "utf-8; format=flowed\n"
		  "Content-Transfer-Encoding: 8bit\n\n" UTF8, "UTF-8", UTF8,
		  UTF8, false },
		{ "base64", PLAIN "utf-8\nContent-Transfer-Encoding: base64\n"
		  "\n5pys\n5paHCg==\n", "UTF-8", UTF8,
		  "\n\n5pys\n5paHCg==\n" + 1, false },
		{ "quoted", PLAIN "utf-8\nContent-Transfer-Encoding: "
		  "Quoted-Printable\n\n=e6=9c=ac=E6=96=87\n", "UTF-8", UTF8,
		  "=e6=9c=ac=E6=96=87\n", false },
		{ "jis, base64", PLAIN "ISO-2022-JP\n"
		  "Content-Transfer-Encoding: base64\n\nGyRCS1xKOBsoQgo=\n",
		  "ISO-2022-JP", UTF8, "GyRCS1xKOBsoQgo=\n", false },
		{ "ascii", HEAD "\nhello\n", "UTF-8", "hello\n", "\n",
		  true },
		{ "empty", HEAD "\n", "UTF-8", "\n", "\n", true },
		{ "empty, 8bit", PLAIN "utf-8\nContent-Transfer-Encoding: "
		  "8bit\n\n", "UTF-8", "\n", "\n", false },
		{ "latin", PLAIN "iso-8859-1\nContent-Transfer-Encoding: "
		  "8bit\n\ncaf\xe9\n", "UTF-8", "café\n", "\n", true },
		{ "7bit utf-8", PLAIN "utf-8; format=flowed\n\nhello\n",
		  "UTF-8", "hello\n", "\n", true },
	};
	const struct mm_rewrite_plan plan = { .stamp = STAMP };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t tail = strlen(cases[i].tail);
		struct mm_rewritten done;
		struct mm_mail again;
		struct mm_buf out, text;

		assert_int_equal(run(cases[i].mail, &plan, &out, &done), 0);
		print_message("%s:\n%s\n", cases[i].name, mm_buf_str(&out));
		assert_int_equal(done.stamped, MM_STAMPED_BODY);
		assert_int_equal(done.header, cases[i].header);
		assert_true(out.len > tail);
		assert_string_equal(out.data + out.len - tail, cases[i].tail);
		read_again(&out, &again);
		assert_int_equal(again.count, 1);
		leaf_text(&again, 0, cases[i].charset, &text);
		assert_memory_equal(text.data, STAMP, strlen(STAMP));
		assert_string_equal(text.data + text.len -
				    strlen(cases[i].text), cases[i].text);
		mm_buf_clear(&text);
		mm_mime_clear(&again);
		mm_buf_clear(&out);
	}
}

/* Base64 goes on after a stamp of any length. */
static void test_base64(void **state)
{
	static const char mail[] = PLAIN "utf-8\n"
		"Content-Transfer-Encoding: base64\n\n5pys5paHCg==\n";
	static const char *const stamps[] = { "a\n", "ab\n", "abc\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(stamps) / sizeof(stamps[0]); i++) {
		const struct mm_rewrite_plan plan = { .stamp = stamps[i] };
		struct mm_rewritten done;
		struct mm_mail again;
		struct mm_buf out, text;

		assert_int_equal(run(mail, &plan, &out, &done), 0);
		assert_null(memchr(strstr(out.data, "\n\n"), '=', 10));
		read_again(&out, &again);
		leaf_text(&again, 0, "UTF-8", &text);
		assert_memory_equal(text.data, stamps[i], strlen(stamps[i]));
		assert_string_equal(text.data + text.len - strlen(UTF8), UTF8);
		mm_buf_clear(&text);
		mm_mime_clear(&again);
		mm_buf_clear(&out);
	}
}

#define HTML_STAMP "<div>&#12372;&#27880;&#24847;: check<br></div>"

static void test_html(void **state)
{
	static const struct {
		const char *mail;
		const char *want;
	} cases[] = {
		{ HEAD "Content-Type: text/html; charset=iso-2022-jp\n\n"
		  "<!DOCTYPE html><html><head><title>x</title></head>"
		  "<body bgcolor='>'>" JIS,
		  HEAD "Content-Type: text/html; charset=iso-2022-jp\n\n"
		  "<!DOCTYPE html><html><head><title>x</title></head>"
		  "<body bgcolor='>'>" HTML_STAMP JIS },
		/* Three kanji that look like a tag. */
		{ HEAD "Content-Type: text/html; charset=iso-2022-jp\n\n"
		  "\x1b$B<body>\x1b(B\n",
		  HEAD "Content-Type: text/html; charset=iso-2022-jp\n\n"
		  HTML_STAMP "\x1b$B<body>\x1b(B\n" },
		{ HEAD "Content-Type: text/html\n\n<p>x</p>\n",
		  HEAD "Content-Type: text/html\n\n" HTML_STAMP
		  "<p>x</p>\n" },
		{ HEAD "Content-Type: text/html; charset=utf-8\n"
		  "Content-Transfer-Encoding: base64\n\nPGJvZHk+eDwvYm9keT4K"
		  "\n", NULL },
		{ HEAD "Content-Type: text/html; charset=utf-8\n"
		  "Content-Transfer-Encoding: quoted-printable\n\n=3Cbody=3E"
		  "x\n", NULL },
	};
	const struct mm_rewrite_plan plan = { .stamp = STAMP };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mm_rewritten done;
		struct mm_mail again;
		struct mm_buf out;

		assert_int_equal(run(cases[i].mail, &plan, &out, &done), 0);
		assert_int_equal(done.stamped, MM_STAMPED_BODY);
		if (cases[i].want != NULL)
			assert_string_equal(mm_buf_str(&out), cases[i].want);
		read_again(&out, &again);
		assert_int_equal(again.count, 1);
		assert_non_null(memmem(again.leaves[0].data,
				       again.leaves[0].size, HTML_STAMP,
				       strlen(HTML_STAMP)));
		mm_mime_clear(&again);
		mm_buf_clear(&out);
	}
}

static void test_alternative(void **state)
{
	static const char mail[] = "From: a@b\r\nMIME-Version: 1.0\r\n"
		"Content-Type: multipart/alternative; boundary=b\r\n\r\n"
		"--b\r\nContent-Type: text/plain; charset=utf-8\r\n"
		"Content-Transfer-Encoding: 8bit\r\n\r\n"
		"x\r\n--b\r\nContent-Type: text/html\r\n\r\n<body>x\r\n"
		"--b--\r\n";
	static const char want[] = "From: a@b\r\nMIME-Version: 1.0\r\n"
		"Content-Type: multipart/alternative; boundary=b\r\n\r\n"
		"--b\r\nContent-Type: text/plain; charset=utf-8\r\n"
		"Content-Transfer-Encoding: 8bit\r\n\r\n"
		"ご注意: check\r\n\r\nx\r\n--b\r\nContent-Type: text/html"
		"\r\n\r\n<body>" HTML_STAMP "x\r\n--b--\r\n";
	const struct mm_rewrite_plan plan = { .stamp = STAMP };
	struct mm_rewritten done;
	struct mm_buf out;

	(void)state;
	assert_int_equal(run(mail, &plan, &out, &done), 0);
	assert_string_equal(mm_buf_str(&out), want);
	assert_false(done.header);
	mm_buf_clear(&out);
}

/* What must not be changed gets the text as a part before it. */
static void test_wrapped(void **state)
{
	static const char *const mails[] = {
		HEAD "Content-Type: multipart/signed; boundary=b;\n"
		" micalg=pgp-sha256; protocol=\"application/pgp-signature\"\n"
		"\n--b\nContent-Type: text/plain\n\nhello\n--b\n"
		"Content-Type: application/pgp-signature\n\nx\n--b--\n",
		HEAD "Content-Type: application/pkcs7-mime; name=smime.p7m\n"
		"Content-Transfer-Encoding: base64\n\nMIIB\n",
		HEAD ATTACHMENT,
		HEAD "Content-Type: text/plain; charset=utf-16\n"
		"Content-Transfer-Encoding: base64\n\n//5oAGkA\n",
		HEAD "Content-Type: text/plain; charset=x-unknown\n\nhello\n",
		"From: a@b\nContent-Type: text/plain;\n charset*=utf-8''utf-8"
		"\n\nhello\n",
	};
	const struct mm_rewrite_plan plan = { .stamp = STAMP };

	(void)state;
	for (size_t i = 0; i < sizeof(mails) / sizeof(mails[0]); i++) {
		const char *content = strstr(mails[i], "Content-Type");
		struct mm_rewritten done;
		struct mm_mail before, again;
		struct mm_buf out;

		assert_int_equal(run(mails[i], &plan, &out, &done), 0);
		print_message("%s\n", mm_buf_str(&out));
		assert_int_equal(done.stamped, MM_STAMPED_PART);
		assert_true(done.header);
		assert_false(done.signed_broken);
		assert_non_null(strstr(mm_buf_str(&out), content));
		mm_mime_read((const unsigned char *)mails[i],
			     strlen(mails[i]), &limits, &before);
		read_again(&out, &again);
		assert_int_equal(again.count, before.count + 1);
		assert_memory_equal(again.leaves[0].data, STAMP,
				    strlen(STAMP) - 1);
		assert_memory_equal(again.leaves[0].data + strlen(STAMP) - 1,
				    "\r\n", 2);
		assert_string_equal(again.leaves[1].mime_type,
				    before.leaves[0].mime_type);
		mm_mime_clear(&before);
		mm_mime_clear(&again);
		mm_buf_clear(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_charsets),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_alternative),
		cmocka_unit_test(test_wrapped),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
