/*
 * keeper.sqlite as version 1 has left it, taken over.
 */
#include "fixture.h"

/* The outbox of version 1, in the place of this one's. */
static const char *const version_1[] = {
	"DROP TABLE outbox",
	"CREATE TABLE outbox("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL,"
	"  record INTEGER NOT NULL, quarantine INTEGER NOT NULL,"
	"  notice INTEGER NOT NULL, recipient TEXT NOT NULL,"
	"  created INTEGER NOT NULL, due INTEGER NOT NULL,"
	"  tries INTEGER NOT NULL, reply TEXT NOT NULL)",
	"CREATE INDEX outbox_due ON outbox(due, id)",
	"CREATE INDEX outbox_record ON outbox(record)",
	"CREATE INDEX outbox_quarantine ON outbox(quarantine)",
	"INSERT INTO outbox VALUES(11, 1, 1, 0, 1, 'a@b', 5, 6, 7, 'r1')",
	"INSERT INTO outbox VALUES(12, 1, 1, 0, 2, 'a@b', 5, 6, 0, '')",
	"INSERT INTO outbox VALUES(13, 1, 1, 0, 3, 'a@b', 5, 6, 0, '')",
	"INSERT INTO outbox VALUES(14, 1, 1, 0, 4, 'op@b', 5, 6, 0, '')",
	"INSERT INTO outbox VALUES(15, 2, 1, 1, 0, 'a@b', 5, 6, 0, '')",
	"PRAGMA user_version = 1",
};

static void expect_row(int64_t id, const char *notice, int64_t quarantine)
{
	struct mm_outbox_row row;

	assert_int_equal(mm_outbox_get(fix.db, id, &row), 1);
	assert_string_equal(row.notice, notice);
	assert_int_equal(row.quarantine, quarantine);
	assert_int_equal(row.queued, 5);
	assert_string_equal(row.trace, "1abcde-000001-AA");
	assert_true(row.bytes.len > 0);
	assert_int_equal(row.facts.len, 0);
	mm_outbox_row_clear(&row);
}

static void test_version_1(void **state)
{
	static const struct mail mail = { .recipients = { "a@b" } };
	struct mm_record_result result;
	int64_t num = 0;
	size_t i;

	(void)state;
	assert_int_equal(fix_put(&mail, NOW, &result), 0);
	for (i = 0; i < sizeof(version_1) / sizeof(version_1[0]); i++)
		assert_int_equal(mm_db_run(fix.db, version_1[i], ""), 0);
	fix_close();
	fix_open();
	expect_row(11, "virus-inbound", 0);
	expect_row(12, "virus-outbound", 0);
	expect_row(13, "virus-local", 0);
	expect_row(14, "not-checked", 0);
	expect_row(15, "", 1);
	/* Ids are used once, also those of rows that are gone. */
	assert_int_equal(mm_db_run(fix.db, "DELETE FROM outbox", ""), 0);
	assert_int_equal(mm_outbox_add_notice(fix.db, result.id, "limit", "a@b",
					      NULL, NOW),
			 0);
	assert_int_equal(mm_db_inserted(fix.db), 16);
	assert_int_equal(mm_db_get(fix.db, &num, "PRAGMA user_version", ""), 1);
	assert_int_equal(num, mm_db_state.version);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_version_1, fix_setup,
						fix_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
