/*
 * The history: rows, questions, bounds, and what goes with a mailbox.
 */
#include "fixture.h"

#include "core/frame.h"
#include "core/wire.h"
#include "mamorid/keeper/history_read.h"

#define DAY 86400

static struct mm_history_store store;

static int setup(void **state)
{
	assert_int_equal(fix_setup(state), 0);
	free(fix.conf.state_dir);
	fix.conf.state_dir = strdup(fix.dir);
	mm_history_open(&store, &fix.conf);
	return 0;
}

static int teardown(void **state)
{
	mm_history_close(&store);
	return fix_teardown(state);
}

/* A mail from outside to two mailboxes here. */
static void add(const char *trace, int64_t when, const char *account,
		const char *first, const char *second)
{
	struct mm_history_recipient to[2] = {
		{ .address = first,
		  .outcome = "deliver",
		  .edits = "",
		  .rules = "",
		  .notices = "",
		  .local = true },
		{ .address = second,
		  .outcome = "deliver",
		  .edits = "",
		  .rules = "",
		  .notices = "",
		  .local = true },
	};
	char id[64];
	struct mm_buf buf;
	size_t next;
	struct mm_history mail = {
		.trace = trace,
		.time = when,
		.direction = "inbound",
		.account = account,
		.login = account,
		.sender = "Eve@evil.example",
		.subject = "Hello",
		.verdict = "clean",
		.action = "accept",
		.total = 2,
		.recipients = to,
		.nrecipients = second == NULL ? 1 : 2,
	};
	struct mm_history got;

	(void)snprintf(id, sizeof(id), "%s@evil.example", trace);
	mail.message_id = id;
	mm_buf_init(&buf, MM_FRAME_MAX);
	assert_int_equal(mm_history_encode(&buf, &mail, 0, &next), 0);
	assert_int_equal(mm_history_decode(buf.data, buf.len, &got), 0);
	mm_history_add(&store, &got, NOW);
	mm_history_clear(&got);
	mm_buf_clear(&buf);
}

static const struct mm_history_scope all = { MM_LEVEL_SERVER, "" };

/* How many rows of a kind there are, and does any text stand in them? */
static int count_rows_of(const struct mm_buf *rows, const char *kind,
			 const char *text)
{
	struct mm_wire in, field;
	struct mm_pairs pairs;
	uint16_t tag;
	int count = 0;
	size_t i;

	mm_wire_init(&in, rows->data, rows->len);
	while (mm_wire_next(&in, &tag, &field) == 1) {
		assert_int_equal(tag, MM_TAG_ROW);
		assert_int_equal(mm_pairs_decode(field.pos,
						 mm_wire_left(&field), &pairs),
				 0);
		if (strcmp(mm_pairs_get(&pairs, "row"), kind) == 0)
			for (i = 0; i < pairs.count; i++)
				count += strcmp(pairs.list[i].value, text) == 0;
		mm_pairs_clear(&pairs);
	}
	return count;
}

static size_t why(const char *id, const struct mm_history_scope *scope,
		  struct mm_buf *rows)
{
	struct mm_history_why found;

	mm_buf_init(rows, MM_LIST_MAX);
	assert_int_equal(mm_history_why(&store, id, scope, rows, &found), 0);
	return found.count;
}

static bool is_known(const char *id, const struct mm_history_scope *scope)
{
	struct mm_buf rows;
	const size_t count = why(id, scope, &rows);

	mm_buf_clear(&rows);
	return count == 1;
}

static int listed(const struct mm_history_filter *filter)
{
	struct mm_history_filter f = *filter;
	struct mm_buf rows;
	int count;

	if (f.scope.level == 0)
		f.scope = all;
	if (f.until == 0)
		f.until = INT64_MAX;
	if (f.limit == 0)
		f.limit = 1000;
	mm_buf_init(&rows, MM_LIST_MAX);
	assert_int_equal(mm_history_list(&store, &f, &rows), 0);
	count = count_rows_of(&rows, "mail", "mail");
	mm_buf_clear(&rows);
	return count;
}

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
	f = (struct mm_history_filter){
		.scope = { MM_LEVEL_DOMAIN, "a.example" }
	};
	assert_int_equal(listed(&f), 2);
	f.recipient = "x@b.example";
	assert_int_equal(listed(&f), 1);
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

static void test_age(void **state)
{
	(void)state;
	fix.conf.history_keep = 5 * DAY;
	add("t1", NOW - 4 * DAY, "", "u1@a.example", NULL);
	add("t2", NOW, "", "u1@a.example", NULL);
	/* Not into a day that is gone. */
	add("t3", NOW - 40 * DAY, "", "u1@a.example", NULL);
	mm_history_tidy(&store, NOW);
	assert_true(is_known("t1", &all) && is_known("t3", &all));
	mm_history_tidy(&store, NOW + 3 * DAY);
	assert_false(is_known("t1", &all));
	assert_true(is_known("t2", &all));
	assert_non_null(strstr(fix.lines, "history-removed"));
}

static void test_size(void **state)
{
	char trace[32];
	int day, i;

	(void)state;
	for (day = 5; day >= 0; day--)
		for (i = 0; i < 200; i++) {
			(void)snprintf(trace, sizeof(trace), "d%d-%d", day, i);
			add(trace, NOW - day * DAY, "", "u1@a.example", NULL);
		}
	mm_history_flush(&store);
	fix.conf.history_max_size = 400000;
	mm_history_tidy(&store, NOW);
	assert_false(is_known("d5-1", &all));
	assert_true(is_known("d0-1", &all));
	assert_non_null(strstr(fix.lines, "why=size"));
}

/* A full disk stops it, once, and it begins again by itself. */
static void test_full(void **state)
{
	(void)state;
	add("t1", NOW, "", "u1@a.example", NULL);
	fix.conf.quarantine_disk_reserve = UINT64_MAX;
	mm_history_tidy(&store, NOW + 10);
	add("t2", NOW, "", "u1@a.example", NULL);
	mm_history_event(&store, "t1", "x", "", "", NOW + 10);
	mm_history_tidy(&store, NOW + 20);
	assert_true(is_known("t1", &all));
	assert_false(is_known("t2", &all));
	assert_non_null(strstr(fix.lines, "history-stopped"));
	assert_null(strstr(strstr(fix.lines, "history-stopped") + 1,
			   "history-stopped"));
	fix.conf.quarantine_disk_reserve = 0;
	mm_history_tidy(&store, NOW + 30);
	assert_non_null(strstr(fix.lines, "event=history-resumed"));
	add("t3", NOW, "", "u1@a.example", NULL);
	assert_true(is_known("t3", &all));
}

/* A file that is none is put aside, and the day begins anew. */
static void test_broken(void **state)
{
	char day[MM_DAY_SIZE], path[128];
	FILE *file;

	(void)state;
	mm_history_day(NOW, day);
	(void)snprintf(path, sizeof(path), "%s/history/%s.sqlite", fix.dir,
		       day);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs("this is no database, whatever its name says; it is"
			  " long enough to be read as a header of one, and"
			  " then some more",
			  file) > 0);
	assert_int_equal(fclose(file), 0);
	add("t1", NOW, "", "u1@a.example", NULL);
	assert_true(is_known("t1", &all));
	assert_non_null(strstr(fix.lines, "history-broken"));
	/* Names that are no days are left alone. */
	(void)snprintf(path, sizeof(path), "%s/history/notes.sqlite", fix.dir);
	file = fopen(path, "w");
	assert_int_equal(fclose(file), 0);
	mm_history_tidy(&store, NOW + 400 * DAY);
	assert_int_equal(access(path, F_OK), 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_why),	 CASE(test_scope), CASE(test_list),
		CASE(test_purge), CASE(test_age),  CASE(test_size),
		CASE(test_full), CASE(test_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
