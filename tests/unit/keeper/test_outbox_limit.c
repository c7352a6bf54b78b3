/*
 * Floods of notices: bounded, counted, summed up, and over when the window is.
 */
#include "fixture.h"

#include <signal.h>
#include <sys/resource.h>

#include "mamorid/keeper/outbox_limit.h"

#define HOUR 3600

/* One more mail with a virus to a mailbox. */
static void hit(const char *to, int64_t now)
{
	static int count;
	struct mail mail = { .recipients = { to }, .notices = { to } };
	struct mm_record_result result;
	char body[64];

	(void)snprintf(body, sizeof(body), "virus %d\n", count++);
	mail.body = body;
	assert_int_equal(fix_put(&mail, now, &result), 0);
}

static void hits(const char *to, int n, int64_t now)
{
	while (n-- > 0)
		hit(to, now);
}

static int end(int64_t now)
{
	return mm_outbox_end_windows(fix.db, &fix.conf, now, 500);
}

static int64_t number(const char *sql)
{
	int64_t num = -1;

	assert_true(mm_db_get(fix.db, &num, sql, "") >= 0);
	return num;
}

/* The last row: a summary of so many since then. */
static void expect_summary(const char *to, const char *count, int64_t since)
{
	struct mm_outbox_row row;
	struct mm_pairs facts;
	char text[32];

	assert_int_equal(mm_outbox_get(fix.db,
				       number("SELECT max(id) FROM outbox"),
				       &row),
			 1);
	assert_string_equal(row.notice, "summary");
	assert_string_equal(row.to, to);
	assert_string_equal(row.trace, "");
	assert_int_equal(row.bytes.len, 0);
	assert_int_equal(mm_pairs_decode(row.facts.data, row.facts.len, &facts),
			 0);
	assert_string_equal(mm_pairs_get(&facts, "count"), count);
	(void)snprintf(text, sizeof(text), "%lld", (long long)since);
	assert_string_equal(mm_pairs_get(&facts, "since"), text);
	mm_pairs_clear(&facts);
	mm_outbox_row_clear(&row);
}

static void test_one_mailbox(void **state)
{
	(void)state;
	fix.conf.notices_per_recipient = 3;
	hits("u1@a.example", 10, NOW);
	hits("U1@A.example", 1, NOW + 5);
	hits("u2@a.example", 1, NOW + 5);
	assert_int_equal(outbox_rows(), 4);
	/* All are kept in quarantine, told or not. */
	assert_int_equal(quarantine_rows(NULL), 12);
	assert_int_equal(end(NOW + HOUR - 1), 0);
	/* What is counted survives. */
	fix_close();
	fix_open();
	assert_int_equal(end(NOW + HOUR), 2);
	assert_int_equal(outbox_rows(), 5);
	expect_summary("u1@a.example", "8", NOW);
	assert_int_equal(end(NOW + HOUR + 5), 1);
	assert_int_equal(outbox_rows(), 5);
	hits("u1@a.example", 4, NOW + HOUR + 6);
	assert_int_equal(outbox_rows(), 8);
}

/* The next mail may come before the timer. */
static void test_ended_by_a_mail(void **state)
{
	(void)state;
	fix.conf.notices_per_recipient = 1;
	hits("u1@a.example", 2, NOW);
	hit("u1@a.example", NOW + HOUR);
	assert_int_equal(outbox_rows(), 3);
	assert_int_equal(number("SELECT count(*) FROM outbox"
				" WHERE template = 'summary'"),
			 1);
	assert_int_equal(end(NOW + HOUR), 0);
}

static void test_total(void **state)
{
	(void)state;
	fix.conf.notices_total = 2;
	hit("u1@a.example", NOW);
	hit("u2@a.example", NOW);
	hit("u3@a.example", NOW);
	assert_int_equal(outbox_rows(), 2);
	assert_int_equal(end(NOW + HOUR), 4);
	assert_int_equal(outbox_rows(), 3);
	expect_summary("u3@a.example", "1", NOW);
}

static void test_no_limits(void **state)
{
	(void)state;
	fix.conf.notices_per_recipient = 0;
	fix.conf.notices_total = 0;
	hits("u1@a.example", 40, NOW);
	assert_int_equal(outbox_rows(), 40);
}

/* A clock that was set back does not silence a mailbox for long. */
static void test_clock(void **state)
{
	(void)state;
	fix.conf.notices_per_recipient = 1;
	hits("u1@a.example", 2, NOW + 100 * HOUR);
	hit("u1@a.example", NOW);
	assert_int_equal(outbox_rows(), 3);
	assert_int_equal(end(NOW), 0);
}

/* What is not recorded is not counted, and a repeated mail is no new one. */
static void test_with_the_record(void **state)
{
	const struct mail mail = { .recipients = { "u1@a.example" },
				   .notices = { "u1@a.example" } };
	struct mm_record_result result;

	(void)state;
	assert_int_equal(fix_put(&mail, NOW, &result), 0);
	assert_int_equal(fix_put(&mail, NOW, &result), 0);
	assert_true(result.duplicate);
	assert_int_equal(number("SELECT sent FROM notice_window"
				" WHERE recipient = 'u1@a.example'"),
			 1);
	assert_int_equal(mm_db_begin(fix.db), 0);
	assert_int_equal(
		mm_outbox_admit(fix.db, &fix.conf, "u1@a.example", NOW), 1);
	mm_db_rollback(fix.db);
	assert_int_equal(number("SELECT sent FROM notice_window"
				" WHERE recipient = 'u1@a.example'"),
			 1);
}

/* Outbox rows, copies, and what the windows have counted. */
static void expect(int outbox, int copies, int sent, int dropped)
{
	assert_int_equal(outbox_rows(), outbox);
	assert_int_equal(quarantine_rows(NULL), copies);
	assert_int_equal(number("SELECT sum(sent) FROM notice_window"), sent);
	assert_int_equal(number("SELECT sum(dropped) FROM notice_window"),
			 dropped);
}

static void set_full(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Wherever in the transaction the disk is full: the mail is deferred, and
 * neither a notice nor a count of it is left. Then room is made. */
static void test_full_disk(void **state)
{
	const struct mail mail = {
		.recipients = { "u1@a.example", "u2@a.example" },
		.notices = { "u1@a.example", "u2@a.example" },
	};
	struct mm_record_result result;
	const char *text = "";
	bool in_state = false;
	rlim_t bytes;
	int fds[3], r = -1;

	(void)state;
	(void)signal(SIGXFSZ, SIG_IGN);
	fix.conf.notices_per_recipient = 1;
	hits("u1@a.example", 2, NOW);
	expect(1, 2, 2, 2);
	for (bytes = 0; r < 0; bytes += 2048) {
		assert_true(bytes < 10000000);
		fix_fds(&mail, fds);
		set_full(bytes);
		r = mm_record_store(&fix.vault, fds, NOW, &result, &text);
		set_full(RLIM_INFINITY);
		fix_close_fds(fds);
		if (r == 0)
			break;
		assert_int_equal(r, MM_ERR_SYS);
		in_state |= strcmp(text, "state cannot be written") == 0;
		expect(1, 2, 2, 2);
	}
	assert_true(in_state);
	expect(2, 4, 4, 4);
	/* The end of the windows, too: one summary, when there is room. */
	set_full(0);
	assert_true(end(NOW + HOUR) < 0);
	set_full(RLIM_INFINITY);
	expect(2, 4, 4, 4);
	assert_int_equal(end(NOW + HOUR), 3);
	assert_int_equal(outbox_rows(), 3);
	expect_summary("u1@a.example", "2", NOW);
}

/* A failure between the counts of the mailbox and of all together. */
static void test_half_counted(void **state)
{
	const struct mail mail = { .recipients = { "u1@a.example" },
				   .notices = { "u1@a.example" } };
	const char *text = "";
	struct mm_record_result result;
	int fds[3];

	(void)state;
	assert_int_equal(mm_db_run(fix.db,
				   "CREATE TEMP TRIGGER full BEFORE INSERT ON"
				   " notice_window WHEN NEW.recipient = ''"
				   " BEGIN SELECT RAISE(ABORT, 'full'); END",
				   ""),
			 0);
	fix_fds(&mail, fds);
	assert_int_equal(mm_record_store(&fix.vault, fds, NOW, &result, &text),
			 MM_ERR_SYS);
	fix_close_fds(fds);
	assert_string_equal(text, "state cannot be written");
	assert_int_equal(outbox_rows(), 0);
	assert_int_equal(quarantine_rows(NULL), 0);
	assert_int_equal(number("SELECT count(*) FROM notice_window"), 0);
}

#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_one_mailbox), CASE(test_ended_by_a_mail),
		CASE(test_total),	CASE(test_no_limits),
		CASE(test_clock),	CASE(test_with_the_record),
		CASE(test_full_disk),	CASE(test_half_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
