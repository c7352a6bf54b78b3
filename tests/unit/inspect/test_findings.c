/*
 * The verdict over a list of findings, and the texts in it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/fixture.h"

static void add(struct mm_report *report, const char *part, enum mm_kind kind,
		const char *detail)
{
	struct mm_finding finding = {
		.part = part, .kind = kind, .detail = detail,
	};

	mm_report_add(report, &finding);
}

static void test_verdict(void **state)
{
	static const struct {
		const char *name;
		enum mm_kind kinds[3];
		enum mm_verdict want;
	} cases[] = {
		{ "nothing", { 0 }, MM_VERDICT_CLEAN },
		{ "macro", { MM_KIND_MACRO }, MM_VERDICT_CLEAN },
		{ "macro, script", { MM_KIND_MACRO, MM_KIND_SCRIPT },
		  MM_VERDICT_CLEAN },
		{ "executable, ambiguous",
		  { MM_KIND_EXECUTABLE, MM_KIND_AMBIGUOUS },
		  MM_VERDICT_CLEAN },
		{ "encrypted", { MM_KIND_ENCRYPTED }, MM_VERDICT_NOT_CHECKED },
		{ "limit", { MM_KIND_LIMIT }, MM_VERDICT_NOT_CHECKED },
		{ "error", { MM_KIND_ERROR, MM_KIND_MACRO },
		  MM_VERDICT_NOT_CHECKED },
		{ "virus", { MM_KIND_VIRUS }, MM_VERDICT_INFECTED },
		{ "virus last", { MM_KIND_ERROR, MM_KIND_LIMIT,
		  MM_KIND_VIRUS }, MM_VERDICT_INFECTED },
		{ "virus first", { MM_KIND_VIRUS, MM_KIND_ENCRYPTED },
		  MM_VERDICT_INFECTED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mm_report report;

		mm_report_init(&report);
		assert_int_equal(report.findings.verdict,
				 MM_VERDICT_NOT_CHECKED);
		for (size_t k = 0; k < 3 && cases[i].kinds[k] != 0; k++)
			add(&report, "1", cases[i].kinds[k], "x");
		mm_report_finish(&report);
		if (report.findings.verdict != cases[i].want)
			fail_msg("%s", cases[i].name);
		mm_report_clear(&report);
	}
}

static void test_kinds(void **state)
{
	static const struct {
		const char *name;
		enum mm_kind want;
	} cases[] = {
		{ "Eicar-Test-Signature", MM_KIND_VIRUS },
		{ "Heuristics.Encrypted.Zip", MM_KIND_ENCRYPTED },
		{ "Heuristics.Encrypted.PDF", MM_KIND_ENCRYPTED },
		{ "Heuristics.Limits.Exceeded.MaxFileSize", MM_KIND_LIMIT },
		{ "Heuristics.Zip.OverlappingFiles", MM_KIND_LIMIT },
		{ "Heuristics.XZ.DicSizeLimit", MM_KIND_LIMIT },
		{ "Heuristics.OLE2.ContainsMacros.VBA", MM_KIND_MACRO },
		{ "Heuristics.Phishing.Email.SpoofedDomain", MM_KIND_VIRUS },
		{ "Doc.Heuristics.Encrypted.Fake", MM_KIND_VIRUS },
		{ "", MM_KIND_VIRUS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (mm_report_kind(cases[i].name) != cases[i].want)
			fail_msg("%s", cases[i].name);
}

static void test_duplicates(void **state)
{
	struct mm_report report;

	(void)state;
	mm_report_init(&report);
	add(&report, NULL, MM_KIND_VIRUS, "A");
	add(&report, NULL, MM_KIND_ERROR, "E");
	add(&report, "2", MM_KIND_VIRUS, "A");
	add(&report, "2", MM_KIND_VIRUS, "A");
	add(&report, "2", MM_KIND_ERROR, "E");
	add(&report, NULL, MM_KIND_VIRUS, "B");
	add(&report, "2", MM_KIND_MACRO, "B");
	mm_report_finish(&report);
	assert_int_equal(report.findings.count, 5);
	assert_true(mm_report_has(&report, MM_KIND_VIRUS, "2"));
	assert_true(mm_report_has(&report, MM_KIND_ERROR, ""));
	for (size_t i = 0; i < report.findings.count; i++)
		assert_false(strcmp(report.findings.list[i].detail, "A") == 0 &&
			     report.findings.list[i].part[0] == '\0');
	mm_report_clear(&report);
}

/* A flood of findings neither grows without end nor hides the virus. */
static void test_full(void **state)
{
	struct mm_report report;
	struct mm_buf buf;
	char detail[32];

	(void)state;
	mm_report_init(&report);
	for (unsigned int i = 0; i < MM_FINDINGS_MAX + 50; i++) {
		snprintf(detail, sizeof(detail), "m%u", i);
		add(&report, "1", MM_KIND_MACRO, detail);
	}
	add(&report, "2", MM_KIND_VIRUS, "V");
	mm_report_finish(&report);
	assert_int_equal(report.findings.count, MM_FINDINGS_MAX);
	assert_int_equal(report.findings.verdict, MM_VERDICT_INFECTED);
	assert_true(mm_report_has(&report, MM_KIND_VIRUS, "2"));
	mm_buf_init(&buf, MM_LIST_MAX);
	assert_int_equal(mm_findings_encode(&buf, &report.findings), 0);
	mm_buf_clear(&buf);
	mm_report_clear(&report);
}

static void test_texts(void **state)
{
	static const struct {
		const char *value;
		const char *want;
	} cases[] = {
		{ NULL, "" },
		{ "", "" },
		{ "請求書", "請求書" },
		{ "a\r\nBcc: x\tb\x7f", "a  Bcc: x b " },
		{ "\xff\xfe x", "?? x" },
	};
	struct mm_report report;
	char lengthy[3001];

	(void)state;
	mm_report_init(&report);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		mm_report_text(&report.findings.subject, cases[i].value);
		assert_string_equal(report.findings.subject, cases[i].want);
	}
	/* Not cut inside a character. */
	for (size_t i = 0; i < 1000; i++)
		memcpy(lengthy + 3 * i, "語", 3);
	lengthy[3000] = '\0';
	mm_report_text(&report.findings.subject, lengthy);
	assert_int_equal(strlen(report.findings.subject), 999);
	mm_report_clear(&report);
}

/* libclamav's names for its limits become ours. */
static void test_limits(void **state)
{
	static const struct {
		const char *name;
		const char *want;
	} cases[] = {
		{ "Heuristics.Limits.Exceeded.MaxScanSize", "unpacked size" },
		{ "Heuristics.Limits.Exceeded.MaxFileSize", "unpacked size" },
		{ "Heuristics.Limits.Exceeded.MaxFiles", "parts" },
		{ "Heuristics.Limits.Exceeded.MaxRecursion",
		  "nesting depth" },
		{ "Heuristics.Limits.Exceeded.MaxScanTime", "scan time" },
		{ "Heuristics.Limits.Exceeded.EmailHeaderBytes", "headers" },
		{ "Heuristics.Limits.Exceeded.EmailMIMEPartsPerMessage",
		  "parts" },
		{ "Heuristics.Limits.Exceeded.New", "scanner" },
		{ "Heuristics.Zip.OverlappingFiles", "overlapping members" },
		{ "Heuristics.XZ.DicSizeLimit", "memory" },
		{ "Heuristics.Encrypted.Zip", NULL },
		{ "Eicar-Test-Signature", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = mm_report_limit(cases[i].name);

		if (cases[i].want == NULL) {
			assert_null(got);
			continue;
		}
		assert_non_null(got);
		assert_string_equal(got, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdict),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
