/*
 * What is encrypted is not checked, and hides no virus beside it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/inspect_fixture.h"

/* Names as a user sees them, on an archive that cannot be opened. */
static void test_encrypted(void **state)
{
	static const struct {
		const char *name;
		const char *options;
		const char *header;
		const char *want;
	} cases[] = {
		{ "zipcrypto, RFC 2231", "encryption=zipcrypt",
		  "Content-Type: application/zip\n"
		  "Content-Disposition: attachment;\n"
		  " filename*=utf-8''%E8%AB%8B%E6%B1%82%E6%9B%B8.zip\n",
		  "請求書.zip" },
		{ "aes, RFC 2047", "encryption=aes256",
		  "Content-Type: application/zip;\n"
		  " name=\"=?ISO-2022-JP?B?GyRCQEE1YT1xGyhCLnppcA==?=\"\n",
		  "請求書.zip" },
		{ "RFC 2231 in pieces", "encryption=aes256",
		  "Content-Type: application/zip\n"
		  "Content-Disposition: attachment;\n"
		  " filename*0*=utf-8''%E8%AB%8B;\n"
		  " filename*1*=%E6%B1%82%E6%9B%B8;\n"
		  " filename*2=.zip\n",
		  "請求書.zip" },
		{ "raw Shift_JIS", "encryption=aes256",
		  "Content-Type: application/zip; name=\""
		  "\x90\xbf\x8b\x81\x8f\x91.zip\"\n",
		  "請求書.zip" },
	};
	struct mm_buf eicar;

	(void)state;
	fix_eicar(&eicar);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mm_buf zip;
		struct mm_buf mail;

		fix_zip(&zip, cases[i].options, "eicar.com", &eicar);
		fix_mail(&mail, cases[i].header, zip.data, zip.len);
		check(cases[i].name, &mail, &(struct expect){
			MM_VERDICT_NOT_CHECKED, MM_KIND_ENCRYPTED, "2",
			cases[i].want, "zip", "encrypted: zip" });
		mm_buf_clear(&zip);
		mm_buf_clear(&mail);
	}
	mm_buf_clear(&eicar);
}

/* An encrypted attachment must not hide the virus behind it. */
static void test_encrypted_then_virus(void **state)
{
	struct mm_report report;
	struct mm_buf eicar;
	struct mm_buf zip;
	struct mm_buf mail;

	(void)state;
	fix_eicar(&eicar);
	fix_zip(&zip, "encryption=aes256", "a.txt", &eicar);
	fix_mail(&mail, ZIP_HEADER, zip.data, zip.len);
	mm_buf_truncate(&mail, mail.len - strlen("--bb--\n"));
	assert_int_equal(mm_buf_puts(&mail, "--bb\nContent-Type: "
		"application/octet-stream; name=b.bin\n"
		"Content-Transfer-Encoding: base64\n\n"), 0);
	fix_base64(&mail, eicar.data, eicar.len);
	assert_int_equal(mm_buf_puts(&mail, "--bb--\n"), 0);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_INFECTED);
	assert_non_null(fix_find(&report, MM_KIND_ENCRYPTED, "2"));
	assert_non_null(fix_find(&report, MM_KIND_VIRUS, "3"));
	assert_int_equal(report.findings.count, 2);
	mm_report_clear(&report);
	mm_buf_clear(&mail);
	mm_buf_clear(&zip);
	mm_buf_clear(&eicar);
}

/* The same inside one archive: an encrypted member, then a virus. */
static void test_encrypted_member(void **state)
{
	struct archive *ar = archive_write_new();
	struct mm_report report;
	struct mm_buf eicar;
	struct mm_buf mail;
	char space[8192];
	size_t used = 0;

	(void)state;
	fix_eicar(&eicar);
	assert_int_equal(archive_write_set_format_zip(ar), 0);
	assert_int_equal(archive_write_open_memory(ar, space, sizeof(space),
						   &used), 0);
	for (int i = 0; i < 2; i++) {
		struct archive_entry *entry = archive_entry_new();

		archive_entry_set_pathname(entry, i == 0 ? "a" : "b");
		archive_entry_set_size(entry, (int64_t)eicar.len);
		archive_entry_set_filetype(entry, AE_IFREG);
		assert_int_equal(archive_write_header(ar, entry), 0);
		assert_int_equal(archive_write_data(ar, eicar.data, eicar.len),
				 (ssize_t)eicar.len);
		archive_entry_free(entry);
	}
	assert_int_equal(archive_write_close(ar), 0);
	archive_write_free(ar);
	/* Bit 0 of the flags, in both headers of the first member. */
	((char *)memmem(space, used, "PK\3\4", 4))[6] |= 1;
	((char *)memmem(space, used, "PK\1\2", 4))[8] |= 1;
	fix_mail(&mail, ZIP_HEADER, space, used);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	fix_print("encrypted member", &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_INFECTED);
	assert_non_null(fix_find(&report, MM_KIND_ENCRYPTED, "2"));
	assert_non_null(fix_find(&report, MM_KIND_VIRUS, "2"));
	mm_report_clear(&report);
	mm_buf_clear(&mail);
	mm_buf_clear(&eicar);
}

/* An encrypted archive in one that is not, and that in a third. */
static void test_encrypted_inside(void **state)
{
	static const char *const formats[] = { "zip", "7zip", "pax", "newc" };
	struct mm_buf eicar;
	struct mm_buf inner;
	struct mm_buf outer;
	struct mm_buf file;
	struct mm_buf mail;

	(void)state;
	fix_eicar(&eicar);
	fix_zip(&inner, "encryption=aes256", "eicar.com", &eicar);
	for (size_t i = 0; i < 4; i++) {
		fix_archive(&outer, formats[i], NULL, "inner.zip", inner.data,
			    inner.len);
		fix_zip(&file, NULL, "outer", &outer);
		fix_mail(&mail, ZIP_HEADER, file.data, file.len);
		check(formats[i], &mail, &(struct expect){
			MM_VERDICT_NOT_CHECKED, MM_KIND_ENCRYPTED, "2",
			"a.zip", "zip", "encrypted: zip" });
		mm_buf_clear(&outer);
		mm_buf_clear(&file);
		mm_buf_clear(&mail);
	}
	mm_buf_clear(&inner);
	mm_buf_clear(&eicar);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encrypted),
		cmocka_unit_test(test_encrypted_then_virus),
		cmocka_unit_test(test_encrypted_member),
		cmocka_unit_test(test_encrypted_inside),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
