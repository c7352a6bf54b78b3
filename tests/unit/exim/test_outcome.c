/* exim_local_scan/outcome.c: every way a mail comes, every answer. */
#include "tests/unit/exim/unit.h"

#include "exim_local_scan/outcome.h"

#define EXIM 102u
#define USER 1000u

static void kinds(void **state)
{
	static const struct {
		const char *name;
		struct mm_origin origin;
		enum mm_submission want;
	} cases[] = {
		{ "outside", { false, true, false, false, "192.0.2.1", "esmtp",
			       EXIM, EXIM }, MM_SUBMISSION_DIALOGUE },
		{ "outside with a mark and null sender",
		  { false, true, false, true, "192.0.2.1", "local-bsmtp",
		    EXIM, EXIM }, MM_SUBMISSION_DIALOGUE },
		{ "-bs", { false, true, false, false, NULL, "local-esmtp",
			   USER, EXIM }, MM_SUBMISSION_DIALOGUE },
		{ "-bs by Exim's user, null sender",
		  { false, true, false, true, NULL, "local-esmtp", EXIM,
		    EXIM }, MM_SUBMISSION_DIALOGUE },
		{ "-t", { false, false, false, false, NULL, "local",
			  USER, EXIM }, MM_SUBMISSION_LOCAL },
		{ "-t with a null sender",
		  { false, false, false, false, NULL, "local", USER,
		    EXIM }, MM_SUBMISSION_LOCAL },
		{ "own bounce", { false, false, false, false, NULL, "local",
				  EXIM, EXIM }, MM_SUBMISSION_LOCAL },
		{ "Exim's user with a sender",
		  { false, false, false, false, NULL, "local", EXIM,
		    EXIM }, MM_SUBMISSION_LOCAL },
		{ "-bS", { false, true, true, false, NULL, "local-bsmtp",
			   USER, EXIM }, MM_SUBMISSION_LOCAL },
		{ "-bS with a mark by a customer",
		  { false, true, true, true, NULL, "local-bsmtp", USER,
		    EXIM }, MM_SUBMISSION_LOCAL },
		{ "re-scan", { false, true, true, true, NULL, "local-bsmtp",
			       EXIM, EXIM }, MM_SUBMISSION_RESCAN },
		{ "re-scan without a mark",
		  { false, true, true, false, NULL, "local-bsmtp",
		    EXIM, EXIM }, MM_SUBMISSION_LOCAL },
		{ "another program's batch",
		  { false, true, true, true, NULL, "spam-scanned",
		    EXIM, EXIM }, MM_SUBMISSION_LOCAL },
		{ "a batch with a host address",
		  { false, true, true, true, "192.0.2.1", "local-bsmtp",
		    EXIM, EXIM }, MM_SUBMISSION_LOCAL },
		{ "no protocol", { false, true, true, true, NULL, NULL,
				   EXIM, EXIM }, MM_SUBMISSION_LOCAL },
		{ "-bh", { true, true, false, false, "192.0.2.1", "smtp",
			   EXIM, EXIM }, MM_SUBMISSION_TEST },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		enum mm_submission got = mm_submission_of(&cases[i].origin);

		if (got != cases[i].want)
			fail_msg("%s: got %d want %d", cases[i].name, got,
				 cases[i].want);
	}
}

static void verdicts(void **state)
{
	static const struct {
		enum mm_submission submission;
		enum mm_action action;
		enum mm_outcome want;
	} cases[] = {
		{ MM_SUBMISSION_DIALOGUE, MM_ACTION_ACCEPT, MM_OUTCOME_ACCEPT },
		{ MM_SUBMISSION_DIALOGUE, MM_ACTION_REJECT, MM_OUTCOME_REJECT },
		{ MM_SUBMISSION_DIALOGUE, MM_ACTION_DEFER,
		  MM_OUTCOME_TEMPREJECT },
		{ MM_SUBMISSION_DIALOGUE, MM_ACTION_DISCARD,
		  MM_OUTCOME_DISCARD },
		{ MM_SUBMISSION_LOCAL, MM_ACTION_ACCEPT, MM_OUTCOME_ACCEPT },
		{ MM_SUBMISSION_LOCAL, MM_ACTION_REJECT, MM_OUTCOME_DISCARD },
		{ MM_SUBMISSION_LOCAL, MM_ACTION_DEFER, MM_OUTCOME_PENDING },
		{ MM_SUBMISSION_LOCAL, MM_ACTION_DISCARD, MM_OUTCOME_DISCARD },
		{ MM_SUBMISSION_RESCAN, MM_ACTION_ACCEPT, MM_OUTCOME_ACCEPT },
		{ MM_SUBMISSION_RESCAN, MM_ACTION_REJECT, MM_OUTCOME_DISCARD },
		{ MM_SUBMISSION_RESCAN, MM_ACTION_DEFER,
		  MM_OUTCOME_TEMPREJECT },
		{ MM_SUBMISSION_RESCAN, MM_ACTION_DISCARD,
		  MM_OUTCOME_DISCARD },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		assert_int_equal(mm_outcome_of_verdict(cases[i].submission,
						       cases[i].action),
				 cases[i].want);
}

static void failures(void **state)
{
	(void)state;
	assert_int_equal(mm_outcome_of_failure(MM_SUBMISSION_DIALOGUE, false),
			 MM_OUTCOME_TEMPREJECT);
	assert_int_equal(mm_outcome_of_failure(MM_SUBMISSION_LOCAL, false),
			 MM_OUTCOME_PENDING);
	assert_int_equal(mm_outcome_of_failure(MM_SUBMISSION_RESCAN, false),
			 MM_OUTCOME_TEMPREJECT);
	assert_int_equal(mm_outcome_of_failure(MM_SUBMISSION_DIALOGUE, true),
			 MM_OUTCOME_UNCHECKED);
	assert_int_equal(mm_outcome_of_failure(MM_SUBMISSION_LOCAL, true),
			 MM_OUTCOME_UNCHECKED);
	assert_int_equal(mm_outcome_of_failure(MM_SUBMISSION_RESCAN, true),
			 MM_OUTCOME_UNCHECKED);
}

static void reasons_are_words(void **state)
{
	int err;

	(void)state;
	for (err = MM_ERR_PEER - 1; err < 0; err++) {
		const char *got = mm_failure_reason(err);

		assert_true(*got != '\0');
		assert_int_equal(strspn(got, "abcdefghijklmnopqrstuvwxyz-"),
				 strlen(got));
	}
}

static void replies(void **state)
{
	static const struct {
		const char *reply;
		char class;
		const char *want;
	} cases[] = {
		{ NULL, '5', "5.7.1 Message refused" },
		{ "", '5', "5.7.1 Message refused" },
		{ " \n\n ", '5', "5.7.1 Message refused" },
		{ "virus", '5', "5.7.1 virus" },
		{ "5.7.1 virus", '5', "5.7.1 virus" },
		{ "5.7.0 a\n5.7.0 b\n", '5', "5.7.0 a\n5.7.0 b" },
		{ "5.7.100 a", '5', "5.7.100 a" },
		{ "5.7.1000 a", '5', "5.7.1 5.7.1000 a" },
		{ "5.7.1", '5', "5.7.1 5.7.1" },
		{ "5..1 a", '5', "5.7.1 5..1 a" },
		{ "5", '5', "5.7.1 5" },
		{ "4.3.0 a", '5', "5.7.1 4.3.0 a" },
		{ "4.3.0 a", '4', "4.3.0 a" },
		{ "5.7.1 a", '4', "4.7.1 5.7.1 a" },
		{ "a\rb\tc\x7f\xc3\xa9", '5', "5.7.1 a?b?c???" },
		{ "1\n2\n3\n4\n5\n6\n7\n8\n9", '4',
		  "4.7.1 1\n4.7.1 2\n4.7.1 3\n4.7.1 4\n4.7.1 5\n4.7.1 6\n"
		  "4.7.1 7\n4.7.1 8" },
	};
	struct mm_buf out;
	size_t i;

	(void)state;
	mm_buf_init(&out, 16384);
	for (i = 0; i < COUNT(cases); i++) {
		mm_buf_reset(&out);
		assert_int_equal(mm_reply_text(&out, cases[i].reply,
					       cases[i].class), 0);
		assert_string_equal(mm_buf_str(&out), cases[i].want);
	}
	mm_buf_clear(&out);
}

static void long_replies_are_cut(void **state)
{
	char text[5000];
	struct mm_buf out;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	mm_buf_init(&out, 16384);
	assert_int_equal(mm_reply_text(&out, text, '5'), 0);
	assert_int_equal(out.len, 400);
	mm_buf_clear(&out);
	mm_buf_init(&out, 10);
	assert_int_equal(mm_reply_text(&out, text, '5'), MM_ERR_LIMIT);
	mm_buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(failures),
		cmocka_unit_test(reasons_are_words),
		cmocka_unit_test(replies),
		cmocka_unit_test(long_replies_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
