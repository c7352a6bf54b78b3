/*
 * Where a part begins and ends, for one client or another: boundaries
 * (CVE-2024-28054), preamble, epilogue, missing ends.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/readings_parts.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_boundaries),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
