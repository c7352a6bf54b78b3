/*
 * Programs are told by their bytes, under whatever name they come.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "mamorid/inspect/executable.h"
#include "tests/unit/inspect/active_fixture.h"

static size_t make_pe(unsigned char *data)
{
	memset(data, 0, 256);
	memcpy(data, "MZ\x90", 3);
	data[60] = 128;
	memcpy(data + 128, "PE\0\0", 4);
	return 256;
}

static void test_types(void **state)
{
	static const struct {
		const char *name;
		const char *data;
		size_t len;
		const char *want;
	} cases[] = {
		{ "empty", "", 0, NULL },
		{ "M", "M", 1, NULL },
		{ "MZ text", "MZ is a prefix of serial numbers", 32, NULL },
		{ "dos", "MZ\0\0\1\0", 6, "dos" },
		{ "elf", "\x7f" "ELF\2\1\1", 7, "elf" },
		{ "macho", "\xcf\xfa\xed\xfe\7\0\0\1", 8, "macho" },
		{ "fat macho", "\xca\xfe\xba\xbe\0\0\0\2", 8, "macho" },
		{ "class", "\xca\xfe\xba\xbe\0\0\0\x34", 8, "class" },
		{ "short class", "\xca\xfe\xba\xbe\0\0\0", 7, NULL },
		{ "dex", "dex\n035", 7, "dex" },
		{ "lnk", "\x4c\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46",
		  20, "lnk" },
		{ "chm", "ITSF\3\0\0\0", 8, "chm" },
		{ "shell", "#!/bin/sh\n", 10, "unix script" },
		{ "env", "#! /usr/bin/env python3\n", 24, "unix script" },
		{ "hash", "#!: a note\n", 11, NULL },
		{ "bom shell", "\xef\xbb\xbf#!/bin/sh\n", 13, "unix script" },
		{ "reg", "REGEDIT4\r\n", 10, "reg" },
		{ "url", "[InternetShortcut]\r\nURL=http://a/\r\n", 35, "url" },
		{ "jse", "#@~^AQAAAA==x", 13, "encoded script" },
		{ "flash", "CWS\x0a\0\0\0\0\0", 9, "flash" },
		{ "pdf", "%PDF-1.4\n", 9, NULL },
		{ "gif", "GIF89a\0\0\0\0", 10, NULL },
		{ "text", "hello", 5, NULL },
		{ "ole, cut", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = mm_executable_type(
			(const unsigned char *)cases[i].data, cases[i].len);

		print_message("%s: %s\n", cases[i].name,
			      got != NULL ? got : "none");
		if (cases[i].want == NULL)
			assert_null(got);
		else
			assert_string_equal(got, cases[i].want);
	}
}

/* The header's own offset is not to be trusted. */
static void test_pe_offset(void **state)
{
	unsigned char data[256];
	size_t len = make_pe(data);

	(void)state;
	assert_string_equal(mm_executable_type(data, len), "pe");
	assert_string_equal(mm_executable_type(data, 131), "dos");
	assert_string_equal(mm_executable_type(data, 132), "pe");
	memset(data + 60, 0xff, 4);
	assert_string_equal(mm_executable_type(data, len), "dos");
	memset(data + 60, 0, 4);
	data[60] = 253;
	assert_string_equal(mm_executable_type(data, len), "dos");
}

static void test_msi_and_images(void **state)
{
	static const unsigned char msi[] = {
		0x84, 0x10, 0x0c, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46,
	};
	unsigned char *data = mm_xcalloc(0x9000, 1);

	(void)state;
	memcpy(data, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
	data[30] = 9;
	data[48] = 1;
	memcpy(data + 1024 + 80, msi, sizeof(msi));
	assert_string_equal(mm_executable_type(data, 2048), "msi");
	assert_null(mm_executable_type(data, 1024 + 127));
	data[48] = data[49] = data[50] = data[51] = 0xff;
	assert_null(mm_executable_type(data, 2048));
	memset(data, 0, 0x9000);
	memcpy(data + 0x8001, "CD001", 5);
	assert_string_equal(mm_executable_type(data, 0x9000), "iso");
	assert_null(mm_executable_type(data, 0x8005));
	memset(data, 0, 0x9000);
	memcpy(data + 1024 - 512, "koly", 4);
	assert_string_equal(mm_executable_type(data, 1024), "dmg");
	free(data);
}

#define BINARY "Content-Type: application/octet-stream; name="

static void test_in_mails(void **state)
{
	unsigned char pe[256];
	size_t len = make_pe(pe);
	struct mm_buf program;
	struct mm_buf zip;

	(void)state;
	expect("by both", BINARY "setup.exe\n", pe, len,
	       WANT("executable: pe (setup.exe)",
		    "executable: name (setup.exe)"));
	expect("no name", "Content-Type: application/octet-stream\n", pe, len,
	       WANT("executable: pe"));
	expect("as a picture", "Content-Type: image/jpeg; name=a.jpg\n", pe,
	       len, WANT("executable: pe (a.jpg)",
			 "executable: disguised type (a.jpg)"));
	expect("double extension", BINARY "a.pdf.exe\n", "x", 1,
	       WANT("executable: disguised name (a.pdf.exe)"));
	expect("script", BINARY "a.vbs\n", "x", 1,
	       WANT("executable: name (a.vbs)", "script: name (a.vbs)"));
	mm_buf_init(&program, 1024);
	assert_int_equal(mm_buf_put(&program, pe, len), 0);
	fix_zip(&zip, NULL, "dir/invoice.pdf.scr", &program);
	expect("in a zip", ZIP_HEADER, zip.data, zip.len,
	       WANT("executable: pe",
		    "executable: disguised name (dir/invoice.pdf.scr)"));
	mm_buf_clear(&zip);
	mm_buf_clear(&program);
}

/* A thousand programs in one archive are not a thousand findings. */
static void test_many(void **state)
{
	struct mm_report report;
	size_t used = 0;
	char *space = mm_xcalloc(1 << 20, 1);
	struct archive *ar = archive_write_new();
	struct mm_buf mail;

	(void)state;
	assert_int_equal(archive_write_set_format_zip(ar), 0);
	assert_int_equal(archive_write_open_memory(ar, space, 1 << 20, &used),
			 0);
	for (int i = 0; i < 1000; i++) {
		struct archive_entry *entry = archive_entry_new();
		char name[32];

		snprintf(name, sizeof(name), "%d.exe", i);
		archive_entry_set_pathname(entry, name);
		archive_entry_set_size(entry, 1);
		archive_entry_set_filetype(entry, AE_IFREG);
		assert_int_equal(archive_write_header(ar, entry), 0);
		assert_int_equal(archive_write_data(ar, "x", 1), 1);
		archive_entry_free(entry);
	}
	assert_int_equal(archive_write_close(ar), 0);
	archive_write_free(ar);
	fix_mail(&mail, ZIP_HEADER, space, used);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_CLEAN);
	assert_int_equal(report.findings.count, 50);
	mm_report_clear(&report);
	mm_buf_clear(&mail);
	free(space);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_pe_offset),
		cmocka_unit_test(test_msi_and_images),
		cmocka_unit_test(test_in_mails),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
