/*
 * What one recipient's mail gets: rows of the presets, and the whole product of
 * directions, findings, states and presets.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "mamorid/gate/treatment.h"

#define PRESETS 5u

static const char *const presets[PRESETS] = { "standard", "smartconnect",
					      "mwb", "acmf", "kinou-m" };
static struct mm_rules rules[PRESETS];

static int load(void **state)
{
	struct mm_buf error;
	size_t i;
	int r = 0;

	(void)state;
	mm_buf_init(&error, 1000);
	for (i = 0; i < PRESETS && r == 0; i++)
		r = mm_rules_load(&rules[i], NULL, "config/presets",
				  presets[i], &error);
	mm_buf_clear(&error);
	return r;
}

static int unload(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < PRESETS; i++)
		mm_rules_clear(&rules[i]);
	return 0;
}

static bool by_preset(const void *context, const struct mm_rule *rule,
		      bool receiving)
{
	(void)context;
	(void)receiving;
	return rule->enabled;
}

static bool all_off(const void *context, const struct mm_rule *rule,
		    bool receiving)
{
	(void)context;
	(void)rule;
	(void)receiving;
	return false;
}

static bool all_on(const void *context, const struct mm_rule *rule,
		   bool receiving)
{
	(void)context;
	(void)rule;
	(void)receiving;
	return true;
}

/* A finding in part 2, or in part 1 when it is in the body. */
static struct mm_finding finding(enum mm_kind kind, bool in_body)
{
	return (struct mm_finding){ .part = in_body ? "1" : "2",
				    .name = in_body ? "" : "file",
				    .mime_type = "",
				    .type = "",
				    .kind = kind,
				    .detail = "detail",
				    .in_body = in_body };
}

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

#define IN MM_DIRECTION_INBOUND
#define OUT MM_DIRECTION_OUTBOUND
#define LOCAL MM_DIRECTION_LOCAL
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
	{ "B2", "mwb", OUT, MM_KIND_VIRUS, false, false, 0,
	  MM_OUTCOME_DISCARD, "virus", false, BY, 0, NULL },
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
	{ "reject for a program", "kinou-m", LOCAL, MM_KIND_LIMIT, false,
	  false, 0, MM_OUTCOME_DISCARD, "limit", true, OP, 0, NULL },
};

static const struct mm_rules *find(const char *name)
{
	size_t i;

	for (i = 0; i < PRESETS; i++)
		if (strcmp(presets[i], name) == 0)
			return &rules[i];
	fail();
	return NULL;
}

static enum mm_verdict verdict_of(enum mm_kind kind)
{
	return kind == MM_KIND_VIRUS ? MM_VERDICT_INFECTED
	       : kind == MM_KIND_ENCRYPTED || kind == MM_KIND_LIMIT ||
			       kind == MM_KIND_ERROR
		       ? MM_VERDICT_NOT_CHECKED
		       : MM_VERDICT_CLEAN;
}

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

/* Does the treatment keep the promise: nothing is passed in silence? */
static void check_promise(const struct mm_case *c, const struct mm_treatment *t)
{
	size_t i, k;

	assert_in_range(t->outcome, MM_OUTCOME_DELIVER, MM_OUTCOME_DEFER);
	assert_non_null(t->reason);
	if (t->verdict != MM_VERDICT_CLEAN)
		assert_true(t->reason[0] != '\0');
	if (t->outcome == MM_OUTCOME_QUARANTINE)
		assert_true(t->copy);
	if (t->outcome == MM_OUTCOME_DEFER)
		assert_true(strcmp(t->reason, "unavailable") == 0 ||
			    strcmp(t->reason, "error") == 0);
	if (c->direction == LOCAL)
		assert_true(t->outcome != MM_OUTCOME_REJECT);
	if (c->direction == MM_DIRECTION_OWN) {
		assert_int_equal(t->outcome, MM_OUTCOME_DELIVER);
		return;
	}
	/* The operator may switch a rule off: then the header says it. */
	if (t->outcome > MM_OUTCOME_JUNK || c->is_on == all_off ||
	    c->findings == NULL)
		return;
	for (i = 0; i < c->findings->count; i++) {
		if (c->findings->list[i].kind != MM_KIND_VIRUS)
			continue;
		for (k = 0; k < t->nchanges; k++)
			if (strcmp(c->findings->list[i].part,
				   c->findings->list[t->changes[k].finding]
					   .part) == 0)
				break;
		assert_true(k < t->nchanges);
	}
}

/* Every order of the findings is judged the same. */
static void check_order(const struct mm_case *c, const struct mm_treatment *t)
{
	struct mm_finding turned[8];
	struct mm_findings findings;
	struct mm_case other = *c;
	struct mm_treatment again;
	size_t i;

	if (c->findings == NULL)
		return;
	findings = *c->findings;
	findings.list = turned;
	for (i = 0; i < findings.count; i++)
		turned[i] = c->findings->list[findings.count - 1 - i];
	other.findings = &findings;
	mm_treatment_decide(&other, &again);
	assert_int_equal(again.outcome, t->outcome);
	assert_int_equal(again.copy, t->copy);
	assert_string_equal(again.reason, t->reason);
	assert_int_equal(again.notify, t->notify);
	assert_int_equal(again.nchanges, t->nchanges);
}

static void try_sides(struct mm_case *c)
{
	struct mm_treatment t;
	size_t i, sides;

	for (i = 0; i < PRESETS; i++) {
		for (sides = 0; sides < 4; sides++) {
			c->sending = (sides & 1) != 0 ? &rules[i] : NULL;
			c->receiving = (sides & 2) != 0
					       ? &rules[(i + 1) % PRESETS]
					       : NULL;
			mm_treatment_decide(c, &t);
			check_promise(c, &t);
			check_order(c, &t);
			assert_true(mm_treatment_same(&t, &t));
		}
	}
}

static void try_switches(struct mm_case *c)
{
	static bool (*const switches[])(const void *, const struct mm_rule *,
					bool) = { by_preset, all_on, all_off };
	unsigned int spam, flags;
	size_t i;

	for (i = 0; i < 3; i++) {
		c->is_on = switches[i];
		for (spam = MM_SPAM_UNKNOWN; spam <= MM_SPAM_SPAM; spam++) {
			c->spam = (enum mm_spam)spam;
			for (flags = 0; flags < 8; flags++) {
				c->approved = (flags & 1) != 0;
				c->blocked = (flags & 2) != 0;
				c->unchangeable = (flags & 4) != 0;
				try_sides(c);
			}
		}
	}
}

/* Every set of kinds, in one place. */
static void try_findings(struct mm_case *c, bool in_body, bool no_part)
{
	struct mm_finding list[8];
	struct mm_findings findings;
	unsigned int set;
	int kind;

	for (set = 0; set < 256; set++) {
		findings = (struct mm_findings){ .verdict = MM_VERDICT_CLEAN,
						 .list = list };
		for (kind = MM_KIND_VIRUS; kind <= MM_KIND_ERROR; kind++) {
			if ((set & (1u << (kind - 1))) == 0)
				continue;
			list[findings.count] =
				finding((enum mm_kind)kind, in_body);
			if (no_part)
				list[findings.count].part = "";
			findings.count++;
			if (verdict_of((enum mm_kind)kind) ==
				    MM_VERDICT_INFECTED ||
			    findings.verdict == MM_VERDICT_CLEAN)
				findings.verdict =
					verdict_of((enum mm_kind)kind);
		}
		/* The strongest verdict counts. */
		if ((set & 1u) != 0)
			findings.verdict = MM_VERDICT_INFECTED;
		c->findings = &findings;
		try_switches(c);
	}
	c->findings = NULL;
}

static void test_product(void **state)
{
	int direction, inspected;

	(void)state;
	for (direction = IN; direction <= MM_DIRECTION_OWN; direction++) {
		struct mm_case c = { .direction =
					     (enum mm_direction)direction };

		for (inspected = MM_INSPECTED_CRASHED;
		     inspected <= MM_INSPECTED_UNREGISTERED; inspected++) {
			c.inspected = (enum mm_inspected)inspected;
			try_switches(&c);
		}
		c.inspected = MM_INSPECTED_DONE;
		try_findings(&c, false, false);
		try_findings(&c, true, false);
		try_findings(&c, false, true);
	}
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_product),
		cmocka_unit_test(test_approved),
		cmocka_unit_test(test_encrypted_mail),
		cmocka_unit_test(test_same),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
