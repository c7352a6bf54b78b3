/*
 * What one recipient's mail gets: rows of the presets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/gate/treatment_fixture.h"

struct row {
	const char *name;
	const char *preset;
	enum mm_direction direction;
	enum mm_kind kind; /* 0: none */
	bool in_body;
	bool unchangeable;
	enum mm_spam spam;
	enum mm_outcome_kind want;
	const char *reason;
	bool copy;
	unsigned int notify;
	size_t changes;
	const char *tag; /* of the last hit */
};

#define TO MM_NOTIFY_RECIPIENT
#define BY MM_NOTIFY_SENDER
#define OP MM_NOTIFY_OPERATOR

static const struct row rows[] = {
	{ "A2", "smartconnect", OUT, MM_KIND_VIRUS, false, false, 0,
	  MM_OUTCOME_REJECT, "virus", true, BY, 0, NULL },
	{ "A2 local", "smartconnect", LOCAL, MM_KIND_VIRUS, false, false, 0,
	  MM_OUTCOME_DISCARD, "virus", true, BY, 0, NULL },
	{ "A3", "smartconnect", IN, MM_KIND_VIRUS, false, false, 0,
	  MM_OUTCOME_DISCARD, "virus", true, TO, 0, NULL },
	{ "A3 body", "smartconnect", IN, MM_KIND_VIRUS, true, false, 0,
	  MM_OUTCOME_DISCARD, "virus", true, TO, 0, NULL },
	{ "A6 encrypted", "smartconnect", IN, MM_KIND_ENCRYPTED, false, false,
	  0, MM_OUTCOME_DELIVER, "encrypted", false, 0, 0, NULL },
	{ "B1 cleanable", "mwb", IN, MM_KIND_VIRUS, false, false, 0,
	  MM_OUTCOME_DELIVER, "virus", false, TO, 1, NULL },
	{ "B1 otherwise", "mwb", IN, MM_KIND_VIRUS, false, true, 0,
	  MM_OUTCOME_DISCARD, "virus", false, TO, 0, NULL },
	{ "B2", "mwb", OUT, MM_KIND_VIRUS, false, false, 0, MM_OUTCOME_DISCARD,
	  "virus", false, BY, 0, NULL },
	{ "B3", "mwb", IN, MM_KIND_ENCRYPTED, false, false, 0,
	  MM_OUTCOME_DELIVER, "encrypted", false, 0, 0, NULL },
	{ "B4", "mwb", IN, 0, false, false, MM_SPAM_SPAM, MM_OUTCOME_DELIVER,
	  "spam", false, 0, 0, "[MEIWAKU!!!]" },
	{ "B5 off", "mwb", IN, 0, false, false, MM_SPAM_SUSPECT,
	  MM_OUTCOME_DELIVER, "", false, 0, 0, NULL },
	{ "B6 off", "mwb", OUT, 0, false, false, MM_SPAM_SPAM,
	  MM_OUTCOME_DELIVER, "", false, 0, 0, NULL },
	{ "B7 off", "mwb", IN, MM_KIND_EXECUTABLE, false, false, 0,
	  MM_OUTCOME_DELIVER, "", false, 0, 0, NULL },
	{ "B8 off", "mwb", OUT, MM_KIND_EXECUTABLE, false, false, 0,
	  MM_OUTCOME_DELIVER, "", false, 0, 0, NULL },
	{ "C1 spam", "acmf", IN, 0, false, false, MM_SPAM_SPAM,
	  MM_OUTCOME_QUARANTINE, "spam", true, 0, 0, NULL },
	{ "C1 suspect", "acmf", IN, 0, false, false, MM_SPAM_SUSPECT,
	  MM_OUTCOME_DELIVER, "suspect", false, 0, 0, "[SPAM?]" },
	{ "C2", "acmf", IN, MM_KIND_MACRO, false, false, 0, MM_OUTCOME_DELIVER,
	  "macro", false, 0, 0, "[SPAM?]" },
	{ "C3", "acmf", IN, MM_KIND_ENCRYPTED, false, false, 0,
	  MM_OUTCOME_DELIVER, "encrypted", false, 0, 0, "[SPAM?]" },
	{ "D1 body", "kinou-m", IN, MM_KIND_VIRUS, true, false, 0,
	  MM_OUTCOME_DISCARD, "virus", true, TO, 0, NULL },
	{ "D1", "kinou-m", IN, MM_KIND_VIRUS, false, false, 0,
	  MM_OUTCOME_DELIVER, "virus", true, TO, 1, NULL },
	{ "D1 otherwise", "kinou-m", IN, MM_KIND_VIRUS, false, true, 0,
	  MM_OUTCOME_DISCARD, "virus", true, TO, 0, NULL },
	{ "D2", "kinou-m", OUT, MM_KIND_VIRUS, true, false, 0,
	  MM_OUTCOME_REJECT, "virus", true, BY, 0, NULL },
	{ "D3", "kinou-m", IN, MM_KIND_LIMIT, false, false, 0,
	  MM_OUTCOME_REJECT, "limit", false, 0, 0, NULL },
	{ "strip", "standard", IN, MM_KIND_VIRUS, false, false, 0,
	  MM_OUTCOME_DELIVER, "virus", true, TO, 1, NULL },
	{ "strip in vain", "standard", IN, MM_KIND_VIRUS, false, true, 0,
	  MM_OUTCOME_QUARANTINE, "virus", true, TO, 0, NULL },
	{ "limit", "standard", IN, MM_KIND_LIMIT, false, false, 0,
	  MM_OUTCOME_QUARANTINE, "limit", true, OP, 0, NULL },
	{ "reject for a program", "kinou-m", LOCAL, MM_KIND_LIMIT, false, false,
	  0, MM_OUTCOME_DISCARD, "limit", true, OP, 0, NULL },
};

static void check_row(const struct row *row)
{
	struct mm_finding found = finding(row->kind, row->in_body);
	const struct mm_findings findings = { .verdict = verdict_of(row->kind),
					      .list = &found,
					      .count = row->kind != 0 };
	const struct mm_rules *set = find(row->preset);
	const struct mm_case c = {
		.direction = row->direction,
		.inspected = MM_INSPECTED_DONE,
		.findings = &findings,
		.spam = row->spam,
		.unchangeable = row->unchangeable,
		.sending = row->direction == IN ? NULL : set,
		.receiving = row->direction == IN ? set : NULL,
		.is_on = by_preset,
	};
	struct mm_treatment t;

	mm_treatment_decide(&c, &t);
	assert_int_equal(t.outcome, row->want);
	assert_string_equal(t.reason, row->reason);
	assert_int_equal(t.copy, row->copy);
	assert_int_equal(t.notify, row->notify);
	assert_int_equal(t.nchanges, row->changes);
	if (row->tag != NULL) {
		assert_true(t.nhits > 0);
		assert_string_equal(t.hits[t.nhits - 1]->tag, row->tag);
	}
}

static void test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		print_message("%s\n", rows[i].name);
		check_row(&rows[i]);
	}
}

/* B6, B7 and B8, switched on: the whole mail is deleted. */
static void test_switched_on(void **state)
{
	struct mm_finding found = finding(MM_KIND_EXECUTABLE, false);
	struct mm_findings findings = { .verdict = MM_VERDICT_CLEAN,
					.list = &found,
					.count = 1 };
	struct mm_case c = { .direction = IN,
			     .inspected = MM_INSPECTED_DONE,
			     .findings = &findings,
			     .receiving = find("mwb"),
			     .is_on = all_on };
	struct mm_treatment t;

	(void)state;
	decide(&c, &t, MM_OUTCOME_DISCARD, "executable");
	assert_false(t.copy);
	c.direction = OUT;
	c.sending = c.receiving;
	c.receiving = NULL;
	decide(&c, &t, MM_OUTCOME_DISCARD, "executable");
	findings.count = 0;
	c.spam = MM_SPAM_SPAM;
	decide(&c, &t, MM_OUTCOME_DISCARD, "spam");
}

static void test_approved(void **state)
{
	struct mm_finding found = finding(MM_KIND_VIRUS, false);
	struct mm_findings findings = { .verdict = MM_VERDICT_CLEAN,
					.list = &found };
	struct mm_case c = { .direction = IN,
			     .inspected = MM_INSPECTED_DONE,
			     .findings = &findings,
			     .spam = MM_SPAM_SPAM,
			     .approved = true,
			     .receiving = find("acmf"),
			     .is_on = by_preset };
	struct mm_treatment t;

	(void)state;
	mm_treatment_decide(&c, &t);
	assert_int_equal(t.outcome, MM_OUTCOME_DELIVER);
	/* Never exempt from the virus check. */
	findings.count = 1;
	findings.verdict = MM_VERDICT_INFECTED;
	mm_treatment_decide(&c, &t);
	assert_int_equal(t.outcome, MM_OUTCOME_QUARANTINE);
	/* Who is blocked sends spam. */
	findings.count = 0;
	findings.verdict = MM_VERDICT_CLEAN;
	c.spam = MM_SPAM_UNKNOWN;
	c.approved = false;
	c.blocked = true;
	mm_treatment_decide(&c, &t);
	assert_int_equal(t.outcome, MM_OUTCOME_QUARANTINE);
	assert_string_equal(t.reason, "spam");
}

/* What a recipient approves of, a sender's own server may still refuse. */
static void test_sides(void **state)
{
	struct mm_findings findings = { .verdict = MM_VERDICT_CLEAN };
	struct mm_case c = { .direction = OUT,
			     .inspected = MM_INSPECTED_DONE,
			     .findings = &findings,
			     .spam = MM_SPAM_SPAM,
			     .approved = true,
			     .sending = find("standard"),
			     .receiving = find("acmf"),
			     .is_on = all_on };
	struct mm_treatment t;

	(void)state;
	decide(&c, &t, MM_OUTCOME_REJECT, "spam");
	c.spam = MM_SPAM_HAM;
	c.approved = false;
	c.blocked = true;
	decide(&c, &t, MM_OUTCOME_QUARANTINE, "spam");
	c.receiving = NULL;
	decide(&c, &t, MM_OUTCOME_DELIVER, "");
}

/* A mail that its sender encrypted is no file that asks for a password. */
static void test_encrypted_mail(void **state)
{
	struct mm_finding found = finding(MM_KIND_ENCRYPTED, false);
	struct mm_findings findings = { .verdict = MM_VERDICT_NOT_CHECKED,
					.list = &found,
					.count = 1 };
	struct mm_case c = { .direction = IN,
			     .inspected = MM_INSPECTED_DONE,
			     .findings = &findings,
			     .receiving = find("acmf"),
			     .is_on = by_preset };
	struct mm_treatment t;

	(void)state;
	found.detail = "encrypted: pgp";
	mm_treatment_decide(&c, &t);
	assert_int_equal(t.outcome, MM_OUTCOME_DELIVER);
	assert_int_equal(t.nhits, 0);
	assert_string_equal(t.reason, "encrypted");
}

static void test_same(void **state)
{
	struct mm_finding found = finding(MM_KIND_ENCRYPTED, false);
	struct mm_findings findings = { .verdict = MM_VERDICT_NOT_CHECKED,
					.list = &found,
					.count = 1 };
	struct mm_case c = { .direction = IN,
			     .inspected = MM_INSPECTED_DONE,
			     .findings = &findings,
			     .is_on = by_preset };
	struct mm_treatment t[PRESETS];
	size_t i, k;

	(void)state;
	for (i = 0; i < PRESETS; i++) {
		c.receiving = &rules[i];
		mm_treatment_decide(&c, &t[i]);
	}
	/* smartconnect and kinou-m deliver as it is; the others each edit in
	 * their own way. */
	for (i = 0; i < PRESETS; i++)
		for (k = 0; k < PRESETS; k++)
			assert_int_equal(mm_treatment_same(&t[i], &t[k]),
					 i == k || (i == 1 && k == 4) ||
						 (i == 4 && k == 1));
}

static bool off_while_sending(const void *context, const struct mm_rule *rule,
			      bool receiving)
{
	(void)context;
	return rule->enabled && receiving;
}

/* What would match but is off is named, by side, and does nothing. */
static void test_off(void **state)
{
	struct mm_finding found = finding(MM_KIND_VIRUS, false);
	struct mm_findings findings = { .verdict = MM_VERDICT_INFECTED,
					.list = &found,
					.count = 1 };
	struct mm_case c = { .direction = OUT,
			     .inspected = MM_INSPECTED_DONE,
			     .findings = &findings,
			     .sending = &rules[0],
			     .receiving = &rules[0],
			     .is_on = off_while_sending };
	struct mm_treatment t;
	size_t i;

	(void)state;
	mm_treatment_decide(&c, &t);
	assert_int_equal(t.nhits_sending, 0);
	assert_int_equal(t.noff_sending, 1);
	assert_string_equal(t.off[0]->name, "virus-outbound");
	assert_int_equal(t.nhits, 1);
	assert_string_equal(t.hits[0]->name, "virus-inbound");
	c.is_on = all_off;
	mm_treatment_decide(&c, &t);
	assert_int_equal(t.nhits, 0);
	assert_int_equal(t.noff, 2);
	assert_int_equal(t.noff_sending, 1);
	assert_string_equal(t.off[1]->name, "virus-inbound");
	for (i = 0; i < t.noff; i++)
		assert_false(t.off[i]->findings == 0);
	c.is_on = by_preset;
	mm_treatment_decide(&c, &t);
	assert_int_equal(t.nhits_sending, 1);
	assert_int_equal(t.noff, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_switched_on),
		cmocka_unit_test(test_approved),
		cmocka_unit_test(test_sides),
		cmocka_unit_test(test_encrypted_mail),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_off),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
