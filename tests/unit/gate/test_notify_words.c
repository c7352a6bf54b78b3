/* Templates and words of notices, from treatments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mamorid/gate/notify_words.h"

static struct mm_rule mwb = {
	.actions = MM_DO_STRIP,
	.notify = MM_NOTIFY_RECIPIENT,
	.notice = (char *)"mwb-inbound",
};
static struct mm_rule tags = { .actions = MM_DO_TAG | MM_DO_STAMP };

static const struct {
	const char *reason;
	enum mm_outcome_kind outcome;
	unsigned int made;
	bool copy, program;
	const struct mm_rule *rule;
	const char *recipient, *sender, *done;
} cases[] = {
	{ "virus", MM_OUTCOME_DISCARD, 0, true, false, NULL, "virus-inbound",
	  "virus-outbound", "copy,discard" },
	{ "virus", MM_OUTCOME_QUARANTINE, 0, true, true, NULL, "virus-inbound",
	  "virus-local", "quarantine" },
	{ "virus", MM_OUTCOME_DELIVER, MM_DO_STRIP, true, false, NULL,
	  "stripped", "virus-outbound", "strip,copy,deliver" },
	{ "macro", MM_OUTCOME_JUNK, MM_DO_CLEAN | MM_DO_STAMP | MM_DO_TAG,
	  false, false, &tags, "cleaned", "stopped", "clean,stamp,tag,junk" },
	/* One part of two could not be cleaned. */
	{ "macro", MM_OUTCOME_DELIVER, MM_DO_CLEAN | MM_DO_STRIP, false, false,
	  NULL, "stripped", "stopped", "clean,strip,deliver" },
	/* The strongest outcome has won over the change. */
	{ "virus", MM_OUTCOME_DISCARD, MM_DO_STRIP, false, false, &tags,
	  "virus-inbound", "virus-outbound", "discard" },
	{ "virus", MM_OUTCOME_DELIVER, MM_DO_STRIP, false, false, &mwb,
	  "mwb-inbound", "virus-outbound", "strip,deliver" },
	{ "encrypted", MM_OUTCOME_DELIVER, MM_DO_STAMP | MM_DO_TAG, false,
	  false, &tags, "encrypted", "encrypted", "stamp,tag,deliver" },
	/* A rule that wants marks, where nothing may be changed. */
	{ "encrypted", MM_OUTCOME_DELIVER, 0, false, false, &tags, "encrypted",
	  "encrypted", "deliver" },
	{ "crashed", MM_OUTCOME_QUARANTINE, 0, true, false, NULL, "limit",
	  "limit", "quarantine" },
	{ "executable", MM_OUTCOME_REJECT, 0, false, false, NULL, "stopped",
	  "stopped", "reject" },
};

static void test_words(void **state)
{
	struct mm_treatment t;
	struct mm_notify_made made;
	struct mm_notify_wish wish;
	struct mm_buf done;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		t = (struct mm_treatment){
			.reason = cases[i].reason,
			.notify = MM_NOTIFY_RECIPIENT,
			.hits = { cases[i].rule },
			.nhits = cases[i].rule != NULL,
		};
		made = (struct mm_notify_made){
			.edits = cases[i].made,
			.copy = cases[i].copy,
			.outcome = cases[i].outcome,
		};
		wish = mm_notify_wish_of(&t, &made,
					 cases[i].program
						 ? MM_DIRECTION_LOCAL
						 : MM_DIRECTION_OUTBOUND);
		assert_int_equal(wish.notify, MM_NOTIFY_RECIPIENT);
		assert_string_equal(wish.recipient, cases[i].recipient);
		assert_string_equal(wish.sender, cases[i].sender);
		assert_string_equal(wish.operator, "not-checked");
		mm_buf_init(&done, 100);
		assert_int_equal(mm_notify_done(&made, &done), 0);
		assert_string_equal(mm_buf_str(&done), cases[i].done);
		mm_buf_clear(&done);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_words) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
