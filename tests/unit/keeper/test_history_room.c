/*
 * The history: how much of it there is, and what happens when the disk is full
 * or a file is none.
 */
#include "history_fixture.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_age),
		CASE(test_size),
		CASE(test_full),
		CASE(test_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
