/*
 * What senders have sent in a sliding window.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "mamorid/keeper/abuse_count.h"

#define NOW INT64_C(1700000000)
#define HOUR 3600

static void send(struct mm_abuse_counts *counts, const char *who, int64_t when,
		 uint64_t recipients, uint64_t content)
{
	const struct mm_abuse_sent sent = {
		.time = when,
		.messages = 1,
		.recipients = recipients,
		.content = content,
	};

	mm_abuse_count(counts, who, &sent);
}

static uint64_t sum(const struct mm_abuse_counts *counts, const char *who,
		    int64_t now, enum mm_abuse_kind kind)
{
	uint64_t sums[MM_ABUSE_KINDS];

	mm_abuse_sums(counts, who, now, sums);
	return sums[kind];
}

static void test_window(void **state)
{
	struct mm_abuse_counts *counts = mm_abuse_counts_new(HOUR, 10);
	int64_t at;

	(void)state;
	for (at = NOW; at < NOW + HOUR; at += 60)
		send(counts, "a", at, 2, 0);
	assert_int_equal(sum(counts, "a", NOW + HOUR - 1, MM_ABUSE_MESSAGES),
			 60);
	assert_int_equal(sum(counts, "a", NOW + HOUR - 1, MM_ABUSE_RECIPIENTS),
			 120);
	/* The whole window counts, and at most a twelfth more. */
	assert_true(sum(counts, "a", NOW + HOUR + HOUR / 2,
			MM_ABUSE_MESSAGES) >= 29);
	assert_true(sum(counts, "a", NOW + HOUR + HOUR / 2,
			MM_ABUSE_MESSAGES) <= 35);
	assert_int_equal(sum(counts, "a", NOW + 2 * HOUR + HOUR / 12,
			     MM_ABUSE_MESSAGES),
			 0);
	assert_int_equal(sum(counts, "b", NOW, MM_ABUSE_MESSAGES), 0);
	/* The ring is used again. */
	send(counts, "a", NOW + 3 * HOUR, 1, 0);
	assert_int_equal(sum(counts, "a", NOW + 3 * HOUR, MM_ABUSE_MESSAGES),
			 1);
	mm_abuse_counts_free(counts);
}

static void test_late(void **state)
{
	struct mm_abuse_counts *counts = mm_abuse_counts_new(HOUR, 10);

	(void)state;
	send(counts, "a", NOW, 1, 7);
	/* From a window that is over: it must not put out what is newer. */
	send(counts, "a", NOW - 10 * HOUR, 100, 7);
	send(counts, "a", -5, 100, 7);
	send(counts, "a", 0, 100, 7);
	assert_int_equal(sum(counts, "a", NOW, MM_ABUSE_RECIPIENTS), 1);
	assert_int_equal(sum(counts, "a", NOW, MM_ABUSE_BULK), 1);
	/* A clock that was set back. */
	assert_int_equal(sum(counts, "a", NOW - HOUR, MM_ABUSE_MESSAGES), 0);
	mm_abuse_counts_free(counts);
}

static void bounce(struct mm_abuse_counts *counts, const char *who,
		   int64_t when)
{
	const struct mm_abuse_sent sent = { .time = when, .bounced = 1 };

	mm_abuse_count(counts, who, &sent);
}

/* Mail of others with a forged sender bounces, too. */
static void test_forged(void **state)
{
	struct mm_abuse_counts *counts = mm_abuse_counts_new(HOUR, 10);
	int64_t i;

	(void)state;
	for (i = 0; i < 500; i++)
		bounce(counts, "a", NOW + i);
	assert_int_equal(sum(counts, "a", NOW + 500, MM_ABUSE_INVALID), 0);
	/* A bounce may be told of before the mail is. */
	send(counts, "a", NOW + 500, 3, 0);
	assert_int_equal(sum(counts, "a", NOW + 500, MM_ABUSE_INVALID), 3);
	send(counts, "b", NOW, 50, 0);
	bounce(counts, "b", NOW + 1);
	bounce(counts, "b", NOW + 2);
	assert_int_equal(sum(counts, "b", NOW + 2, MM_ABUSE_INVALID), 2);
	mm_abuse_counts_free(counts);
}

static void test_bulk(void **state)
{
	struct mm_abuse_counts *counts = mm_abuse_counts_new(HOUR, 10);
	uint64_t i;

	(void)state;
	/* One mail to many, among many different ones. */
	for (i = 0; i < 1000; i++) {
		send(counts, "a", NOW + (int64_t)i, 1, 1000000 + i);
		send(counts, "a", NOW + (int64_t)i, 3, 42);
	}
	assert_int_equal(sum(counts, "a", NOW + 1000, MM_ABUSE_BULK), 3000);
	for (i = 0; i < 1000; i++)
		send(counts, "b", NOW + (int64_t)i, 1, 1000000 + i);
	assert_true(sum(counts, "b", NOW + 1000, MM_ABUSE_BULK) <= 1);
	send(counts, "c", NOW, 50, 0);
	assert_int_equal(sum(counts, "c", NOW, MM_ABUSE_BULK), 0);
	mm_abuse_counts_free(counts);
}

static void count_one(void *context, const char *who,
		      const uint64_t sums[MM_ABUSE_KINDS])
{
	(void)who;
	assert_true(sums[MM_ABUSE_MESSAGES] > 0);
	++*(size_t *)context;
}

static void test_bounded(void **state)
{
	struct mm_abuse_counts *counts = mm_abuse_counts_new(HOUR, 100);
	char who[32];
	size_t count = 0;
	int i;

	(void)state;
	for (i = 0; i < 5000; i++) {
		(void)snprintf(who, sizeof(who), "u%d@a.example", i);
		send(counts, who, NOW + i, 1, 0);
		send(counts, "busy@a.example", NOW + i, 1, 0);
	}
	mm_abuse_each(counts, NOW + 5000, count_one, &count);
	assert_int_equal(count, 100);
	assert_true(sum(counts, "busy@a.example", NOW + 5000,
			MM_ABUSE_MESSAGES) >= 3600);
	assert_int_equal(sum(counts, "u1@a.example", NOW + 5000,
			     MM_ABUSE_MESSAGES),
			 0);
	mm_abuse_counts_free(counts);
}

static void test_forget(void **state)
{
	struct mm_abuse_counts *counts = mm_abuse_counts_new(HOUR, 10);

	(void)state;
	assert_int_equal(mm_abuse_noted(counts, "a"), 0);
	mm_abuse_note(counts, "a", NOW);
	send(counts, "a", NOW, 1, 0);
	mm_abuse_note(counts, "a", NOW);
	assert_int_equal(mm_abuse_noted(counts, "a"), NOW);
	mm_abuse_forget(counts, "a");
	mm_abuse_forget(counts, "a");
	assert_int_equal(mm_abuse_noted(counts, "a"), 0);
	assert_int_equal(sum(counts, "a", NOW, MM_ABUSE_MESSAGES), 0);
	mm_abuse_counts_free(counts);
	mm_abuse_counts_free(NULL);
}

static void test_over(void **state)
{
	static const struct {
		const char *name;
		uint64_t sums[MM_ABUSE_KINDS];
		uint64_t limits[MM_ABUSE_KINDS];
		int want;
	} cases[] = {
		{ "nothing", { 0 }, { 0 }, -1 },
		{ "no limits", { 9, 9, 9, 9, 9 }, { 0 }, -1 },
		{ "at the limit", { 5 }, { 5 }, -1 },
		{ "above it", { 6 }, { 5 }, MM_ABUSE_MESSAGES },
		{ "the first", { 6, 7 }, { 5, 5 }, MM_ABUSE_MESSAGES },
		{ "viruses",
		  { 1, 1, 0, 3, 0 },
		  { 5, 5, 5, 2, 5 },
		  MM_ABUSE_VIRUSES },
		{ "bulk",
		  { 1, 9, 0, 0, 9 },
		  { 5, 0, 5, 2, 8 },
		  MM_ABUSE_BULK },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (mm_abuse_over(cases[i].sums, cases[i].limits) !=
		    cases[i].want)
			fail_msg("%s", cases[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_window), cmocka_unit_test(test_late),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_bulk),   cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_forget), cmocka_unit_test(test_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
