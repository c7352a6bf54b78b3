/*
 * Structure that clients read in ways of their own: headers, boundaries, parts.
 * Public research has a class for each of the tables here: ambiguous header
 * fields, malformed structure, and messages in other containers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/unit/inspect/readings_samples.h"

#define VERSION "MIME-Version: 1.0\n"
#define MIXED VERSION "Content-Type: multipart/mixed; "
#define TEXT "\nContent-Type: text/plain\n\nhello\n"
#define TYPE "Content-Type: application/octet-stream; name=e.dat\n"
#define BASE64 "Content-Transfer-Encoding: base64\n"
#define QUOTED "Content-Transfer-Encoding: quoted-printable\n"
#define FILE64 "\n" TYPE BASE64 "\n{base64}\n"

/* A mail whose second part has this header. */
#define PART(header, body) \
	MIXED "boundary=xx\n\n--xx" TEXT "--xx\n" header "\n" body "\n--xx--\n"

/* A mail with this parameter list, and this behind the dashes. */
#define BOUNDED(parameters, boundary) \
	MIXED parameters "\n\n--" boundary TEXT "--" boundary FILE64 \
			 "--" boundary "--\n"

#define WHY_TYPE "ambiguous: duplicate Content-Type"
#define WHY_CTE "ambiguous: duplicate Content-Transfer-Encoding"
#define WHY_ODD_CTE "ambiguous: Content-Transfer-Encoding"
#define WHY_HEADER "ambiguous: malformed header"
#define WHY_CONTROL "ambiguous: control character"
#define WHY_SEVERAL "ambiguous: several boundaries"
#define WHY_BOUNDARY "ambiguous: boundary"
#define WHY_STRUCTURE "ambiguous: structure"

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
		       "Content-Disposition: attachment; filename=b.dat\n" BASE64,
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

static void test_boundaries(void **state)
{
	static const struct sample samples[] = {
		{ "the first", BOUNDED("boundary=xx; boundary=yy", "xx"),
		  WHY_SEVERAL },
		{ "the last", BOUNDED("boundary=yy; boundary=xx", "xx"),
		  WHY_SEVERAL },
		{ "with a comma", BOUNDED("boundary=yy, boundary=xx", "xx"),
		  WHY_SEVERAL },
		{ "RFC 2231", BOUNDED("boundary*0=x; boundary*1=x", "xx"),
		  NULL },
		{ "RFC 2231, encoded",
		  BOUNDED("boundary*=us-ascii''x%78", "xx"), NULL },
		{ "RFC 2231, and another",
		  BOUNDED("boundary*0=x; boundary*1=x; boundary=yy", "xx"),
		  WHY_SEVERAL },
		{ "RFC 2231, and another, which holds",
		  BOUNDED("boundary*0=x; boundary*1=x; boundary=yy", "yy"),
		  WHY_SEVERAL },
		{ "in quotes, with more", BOUNDED("boundary=\"x\"x", "x"),
		  WHY_BOUNDARY },
		{ "in quotes, with more, joined",
		  BOUNDED("boundary=\"x\"y", "xy"), WHY_BOUNDARY },
		{ "in quotes, with more, the rest",
		  BOUNDED("boundary=\"x\"y", "y"), WHY_BOUNDARY },
		{ "an open quote", BOUNDED("boundary=\"xx", "xx"),
		  WHY_BOUNDARY },
		{ "escaped", BOUNDED("boundary=\"x\\x\"", "xx"), WHY_BOUNDARY },
		{ "escaped, taken as it is",
		  BOUNDED("boundary=\"x\\x\"", "x\\x"), WHY_BOUNDARY },
		{ "a blank inside", BOUNDED("boundary=x y", "x y"),
		  WHY_BOUNDARY },
		{ "a blank inside, cut", BOUNDED("boundary=x y", "x"),
		  WHY_BOUNDARY },
		{ "a comment behind", BOUNDED("boundary=xx(y)", "xx"),
		  WHY_BOUNDARY },
		{ "a comment as a part of it",
		  BOUNDED("boundary=xx(y)", "xx(y)"), WHY_BOUNDARY },
		{ "a comment in the middle", BOUNDED("boundary=x(y)x", "xx"),
		  WHY_BOUNDARY },
		{ "empty", BOUNDED("boundary=\"\"", ""), WHY_BOUNDARY },
		{ "a NUL inside", BOUNDED("boundary=x{0}y", "x"), WHY_CONTROL },
		{ "an encoded word",
		  BOUNDED("boundary==?utf-8?q?xx?=", "=?utf-8?q?xx?="),
		  WHY_BOUNDARY },
		{ "a line end before it", BOUNDED("boundary=\n xx", "xx"),
		  NULL },
		{ "a blank before the equals sign",
		  BOUNDED("boundary =xx", "xx"), NULL },
		{ "no semicolon",
		  VERSION
		  "Content-Type: multipart/mixed boundary=xx\n\n--xx" FILE64
		  "--xx--\n",
		  WHY_STRUCTURE },
		{ "another one in the text", BOUNDED("boundary=yy", "xx"),
		  WHY_STRUCTURE },
		{ "none at all",
		  VERSION "Content-Type: multipart/mixed\n\n--xx" FILE64
			  "--xx--\n",
		  WHY_STRUCTURE },
		{ "blanks behind", BOUNDED("boundary=xx", "xx \t"), NULL },
		{ "blanks before",
		  MIXED "boundary=xx\n\n --xx" FILE64 " --xx--\n",
		  WHY_STRUCTURE },
	};

	(void)state;
	try_samples(samples, COUNT(samples));
}

static void test_parts(void **state)
{
	static const struct sample samples[] = {
		{ "in the preamble",
		  MIXED "boundary=xx\n" FILE64 "--xx" TEXT "--xx--\n",
		  "ambiguous: part outside the parts" },
		{ "in the epilogue",
		  MIXED "boundary=xx\n\n--xx" TEXT "--xx--\n" FILE64,
		  "ambiguous: part outside the parts" },
		{ "behind the end",
		  MIXED "boundary=xx\n\n--xx" TEXT "--xx--\n\n--xx" FILE64
			"--xx--\n",
		  "ambiguous: part behind the end" },
		{ "no end", MIXED "boundary=xx\n\n--xx" FILE64, NULL },
		{ "no end of the inner one",
		  MIXED
		  "boundary=xx\n\n--xx\n"
		  "Content-Type: multipart/mixed; boundary=yy\n\n--yy" FILE64
		  "--xx--\n",
		  NULL },
		{ "a boundary that begins like the outer one",
		  MIXED
		  "boundary=xx\n\n--xx\n"
		  "Content-Type: multipart/mixed; boundary=xxy\n\n--xxy" FILE64
		  "--xxy--\n--xx--\n",
		  NULL },
		{ "an outer boundary that begins like the inner one",
		  MIXED
		  "boundary=xxy\n\n--xxy\n"
		  "Content-Type: multipart/mixed; boundary=xx\n\n--xx" FILE64
		  "--xx--\n--xxy--\n",
		  NULL },
		{ "the inner parts by the outer boundary",
		  MIXED
		  "boundary=xx\n\n--xx\n"
		  "Content-Type: multipart/mixed; boundary=yy\n\n--xx" FILE64
		  "--xx--\n",
		  NULL },
		{ "CR before the boundary",
		  MIXED "boundary=xx\n\n--xx\n\nhello\r--xx" FILE64 "--xx--\n",
		  WHY_STRUCTURE },
		{ "CR behind the boundary",
		  MIXED "boundary=xx\r\r--xx\r" TYPE BASE64
			"\r{base64}\r--xx--\r",
		  WHY_STRUCTURE },
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
		  "^X-A: b\nX-B: c\nContent-Type: application/x; name=e\n" BASE64
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
	assert_true(has_detail(&report, MM_KIND_LIMIT, "message/partial"));
	mm_report_clear(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_boundaries),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_partial),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
