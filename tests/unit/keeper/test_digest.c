/*
 * Digests of the quarantine: whom, of what, once a day.
 */
#include "fixture.h"

#include <time.h>

#include "mamorid/keeper/digest.h"
#include "tests/unit/core/settings_dir.h"

#define DAY 86400
/* 2023-11-20 is a Monday, 07:00 in UTC. */
#define MONDAY 1700463600
#define TUESDAY (MONDAY + DAY)

static struct mm_settings_tree *tree;

static int start(void **state)
{
	assert_int_equal(setenv("TZ", "UTC", 1), 0);
	if (fix_setup(state) != 0 || make_root(state) != 0)
		return -1;
	tree = mm_settings_tree_open(root, geteuid(), NULL);
	put("a.example/domain.yaml", "version: 2\nadmin_notices: daily\n"
				     "admin_address: \"adm@a.example\"\n");
	put("a.example/accounts/u1.yaml",
	    "version: 2\nquarantine:\n  digest: daily\n");
	put("a.example/accounts/u2.yaml",
	    "version: 2\nquarantine:\n  digest: weekly\n");
	return tree == NULL ? -1 : 0;
}

static int stop(void **state)
{
	mm_settings_tree_close(tree);
	return drop_root(state) | fix_teardown(state);
}

static void keep(const char *to, const char *reason, int64_t when)
{
	static int count;
	struct mail mail = { .recipients = { to }, .reason = reason };
	struct mm_record_result result;
	char body[32];

	(void)snprintf(body, sizeof(body), "mail %d\n", count++);
	mail.body = body;
	assert_int_equal(fix_put(&mail, when, &result), 0);
}

/* The outbox as "TEMPLATE TO COUNT LINES; ...", emptied. */
static const char *queued(int64_t now)
{
	static char text[1024];
	struct mm_outbox_row row;
	struct mm_pairs facts;
	size_t i, lines, len = 0;
	int64_t due;

	text[0] = '\0';
	while (mm_outbox_next(fix.db, now, &row, &due) == 1) {
		assert_int_equal(mm_pairs_decode(row.facts.data, row.facts.len,
						 &facts),
				 0);
		for (lines = i = 0; i < facts.count; i++)
			lines += strcmp(facts.list[i].name, "list") == 0;
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s %s %s %zu; ", row.notice, row.to,
					mm_pairs_get(&facts, "count"), lines);
		assert_int_equal(mm_outbox_drop(fix.db, row.id), 0);
		mm_pairs_clear(&facts);
		mm_outbox_row_clear(&row);
	}
	mm_outbox_row_clear(&row);
	return text;
}

static const char *digests(int64_t now)
{
	assert_true(mm_digest_run(fix.db, &fix.conf, tree, now) >= 0);
	return queued(now);
}

static void test_whom(void **state)
{
	int i;

	(void)state;
	/* The first time only begins the count. */
	assert_string_equal(digests(MONDAY - DAY), "");
	keep("u1@a.example", "spam", MONDAY - 100);
	keep("u1@a.example", "virus", MONDAY - 90);
	keep("u2@a.example", "suspect", MONDAY - 3 * DAY);
	keep("u3@b.example", "spam", MONDAY - 80);
	assert_string_equal(digests(MONDAY - 1), "");
	assert_string_equal(digests(MONDAY + 50),
			    "admin-digest adm@a.example 2 2; "
			    "quarantine-digest u1@a.example 1 1; "
			    "quarantine-digest u2@a.example 1 1; ");
	/* Once, also by another process. */
	fix_close();
	fix_open();
	assert_string_equal(digests(MONDAY + 60), "");
	/* Nothing new, and no weekly one on a Tuesday. */
	keep("u2@a.example", "spam", TUESDAY - 100);
	put("a.example/domain.yaml", "version: 2\nadmin_notices: off\n");
	assert_string_equal(digests(TUESDAY), "");
	for (i = 0; i < 60; i++)
		keep("u1@a.example", "spam", TUESDAY + 1);
	assert_string_equal(digests(TUESDAY + DAY),
			    "quarantine-digest u1@a.example 60 50; ");
}

/* At once, and again; that of the day comes all the same. */
static void test_now(void **state)
{
	static const char all[] = "admin-digest adm@a.example 1 1; "
				  "quarantine-digest u1@a.example 1 1; ";
	int i;

	(void)state;
	assert_string_equal(digests(MONDAY), "");
	keep("u1@a.example", "spam", TUESDAY - 100);
	keep("u2@a.example", "spam", TUESDAY - 2 * DAY);
	for (i = 0; i < 2; i++) {
		assert_int_equal(mm_digest_now(fix.db, tree, "", TUESDAY - 1),
				 3);
		assert_string_equal(queued(TUESDAY),
				    "admin-digest adm@a.example 1 1; "
				    "quarantine-digest u1@a.example 1 1; "
				    "quarantine-digest u2@a.example 1 1; ");
	}
	assert_int_equal(mm_digest_now(fix.db, tree, "A.Example", TUESDAY - 1),
			 3);
	(void)queued(TUESDAY);
	assert_int_equal(mm_digest_now(fix.db, tree, "b.example", TUESDAY - 1),
			 0);
	assert_string_equal(digests(TUESDAY), all);
}

static void test_suspended(void **state)
{
	(void)state;
	assert_string_equal(digests(MONDAY - DAY), "");
	put("_server.yaml", "version: 2\nnotices_suspended: yes\n");
	keep("u1@a.example", "spam", MONDAY - 100);
	assert_string_equal(digests(MONDAY), "");
}

static void test_moment(void **state)
{
	(void)state;
	assert_int_equal(setenv("TZ", "JST-9", 1), 0);
	tzset();
	/* 16:00 in Japan. */
	assert_int_equal(mm_digest_moment(MONDAY, 16), MONDAY);
	assert_int_equal(mm_digest_moment(MONDAY, 15), MONDAY - 3600);
	assert_int_equal(mm_digest_moment(MONDAY, 17), MONDAY - 23 * 3600);
	assert_int_equal(mm_digest_moment(MONDAY - 1, 16), MONDAY - DAY);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_whom),
		CASE(test_now),
		CASE(test_suspended),
		CASE(test_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
