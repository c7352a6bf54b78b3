/*
 * Rows of the outbox: order, waiting, releases.
 */
#include "fixture.h"

static const struct mail mail = {
	.recipients = { "u1@a.example", "u2@a.example" },
	.notices = { "u1@a.example", "u2@a.example" },
};

static int64_t next_id(int64_t now, int64_t *due_r)
{
	struct mm_outbox_row row;
	int64_t id = 0, due;
	int r = mm_outbox_next(fix.db, now, &row, &due);

	assert_true(r >= 0);
	if (r == 1)
		id = row.id;
	if (due_r != NULL)
		*due_r = due;
	mm_outbox_row_clear(&row);
	return id;
}

static void test_backoff(void **state)
{
	static const struct {
		int64_t tries, want;
	} cases[] = { { 0, 60 },   { 1, 60 },	{ 2, 120 },  { 3, 240 },
		      { 6, 1920 }, { 7, 3600 }, { 8, 3600 }, { 1000, 3600 } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(mm_outbox_backoff(cases[i].tries),
				 cases[i].want);
}

static void test_order(void **state)
{
	struct mm_record_result result;
	int64_t due;

	(void)state;
	assert_int_equal(next_id(NOW, &due), 0);
	assert_true(due == INT64_MAX);
	assert_int_equal(fix_put(&mail, NOW, &result), 0);
	assert_int_equal(next_id(NOW - 1, &due), 0);
	assert_int_equal(due, NOW);
	assert_int_equal(next_id(NOW, NULL), 1);
	assert_int_equal(next_id(NOW, NULL), 1);
	assert_int_equal(mm_outbox_later(fix.db, 1, NOW + 60, "451 no"), 0);
	assert_int_equal(next_id(NOW, NULL), 2);
	assert_int_equal(mm_outbox_drop(fix.db, 2), 0);
	assert_int_equal(next_id(NOW, &due), 0);
	assert_int_equal(due, NOW + 60);
	assert_int_equal(next_id(NOW + 60, NULL), 1);
}

static void test_row(void **state)
{
	struct mm_record_result result;
	struct mm_outbox_row row;
	struct mm_record record;

	(void)state;
	assert_int_equal(fix_put(&mail, NOW, &result), 0);
	assert_int_equal(mm_outbox_later(fix.db, 1, NOW, ""), 0);
	assert_int_equal(mm_outbox_get(fix.db, 1, &row), 1);
	assert_int_equal(row.kind, MM_OUTBOX_NOTICE);
	assert_string_equal(row.notice, "virus-inbound");
	assert_int_equal(row.tries, 1);
	assert_int_equal(row.queued, NOW);
	assert_int_equal(row.happened, NOW);
	assert_string_equal(row.to, "u1@a.example");
	assert_string_equal(row.trace, "1abcde-000001-AA");
	assert_string_equal(row.hash, "");
	assert_int_equal(
		mm_record_decode(row.bytes.data, row.bytes.len, &record), 0);
	assert_int_equal(record.nrecipients, 2);
	mm_record_clear(&record);
	mm_outbox_row_clear(&row);
	assert_int_equal(mm_outbox_get(fix.db, 99, &row), 0);
	mm_outbox_row_clear(&row);
}

static void test_release(void **state)
{
	struct mm_record_result result;
	struct mm_outbox_row row;

	(void)state;
	assert_int_equal(fix_put(&mail, NOW, &result), 0);
	assert_int_equal(mm_outbox_add_release(fix.db, result.id, 1,
					       "u1@a.example", NOW + 9),
			 1);
	assert_int_equal(mm_outbox_add_release(fix.db, result.id, 1,
					       "u1@a.example", NOW + 9),
			 0);
	assert_int_equal(mm_outbox_get(fix.db, 3, &row), 1);
	assert_int_equal(row.kind, MM_OUTBOX_RELEASE);
	assert_int_equal(row.queued, NOW + 9);
	assert_int_equal(row.happened, NOW);
	assert_int_equal(strlen(row.hash), 64);
	assert_string_equal(row.sender, "eve@evil.example");
	mm_outbox_row_clear(&row);
	/* With its mail gone, there is nothing to release. */
	assert_int_equal(mm_vault_drop(&fix.vault, 1, "deleted"), 1);
	assert_int_equal(outbox_rows(), 2);
}

/* The record stays as long as a notice needs it. */
static void test_record_kept(void **state)
{
	struct mm_record_result result;
	int64_t count = 0;
	int i;

	(void)state;
	assert_int_equal(fix_put(&mail, NOW, &result), 0);
	assert_int_equal(mm_vault_drop(&fix.vault, 1, "deleted"), 1);
	assert_int_equal(mm_vault_drop(&fix.vault, 2, "deleted"), 1);
	for (i = 1; i <= 2; i++) {
		assert_int_equal(next_id(NOW, NULL), i);
		assert_int_equal(mm_outbox_drop(fix.db, i), 0);
		assert_int_equal(mm_vault_forget(&fix.vault, result.id), 0);
		assert_true(mm_db_get(fix.db, &count,
				      "SELECT count(*) FROM record", "") >= 0);
		assert_int_equal(count, i == 1 ? 1 : 0);
	}
}

#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_backoff),
		CASE(test_order),
		CASE(test_row),
		CASE(test_release),
		CASE(test_record_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
