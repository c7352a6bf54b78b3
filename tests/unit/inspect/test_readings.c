/*
 * Structure that clients read in ways of their own: headers, and messages in
 * other containers.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/readings_parts.h"

static void test_encodings(void **state)
{
	static const struct sample samples[] = {
		{ "base64, then quoted-printable",
		  PART(TYPE BASE64 QUOTED, "{base64}"), WHY_CTE },
		{ "quoted-printable, then base64",
		  PART(TYPE QUOTED BASE64, "{base64}"), WHY_CTE },
		{ "7bit, then base64",
		  PART("Content-Transfer-Encoding: 7bit\n" TYPE BASE64,
		       "{base64}"),
		  WHY_CTE },
		{ "base64, then unknown",
		  PART(BASE64 "Content-Transfer-Encoding: foo\n", "{base64}"),
		  WHY_CTE },
		{ "three of them", PART(QUOTED BASE64 BASE64, "{quoted}"),
		  WHY_CTE },
		{ "in a list",
		  PART("Content-Transfer-Encoding: base64, 7bit\n", "{base64}"),
		  WHY_ODD_CTE },
		{ "second in a list",
		  PART("Content-Transfer-Encoding: 7bit, base64\n", "{base64}"),
		  WHY_ODD_CTE },
		{ "in quotes",
		  PART("Content-Transfer-Encoding: \"base64\"\n", "{base64}"),
		  WHY_ODD_CTE },
		{ "with a comment",
		  PART("Content-Transfer-Encoding: (x) base64\n", "{base64}"),
		  WHY_ODD_CTE },
		{ "with a comment inside",
		  PART("Content-Transfer-Encoding: bas(x)e64\n", "{base64}"),
		  WHY_ODD_CTE },
		{ "cut by a line end",
		  PART("Content-Transfer-Encoding: bas\n e64\n", "{base64}"),
		  WHY_ODD_CTE },
		{ "with junk behind",
		  PART("Content-Transfer-Encoding: base64;\n", "{base64}"),
		  WHY_ODD_CTE },
		{ "wrong name",
		  PART("Content-Transfer-Encoding: base-64\n", "{base64}"),
		  WHY_ODD_CTE },
		{ "unknown",
		  PART("Content-Transfer-Encoding: foo\n", "{base64}"),
		  WHY_ODD_CTE },
		{ "empty", PART("Content-Transfer-Encoding:\n", "{base64}"),
		  WHY_ODD_CTE },
		{ "an encoded word",
		  PART("Content-Transfer-Encoding: =?utf-8?q?base64?=\n",
		       "{base64}"),
		  WHY_ODD_CTE },
		{ "quoted-printable with junk",
		  PART("Content-Transfer-Encoding: quoted-printable-x\n",
		       "{quoted}"),
		  WHY_ODD_CTE },
		{ "another case",
		  PART("cOnTent-tRansfer-enCoding:bAsE64\n", "{base64}"),
		  NULL },
		{ "blanks around",
		  PART("Content-Transfer-Encoding:   base64 \t\n", "{base64}"),
		  NULL },
		{ "in the next line",
		  PART("Content-Transfer-Encoding:\n base64\n", "{base64}"),
		  NULL },
		{ "a NUL inside",
		  PART("Content-Transfer-Encoding: bas{0}e64\n", "{base64}"),
		  WHY_CONTROL },
	};

	(void)state;
	try_samples(samples, COUNT(samples));
}

static void test_headers(void **state)
{
	static const struct sample samples[] = {
		{ "a blank before the colon",
		  PART("Content-Transfer-Encoding : base64\n", "{base64}"),
		  WHY_HEADER },
		{ "a blank before the name",
		  PART(TYPE " Content-Transfer-Encoding: base64\n", "{base64}"),
		  WHY_HEADER },
		{ "a blank before the first name",
		  PART(" Content-Transfer-Encoding: base64\n" TYPE, "{base64}"),
		  WHY_HEADER },
		{ "a NUL before the name",
		  PART("{0}Content-Transfer-Encoding: base64\n", "{base64}"),
		  WHY_HEADER },
		{ "a NUL behind the name",
		  PART("Content-Transfer-Encoding{0}: base64\n", "{base64}"),
		  WHY_HEADER },
		{ "a comment before the colon",
		  PART("Content-Transfer-Encoding(x): base64\n", "{base64}"),
		  WHY_HEADER },
		{ "a colon in the next line",
		  PART("Content-Transfer-Encoding\n : base64\n", "{base64}"),
		  WHY_HEADER },
		{ "a broken name",
		  PART("Content-Transfe(r-Encoding: base64\n", "{base64}"),
		  WHY_ODD_CTE },
		{ "a vertical tab",
		  PART("Content-Transfer-Encoding:\vbase64\n", "{base64}"),
		  WHY_CONTROL },
		{ "a form feed in the type",
		  PART(BASE64 "Content-Type: application/x;\fname=e\n",
		       "{base64}"),
		  WHY_CONTROL },
		{ "CR alone",
		  PART("X-A: b\rContent-Transfer-Encoding: "
		       "base64\r",
		       "{base64}"),
		  WHY_STRUCTURE },
		{ "CR behind a folded line",
		  PART(TYPE "X-A: b\r Content-Transfer-Encoding: base64\n",
		       "{base64}"),
		  WHY_ODD_CTE },
		{ "an empty line too early",
		  PART("X-A: b\n\n" BASE64, "{base64}"), NULL },
		{ "an empty line too early, with a type",
		  PART(TYPE "\n" BASE64, "{base64}"),
		  "ambiguous: end of a header" },
		{ "a line of blanks", PART(TYPE " \t\n" BASE64, "{base64}"),
		  WHY_STRUCTURE },
		{ "no empty line", PART(TYPE BASE64 "{base64}", ""),
		  WHY_STRUCTURE },
		{ "a line that is no header",
		  PART(TYPE "nothing of the kind\n" BASE64, "{base64}"), NULL },
		{ "no MIME-Version",
		  "Content-Type: multipart/mixed; boundary=xx\n\n--xx" FILE64
		  "--xx--\n",
		  NULL },
		{ "a mailbox line first",
		  "^From a@b Mon Jan  1 00:00:00 2024\nSubject: s\n" MIXED
		  "boundary=xx\n\n--xx" FILE64 "--xx--\n",
		  NULL },
		{ "empty lines first",
		  "^\n\n" MIXED "boundary=xx\n\n--xx" FILE64 "--xx--\n",
		  "ambiguous: empty line before the header" },
	};

	(void)state;
	try_samples(samples, COUNT(samples));
}

static void test_types(void **state)
{
	static const struct sample samples[] = {
		{ "multipart, then text",
		  VERSION "Content-Type: multipart/mixed; boundary=xx\n"
			  "Content-Type: text/plain\n\n--xx" FILE64 "--xx--\n",
		  WHY_TYPE },
		{ "text, then multipart",
		  VERSION
		  "Content-Type: text/plain\n"
		  "Content-Type: multipart/mixed; boundary=xx\n\n--xx" FILE64
		  "--xx--\n",
		  WHY_TYPE },
		{ "two multiparts",
		  MIXED
		  "boundary=yy\n"
		  "Content-Type: multipart/mixed; boundary=xx\n\n--xx" FILE64
		  "--xx--\n",
		  WHY_TYPE },
		{ "two in one",
		  VERSION "Content-Type: text/plain, multipart/mixed; "
			  "boundary=xx\n\n--xx" FILE64 "--xx--\n",
		  WHY_STRUCTURE },
		{ "a part of two types",
		  PART("Content-Type: text/plain\n" TYPE BASE64, "{base64}"),
		  WHY_TYPE },
		{ "two dispositions",
		  PART(TYPE
		       "Content-Disposition: inline\n"
		       "Content-Disposition: attachment; filename=b\n" BASE64,
		       "{base64}"),
		  "ambiguous: duplicate Content-Disposition" },
		{ "a NUL in the type",
		  VERSION "Content-Type: multi{0}part/mixed; boundary=xx\n\n"
			  "--xx" FILE64 "--xx--\n",
		  WHY_CONTROL },
		{ "an encoded multipart",
		  VERSION BASE64 "Content-Type: multipart/mixed; boundary=xx"
				 "\n\n--xx" FILE64 "--xx--\n",
		  NULL },
	};

	(void)state;
	try_samples(samples, COUNT(samples));
}

static void test_messages(void **state)
{
	static const struct sample samples[] = {
		{ "message/rfc822",
		  PART("Content-Type: message/rfc822\n",
		       "Subject: t\n" PART(TYPE BASE64, "{base64}")),
		  NULL },
		{ "message/rfc822 with an unknown first header",
		  PART("Content-Type: message/rfc822\n",
		       "X-A: t\n" PART(TYPE BASE64, "{base64}")),
		  NULL },
		{ "message/external-body that has a body",
		  PART("Content-Type: message/external-body; access-type=x\n",
		       TYPE BASE64 "\n{base64}"),
		  WHY_STRUCTURE },
		{ "a mail without a line that libclamav knows",
		  "^X-A: b\nX-B: c\nContent-Type: application/x; name=e\n"
		  BASE64
		  "\n{base64}\n",
		  NULL },
		{ "multipart/signed with a second part",
		  VERSION "Content-Type: multipart/signed; boundary=xx; "
			  "protocol=\"application/pgp-signature\"\n\n--xx" TEXT
			  "--xx" FILE64 "--xx--\n",
		  NULL },
	};

	(void)state;
	try_samples(samples, COUNT(samples));
}

/* A fragment cannot be judged: it is not checked. */
static void test_partial(void **state)
{
	static const char mail[] =
		"From: a@b\n" VERSION "Content-Type: message/partial; "
		"id=\"1@b\"; number=1; total=2\n\nSubject: x\n\nhello\n";
	struct mm_report report;

	(void)state;
	fix_inspect(engine, &conf, mail, sizeof(mail) - 1, &report);
	fix_print("message/partial", &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_NOT_CHECKED);
	assert_true(has_detail(&report, MM_KIND_LIMIT,
			       "unsupported: message/partial"));
	mm_report_clear(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_partial),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
