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
#include "mamorid/gate/notify.h"

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

static char *domain_items[] = { (char *)"Example.TEST", (char *)"b.test" };

static struct mm_conf conf_for_notices(void)
{
	struct mm_conf conf;

	memset(&conf, 0, sizeof(conf));
	conf.local_domains = (struct mm_conf_list){ domain_items, 2 };
	conf.notices_enabled = 1;
	conf.operator = (char *)"op@outside.test";
	return conf;
}

static void test_local_recipients_once_each(void **state)
{
	const char *rcpts[] = { "u2@b.test",	    "u1@example.test",
				"U1@EXAMPLE.test",  "x@outside.test",
				"<bad>@b.test",	    "u3@example.test" };
	struct mm_record record = { .recipients = rcpts, .nrecipients = 6 };
	struct mm_treatment treatment = { .warn_recipients = true };
	struct mm_conf conf = conf_for_notices();
	struct mm_domains domains;

	(void)state;
	mm_domains_init(&domains, &conf);
	mm_notify_list(&record, &treatment, MM_DIRECTION_INBOUND, &domains,
		       &conf);
	assert_int_equal(record.nnotices, 3);
	assert_string_equal(record.notices[0].to, "u1@example.test");
	assert_string_equal(record.notices[1].to, "u2@b.test");
	assert_string_equal(record.notices[2].to, "u3@example.test");
	free(record.notices);
	conf.notices_enabled = 0;
	mm_notify_list(&record, &treatment, MM_DIRECTION_INBOUND, &domains,
		       &conf);
	assert_int_equal(record.nnotices, 0);
	free(record.notices);
	mm_domains_clear(&domains);
}

static void test_account_only_when_local(void **state)
{
	struct mm_record record = { .account = "u1@example.test" };
	struct mm_treatment treatment = { .warn_account = true };
	struct mm_conf conf = conf_for_notices();
	struct mm_domains domains;

	(void)state;
	mm_domains_init(&domains, &conf);
	mm_notify_list(&record, &treatment, MM_DIRECTION_OUTBOUND, &domains,
		       &conf);
	assert_int_equal(record.nnotices, 1);
	assert_int_equal(record.notices[0].kind, MM_NOTICE_VIRUS_OUTBOUND);
	free(record.notices);
	record.account = "u1@outside.test";
	mm_notify_list(&record, &treatment, MM_DIRECTION_LOCAL, &domains,
		       &conf);
	assert_int_equal(record.nnotices, 0);
	free(record.notices);
	mm_domains_clear(&domains);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusal_names_the_virus),
		cmocka_unit_test(test_clean_has_a_header),
		cmocka_unit_test(test_not_checked_is_never_silent),
		cmocka_unit_test(test_local_recipients_once_each),
		cmocka_unit_test(test_account_only_when_local),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
