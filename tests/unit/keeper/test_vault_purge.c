/*
 * What is kept for a mailbox goes with it, and only that; counts of
 * mailboxes.
 */
#include "fixture.h"

#include "mamorid/keeper/vault_census.h"
#include "mamorid/keeper/vault_purge.h"

static const struct mail mail = {
	.recipients = { "U1@a.example", "u1+tag@a.example", "u11@a.example",
			"u1@b.example", "u1@sub.a.example" },
	.notices = { "U1@a.example", "u1+tag@a.example", "u11@a.example",
		     "u1@b.example", "u1@sub.a.example" },
};

static void put(void)
{
	struct mm_record_result result;

	assert_int_equal(fix_put(&mail, NOW, &result), 0);
	assert_false(result.duplicate);
}

static int64_t left_for(const char *address)
{
	int64_t count = -1;

	assert_int_equal(mm_db_get(fix.db, &count,
				   "SELECT count(*) FROM (SELECT recipient"
				   " FROM quarantine UNION ALL SELECT"
				   " recipient FROM outbox)"
				   " WHERE lower(recipient) = ?1",
				   "s", address),
			 1);
	return count;
}

static int purge(const char *address, const char *separator)
{
	const struct mm_purge_tags tags = { .separator = separator };

	return mm_vault_purge_address(&fix.vault, address, &tags);
}

static bool is_own(void *arg, const char *address)
{
	return strcmp(address, arg) == 0;
}

/* Without tags, with others, with one that is a mailbox of its own. */
static void test_tags(void **state)
{
	char own[] = "u1+tag@a.example";
	const struct mm_purge_tags tags = { .separator = "+",
					    .is_own = is_own,
					    .arg = own };

	(void)state;
	put();
	assert_int_equal(purge("u1@a.example", ""), 0);
	assert_int_equal(left_for("u1@a.example"), 0);
	assert_int_equal(left_for("u1+tag@a.example"), 2);
	assert_int_equal(purge("u1@a.example", "-"), 0);
	assert_int_equal(left_for("u1+tag@a.example"), 2);
	assert_int_equal(mm_vault_purge_address(&fix.vault, "u1@a.example",
						&tags),
			 0);
	assert_int_equal(left_for("u1+tag@a.example"), 2);
	*own = 'x';
	assert_int_equal(mm_vault_purge_address(&fix.vault, "u1@a.example",
						&tags),
			 0);
	assert_int_equal(left_for("u1+tag@a.example"), 0);
	assert_int_equal(quarantine_rows(NULL), 3);
	assert_int_equal(outbox_rows(), 3);
}

static void test_address(void **state)
{
	(void)state;
	put();
	assert_int_equal(quarantine_rows(NULL), 5);
	assert_int_equal(outbox_rows(), 5);
	assert_int_equal(purge("u1@a.example", "+"), 0);
	assert_int_equal(left_for("u1@a.example"), 0);
	assert_int_equal(left_for("u1+tag@a.example"), 0);
	assert_int_equal(left_for("u11@a.example"), 2);
	assert_int_equal(left_for("u1@b.example"), 2);
	assert_int_equal(left_for("u1@sub.a.example"), 2);
	assert_int_equal(purge("u1@a.example", "+"), 0);
	assert_int_equal(purge("no address", "+"),
			 MM_ERR_INVALID);
	assert_int_equal(quarantine_files(), 1);
}

/* What looks like a pattern is none. */
static void test_no_patterns(void **state)
{
	(void)state;
	put();
	assert_int_equal(purge("%@a.example", "+"), 0);
	assert_int_equal(purge("u_@a.example", "+"), 0);
	assert_int_equal(mm_vault_purge_domain(&fix.vault, "%"), 0);
	assert_int_equal(mm_vault_purge_domain(&fix.vault, "example"), 0);
	assert_int_equal(quarantine_rows(NULL), 5);
	assert_int_equal(outbox_rows(), 5);
}

static void test_domain(void **state)
{
	(void)state;
	put();
	assert_int_equal(mm_vault_purge_domain(&fix.vault, "a.example"), 0);
	assert_int_equal(quarantine_rows(NULL), 2);
	assert_int_equal(outbox_rows(), 2);
	assert_int_equal(mm_vault_purge_domain(&fix.vault, "b.example"), 0);
	assert_int_equal(mm_vault_purge_domain(&fix.vault, "sub.a.example"), 0);
	assert_int_equal(quarantine_rows(NULL), 0);
	assert_int_equal(outbox_rows(), 0);
	assert_int_equal(quarantine_files(), 0);
}

/* The same mail to the next owner of the address is new to him. */
static void test_forgets_mails_seen(void **state)
{
	const struct mail one = { .recipients = { "u1@a.example" },
				  .notices = { "u1@a.example" } };
	struct mm_record_result result;

	(void)state;
	assert_int_equal(fix_put(&one, NOW, &result), 0);
	assert_int_equal(purge("u1@a.example", "+"), 0);
	assert_int_equal(fix_put(&one, NOW + 60, &result), 0);
	assert_false(result.duplicate);
	assert_int_equal(left_for("u1@a.example"), 2);
}

static int put_census(void *arg, const struct mm_census *census)
{
	char *text = arg;
	const size_t len = strlen(text);

	(void)snprintf(text + len, 200 - len, "%s %d/%d/%d;", census->domain,
		       (int)census->accounts, (int)census->postmasters,
		       (int)census->contracted);
	return 0;
}

static void test_census(void **state)
{
	static const struct mm_census first = { "b.test", 3, 1, 2 };
	static const struct mm_census other = { "a.test", 7, 0, 0 };
	static const struct mm_census again = { "b.test", 4, 1, 2 };
	char text[200] = "";

	(void)state;
	assert_int_equal(mm_census_put(fix.db, "2026-01-01", &first), 0);
	assert_int_equal(mm_census_put(fix.db, "2026-01-01", &other), 0);
	assert_int_equal(mm_census_put(fix.db, "2026-01-02", &other), 0);
	assert_int_equal(mm_census_put(fix.db, "2026-01-01", &again), 0);
	fix_close();
	fix_open();
	assert_int_equal(mm_census_list(fix.db, "2026-01-01", NULL, put_census,
					text),
			 0);
	assert_string_equal(text, "a.test 7/0/0;b.test 4/1/2;");
	text[0] = '\0';
	assert_int_equal(mm_census_list(fix.db, "2026-01-01", "b.test",
					put_census, text),
			 0);
	assert_string_equal(text, "b.test 4/1/2;");
	text[0] = '\0';
	assert_int_equal(mm_census_list(fix.db, "2026-01-03", NULL, put_census,
					text),
			 0);
	assert_string_equal(text, "");
}

#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_address), CASE(test_no_patterns), CASE(test_tags),
		CASE(test_domain),  CASE(test_forgets_mails_seen),
		CASE(test_census),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
