/*
 * What no rule speaks of is kept.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/gate/treatment_fixture.h"

/* Who switches a virus rule off gets the virus, and the header says so; what
 * no rule speaks of is kept, whatever the list of findings holds. */
static void test_unspoken(void **state)
{
	struct mm_finding found = finding(MM_KIND_VIRUS, false);
	struct mm_findings findings = { .verdict = MM_VERDICT_INFECTED,
					.list = &found,
					.count = 1 };
	struct mm_case c = { .direction = IN,
			     .inspected = MM_INSPECTED_DONE,
			     .findings = &findings,
			     .receiving = find("standard"),
			     .is_on = all_off };
	struct mm_treatment t;

	(void)state;
	decide(&c, &t, MM_OUTCOME_DELIVER, "virus");
	assert_int_equal(t.verdict, MM_VERDICT_INFECTED);
	found.kind = MM_KIND_EXECUTABLE;
	decide(&c, &t, MM_OUTCOME_QUARANTINE, "virus");
	findings.count = 0;
	decide(&c, &t, MM_OUTCOME_QUARANTINE, "virus");
	assert_int_equal(t.notify, MM_NOTIFY_OPERATOR);
	c.receiving = NULL;
	findings.count = 1;
	found.kind = MM_KIND_VIRUS;
	decide(&c, &t, MM_OUTCOME_QUARANTINE, "virus");
}

static bool off_for_attachments(const void *context, const struct mm_rule *rule,
				bool receiving)
{
	(void)context;
	(void)receiving;
	return rule->enabled && rule->places != MM_RULE_ATTACHMENT;
}

/* That viruses of attachments may pass says nothing of those in bodies. */
static void test_each_finding(void **state)
{
	struct mm_finding found[] = { finding(MM_KIND_VIRUS, false),
				      finding(MM_KIND_VIRUS, true) };
	struct mm_findings findings = { .verdict = MM_VERDICT_INFECTED,
					.list = found,
					.count = 1 };
	struct mm_rule rule = { .name = (char *)"attachments",
				.enabled = true,
				.findings = MM_RULE_VIRUS,
				.places = MM_RULE_ATTACHMENT,
				.actions = MM_DO_STRIP };
	struct mm_rules one = { .list = &rule, .count = 1 };
	struct mm_case c = { .direction = IN,
			     .inspected = MM_INSPECTED_DONE,
			     .findings = &findings,
			     .receiving = &one,
			     .is_on = off_for_attachments };
	struct mm_treatment t;

	(void)state;
	decide(&c, &t, MM_OUTCOME_DELIVER, "virus");
	findings.count = 2;
	decide(&c, &t, MM_OUTCOME_QUARANTINE, "virus");
	/* Nor does it when theirs are taken out. */
	c.is_on = all_on;
	decide(&c, &t, MM_OUTCOME_QUARANTINE, "virus");
	findings.count = 1;
	decide(&c, &t, MM_OUTCOME_DELIVER, "virus");
	assert_int_equal(t.nchanges, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unspoken),
		cmocka_unit_test(test_each_finding),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
