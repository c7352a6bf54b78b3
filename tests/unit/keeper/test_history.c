/*
 * The history: rows, questions, and what goes with a mailbox.
 */
#include "history_fixture.h"

static void test_why(void **state)
{
	struct mm_buf rows;

	(void)state;
	add("t1", NOW, "", "u1@a.example", "u2@b.example");
	add("t2", NOW - 3 * DAY, "", "u1@a.example", NULL);
	mm_history_event(&store, "t1", "notice-sent", "u2@b.example", "250",
			 NOW + DAY);
	assert_int_equal(why("t1", &all, &rows), 1);
	assert_int_equal(count_rows_of(&rows, "mail", "Hello"), 1);
	assert_int_equal(count_rows_of(&rows, "recipient", "u1@a.example"), 1);
	assert_int_equal(count_rows_of(&rows, "event", "250"), 1);
	mm_buf_clear(&rows);
	assert_true(is_known("<t2@evil.example>", &all));
	assert_true(is_known("t2@evil.example", &all));
	assert_false(is_known("t3", &all));
	assert_false(is_known("", &all));
	assert_false(is_known("<>", &all));
	/* The time is in the row's id. */
	assert_int_equal(why("t2", &all, &rows), 1);
	assert_int_equal(count_rows_of(&rows, "mail", "1699740800"), 1);
	mm_buf_clear(&rows);
	/* All of it is on disk. */
	mm_history_close(&store);
	mm_history_open(&store, &fix.conf);
	assert_true(is_known("t1", &all));
	add("t4", NOW, "", "u1@a.example", NULL);
	assert_true(is_known("t4", &all));
}

static void test_scope(void **state)
{
	static const struct mm_history_scope a = { MM_LEVEL_DOMAIN,
						   "a.example" };
	static const struct mm_history_scope b = { MM_LEVEL_DOMAIN,
						   "b.example" };
	static const struct mm_history_scope c = { MM_LEVEL_DOMAIN,
						   "evil.example" };
	static const struct mm_history_scope u1 = { MM_LEVEL_ACCOUNT,
						    "u1@a.example" };
	static const struct mm_history_scope u = { MM_LEVEL_ACCOUNT,
						   "u@a.example" };
	struct mm_buf rows;

	(void)state;
	add("t1", NOW, "", "U1@a.example", "u2@b.example");
	add("t2", NOW, "u1@a.example", "u2@b.example", NULL);
	add("t3", NOW, "", "u1+tag@a.example", NULL);
	mm_history_event(&store, "t1", "notice-sent", "u2@b.example", "x", NOW);
	assert_int_equal(why("t1", &a, &rows), 1);
	assert_int_equal(count_rows_of(&rows, "recipient", "u1@a.example"), 1);
	assert_int_equal(count_rows_of(&rows, "recipient", "u2@b.example"), 0);
	assert_int_equal(count_rows_of(&rows, "event", "u2@b.example"), 0);
	mm_buf_clear(&rows);
	assert_int_equal(why("t1", &b, &rows), 1);
	assert_int_equal(count_rows_of(&rows, "event", "u2@b.example"), 1);
	mm_buf_clear(&rows);
	/* Who has sent it sees all. */
	assert_int_equal(why("t2", &a, &rows), 1);
	assert_int_equal(count_rows_of(&rows, "recipient", "u2@b.example"), 1);
	mm_buf_clear(&rows);
	assert_int_equal(why("t2", &b, &rows), 1);
	assert_int_equal(count_rows_of(&rows, "mail", "u1@a.example"), 0);
	mm_buf_clear(&rows);
	assert_false(is_known("t1", &c));
	assert_true(is_known("t1", &u1));
	assert_true(is_known("t2", &u1));
	assert_true(is_known("t3", &u1));
	assert_false(is_known("t1", &u));
}

static void test_list(void **state)
{
	struct mm_history_filter f = { .limit = 0 };

	(void)state;
	add("t1", NOW, "", "u1@a.example", "u2@b.example");
	add("t2", NOW - 2 * DAY, "u1@a.example", "x@b.example", NULL);
	add("t3", NOW - 2 * DAY + 5, "", "u2@b.example", NULL);
	assert_int_equal(listed(&f), 3);
	f.recipient = "u2@b.example";
	assert_int_equal(listed(&f), 2);
	f.since = NOW - DAY;
	assert_int_equal(listed(&f), 1);
	f.since = 0;
	f.until = NOW - 2 * DAY + 5;
	assert_int_equal(listed(&f), 0);
	f.until++;
	assert_int_equal(listed(&f), 1);
	f = (struct mm_history_filter){ .recipient = "@b.example" };
	assert_int_equal(listed(&f), 3);
	f.limit = 2;
	assert_int_equal(listed(&f), 2);
	f = (struct mm_history_filter){ .account = "u1@a.example" };
	assert_int_equal(listed(&f), 1);
	f = (struct mm_history_filter){ .sender = "eve@evil.example" };
	assert_int_equal(listed(&f), 3);
	f = (struct mm_history_filter){ .verdict = "infected" };
	assert_int_equal(listed(&f), 0);
	verdict = "infected";
	add("t4", NOW - DAY, "", "u3@b.example", NULL);
	verdict = "clean";
	assert_int_equal(listed(&f), 1);
	f.recipient = "u2@b.example";
	assert_int_equal(listed(&f), 0);
	f = (struct mm_history_filter){ .verdict = "clean" };
	assert_int_equal(listed(&f), 3);
	f = (struct mm_history_filter){
		.scope = { MM_LEVEL_DOMAIN, "a.example" }
	};
	assert_int_equal(listed(&f), 2);
	f.recipient = "x@b.example";
	assert_int_equal(listed(&f), 1);
}

static int look(void *context, struct mm_db *db, const char *day)
{
	(void)day;
	++*(int *)context;
	return mm_db_run(db,
			 "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL"
			 " SELECT x + 1 FROM n WHERE x < 100000000)"
			 " SELECT count(*) FROM n",
			 "");
}

/* A question that takes too long ends by itself, and the next one works. */
static void test_long_question(void **state)
{
	int days = 0;

	(void)state;
	add("t1", NOW, "", "u1@a.example", NULL);
	add("t2", NOW - 3 * DAY, "", "u1@a.example", NULL);
	store.deadline = mm_deadline_in(20);
	assert_int_equal(mm_history_days(&store, false, look, &days),
			 MM_ERR_TIMEOUT);
	assert_int_equal(days, 1);
	store.deadline = MM_DEADLINE_NONE;
	assert_true(is_known("t1", &all) && is_known("t2", &all));
	add("t3", NOW, "", "u1@a.example", NULL);
	assert_true(is_known("t3", &all));
}

static void test_purge(void **state)
{
	struct mm_buf rows;

	(void)state;
	add("t1", NOW, "", "u1@a.example", "u2@b.example");
	add("t2", NOW - 2 * DAY, "u1@a.example", "out@far.example", NULL);
	add("t3", NOW - 2 * DAY, "", "U1+tag@a.example", NULL);
	add("t4", NOW - 2 * DAY, "", "u10@a.example", NULL);
	mm_history_event(&store, "t3", "notice-sent", "u1@a.example", "x", NOW);
	assert_int_equal(mm_history_purge(&store, "u1@a.example", NULL), 0);
	assert_int_equal(why("t1", &all, &rows), 1);
	assert_int_equal(count_rows_of(&rows, "recipient", "u1@a.example"), 0);
	assert_int_equal(count_rows_of(&rows, "recipient", "u2@b.example"), 1);
	mm_buf_clear(&rows);
	assert_false(is_known("t3", &all));
	assert_true(is_known("t4", &all));
	/* Again finds nothing, and is no error. */
	assert_int_equal(mm_history_purge(&store, "u1@a.example", NULL), 0);
	assert_int_equal(mm_history_purge(&store, NULL, "a.example"), 0);
	assert_false(is_known("t4", &all));
	assert_true(is_known("t1", &all));
	assert_int_equal(mm_history_purge(&store, NULL, "b.example"), 0);
	assert_false(is_known("t1", &all));
	/* What comes after goes on. */
	add("t5", NOW, "", "u1@a.example", NULL);
	assert_true(is_known("t5", &all));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_why),   CASE(test_scope),
		CASE(test_list),  CASE(test_long_question),
		CASE(test_purge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
