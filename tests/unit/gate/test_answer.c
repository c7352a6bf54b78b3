/*
 * What Exim is told, and who is warned.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "mamorid/gate/answer.h"

static void test_refusal_names_the_virus(void **state)
{
	struct mm_finding list[] = {
		{ .kind = MM_KIND_VIRUS, .detail = "Eicar-Test" },
		{ .kind = MM_KIND_ENCRYPTED, .detail = "zip" },
		{ .kind = MM_KIND_VIRUS, .detail = "Eicar-Test" },
		{ .kind = MM_KIND_VIRUS, .detail = "Evil\r\n250 ok\xe3;,x" },
	};
	struct mm_findings findings = { .list = list, .count = 4 };
	struct mm_treatment treatment = { .verdict = MM_VERDICT_INFECTED,
					  .action = MM_ACTION_REJECT,
					  .quarantine = true,
					  .reason = "virus" };
	struct mm_answer answer;

	(void)state;
	assert_int_equal(
		mm_answer_make(&answer, &treatment, &findings, "1abc-0-1"), 0);
	assert_string_equal(answer.verdict.reply,
			    "5.7.1 Message refused: it contains a virus "
			    "(Eicar-Test,Evil__250_ok___x)");
	assert_string_equal(answer.verdict.log,
			    "verdict=infected action=reject reason=virus "
			    "virus=Eicar-Test,Evil__250_ok___x "
			    "quarantined=yes");
	assert_int_equal(answer.verdict.nedits, 0);
	mm_answer_clear(&answer);
}

static void test_clean_has_a_header(void **state)
{
	struct mm_treatment treatment = { .verdict = MM_VERDICT_CLEAN,
					  .action = MM_ACTION_ACCEPT,
					  .reason = "" };
	struct mm_answer answer;

	(void)state;
	assert_int_equal(mm_answer_make(&answer, &treatment, NULL, "1abc-0-1"),
			 0);
	assert_null(answer.verdict.reply);
	assert_int_equal(answer.verdict.nedits, 1);
	assert_string_equal(answer.verdict.edits[0].text,
			    "X-Mamori-Result: clean; id=1abc-0-1\n");
	mm_answer_clear(&answer);
}

static void test_not_checked_is_never_silent(void **state)
{
	struct mm_treatment treatment = { .verdict = MM_VERDICT_NOT_CHECKED,
					  .action = MM_ACTION_ACCEPT,
					  .reason = "encrypted" };
	struct mm_answer answer;

	(void)state;
	assert_int_equal(mm_answer_make(&answer, &treatment, NULL, "T"), 0);
	assert_string_equal(answer.verdict.edits[0].text,
			    "X-Mamori-Result: not-checked; reason=encrypted; "
			    "id=T\n");
	mm_answer_clear(&answer);
}

/* ---- who is warned --------------------------------------------------- */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusal_names_the_virus),
		cmocka_unit_test(test_clean_has_a_header),
		cmocka_unit_test(test_not_checked_is_never_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
