/*
 * Whole inspections of mails made here: what is found, where, and what the
 * verdict is.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/fixture.h"

static struct mm_conf conf;
static struct mm_engine *engine;

static int setup(void **state)
{
	fix_open(state);
	assert_int_equal(mm_conf_init(&conf), 0);
	engine = fix_engine(&conf);
	return 0;
}

static int teardown(void **state)
{
	mm_engine_free(&engine);
	mm_conf_clear(&conf);
	return fix_close(state);
}

struct expect {
	enum mm_verdict verdict;
	enum mm_kind kind;	/* 0: no finding at all */
	const char *part;
	const char *name;
	const char *type;
	const char *detail;
};

static void check(const char *name, const struct mm_buf *mail,
		  const struct expect *want)
{
	const struct mm_finding *got;
	struct mm_report report;

	fix_inspect(engine, &conf, mail->data, mail->len, &report);
	fix_print(name, &report);
	assert_int_equal(report.findings.verdict, want->verdict);
	if (want->kind == 0) {
		assert_int_equal(report.findings.count, 0);
	} else {
		got = fix_find(&report, want->kind, want->part);
		assert_non_null(got);
		assert_string_equal(got->name, want->name);
		assert_string_equal(got->detail, want->detail);
		if (want->type != NULL)
			assert_string_equal(got->type, want->type);
	}
	mm_report_clear(&report);
}

static void check_text(const char *name, const char *before,
		       const char *after, const struct expect *want)
{
	struct mm_buf eicar;
	struct mm_buf mail;

	fix_eicar(&eicar);
	mm_buf_init(&mail, MAIL_MAX);
	assert_int_equal(mm_buf_printf(&mail, "%s%s%s", before,
				       want->kind != 0 ? mm_buf_str(&eicar)
						       : "", after), 0);
	check(name, &mail, want);
	mm_buf_clear(&mail);
	mm_buf_clear(&eicar);
}

static const struct expect clean = { .verdict = MM_VERDICT_CLEAN };
static const struct expect virus_in_1 = {
	MM_VERDICT_INFECTED, MM_KIND_VIRUS, "1", "", NULL, EICAR_NAME
};
static const struct expect virus_in_zip = {
	MM_VERDICT_INFECTED, MM_KIND_VIRUS, "2", "a.zip", "zip", EICAR_NAME
};

static void test_text(void **state)
{
	(void)state;
	check_text("clean", "From: a@b\nSubject: x\n\nhello\n", "", &clean);
	check_text("body", "From: a@b\nSubject: x\n\n", "\n", &virus_in_1);
	check_text("text before", "From: a@b\n\nsee: ", " end\n",
		   &virus_in_1);
	check_text("crlf", "From: a@b\r\nSubject: x\r\n\r\n", "\r\n",
		   &virus_in_1);
	check_text("lf header, crlf body", "From: a@b\nSubject: x\n\n"
		   "hello\r\n", "\r\n", &virus_in_1);
	check_text("no header at all", "just text ", "\n", &virus_in_1);
	check_text("empty", "", "", &clean);
}

static void test_in_body(void **state)
{
	struct mm_report report;
	struct mm_buf eicar;
	struct mm_buf mail;

	(void)state;
	fix_eicar(&eicar);
	mm_buf_init(&mail, MAIL_MAX);
	assert_int_equal(mm_buf_printf(&mail, "From: a@b\n\n%s\n",
				       mm_buf_str(&eicar)), 0);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	assert_true(fix_find(&report, MM_KIND_VIRUS, "1")->in_body);
	mm_report_clear(&report);
	mm_buf_clear(&mail);
	fix_mail(&mail, "Content-Type: text/plain; name=\"x.txt\"\n",
		 eicar.data, eicar.len);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	assert_false(fix_find(&report, MM_KIND_VIRUS, "2")->in_body);
	assert_int_equal(report.findings.count, 1);
	assert_int_equal(report.findings.list[0].size, 68);
	assert_string_equal(report.findings.from,
			    "山田 <yamada@example.com>");
	assert_string_equal(report.findings.subject, "テスト");
	assert_string_equal(report.findings.date,
			    "Mon, 01 Jan 2024 00:00:00 +0900");
	assert_string_equal(report.findings.message_id, "<1@example.com>");
	assert_int_equal(report.findings.parts, 2);
	assert_int_equal(report.findings.size, mail.len);
	mm_report_clear(&report);
	mm_buf_clear(&mail);
	mm_buf_clear(&eicar);
}

static void test_archives(void **state)
{
	struct mm_buf eicar;
	struct mm_buf mail;
	struct mm_buf inner;
	struct mm_buf outer;

	(void)state;
	fix_eicar(&eicar);
	fix_zip(&inner, NULL, "eicar.com", &eicar);
	fix_mail(&mail, ZIP_HEADER, inner.data, inner.len);
	check("zip", &mail, &virus_in_zip);
	mm_buf_clear(&mail);

	fix_zip(&outer, NULL, "inner.zip", &inner);
	fix_mail(&mail, ZIP_HEADER, outer.data, outer.len);
	check("zip in zip", &mail, &virus_in_zip);
	mm_buf_clear(&outer);
	mm_buf_clear(&mail);

	fix_archive(&outer, "7zip", NULL, "eicar.com", eicar.data, eicar.len);
	fix_mail(&mail, ZIP_HEADER, outer.data, outer.len);
	check("7z named zip", &mail, &(struct expect){
		MM_VERDICT_INFECTED, MM_KIND_VIRUS, "2", "a.zip", "7z",
		EICAR_NAME });
	mm_buf_clear(&outer);
	mm_buf_clear(&mail);
	mm_buf_clear(&inner);
	mm_buf_clear(&eicar);
}

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
			cases[i].want, "zip", "Heuristics.Encrypted.Zip" });
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

/* Each of these is missed by at least one of the two readings. */
static void test_odd_structure(void **state)
{
	static const char *const first_headers[] = {
		"X-Foo: 1\n", "DKIM-Signature: v=1\n",
		"ARC-Seal: i=1\n", "Cc: x@y\n",
	};
	struct mm_buf eicar;
	struct mm_buf mail;
	struct mm_buf odd;

	(void)state;
	fix_eicar(&eicar);
	fix_mail(&mail, "Content-Type: application/octet-stream;"
		 " name=\"e.com\"\n", eicar.data, eicar.len);
	for (size_t i = 0; i < 4; i++) {
		mm_buf_init(&odd, MAIL_MAX);
		assert_int_equal(mm_buf_printf(&odd, "%s%s", first_headers[i],
					       mm_buf_str(&mail)), 0);
		check(first_headers[i], &odd, &(struct expect){
			MM_VERDICT_INFECTED, MM_KIND_VIRUS, "2", "e.com",
			NULL, EICAR_NAME });
		mm_buf_clear(&odd);
	}
	mm_buf_init(&odd, MAIL_MAX);
	assert_int_equal(mm_buf_printf(&odd, "From: a@b\nSubject: fwd\n"
		"Content-Type: multipart/mixed; boundary=oo\n\n--oo\n"
		"Content-Type: text/plain\n\nsee below\n--oo\n"
		"Content-Type: message/rfc822\n\n%s--oo--\n",
		mm_buf_str(&mail)), 0);
	check("message/rfc822", &odd, &(struct expect){
		MM_VERDICT_INFECTED, MM_KIND_VIRUS, "2.2", "e.com", NULL,
		EICAR_NAME });
	mm_buf_clear(&odd);
	mm_buf_clear(&mail);
	mm_buf_clear(&eicar);
}

static void test_encoded_message(void **state)
{
	struct mm_buf eicar;
	struct mm_buf inner;
	struct mm_buf mail;
	struct mm_buf odd;

	(void)state;
	fix_eicar(&eicar);
	fix_mail(&inner, "Content-Type: application/octet-stream;"
		 " name=\"e.com\"\n", eicar.data, eicar.len);
	mm_buf_init(&odd, MAIL_MAX);
	assert_int_equal(mm_buf_printf(&odd, "X-Foo: 1\n%s",
				       mm_buf_str(&inner)), 0);
	fix_mail(&mail, "Content-Type: message/rfc822\n", odd.data, odd.len);
	check("base64 message/rfc822", &mail, &(struct expect){
		MM_VERDICT_INFECTED, MM_KIND_VIRUS, "2", "", NULL,
		EICAR_NAME });
	mm_buf_clear(&mail);
	mm_buf_clear(&odd);
	mm_buf_clear(&inner);
	mm_buf_clear(&eicar);
}

/* Only GMime joins a boundary that RFC 2231 has cut in two. */
static void test_split_boundary(void **state)
{
	struct mm_buf eicar;
	struct mm_buf mail;

	(void)state;
	fix_eicar(&eicar);
	mm_buf_init(&mail, MAIL_MAX);
	assert_int_equal(mm_buf_puts(&mail, "From: a@b\nMIME-Version: 1.0\n"
		"Content-Type: multipart/mixed; boundary*0=aa; boundary*1=bb\n"
		"\n--aabb\nContent-Type: application/octet-stream\n"
		"Content-Transfer-Encoding: base64\n\n"), 0);
	fix_base64(&mail, eicar.data, eicar.len);
	assert_int_equal(mm_buf_puts(&mail, "--aabb--\n"), 0);
	check("RFC 2231 boundary", &mail, &virus_in_1);
	mm_buf_clear(&mail);
	mm_buf_clear(&eicar);
}

static void test_rar(void **state)
{
	static const unsigned char rar[] = {
		'R', 'a', 'r', '!', 0x1a, 7, 1, 0, 0x33, 0x92, 0xb5, 0xe5,
		0x0a, 1, 5, 6, 0, 5, 1, 1, 0x80, 0x80, 0,
	};
	struct mm_buf mail;

	(void)state;
	fix_mail(&mail, "Content-Type: application/x-rar; name=a.rar\n", rar,
		 sizeof(rar));
	check("rar", &mail, &(struct expect){
		MM_VERDICT_NOT_CHECKED, MM_KIND_LIMIT, "2", "a.rar", NULL,
		"unsupported: rar" });
	mm_buf_clear(&mail);
}

/* Excel 4.0 macros show by the member's path alone. */
static void test_macro_sheet(void **state)
{
	struct mm_buf sheet;
	struct mm_buf zip;
	struct mm_buf mail;

	(void)state;
	mm_buf_init(&sheet, 100);
	assert_int_equal(mm_buf_puts(&sheet, "<xml/>"), 0);
	fix_zip(&zip, NULL, "xl/macrosheets/sheet1.xml", &sheet);
	fix_mail(&mail, "Content-Type: application/octet-stream;"
		 " name=a.xlsm\n", zip.data, zip.len);
	check("xlm", &mail, &(struct expect){
		MM_VERDICT_CLEAN, MM_KIND_MACRO, "2", "a.xlsm", NULL,
		"macro: xlm" });
	mm_buf_clear(&mail);
	mm_buf_clear(&zip);
	mm_buf_clear(&sheet);
}

/* Twice the same file under two names: both are found. */
static void test_same_twice(void **state)
{
	struct mm_report report;
	struct mm_buf eicar;
	struct mm_buf mail;

	(void)state;
	fix_eicar(&eicar);
	fix_mail(&mail, "Content-Type: application/octet-stream; name=a\n",
		 eicar.data, eicar.len);
	mm_buf_truncate(&mail, mail.len - strlen("--bb--\n"));
	assert_int_equal(mm_buf_puts(&mail, "--bb\nContent-Type: "
		"application/octet-stream; name=b\n"
		"Content-Transfer-Encoding: base64\n\n"), 0);
	fix_base64(&mail, eicar.data, eicar.len);
	assert_int_equal(mm_buf_puts(&mail, "--bb--\n"), 0);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	assert_string_equal(fix_find(&report, MM_KIND_VIRUS, "2")->name, "a");
	assert_string_equal(fix_find(&report, MM_KIND_VIRUS, "3")->name, "b");
	assert_int_equal(report.findings.count, 2);
	mm_report_clear(&report);
	mm_buf_clear(&mail);
	mm_buf_clear(&eicar);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_in_body),
		cmocka_unit_test(test_archives),
		cmocka_unit_test(test_encrypted),
		cmocka_unit_test(test_encrypted_then_virus),
		cmocka_unit_test(test_encrypted_member),
		cmocka_unit_test(test_odd_structure),
		cmocka_unit_test(test_encoded_message),
		cmocka_unit_test(test_split_boundary),
		cmocka_unit_test(test_rar),
		cmocka_unit_test(test_macro_sheet),
		cmocka_unit_test(test_same_twice),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
