/*
 * Mail as programs really write it: nothing in it is ambiguous.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/readings_samples.h"

#define VERSION "MIME-Version: 1.0\n"
#define HEAD "Date: Mon, 01 Jan 2024 00:00:00 +0900\n" VERSION
#define BASE64 "Content-Transfer-Encoding: base64\n"
#define QUOTED "Content-Transfer-Encoding: quoted-printable\n"
#define SIGNATURE_BLOCK \
	"-----BEGIN PGP SIGNATURE-----\nVersion: GnuPG v2\n\n" \
	"iQEzBAEBCAAdFiEEexampleexampleexampleexampleexampleFAmWSAAAACgkQ\n" \
	"exampleexampleexampleexampleexampleexampleexampleexampleexample/\n" \
	"=aBcD\n-----END PGP SIGNATURE-----\n"

#define OK(name, text) \
	{ \
		name, text, NULL \
	}

static void test_japanese(void **state)
{
	static const struct sample samples[] = {
		OK("ISO-2022-JP, header unencoded", HEAD
		   "X-A: \033$B%F%9%H\033(B\n"
		   "Content-Type: text/plain; charset=ISO-2022-JP\n"
		   "Content-Transfer-Encoding: 7bit\n\n"
		   "\033$B;3ED$G$9!#\033(B\n\033$B!!=P$+$1$^$9!#\033(B=\n"),
		OK("Shift_JIS, no MIME",
		   "X-B: \x83\x65\x83\x58\x83\x67\n\n"
		   "\x8e\x52\x93\x63\x82\xc5\x82\xb7\x81\x42\n-- \n"
		   "\x8e\x52\x93\x63\n"),
		OK("an old mailer",
		   "X-Mailer: Winbiff [Version 2.51 PL2]\n" HEAD
		   "Content-Type: text/plain; charset=ISO-2022-JP\n\n"
		   "\033$B;3ED\033(B=3D\n> begin 644 \033$B$H\033(B\n"),
		OK("a name in raw Shift_JIS",
		   HEAD "Content-Type: multipart/mixed; boundary=\"---=_a\"\n\n"
			"-----=_a\nContent-Type: text/plain; "
			"charset=\"iso-2022-jp\"\n\n\033$B;3ED\033(B\n"
			"-----=_a\nContent-Type: text/csv; "
			"name=\"\x95\x5c.csv\"\n" BASE64
			"Content-Disposition: attachment;\n "
			"filename=\"\x95\x5c.csv\"\n\n{base64}\n-----=_a--\n"),
		OK("a name by RFC 2231", HEAD
		   "Content-Type: multipart/mixed; boundary=b\n\n"
		   "--b\nContent-Type: text/plain; charset=utf-8\n" BASE64
		   "\n5bGx55Sw44Gn44GZ44CCCg==\n--b\n"
		   "Content-Type: application/pdf;\n"
		   " name*0*=utf-8''%E8%AB%8B;\n name*1*=%E6%B1%82.pdf\n" BASE64
		   "Content-Disposition: attachment;\n"
		   " filename*=utf-8''%E8%AB%8B%E6%B1%82.pdf\n\n"
		   "JVBERi0xLjQKJSVFT0YK\n--b--\n"),
		OK("Lotus Notes' boundary",
		   HEAD "Content-Type: multipart/alternative; "
			"boundary=\"=_alternative 0012345678_=\"\n\n"
			"--=_alternative 0012345678_=\n"
			"Content-Type: text/plain; charset=\"ISO-2022-JP\"\n\n"
			"hello\n--=_alternative 0012345678_=\n"
			"Content-Type: text/html; charset=\"ISO-2022-JP\"\n\n"
			"<p>hello</p>\n--=_alternative 0012345678_=--\n"),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++)
		assert_true(try_sample(&samples[i], false));
}

static void test_newsletters(void **state)
{
	static const struct sample samples[] = {
		OK("signed by DKIM and ARC",
		   "DKIM-Signature: v=1; a=rsa-sha256; d=example.com;\n"
		   "\th=From:Subject:MIME-Version:Content-Type:\n"
		   "\t Content-Transfer-Encoding:Content-Disposition;\n"
		   "\tb=ZXhhbXBsZXhhbXBsZXhhbXBsZXhhbXBsZXhhbXBsZXhhbX\n"
		   "\t Content-Type:From=\n" HEAD
		   "List-Unsubscribe: <https://example.com/?a=3D&b=20>\n"
		   "Content-Type: multipart/alternative;\n"
		   "\tboundary=\"----=_Part_1_2.3\"\n\n"
		   "------=_Part_1_2.3\n"
		   "Content-Type: text/plain; charset=UTF-8\n" QUOTED
		   "\nsale=E3=80=82 https://example.com/?a=3D1 =\nmore\n"
		   "------=_Part_1_2.3\n"
		   "Content-Type: text/html; charset=UTF-8\n" QUOTED
		   "\n<a href=3D\"https://example.com/?a=3D1\">x</a>\n"
		   "------=_Part_1_2.3--\n"),
		OK("quoted-printable in name only",
		   HEAD "Content-Type: text/html\n" QUOTED
			"\n<a href=\"https://example.com/?a=b&c=d\">x</a>=\n"),
		OK("words for encodings",
		   HEAD "Content-Type: text/plain; charset=utf-8\n"
			"Content-Transfer-Encoding: 8-bit\n\n"
			"see https://example.com/?m=10&n=20bit for more\n"),
		OK("a character set as the encoding",
		   HEAD "Content-Type: text/plain; charset=utf-8\n"
			"Content-Transfer-Encoding: utf-8\n\nhello there\n"),
		OK("pictures in the text", HEAD
		   "Content-Type: multipart/related; boundary=rel;\n"
		   " type=\"text/html\"\n\n--rel\nContent-Type: text/html\n\n"
		   "<img src=\"cid:1\">\n--rel\nContent-Type: image/png\n"
		   "Content-ID: <1>\n" BASE64
		   "Content-Disposition: inline\n\n{base64}\n\n--rel--\n\n"),
		OK("boundaries that begin alike", HEAD
		   "Content-Type: multipart/mixed; boundary=\"abc\"\n\n"
		   "This is a message with multiple parts in MIME format.\n"
		   "--abc\nContent-Type: multipart/alternative; "
		   "boundary=\"abc-alt\"\n\n--abc-alt\n"
		   "Content-Type: text/plain\n\nhello\n--abc-alt\n"
		   "Content-Type: text/html\n\n<p>hello\n--abc-alt--\n"
		   "--abc\nContent-Type: text/calendar; method=REQUEST\n" BASE64
		   "\n{base64}\n--abc--\n"),
		OK("a list's footer behind base64",
		   HEAD "Content-Type: text/plain; charset=utf-8\n" BASE64
			"\n5bGx55Sw44Gn44GZ44CCCg==\n"
			"_______________________________________________\n"
			"users mailing list\nusers@example.com\n"
			"https://example.com/mailman/listinfo/users\n"),
		OK("a list's footer behind the parts",
		   HEAD "Content-Type: multipart/mixed; boundary=\"b\"\n\n"
			"--b\nContent-Type: text/plain\n\nhello\n--b--\n\n-- \n"
			"users mailing list\n"),
		OK("a digest",
		   HEAD "Content-Type: multipart/digest; boundary=\"d\"\n\n"
			"--d\n\nFrom: a@b\nSubject: 1\n\nfirst\n--d\n"
			"Content-Type: message/rfc822\n\nFrom: a@b\n"
			"Content-Type: text/plain\n" BASE64
			"\naGVsbG8gd29ybGQK\n--d--\n"),
		OK("a draft announced", HEAD
		   "Content-Type: multipart/mixed; boundary=\"n\"\n\n"
		   "--n\n\nA new draft.\n--n\n"
		   "Content-Type: message/external-body; name=\"d.txt\";\n"
		   "\tsite=\"ftp.example.com\"; access-type=\"anon-ftp\"\n\n"
		   "Content-Type: text/plain\nContent-ID: <1@b>\n\n--n--\n"),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++)
		assert_true(try_sample(&samples[i], false));
}

static void test_reports(void **state)
{
	static const struct sample samples[] = {
		OK("a DSN with the message",
		   HEAD "Content-Type: multipart/report; boundary=\"r\"; "
			"report-type=delivery-status\n\n--r\n\nNo such user.\n"
			"--r\nContent-Type: message/delivery-status\n\n"
			"Reporting-MTA: dns; example.com\n\n"
			"Final-Recipient: rfc822; a@b\nStatus: 5.1.1\n\n--r\n"
			"Content-Type: message/rfc822\n\nFrom: a@b\n" VERSION
			"Content-Type: multipart/mixed; boundary=i\n\n--i\n"
			"Content-Type: application/pdf\n" BASE64
			"\nJVBERi0xLjQKJSVFT0YK\n--i--\n\n--r--\n"),
		OK("a DSN with headers only",
		   HEAD "Content-Type: multipart/report; boundary=\"r\"\n\n"
			"--r\n\nNo such user.\n--r\n"
			"Content-Type: text/rfc822-headers\n\nFrom: a@b\n"
			"Content-Type: multipart/mixed; boundary=i\n" BASE64
			"\n--r--\n"),
		OK("a bounce that quotes the message",
		   "\nHi. This is the qmail-send program.\n\n"
		   "<a@b>:\nno such user\n\n"
		   "--- Below this line is a copy of the message.\n\n"
		   "Return-Path: <c@d>\nContent-Type: multipart/mixed; "
		   "boundary=i\n\n--i\nContent-Type: application/pdf\n" BASE64
		   "\nJVBERi0xLjQKJSVFT0YK\n--i--\n"),
		OK("a message that quotes another",
		   HEAD "Content-Type: text/plain\n\nsee below\n\n"
			"-----Original Message-----\nFrom: a@b\nSubject: x\n"
			"Content-Type: text/plain\n" BASE64 "\nhello\n"),
		OK("a patch",
		   HEAD "Content-Type: text/plain; charset=UTF-8\n"
			"Content-Transfer-Encoding: 8bit\n\nFix it.\n\n---\n"
			" a.c | 2 +-\n\ndiff --git a/a.c b/a.c\n--- a/a.c\n"
			"+++ b/a.c\n@@ -1 +1 @@\n-int a = 0x10;\n"
			"+int a = 0x20;\n-- \n2.39.2\n"),
		OK("prose", "\nbegin by reading the first 644 pages\n"
			    "begin 12 weeks from now\nbegin the day\nend\n"
			    "Content: =ybegin and so on; a=b, 1=20.\n"),
		OK("cut off", HEAD
		   "Content-Type: multipart/mixed; boundary=\"c\"\n\n"
		   "--c\nContent-Type: text/plain\n\nhello\n--c\n"
		   "Content-Type: image/png; name=a.png\n" BASE64 "\n{base64}"),
		OK("empty", HEAD),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++)
		assert_true(try_sample(&samples[i], false));
}

static void test_signed(void **state)
{
	static const struct sample samples[] = {
		OK("PGP/MIME", HEAD
		   "Content-Type: multipart/signed; micalg=pgp-sha512;\n"
		   " protocol=\"application/pgp-signature\"; boundary=\"s\"\n\n"
		   "This is an OpenPGP/MIME signed message (RFC 4880)\n--s\n"
		   "Content-Type: multipart/mixed; boundary=\"t\";\n"
		   " protected-headers=\"v1\"\nFrom: a@b\n\n--t\n"
		   "Content-Type: text/plain; charset=UTF-8\n" QUOTED
		   "\nhello=20\n\n--t--\n\n--s\n"
		   "Content-Type: application/pgp-signature; "
		   "name=\"s.asc\"\n\n" SIGNATURE_BLOCK "\n--s--\n"),
		OK("PGP in the text",
		   "\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
		   "hello\n- -- \nme\n" SIGNATURE_BLOCK),
		OK("S/MIME beside the text",
		   HEAD "Content-Type: multipart/signed; boundary=\"s\";\n"
			" protocol=\"application/pkcs7-signature\"\n\n--s\n"
			"Content-Type: text/plain\n\nhello\n--s\n"
			"Content-Type: application/pkcs7-signature; "
			"name=smime.p7s\n" BASE64 "\n{base64}\n--s--\n"),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++)
		assert_true(try_sample(&samples[i], false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_japanese),
		cmocka_unit_test(test_newsletters),
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_signed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
