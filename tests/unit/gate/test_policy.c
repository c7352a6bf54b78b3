/*
 * Decisions over the whole product of direction, inspection and setting.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "mamorid/gate/policy.h"

static struct mm_conf conf_with(uint64_t encrypted, uint64_t limit,
				uint64_t crashed)
{
	struct mm_conf conf;

	memset(&conf, 0, sizeof(conf));
	conf.not_checked_encrypted = encrypted;
	conf.not_checked_limit = limit;
	conf.not_checked_crashed = crashed;
	return conf;
}

static struct mm_findings findings_with(enum mm_verdict verdict,
					struct mm_finding *list, size_t count)
{
	struct mm_findings findings;

	memset(&findings, 0, sizeof(findings));
	findings.verdict = verdict;
	findings.list = list;
	findings.count = count;
	return findings;
}

struct row {
	const char *name;
	enum mm_direction direction;
	enum mm_inspected inspected;
	enum mm_verdict verdict;
	enum mm_kind kind;
	uint64_t setting;
	/* want */
	enum mm_action action;
	bool quarantine;
	bool recipients;
	bool account;
	bool operator;
	const char *reason;
};

#define IN MM_DIRECTION_INBOUND
#define OUT MM_DIRECTION_OUTBOUND
#define LOC MM_DIRECTION_LOCAL
#define OWN MM_DIRECTION_OWN
#define DONE MM_INSPECTED_DONE
#define CLEAN MM_VERDICT_CLEAN
#define INFECTED MM_VERDICT_INFECTED
#define UNCHECKED MM_VERDICT_NOT_CHECKED
#define S_ACCEPT MM_CONF_NOT_CHECKED_ACCEPT
#define S_QUARANTINE MM_CONF_NOT_CHECKED_QUARANTINE
#define S_REJECT MM_CONF_NOT_CHECKED_REJECT
#define S_DEFER MM_CONF_NOT_CHECKED_DEFER

static const struct row rows[] = {
	{ "clean inbound", IN, DONE, CLEAN, 0, S_ACCEPT, MM_ACTION_ACCEPT, 0, 0,
	  0, 0, "" },
	{ "virus inbound: stopped, recipients warned", IN, DONE, INFECTED,
	  MM_KIND_VIRUS, S_ACCEPT, MM_ACTION_DISCARD, 1, 1, 0, 0, "virus" },
	{ "virus outbound: refused, sender warned", OUT, DONE, INFECTED,
	  MM_KIND_VIRUS, S_ACCEPT, MM_ACTION_REJECT, 1, 0, 1, 0, "virus" },
	{ "virus local: stopped, owner warned", LOC, DONE, INFECTED,
	  MM_KIND_VIRUS, S_ACCEPT, MM_ACTION_DISCARD, 1, 0, 1, 0, "virus" },
	{ "our own mail passes", OWN, MM_INSPECTED_UNAVAILABLE, CLEAN, 0,
	  S_ACCEPT, MM_ACTION_ACCEPT, 0, 0, 0, 0, "own" },
	{ "encrypted accepted with reason", IN, DONE, UNCHECKED,
	  MM_KIND_ENCRYPTED, S_ACCEPT, MM_ACTION_ACCEPT, 0, 0, 0, 0,
	  "encrypted" },
	{ "encrypted quarantined", IN, DONE, UNCHECKED, MM_KIND_ENCRYPTED,
	  S_QUARANTINE, MM_ACTION_DISCARD, 1, 0, 0, 1, "encrypted" },
	{ "encrypted outbound quarantine is a refusal", OUT, DONE, UNCHECKED,
	  MM_KIND_ENCRYPTED, S_QUARANTINE, MM_ACTION_REJECT, 0, 0, 0, 0,
	  "encrypted" },
	{ "limit local reject cannot be told", LOC, DONE, UNCHECKED,
	  MM_KIND_LIMIT, S_REJECT, MM_ACTION_DISCARD, 1, 0, 0, 1, "limit" },
	{ "limit inbound reject", IN, DONE, UNCHECKED, MM_KIND_LIMIT, S_REJECT,
	  MM_ACTION_REJECT, 0, 0, 0, 0, "limit" },
	{ "limit local never waits for ever", LOC, DONE, UNCHECKED,
	  MM_KIND_LIMIT, S_DEFER, MM_ACTION_DISCARD, 1, 0, 0, 1, "limit" },
	{ "error is deferred", IN, DONE, UNCHECKED, MM_KIND_ERROR, S_ACCEPT,
	  MM_ACTION_DEFER, 0, 0, 0, 0, "error" },
	{ "error is deferred locally: the module keeps it", LOC, DONE,
	  UNCHECKED, MM_KIND_ERROR, S_ACCEPT, MM_ACTION_DEFER, 0, 0, 0, 0,
	  "error" },
	{ "not checked without a finding is no clean mail", IN, DONE, UNCHECKED,
	  MM_KIND_MACRO, S_ACCEPT, MM_ACTION_DEFER, 0, 0, 0, 0, "error" },
	{ "scanner away", IN, MM_INSPECTED_UNAVAILABLE, CLEAN, 0, S_ACCEPT,
	  MM_ACTION_DEFER, 0, 0, 0, 0, "unavailable" },
	{ "crashed inbound", IN, MM_INSPECTED_CRASHED, CLEAN, 0, S_QUARANTINE,
	  MM_ACTION_DISCARD, 1, 0, 0, 1, "crashed" },
	{ "crashed outbound", OUT, MM_INSPECTED_CRASHED, CLEAN, 0, S_QUARANTINE,
	  MM_ACTION_REJECT, 0, 0, 0, 0, "crashed" },
	{ "too big outbound", OUT, MM_INSPECTED_TOO_BIG, CLEAN, 0, S_QUARANTINE,
	  MM_ACTION_REJECT, 0, 0, 0, 0, "limit" },
};

static void test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct mm_finding one = { .kind = row->kind, .detail = "X" };
		struct mm_findings findings = findings_with(
			row->verdict, &one, row->kind == 0 ? 0 : 1);
		struct mm_conf conf = conf_with(row->setting, row->setting,
						row->setting);
		struct mm_treatment got = mm_policy_decide(
			row->direction, row->inspected,
			row->inspected == DONE ? &findings : NULL, &conf);

		print_message("  %s\n", row->name);
		assert_int_equal(got.action, row->action);
		assert_int_equal(got.quarantine, row->quarantine);
		assert_int_equal(got.warn_recipients, row->recipients);
		assert_int_equal(got.warn_account, row->account);
		assert_int_equal(got.tell_operator, row->operator);
		assert_string_equal(got.reason, row->reason);
	}
}

/* The stricter setting wins, whichever finding comes first. */
static void test_stricter_setting_wins(void **state)
{
	struct mm_finding both[2] = { { .kind = MM_KIND_ENCRYPTED },
				      { .kind = MM_KIND_LIMIT } };
	struct mm_findings findings = findings_with(UNCHECKED, both, 2);
	struct mm_conf conf = conf_with(S_ACCEPT, S_QUARANTINE, S_ACCEPT);

	(void)state;
	assert_string_equal(mm_policy_decide(IN, DONE, &findings, &conf).reason,
			    "limit");
	conf = conf_with(S_REJECT, S_QUARANTINE, S_ACCEPT);
	assert_string_equal(mm_policy_decide(IN, DONE, &findings, &conf).reason,
			    "encrypted");
}

static void check_outcome(const struct mm_treatment *got)
{
	assert_in_range(got->action, MM_ACTION_ACCEPT, MM_ACTION_DISCARD);
	assert_in_range(got->verdict, MM_VERDICT_CLEAN, MM_VERDICT_NOT_CHECKED);
	assert_non_null(got->reason);
	if (got->verdict != MM_VERDICT_CLEAN)
		assert_string_not_equal(got->reason, "");
	if (got->verdict == MM_VERDICT_INFECTED)
		assert_int_not_equal(got->action, MM_ACTION_ACCEPT);
	/* What is dropped is kept. */
	if (got->action == MM_ACTION_DISCARD)
		assert_true(got->quarantine);
}

/* No combination ends without an outcome, and none loses mail. */
static void test_every_combination(void **state)
{
	unsigned int direction, inspected, verdict, kind, setting;

	(void)state;
	for (direction = 1; direction <= 4; direction++)
	for (inspected = 1; inspected <= 4; inspected++)
	for (verdict = 1; verdict <= 3; verdict++)
	for (kind = 0; kind <= MM_KIND_ERROR; kind++)
	for (setting = 0; setting < 64; setting++) {
		struct mm_finding one = { .kind = kind };
		struct mm_findings findings =
			findings_with(verdict, &one, kind == 0 ? 0 : 1);
		struct mm_conf conf = conf_with(setting & 3, setting >> 2 & 3,
						setting >> 4 & 3);
		struct mm_treatment got = mm_policy_decide(
			direction, inspected, &findings, &conf);

		check_outcome(&got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_stricter_setting_wins),
		cmocka_unit_test(test_every_combination),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
