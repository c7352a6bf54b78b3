/*
 * No combination of direction, findings, preset and switches ends without an
 * outcome, or passes something in silence.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/gate/treatment_fixture.h"

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
	for (i = 0; i < t->nchanges; i++) {
		const char *part =
			c->findings->list[t->changes[i].finding].part;
		size_t k = 0;

		while (k < again.nchanges &&
		       strcmp(turned[again.changes[k].finding].part, part) != 0)
			k++;
		assert_true(k < again.nchanges);
		assert_int_equal(again.changes[k].actions,
				 t->changes[i].actions);
	}
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_product),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
