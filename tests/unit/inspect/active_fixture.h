#ifndef MM_TEST_INSPECT_ACTIVE_FIXTURE_H
#define MM_TEST_INSPECT_ACTIVE_FIXTURE_H

/*
 * One engine for a whole test program; mails whose facts are compared by their
 * details, with a clean verdict.
 */
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

#define WANT(...) (const char *const[]){ __VA_ARGS__, NULL, NULL }
#define NOTHING (const char *const[]){ NULL }

static bool has_detail(const struct mm_report *report, const char *detail)
{
	for (size_t i = 0; i < report->findings.count; i++)
		if (strcmp(report->findings.list[i].detail, detail) == 0)
			return true;
	return false;
}

/* The mail's findings are exactly these details, at most five. */
static UNUSED void expect_mail(const char *name, const void *mail, size_t len,
			       const char *const *want)
{
	struct mm_report report;
	size_t count = 0;

	fix_inspect(engine, &conf, mail, len, &report);
	fix_print(name, &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_CLEAN);
	for (; want[count] != NULL; count++)
		if (!has_detail(&report, want[count]))
			fail_msg("%s: no finding %s", name, want[count]);
	assert_int_equal(report.findings.count, count);
	mm_report_clear(&report);
}

/* The same for an attachment with these header lines. */
static UNUSED void expect(const char *name, const char *header,
			  const void *data, size_t len,
			  const char *const *want)
{
	struct mm_buf mail;

	fix_mail(&mail, header, data, len);
	expect_mail(name, mail.data, mail.len, want);
	mm_buf_clear(&mail);
}

#endif
