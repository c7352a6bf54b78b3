/*
 * Whole inspections of mails made here: what is found, where, and what the
 * verdict is.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/inspect_fixture.h"

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
		cmocka_unit_test(test_odd_structure),
		cmocka_unit_test(test_encoded_message),
		cmocka_unit_test(test_split_boundary),
		cmocka_unit_test(test_macro_sheet),
		cmocka_unit_test(test_same_twice),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
