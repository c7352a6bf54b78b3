/*
 * Limits: what passes one is not checked, and says which.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/fixture.h"

static struct mm_conf conf;

static int begin(void **state)
{
	(void)state;
	assert_int_equal(mm_conf_init(&conf), 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	mm_conf_clear(&conf);
	return 0;
}

/* The engine with these limits must say that mail is over one. */
static void over_limit(const struct mm_buf *mail, const char *part,
		       const char *detail)
{
	struct mm_engine *engine = fix_engine(&conf);
	const struct mm_finding *got;
	struct mm_report report;

	fix_inspect(engine, &conf, mail->data, mail->len, &report);
	fix_print(detail, &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_NOT_CHECKED);
	got = fix_find(&report, MM_KIND_LIMIT, part);
	assert_non_null(got);
	assert_string_equal(got->detail, detail);
	mm_report_clear(&report);
	mm_engine_free(&engine);
}

/* data in a zip, in a zip, ... */
static void nested(struct mm_buf *out, unsigned int depth,
		   const struct mm_buf *data)
{
	struct mm_buf next;

	fix_zip(out, NULL, "a.bin", data);
	for (unsigned int i = 1; i < depth; i++) {
		fix_zip(&next, NULL, "a.zip", out);
		mm_buf_clear(out);
		*out = next;
	}
}

static void test_depth(void **state)
{
	struct mm_report report;
	struct mm_engine *engine;
	struct mm_buf eicar;
	struct mm_buf zip;
	struct mm_buf mail;

	(void)state;
	fix_eicar(&eicar);
	/* As deep as allowed is looked into. */
	nested(&zip, 16, &eicar);
	fix_mail(&mail, ZIP_HEADER, zip.data, zip.len);
	engine = fix_engine(&conf);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_INFECTED);
	mm_report_clear(&report);
	mm_engine_free(&engine);
	mm_buf_clear(&mail);
	mm_buf_clear(&zip);

	nested(&zip, 17, &eicar);
	fix_mail(&mail, ZIP_HEADER, zip.data, zip.len);
	over_limit(&mail, "2", "nesting depth");
	mm_buf_clear(&mail);
	mm_buf_clear(&zip);
	mm_buf_clear(&eicar);
}

static void test_unpacked(void **state)
{
	struct mm_buf zeros;
	struct mm_buf zip;
	struct mm_buf mail;

	(void)state;
	mm_buf_init(&zeros, MAIL_MAX);
	for (int i = 0; i < 512; i++)
		assert_int_equal(mm_buf_put(&zeros, (char[4096]){ 0 }, 4096),
				 0);
	conf.limits_unpacked_size = 1u << 20;
	/* One member above the limit, then many small ones that add up. */
	fix_zip(&zip, NULL, "a.bin", &zeros);
	fix_mail(&mail, ZIP_HEADER, zip.data, zip.len);
	over_limit(&mail, "2", "unpacked size");
	mm_buf_clear(&mail);
	mm_buf_clear(&zip);
	mm_buf_truncate(&zeros, 600 * 1024);
	nested(&zip, 1, &zeros);
	fix_mail(&mail, ZIP_HEADER, zip.data, zip.len);
	mm_buf_truncate(&mail, mail.len - strlen("--bb--\n"));
	assert_int_equal(mm_buf_puts(&mail, "--bb\nContent-Type: "
		"application/zip; name=b.zip\n"
		"Content-Transfer-Encoding: base64\n\n"), 0);
	mm_buf_clear(&zip);
	zeros.data[0] = 'x';
	nested(&zip, 1, &zeros);
	fix_base64(&mail, zip.data, zip.len);
	assert_int_equal(mm_buf_puts(&mail, "--bb--\n"), 0);
	over_limit(&mail, "3", "unpacked size");
	mm_buf_clear(&mail);
	mm_buf_clear(&zip);
	mm_buf_clear(&zeros);
}

/* A member that claims to be larger than allowed is not even unpacked. */
static void test_claimed_size(void **state)
{
	struct mm_buf eicar;
	struct mm_buf zip;
	struct mm_buf mail;
	char *entry;

	(void)state;
	fix_eicar(&eicar);
	fix_zip(&zip, NULL, "a.bin", &eicar);
	entry = memmem(zip.data, zip.len, "PK\1\2", 4);
	assert_non_null(entry);
	entry[27] = 0x70;	/* the top byte of its unpacked size */
	fix_mail(&mail, ZIP_HEADER, zip.data, zip.len);
	over_limit(&mail, "2", "unpacked size");
	mm_buf_clear(&mail);
	mm_buf_clear(&zip);
	mm_buf_clear(&eicar);
}

static void test_message_size(void **state)
{
	struct mm_report report;
	struct mm_engine *engine = fix_engine(&conf);
	struct mm_source source;
	char path[128];
	struct mm_buf mail;
	int header;
	int body;

	(void)state;
	mm_buf_init(&mail, MAIL_MAX);
	conf.limits_message_size = 1000;
	for (int i = 0; i < 50; i++)
		assert_int_equal(mm_buf_puts(&mail, "twenty bytes a line\n"),
				 0);
	snprintf(path, sizeof(path), "%s/body", fix_dir);
	fix_write(path, mail.data, mail.len);
	header = mm_sealed_memfd("header", "From: a@b\nSubject: big\n", 23);
	body = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(mm_source_from_fds(&source, header, 23, body, 0,
					    mail.len, 1000), 0);
	assert_true(source.too_large);
	mm_report_init(&report);
	mm_inspect(engine, &conf, &source, mm_deadline_in(1000), &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_NOT_CHECKED);
	assert_string_equal(report.findings.subject, "big");
	assert_int_equal(report.findings.size, 1024);
	assert_string_equal(fix_find(&report, MM_KIND_LIMIT, "")->detail,
			    "message size");
	mm_report_clear(&report);
	mm_source_clear(&source);
	close(header);
	close(body);
	mm_engine_free(&engine);
	mm_buf_clear(&mail);
}

static void test_deadline(void **state)
{
	struct mm_engine *engine = fix_engine(&conf);
	struct mm_report report;
	struct mm_source source;

	(void)state;
	assert_int_equal(mm_source_from_memory(&source, "From: a\n\nb\n", 11,
					       1000), 0);
	mm_report_init(&report);
	mm_inspect(engine, &conf, &source, mm_deadline_in(0), &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_NOT_CHECKED);
	assert_non_null(fix_find(&report, MM_KIND_LIMIT, ""));
	mm_report_clear(&report);
	mm_source_clear(&source);
	mm_engine_free(&engine);
}

static void test_parts(void **state)
{
	struct mm_buf mail;

	(void)state;
	conf.limits_parts = 50;
	mm_buf_init(&mail, MAIL_MAX);
	assert_int_equal(mm_buf_puts(&mail, "From: a@b\n"
		"Content-Type: multipart/mixed; boundary=b\n\n"), 0);
	for (int i = 0; i < 60; i++)
		assert_int_equal(mm_buf_puts(&mail, "--b\n\nx\n"), 0);
	over_limit(&mail, "", "parts");
	mm_buf_clear(&mail);
}

static void test_headers(void **state)
{
	struct mm_buf mail;

	(void)state;
	conf.limits_headers = 1000;
	mm_buf_init(&mail, MAIL_MAX);
	for (int i = 0; i < 1001; i++)
		assert_int_equal(mm_buf_puts(&mail, "X-A: b\n"), 0);
	assert_int_equal(mm_buf_puts(&mail, "\nhello\n"), 0);
	over_limit(&mail, "", "headers");
	mm_buf_clear(&mail);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(test_depth),
		TEST(test_unpacked),
		TEST(test_claimed_size),
		TEST(test_message_size),
		TEST(test_deadline),
		TEST(test_parts),
		TEST(test_headers),
	};

	return cmocka_run_group_tests(tests, fix_open, fix_close);
}
