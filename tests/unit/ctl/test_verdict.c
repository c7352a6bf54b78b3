/* mamorictl/verdict.c: the one line of a mail, as text and as JSON. */
#include "tests/unit/ctl/ctl_test.h"

#include "mamorictl/verdict.h"

static struct mm_finding list[] = {
	{ "1.2", "a\033[2J\xff.zip", "application/zip", "zip", 1234,
	  MM_KIND_VIRUS, "Eicar", false },
	{ "1.3", "b", "text/x", "", 5, MM_KIND_ENCRYPTED, "", false },
	{ "", "", "", "", 0, MM_KIND_ERROR, "scan failed", false },
	{ "1.4", "", "", "", 0, MM_KIND_VIRUS, "Eicar", false },
};

static const struct {
	const char *name;
	enum mm_verdict verdict;
	size_t first, count;
	int status;
	const char *text, *json;
} cases[] = {
	{ "clean", MM_VERDICT_CLEAN, 0, 0, 0, "f: clean\n",
	  "{\"file\":\"f\",\"verdict\":\"clean\",\"reasons\":[],"
	  "\"findings\":[]}\n" },
	{ "infected twice", MM_VERDICT_INFECTED, 0, 4, 1,
	  "f: infected: virus: Eicar (part 1.2, \"a\\x1b[2J\\xff.zip\"); "
	  "virus: Eicar (part 1.4)\n",
	  "{\"file\":\"f\",\"verdict\":\"infected\","
	  "\"reasons\":[\"virus: Eicar\"],\"findings\":["
	  "{\"part\":\"1.2\",\"name\":\"a\\u001b[2J\xef\xbf\xbd.zip\","
	  "\"type\":\"zip\",\"size\":1234,\"kind\":\"virus\","
	  "\"detail\":\"Eicar\"},"
	  "{\"part\":\"1.3\",\"name\":\"b\",\"type\":\"text/x\","
	  "\"size\":5,\"kind\":\"encrypted\",\"detail\":\"\"},"
	  "{\"part\":\"\",\"name\":\"\",\"type\":\"\",\"size\":0,"
	  "\"kind\":\"error\",\"detail\":\"scan failed\"},"
	  "{\"part\":\"1.4\",\"name\":\"\",\"type\":\"\",\"size\":0,"
	  "\"kind\":\"virus\",\"detail\":\"Eicar\"}]}\n" },
	{ "not checked", MM_VERDICT_NOT_CHECKED, 1, 2, 2,
	  "f: not-checked: encrypted (part 1.3, \"b\"); error: scan failed\n",
	  "{\"file\":\"f\",\"verdict\":\"not-checked\","
	  "\"reasons\":[\"encrypted\",\"error: scan failed\"],"
	  "\"findings\":["
	  "{\"part\":\"1.3\",\"name\":\"b\",\"type\":\"text/x\","
	  "\"size\":5,\"kind\":\"encrypted\",\"detail\":\"\"},"
	  "{\"part\":\"\",\"name\":\"\",\"type\":\"\",\"size\":0,"
	  "\"kind\":\"error\",\"detail\":\"scan failed\"}]}\n" },
};

static void lines(void **state)
{
	struct mm_findings findings = { 0 };
	char got[4096];
	size_t i;
	int status;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		findings.verdict = cases[i].verdict;
		findings.list = list + cases[i].first;
		findings.count = cases[i].count;
		capture_begin();
		status = mm_verdict_print(false, "f", &findings);
		capture_end(got, sizeof(got));
		assert_int_equal(status, cases[i].status);
		assert_string_equal(got, cases[i].text);
		capture_begin();
		status = mm_verdict_print(true, "f", &findings);
		capture_end(got, sizeof(got));
		assert_int_equal(status, cases[i].status);
		assert_string_equal(got, cases[i].json);
	}
}

static void no_findings(void **state)
{
	char got[4096];
	int status;

	(void)state;
	capture_begin();
	status = mm_verdict_not_checked(false, "f\n", "scanner crashed");
	capture_end(got, sizeof(got));
	assert_int_equal(status, MM_EXIT_NOT_CHECKED);
	assert_string_equal(got, "f\\x0a: not-checked: scanner crashed\n");
	capture_begin();
	/* An answer that cannot be read says nothing about the mail. */
	status = mm_verdict_answer(true, "f", "rubbish", 7);
	capture_end(got, sizeof(got));
	assert_int_equal(status, MM_EXIT_NOT_CHECKED);
	assert_string_equal(got, "{\"file\":\"f\",\"verdict\":\"not-checked\","
			    "\"reasons\":[\"the scanner's answer cannot be "
			    "read\"],\"findings\":[]}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(no_findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
