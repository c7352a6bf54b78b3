/*
 * File names that run something, and those that only look like it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mamorid/inspect/name.h"

struct name_case {
	const char *name;
	const char *extension;
	bool executable;
	bool disguised;
};

static void check(const struct name_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct mm_name got;

		mm_name_read(cases[i].name, &got);
		print_message("%s: .%s%s%s\n", cases[i].name, got.extension,
			      got.executable ? " executable" : "",
			      got.disguised ? " disguised" : "");
		assert_string_equal(got.extension, cases[i].extension);
		assert_int_equal(got.executable, cases[i].executable);
		assert_int_equal(got.disguised, cases[i].disguised);
	}
}

static void test_plain(void **state)
{
	static const struct name_case cases[] = {
		{ "", "", false, false },
		{ "readme", "", false, false },
		{ ".", "", false, false },
		{ "...", "", false, false },
		{ "請求書.pdf", "pdf", false, false },
		{ "請求書　2024 年.pdf", "pdf", false, false },
		{ "report.2024.01.xlsx", "xlsx", false, false },
		{ "exe", "", false, false },
		{ "setup.exe.pdf", "pdf", false, false },
		{ "a.executable-sized-extension", "", false, false },
		{ "photo   1.jpg", "jpg", false, false },
		{ "winmail.dat", "dat", false, false },
		{ "smime.p7s", "p7s", false, false },
		{ "signature.asc", "asc", false, false },
		{ "invite.ics", "ics", false, false },
		{ "setup.exe/", "exe/", false, false },
		{ "\x90\xbf\x8b\x81\x8f\x91.zip", "zip", false, false },
	};

	(void)state;
	check(cases, sizeof(cases) / sizeof(cases[0]));
}

static void test_executable(void **state)
{
	static const struct name_case cases[] = {
		{ "setup.exe", "exe", true, false },
		{ "SETUP.EXE", "exe", true, false },
		{ "a.scr", "scr", true, false },
		{ "a.pif", "pif", true, false },
		{ "www.example.com", "com", true, false },
		{ "dir/sub\\run.bat", "bat", true, false },
		{ "x.lnk", "lnk", true, false },
		{ "x.js", "js", true, false },
		{ "jquery.min.js", "js", true, false },
		{ "x.hta", "hta", true, false },
		{ "x.iso", "iso", true, false },
		{ "x.settingcontent-ms", "settingcontent-ms", true, false },
		{ "x.xpi", "xpi", true, false },
		{ "x.ade", "ade", true, false },
		{ "\x90\xbf\x8b\x81.exe", "exe", true, false },
	};

	(void)state;
	check(cases, sizeof(cases) / sizeof(cases[0]));
}

static void test_disguised(void **state)
{
	static const struct name_case cases[] = {
		{ "invoice.pdf.exe", "exe", true, true },
		{ "invoice.PDF .exe", "exe", true, true },
		{ "invoice.pdf                         .exe", "exe", true,
		  true },
		{ "請求書　　　　　　.exe", "exe", true, true },
		{ "inv\u202efdp.exe", "exe", true, true },
		{ "inv\u200b.e\u200bxe", "exe", true, true },
		{ "invoice\uff0eexe", "exe", true, true },
		{ "invoice.ｅｘｅ", "exe", true, true },
		{ "invoice\u3002scr", "scr", true, true },
		{ "setup.exe.", "exe", true, true },
		{ "setup.exe ", "exe", true, true },
		{ "setup.exe . .", "exe", true, true },
		{ "setup.exe\u00a0", "exe", true, true },
		{ "setup.exe::$DATA", "exe", true, true },
		{ "setup.exe\"", "exe", true, true },
		{ "setup. exe", "exe", true, false },
		{ "a.{3050f4d8-98B5-11CF-BB82-00AA00BDCE0B}", "", true,
		  true },
		{ "写真.jpg.lnk", "lnk", true, true },
	};

	(void)state;
	check(cases, sizeof(cases) / sizeof(cases[0]));
}

/* The tables are searched by halves: an entry out of order is not found. */
static void test_every_extension(void **state)
{
	static const char *const some[] = {
		"ade", "apk", "appref-ms", "bat", "chm", "cmd", "cpl", "dll",
		"hta", "img", "iso", "jar", "js", "jse", "library-ms", "lnk",
		"msc", "msi", "pif", "ps1", "psm1", "reg", "scf", "scr",
		"sct", "search-ms", "sh", "sys", "url", "vbe", "vbs", "vhd",
		"vhdx", "wsf", "wsh", "xll", "xpi",
	};
	char name[64];

	(void)state;
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		struct mm_name got;

		snprintf(name, sizeof(name), "x.%s", some[i]);
		mm_name_read(name, &got);
		if (!got.executable)
			fail_msg("%s", name);
		snprintf(name, sizeof(name), "x.doc.%s", some[i]);
		mm_name_read(name, &got);
		assert_true(got.disguised);
	}
}

static void test_script(void **state)
{
	struct mm_name got;

	(void)state;
	mm_name_read("a.vbs", &got);
	assert_true(got.script);
	mm_name_read("a.exe", &got);
	assert_false(got.script);
	mm_name_read("a.pdf", &got);
	assert_true(got.document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_executable),
		cmocka_unit_test(test_disguised),
		cmocka_unit_test(test_every_extension),
		cmocka_unit_test(test_script),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
