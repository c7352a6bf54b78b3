/*
 * What Exim is told: replies, the log line, the header, edits.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "mamorid/gate/answer.h"

static struct mm_rule rules[] = { { .name = (char *)"virus-inbound" },
				  { .name = (char *)"active" } };

/* A message for up to three recipients, decided. */
static struct {
	struct mm_conf conf;
	struct mm_role role;
	struct mm_gate gate;
	struct mm_request request;
	const char *recipients[3];
	struct mm_treatment treatments[3];
	struct mm_target targets[3];
	struct mm_member members[3];
	struct mm_changed changed[3];
	struct mm_job job;
} t;

static int setup(void **state)
{
	(void)state;
	memset(&t, 0, sizeof(t));
	t.conf.limits_message_size = 1000;
	t.role.conf = &t.conf;
	t.gate.role = &t.role;
	t.request.scan.trace = "1abc-0-1";
	t.request.scan.recipients = t.recipients;
	t.job = (struct mm_job){ .gate = &t.gate,
				 .request = &t.request,
				 .direction = MM_DIRECTION_INBOUND,
				 .source = MM_SOURCE_HOST,
				 .reply_is_read = true,
				 .targets = t.targets,
				 .changed = t.changed };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	mm_groups_clear(&t.job.groups);
	return 0;
}

static void add(const char *address, enum mm_verdict verdict,
		enum mm_outcome_kind outcome, const char *reason)
{
	const size_t i = t.request.scan.nrecipients++;

	t.recipients[i] = t.targets[i].address = address;
	t.treatments[i] = (struct mm_treatment){ .verdict = verdict,
						 .outcome = outcome,
						 .reason = reason };
	t.members[i] = (struct mm_member){ .address = address,
					   .treatment = &t.treatments[i],
					   .target = &t.targets[i] };
	t.changed[i].body = -1;
	t.job.verdict = verdict;
	t.job.reason = reason;
}

static void group(void)
{
	mm_groups_make(&t.job.groups, t.members, t.request.scan.nrecipients,
		       t.job.reply_is_read);
}

static void test_refusal_names_the_virus(void **state)
{
	struct mm_finding list[] = {
		{ .kind = MM_KIND_VIRUS, .detail = "Eicar-Test" },
		{ .kind = MM_KIND_ENCRYPTED, .detail = "zip" },
		{ .kind = MM_KIND_VIRUS, .detail = "Eicar-Test" },
		{ .kind = MM_KIND_VIRUS, .detail = "Evil\r\n250 ok\xe3;,x" },
	};
	struct mm_answer answer;

	(void)state;
	t.job.inspection.state = MM_INSPECTED_DONE;
	t.job.inspection.findings.list = list;
	t.job.inspection.findings.count = 4;
	add("a@x", MM_VERDICT_INFECTED, MM_OUTCOME_REJECT, "virus");
	t.treatments[0].copy = true;
	group();
	assert_int_equal(mm_answer_make(&answer, &t.job), 0);
	assert_int_equal(answer.verdict.action, MM_ACTION_REJECT);
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

static void test_replies(void **state)
{
	struct mm_answer answer;

	(void)state;
	add("a@x", MM_VERDICT_CLEAN, MM_OUTCOME_REJECT, "executable");
	group();
	assert_int_equal(mm_answer_make(&answer, &t.job), 0);
	assert_string_equal(answer.verdict.reply,
			    "5.7.1 Message refused: not permitted here "
			    "(executable)");
	mm_answer_clear(&answer);
	t.job.verdict = MM_VERDICT_NOT_CHECKED;
	t.job.reason = "limit";
	assert_int_equal(mm_answer_make(&answer, &t.job), 0);
	assert_string_equal(answer.verdict.reply,
			    "5.7.1 Message refused: it cannot be checked for "
			    "viruses (limit)");
	mm_answer_clear(&answer);
	t.job.inspection.state = MM_INSPECTED_TOO_BIG;
	assert_int_equal(mm_answer_make(&answer, &t.job), 0);
	assert_string_equal(answer.verdict.reply,
			    "5.3.4 Message too large: at most 1000 bytes are "
			    "taken");
	mm_answer_clear(&answer);
	t.job.failed = t.job.reason = "unrecorded";
	assert_int_equal(mm_answer_make(&answer, &t.job), 0);
	assert_int_equal(answer.verdict.action, MM_ACTION_DEFER);
	assert_string_equal(answer.verdict.reply,
			    "4.7.1 This message could not be checked for "
			    "viruses now (unrecorded), please try again later");
	mm_answer_clear(&answer);
}

static void test_headers(void **state)
{
	struct mm_answer answer;

	(void)state;
	add("a@x", MM_VERDICT_CLEAN, MM_OUTCOME_DELIVER, "");
	group();
	assert_int_equal(mm_answer_make(&answer, &t.job), 0);
	assert_null(answer.verdict.reply);
	assert_int_equal(answer.verdict.nedits, 1);
	assert_string_equal(answer.verdict.edits[0].text,
			    "X-Mamori-Result: clean; id=1abc-0-1\n");
	mm_answer_clear(&answer);
	t.treatments[0].verdict = MM_VERDICT_NOT_CHECKED;
	t.treatments[0].reason = "encrypted";
	assert_int_equal(mm_answer_make(&answer, &t.job), 0);
	assert_string_equal(answer.verdict.edits[0].text,
			    "X-Mamori-Result: not-checked; reason=encrypted; "
			    "id=1abc-0-1\n");
	mm_answer_clear(&answer);
	t.treatments[0] = (struct mm_treatment){
		.verdict = MM_VERDICT_INFECTED,
		.outcome = MM_OUTCOME_JUNK,
		.reason = "virus",
		.hits = { &rules[0], &rules[1] },
		.nhits = 2,
	};
	t.changed[0].stripped = t.changed[0].tagged = true;
	assert_int_equal(mm_answer_make(&answer, &t.job), 0);
	assert_string_equal(answer.verdict.edits[0].text,
			    "X-Mamori-Result: infected; reason=virus; "
			    "action=strip,tag; junk=yes;\n"
			    " rules=virus-inbound,active;\n id=1abc-0-1\n");
	mm_answer_clear(&answer);
}

static void test_others_are_taken_out(void **state)
{
	struct mm_answer answer;

	(void)state;
	add("c@x", MM_VERDICT_INFECTED, MM_OUTCOME_QUARANTINE, "virus");
	add("b@x", MM_VERDICT_INFECTED, MM_OUTCOME_DELIVER, "virus");
	add("a@x", MM_VERDICT_INFECTED, MM_OUTCOME_JUNK, "virus");
	group();
	assert_int_equal(mm_answer_make(&answer, &t.job), 0);
	assert_int_equal(answer.verdict.action, MM_ACTION_ACCEPT);
	assert_int_equal(answer.verdict.nedits, 3);
	assert_int_equal(answer.verdict.edits[1].type,
			 MM_EDIT_REMOVE_RECIPIENT);
	assert_string_equal(answer.verdict.edits[1].text, "b@x");
	assert_string_equal(answer.verdict.edits[2].text, "c@x");
	mm_answer_clear(&answer);
}

/* The header that a local process brings along counts only from our courier,
 * and only as one line. */
static void test_what_the_courier_brings(void **state)
{
	struct mm_answer answer;

	(void)state;
	add("a@x", MM_VERDICT_NOT_CHECKED, MM_OUTCOME_DELIVER, "own");
	group();
	t.request.scan.result = "X-Mamori-Result: clean;\n\trules=x; id=t\n";
	assert_int_equal(mm_answer_make(&answer, &t.job), 0);
	assert_string_equal(answer.verdict.edits[0].text,
			    "X-Mamori-Result: not-checked; reason=own; "
			    "id=1abc-0-1\n");
	mm_answer_clear(&answer);
	t.job.direction = MM_DIRECTION_OWN;
	assert_int_equal(mm_answer_make(&answer, &t.job), 0);
	assert_string_equal(answer.verdict.edits[0].text,
			    "X-Mamori-Result: not-checked; reason=own; "
			    "id=1abc-0-1\n");
	mm_answer_clear(&answer);
	t.job.source = MM_SOURCE_COURIER;
	assert_int_equal(mm_answer_make(&answer, &t.job), 0);
	assert_string_equal(answer.verdict.edits[0].text,
			    t.request.scan.result);
	mm_answer_clear(&answer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_refusal_names_the_virus),
		TEST(test_replies),
		TEST(test_headers),
		TEST(test_others_are_taken_out),
		TEST(test_what_the_courier_brings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
