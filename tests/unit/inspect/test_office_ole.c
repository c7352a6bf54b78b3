/*
 * Macros and embedded objects in compound files.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/active_fixture.h"
#include "tests/unit/inspect/office_samples.h"

#define DOC "Content-Type: application/msword; name=a.doc\n"

#define BOF "\x09\x08\4\0\0\6\5\0"
#define SHEET "\x85\0\x8\0\0\0\0\0\0\0\1\0"
#define MACRO_SHEET "\x85\0\x8\0\0\0\0\0\1\1\1\0"
#define URL_MONIKER "\xe0\xc9\xea\x79\xf9\xba\xce\x11\x8c\x82\0\xaa\0\x4b" \
	"\xa9\x0b"
#define BYTES(text) text, sizeof(text) - 1

static void test_streams(void **state)
{
	static const struct {
		struct smp_stream stream;
		const char *want[3];
	} cases[] = {
		{ { "WordDocument", BYTES("hello") }, { NULL } },
		{ { "_VBA_PROJECT", BYTES("\xcc\x61") }, { "macro: vba" } },
		{ { "VBA", BYTES("x") }, { "macro: vba" } },
		{ { "Workbook", BYTES(BOF MACRO_SHEET) }, { "macro: xlm" } },
		{ { "book", BYTES(BOF MACRO_SHEET) }, { "macro: xlm" } },
		{ { "Workbook", BYTES(BOF SHEET) }, { NULL } },
		{ { "Workbook", BYTES("\x09\x08\4\0\0\6\x40\0") },
		  { "macro: xlm" } },
		{ { "Workbook", BYTES(BOF "\xff\xff\xff\xff") }, { NULL } },
		{ { "Workbook", BYTES(BOF "\x85\0") }, { NULL } },
		{ { "Workbook", BYTES("\xae\1\x0a\0\0\0\5\0\0" "cmd\3a") },
		  { "macro: dde" } },
		{ { "Workbook", BYTES("\xae\1\x0b\0\0\0\3\0\1" "c\0\3\0a\0") },
		  { "macro: dde" } },
		{ { "Workbook", BYTES("\xae\1\x0d\0\0\0\x8\0\0" "Word.8\3a") },
		  { NULL } },
		{ { "Workbook", BYTES("\xae\1\4\0\1\0\1\4") }, { NULL } },
		{ { "WordDocument", BYTES("x\x13 DDEAUTO c\x14") },
		  { "macro: dde" } },
		{ { "WordDocument", BYTES("x\x13\0 \0d\0D\0e\0 \0c\0") },
		  { "macro: dde" } },
		{ { "WordDocument", BYTES("x\x13 PAGE \x14") }, { NULL } },
		{ { "1Table", BYTES("\xff\xff\x12\0\0\0\0\0\x09\0"
		  "h\0t\0t\0p\0:\0/\0/\0x\0/\0") },
		  { "macro: remote template" } },
		{ { "WordDocument", BYTES("x\x13 DD") }, { NULL } },
		{ { "PowerPoint Document", BYTES("\2\0\0\4\x0c\0\0\0"
		  "\1\0\0\0\1\0\0\0\2\0\0\0") }, { "macro: vba" } },
		{ { "PowerPoint Document", BYTES("\2\0\0\4\x0c\0\0\0"
		  "\1\0\0\0\0\0\0\0\2\0\0\0") }, { NULL } },
		{ { "PowerPoint Document", BYTES("\2\0\0\4\x0c\0\0\0\1") },
		  { NULL } },
		{ { "PowerPoint Document", BYTES("\0\0\xf3\x0f\x10\0\0\0"
		  "\0\0\0\0\0\0\0\0\2\0\0\0") }, { "macro: action" } },
		{ { "PowerPoint Document", BYTES("\0\0\xf3\x0f\x10\0\0\0"
		  "\0\0\0\0\0\0\0\0\4\0\0\0") }, { NULL } },
		{ { "PowerPoint Document", BYTES("\0\0\xcd\x0f\x08\0\0\0") },
		  { "macro: ole object" } },
		{ { "\1Ole10Native", BYTES("\x20\0\0\0\2\0a.pdf.exe\0x\0") },
		  { "macro: ole object (a.pdf.exe)",
		    "executable: disguised name (a.pdf.exe)" } },
		{ { "\1Ole10Native", BYTES("\x20\0\0\0\2\0abc") },
		  { "macro: ole object" } },
		{ { "\1Ole", BYTES("\1\0\0\2" URL_MONIKER) },
		  { "macro: remote object" } },
		{ { "\1Ole", BYTES("\1\0\0\2\0\0\0\0") }, { NULL } },
		{ { "\3OCXNAME", BYTES("x\0y\0") }, { "macro: activex" } },
		{ { "__substg1.0_3707001F", BYTES("a\0.\0j\0s\0") },
		  { "executable: name (a.js)", "script: name (a.js)" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mm_buf ole;

		smp_ole(&ole, &cases[i].stream, 1);
		print_message("case %zu, ", i);
		expect(cases[i].stream.name, DOC, ole.data, ole.len,
		       cases[i].want);
		mm_buf_clear(&ole);
	}
}

/* An .xls inside of a zip, under another name. */
static void test_in_zip(void **state)
{
	static const struct smp_stream streams[] = {
		{ "\5SummaryInformation", BYTES("x") },
		{ "Workbook", BYTES(BOF SHEET MACRO_SHEET) },
	};
	struct mm_buf ole, zip;

	(void)state;
	smp_ole(&ole, streams, 2);
	fix_zip(&zip, NULL, "a.dat", &ole);
	expect("zip", ZIP_HEADER, zip.data, zip.len, WANT("macro: xlm"));
	mm_buf_clear(&zip);
	mm_buf_clear(&ole);
}

/* Cut anywhere it is still no crash and no endless loop. */
static void test_cut(void **state)
{
	static const struct smp_stream streams[] = {
		{ "Workbook", BYTES(BOF MACRO_SHEET) },
		{ "_VBA_PROJECT", BYTES("x") },
	};
	struct mm_buf ole;

	(void)state;
	smp_ole(&ole, streams, 2);
	for (size_t len = 0; len < ole.len; len += 97) {
		struct mm_report report;
		struct mm_buf mail;

		fix_mail(&mail, DOC, ole.data, len);
		fix_inspect(engine, &conf, mail.data, mail.len, &report);
		mm_report_clear(&report);
		mm_buf_clear(&mail);
	}
	mm_buf_clear(&ole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_in_zip),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
