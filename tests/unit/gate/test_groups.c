/*
 * Groups: one answer a message, as few mails as possible, and the same ones
 * for every order of recipients.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "mamorid/gate/groups.h"

#define D MM_OUTCOME_DELIVER
#define J MM_OUTCOME_JUNK
#define Q MM_OUTCOME_QUARANTINE
#define X MM_OUTCOME_DISCARD
#define R MM_OUTCOME_REJECT
#define T MM_OUTCOME_DEFER

#define MOST 4u

struct row {
	const char *name;
	bool unread; /* the reply */
	enum mm_outcome_kind outcomes[MOST]; /* of a@x, b@x, ... */
	unsigned int varieties[MOST];
	enum mm_action action;
	const char *want; /* groups: outcome, copy, members; "*" the main */
};

static const struct row rows[] = {
	{ "all the same", false, { D, D, D }, { 0 }, MM_ACTION_ACCEPT,
	  "*deliver:abc" },
	{ "the largest keeps the message", false, { J, D, D }, { 0 },
	  MM_ACTION_ACCEPT, "junk:a *deliver:bc" },
	{ "of two equal ones the first", false, { J, D }, { 0 },
	  MM_ACTION_ACCEPT, "*junk:a deliver:b" },
	{ "languages", false, { D, D, D }, { 1, 0, 1 }, MM_ACTION_ACCEPT,
	  "*deliver:ac deliver:b" },
	{ "all refused", false, { R, R }, { 0 }, MM_ACTION_REJECT,
	  "reject:ab" },
	{ "all refused, nobody reads it", true, { R, R }, { 0 },
	  MM_ACTION_DISCARD, "quarantine+:ab" },
	{ "some refused", false, { D, R, R }, { 0 }, MM_ACTION_ACCEPT,
	  "*deliver:a quarantine+:bc" },
	{ "refused and dropped", false, { X, R }, { 0 }, MM_ACTION_DISCARD,
	  "discard:a quarantine+:b" },
	{ "all deferred", false, { T, T }, { 0 }, MM_ACTION_DEFER,
	  "defer:ab" },
	{ "all deferred, local", true, { T, T }, { 0 }, MM_ACTION_DEFER,
	  "defer:ab" },
	{ "some deferred", false, { D, T }, { 0 }, MM_ACTION_ACCEPT,
	  "*deliver:a quarantine+:b" },
	{ "kept for all", false, { Q, Q }, { 0 }, MM_ACTION_DISCARD,
	  "quarantine+:ab" },
	{ "four ways", false, { Q, D, J, R }, { 0 }, MM_ACTION_ACCEPT,
	  "quarantine+:a *deliver:b junk:c quarantine+:d" },
	{ "nobody", false, { 0 }, { 0 }, MM_ACTION_DISCARD, "" },
};

static void show(const struct mm_groups *groups, char *text, size_t size)
{
	size_t i, k, len = 0;

	text[0] = '\0';
	for (i = 0; i < groups->count; i++) {
		const struct mm_group *group = &groups->list[i];

		len += (size_t)snprintf(text + len, size - len, "%s%s%s%s:",
					i == 0 ? "" : " ",
					group == groups->main ? "*" : "",
					mm_outcome_kind_name(group->outcome),
					group->copy ? "+" : "");
		for (k = 0; k < group->count; k++)
			len += (size_t)snprintf(text + len, size - len, "%c",
						group->members[k].address[0]);
	}
}

static void check(const struct row *row, const size_t *order, size_t count)
{
	static const char *const addresses[MOST] = { "a@x", "b@x", "c@x",
						     "d@x" };
	struct mm_treatment treatments[MOST];
	struct mm_member members[MOST];
	struct mm_groups groups;
	char got[256];
	size_t i;

	memset(treatments, 0, sizeof(treatments));
	for (i = 0; i < count; i++) {
		const size_t who = order[i];

		treatments[i].outcome = row->outcomes[who];
		treatments[i].reason = "virus";
		members[i] = (struct mm_member){
			.address = addresses[who],
			.treatment = &treatments[i],
			.variety = row->varieties[who],
		};
	}
	mm_groups_make(&groups, members, count, !row->unread);
	show(&groups, got, sizeof(got));
	assert_string_equal(got, row->want);
	assert_int_equal(groups.action, row->action);
	mm_groups_clear(&groups);
}

/* Heap's algorithm. */
static void permute(const struct row *row, size_t *order, size_t n,
		    size_t count)
{
	size_t i, k, swap;

	if (n <= 1) {
		check(row, order, count);
		return;
	}
	for (i = 0; i < n; i++) {
		permute(row, order, n - 1, count);
		k = n % 2 == 0 ? i : 0;
		swap = order[k];
		order[k] = order[n - 1];
		order[n - 1] = swap;
	}
}

static void test_every_order_has_the_same_result(void **state)
{
	size_t order[MOST], i, k, count;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("  %s\n", rows[i].name);
		for (count = 0; count < MOST && rows[i].outcomes[count] != 0;
		     count++)
			order[count] = count;
		permute(&rows[i], order, count, count);
		for (k = 0; k < count; k++)
			order[k] = count - 1 - k;
		permute(&rows[i], order, count, count);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_order_has_the_same_result),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
