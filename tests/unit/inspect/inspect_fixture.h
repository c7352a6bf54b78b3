#ifndef MM_TEST_INSPECT_INSPECT_FIXTURE_H
#define MM_TEST_INSPECT_INSPECT_FIXTURE_H

/*
 * One engine for a whole test program, and the comparison of a mail's findings
 * with what is wanted.
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

struct expect {
	enum mm_verdict verdict;
	enum mm_kind kind;	/* 0: no finding at all */
	const char *part;
	const char *name;
	const char *type;
	const char *detail;
};

static UNUSED void check(const char *name, const struct mm_buf *mail,
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

#endif
