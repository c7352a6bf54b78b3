/*
 * Content that clients decode in ways of their own: odd base64 and
 * quoted-printable, files in plain text, character sets.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/readings_samples.h"

#define PART(type, encoding, body) \
	"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=xx\n\n" \
	"--xx\nContent-Type: text/plain\n\nhello\n" \
	"--xx\nContent-Type: " type "\n" \
	"Content-Transfer-Encoding: " encoding "\n\n" body "\n--xx--\n"
#define FILE64(body) \
	PART("application/octet-stream; name=e.dat", "base64", body)
#define FILEQP(body) \
	PART("application/octet-stream; name=e.dat", "quoted-printable", body)

static void test_base64(void **state)
{
	static const struct sample samples[] = {
		{ "plain base64", FILE64("{base64}"), NULL },
		{ "lines within a quantum", FILE64("{six}"), NULL },
		{ "blanks", FILE64("{spaces}"), NULL },
		{ "CR as line end", FILE64("{cr}"), NULL },
		{ "a point behind each letter", FILE64("{dots}"),
		  "ambiguous: base64" },
		{ "a point behind each quantum", FILE64("{dot4}"),
		  "ambiguous: base64" },
		{ "stars", FILE64("{star}"), "ambiguous: base64" },
		{ "control characters", FILE64("{controls}"),
		  "ambiguous: base64" },
		{ "an equals sign behind each quantum", FILE64("{equals}"),
		  "ambiguous: base64" },
		{ "equals signs inside quanta", FILE64("{equals3}"),
		  "ambiguous: base64" },
		{ "lines that end with an equals sign", FILE64("{lineequals}"),
		  NULL },
		{ "a line of junk", FILE64("{junkline}"), "ambiguous: base64" },
		{ "every byte padded", FILE64("{bytes}"), "ambiguous: base64" },
		{ "every two bytes padded, in lines", FILE64("{pairs}"), NULL },
		{ "padded lines", FILE64("{sevens}"), "ambiguous: base64" },
		{ "padded lines apart", FILE64("{fives}"),
		  "ambiguous: base64" },
		{ "an equals sign first", FILE64("={base64}"),
		  "ambiguous: base64" },
		{ "equals signs in the first line", FILE64("====\n{base64}"),
		  "ambiguous: base64" },
		{ "junk first", FILE64("!\"#\n{base64}"), "ambiguous: base64" },
		{ "the letters of URLs", FILE64("{url}"), "ambiguous: base64" },
		{ "padding, then a file", FILE64("aGVsbG8gd29ybGQ=\n{base64}"),
		  "ambiguous: base64" },
		{ "base64 of a message's text",
		  "Content-Transfer-Encoding: base64\n\n{bytes}\n",
		  "ambiguous: base64" },
	};

	(void)state;
	try_samples(samples, COUNT(samples));
}

static void test_quoted(void **state)
{
	static const struct sample samples[] = {
		{ "plain", FILEQP("{quoted}"), NULL },
		{ "small letters", FILEQP("{lower}"), NULL },
		{ "soft break with blanks", FILEQP("{softblank}"), NULL },
		{ "soft break with CR", FILEQP("{softcr}"), NULL },
		{ "soft break with two CR", FILEQP("{softcrs}"), NULL },
		{ "blanks at the left", FILEQP("{left}"), NULL },
		{ "hard breaks", FILEQP("{hard}"), NULL },
		{ "a lone equals sign", FILEQP("{lone}"),
		  "ambiguous: quoted-printable" },
		{ "half an escape", FILEQP("{lone2}"),
		  "ambiguous: quoted-printable" },
		{ "an escape that is none", FILEQP("{lonex}"),
		  "ambiguous: quoted-printable" },
		{ "an at sign escaped", FILEQP("{at}"),
		  "ambiguous: quoted-printable" },
		{ "control characters", FILEQP("{raw}"), NULL },
		{ "8-bit characters", FILEQP("{eight}"), NULL },
	};

	(void)state;
	try_samples(samples, COUNT(samples));
}

static void test_files_in_text(void **state)
{
	static const struct sample samples[] = {
		{ "uuencode", "\n\nhello\n\nbegin 644 e.dat\n{uu}`\nend\n",
		  NULL },
		{ "uuencode, no end", "\nbegin 644 e.dat\n{uu}", NULL },
		{ "uuencode, no mode", "\nhello\nbegin  e.dat\n{uu}`\nend\n",
		  NULL },
		{ "uuencode in a part",
		  PART("text/plain", "7bit",
		       "hi\nbegin 666 e f.dat\n{uu}`\nend\n"),
		  NULL },
		{ "uuencode, encoded",
		  PART("text/plain", "x-uuencode",
		       "begin 666 e.dat\n{uu}`\nend\n"),
		  NULL },
		{ "uuencode in an attachment",
		  PART("application/octet-stream; name=a", "x-uuencode",
		       "begin 666 e.dat\n{uu}`\nend\n"),
		  NULL },
		{ "uuencode behind the parts",
		  PART("text/plain", "7bit",
		       "x") "begin 644 e.dat\n{uu}`\nend\n",
		  NULL },
		{ "uuencode before the parts",
		  "MIME-Version: 1.0\n"
		  "Content-Type: multipart/mixed; boundary=xx\n\n"
		  "begin 644 e.dat\n{uu}`\nend\n--xx\n\nhello\n--xx--\n",
		  NULL },
		{ "uuencode as base64",
		  "\nhi\nbegin-base64 644 e.dat\n{base64}\n====\n", NULL },
		{ "yEnc",
		  "\nhi\n=ybegin line=128 size=68 name=e.dat\n{yenc}\n"
		  "=yend size=68\n",
		  NULL },
		{ "yEnc in a part",
		  PART("text/plain; charset=iso-8859-1", "8bit",
		       "hi\n=ybegin part=1 line=128 size=68 name=e f.dat\n"
		       "=ypart begin=1 end=68\n{yenc}\n=yend size=68\n"),
		  NULL },
		{ "BinHex",
		  "\nhi\n(This file must be converted with BinHex 4.0)\n\n"
		  "{binhex}",
		  NULL },
		{ "BinHex in a part",
		  PART("application/mac-binhex40; name=e.hqx", "7bit",
		       "(This file must be converted with BinHex 4.0)\n\n"
		       "{binhex}"),
		  NULL },
	};

	(void)state;
	try_samples(samples, COUNT(samples));
}

static void test_charsets(void **state)
{
	static const struct sample samples[] = {
		{ "UTF-16 HTML",
		  PART("text/html; charset=utf-16", "base64", "{utf16}"),
		  NULL },
		{ "UTF-7 HTML",
		  PART("text/html; charset=utf-7", "7bit", "{utf7}"), NULL },
		{ "UTF-7 HTML, quoted-printable",
		  PART("text/html; charset=\"UTF-7\"", "quoted-printable",
		       "{utf7}"),
		  NULL },
		{ "UTF-7 of a whole message",
		  "Content-Type: text/html; charset=unicode-1-1-utf-7\n\n"
		  "{utf7}\n",
		  NULL },
	};

	(void)state;
	try_samples(samples, COUNT(samples));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_quoted),
		cmocka_unit_test(test_files_in_text),
		cmocka_unit_test(test_charsets),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
