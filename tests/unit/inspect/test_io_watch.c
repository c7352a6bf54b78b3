/*
 * Temporary folders that are missing or full: libclamav says "clean", the
 * inspection must not.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <signal.h>
#include <sys/resource.h>

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

/* The same infected mail with a temporary folder that does not work. */
static void failing_folder(const char *tmpdir, const char *want)
{
	struct mm_engine *engine = fix_engine(&conf);
	struct mm_report report;
	struct mm_buf eicar;
	struct mm_buf zip;
	struct mm_buf mail;
	const struct mm_finding *got;

	fix_eicar(&eicar);
	fix_zip(&zip, NULL, "e.com", &eicar);
	fix_mail(&mail, ZIP_HEADER, zip.data, zip.len);
	assert_int_equal(mm_engine_set_tmpdir(engine, tmpdir), 0);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	fix_print(tmpdir, &report);
	got = fix_find(&report, MM_KIND_ERROR, "");
	if (got == NULL)
		got = fix_find(&report, MM_KIND_ERROR, "2");
	assert_non_null(got);
	assert_non_null(strstr(got->detail, want));
	assert_int_not_equal(report.findings.verdict, MM_VERDICT_CLEAN);
	mm_report_clear(&report);
	mm_buf_clear(&mail);
	mm_buf_clear(&zip);
	mm_buf_clear(&eicar);
	mm_engine_free(&engine);
}

static void test_missing_tmpdir(void **state)
{
	(void)state;
	failing_folder("/nonexistent/tmp", "No such file or directory");
}

/* A disk that is full at the first byte, or a little later. */
static void test_full_tmpdir(void **state)
{
	struct rlimit old;
	struct rlimit tiny;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_IGN);
	tiny = old;
	for (rlim_t max = 0; max < 128; max += 64) {
		tiny.rlim_cur = max;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &tiny), 0);
		failing_folder(fix_tmp, "");
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	}
}

/* No descriptor left to unpack into. */
static void test_no_descriptors(void **state)
{
	struct rlimit old;
	struct rlimit few;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	for (rlim_t max = 3; max < 5; max++) {
		struct mm_engine *engine = fix_engine(&conf);
		struct mm_report report;
		struct mm_buf eicar;
		struct mm_buf mail;

		fix_eicar(&eicar);
		fix_mail(&mail, ZIP_HEADER, eicar.data, eicar.len);
		few.rlim_cur = max;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
		fix_inspect(engine, &conf, mail.data, mail.len, &report);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
		assert_int_not_equal(report.findings.verdict,
				     MM_VERDICT_CLEAN);
		mm_report_clear(&report);
		mm_buf_clear(&mail);
		mm_buf_clear(&eicar);
		mm_engine_free(&engine);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(test_missing_tmpdir),
		TEST(test_full_tmpdir),
		TEST(test_no_descriptors),
	};

	return cmocka_run_group_tests(tests, fix_open, fix_close);
}
