/*
 * The quarantine's rows: shared files, budgets, expiry, lists.
 */
#include "fixture.h"

/* A mail of its own content and about size bytes. */
static int64_t put_sized(const char *body_head, size_t size, const char *to,
			 const char *also, int64_t now)
{
	struct mail mail = { .recipients = { to, also } };
	struct mm_record_result result;
	char *body = calloc(1, size + 1);

	assert_non_null(body);
	memset(body, 'x', size);
	memcpy(body, body_head, strlen(body_head));
	mail.body = body;
	mail.body_len = size;
	assert_int_equal(fix_put(&mail, now, &result), 0);
	assert_false(result.duplicate);
	free(body);
	return result.id;
}

static int64_t used(void)
{
	struct mm_vault_usage usage;

	assert_int_equal(mm_vault_usage(&fix.vault, &usage), 0);
	return usage.bytes;
}

static int drop(int64_t id)
{
	int r;

	assert_int_equal(mm_db_begin(fix.db), 0);
	r = mm_vault_drop(&fix.vault, id, "deleted");
	assert_int_equal(mm_db_commit(fix.db), 0);
	mm_vault_sweep(&fix.vault);
	return r;
}

static void test_last_row(void **state)
{
	int64_t size;

	(void)state;
	(void)put_sized("a", 1000, "u1@a.example", "u2@b.example", NOW);
	size = used();
	/* The same bytes in another envelope: the same file. */
	(void)put_sized("a", 1000, "u3@a.example", NULL, NOW);
	assert_int_equal(used(), size);
	assert_int_equal(quarantine_files(), 1);
	assert_int_equal(quarantine_rows(NULL), 3);
	assert_int_equal(drop(1), 1);
	assert_int_equal(drop(1), 0);
	assert_int_equal(drop(2), 1);
	assert_int_equal(quarantine_files(), 1);
	assert_int_equal(drop(3), 1);
	assert_int_equal(quarantine_files(), 0);
	assert_int_equal(used(), 0);
	assert_int_equal(quarantine_rows(NULL), 0);
}

static void test_account_budget(void **state)
{
	(void)state;
	fix.conf.quarantine_account_budget = 2500;
	(void)put_sized("a", 1000, "u1@a.example", NULL, NOW);
	(void)put_sized("b", 1000, "u1@a.example", "u2@a.example", NOW + 1);
	assert_int_equal(quarantine_rows("u1@a.example"), 2);
	(void)put_sized("c", 1000, "U1@a.example", NULL, NOW + 2);
	/* The oldest has gone, and only this account's. */
	assert_int_equal(quarantine_rows("u1@a.example"), 2);
	assert_int_equal(quarantine_rows("u2@a.example"), 1);
	assert_int_equal(quarantine_files(), 2);
	assert_non_null(strstr(fix.lines, "why=budget"));
	(void)put_sized("d", 1000, "u1@a.example", NULL, NOW + 3);
	assert_int_equal(quarantine_rows("u1@a.example"), 2);
	assert_int_equal(quarantine_rows("u2@a.example"), 1);
	assert_int_equal(quarantine_files(), 3);
}

static void test_domain_budget(void **state)
{
	(void)state;
	fix.conf.quarantine_domain_budget = 2500;
	/* A file counts once in a domain, for any number of its mailboxes. */
	(void)put_sized("a", 1000, "u1@a.example", "u2@a.example", NOW);
	(void)put_sized("b", 1000, "u3@A.example", "u4@a.example", NOW);
	(void)put_sized("c", 1000, "u1@b.example", NULL, NOW);
	assert_int_equal(quarantine_rows("@a.example"), 4);
	(void)put_sized("d", 1000, "u5@a.example", NULL, NOW);
	assert_int_equal(quarantine_rows("@a.example"), 3);
	assert_int_equal(quarantine_rows("u1@a.example"), 0);
	assert_int_equal(quarantine_rows("u2@a.example"), 0);
	assert_int_equal(quarantine_rows("@b.example"), 1);
}

static void test_total_budget(void **state)
{
	(void)state;
	fix.conf.quarantine_total_budget = 4000;
	(void)put_sized("a", 1000, "u1@a.example", NULL, NOW);
	(void)put_sized("b", 1000, "u1@b.example", NULL, NOW);
	(void)put_sized("c", 1000, "u1@c.example", NULL, NOW);
	(void)put_sized("d", 1000, "u1@d.example", NULL, NOW);
	assert_int_equal(quarantine_rows(NULL), 3);
	assert_int_equal(quarantine_rows("u1@a.example"), 0);
	assert_true(used() <= 4000);
}

/* What was just accepted stays, even alone over the budget. */
static void test_larger_than_budget(void **state)
{
	(void)state;
	fix.conf.quarantine_account_budget = 500;
	(void)put_sized("a", 100, "u1@a.example", NULL, NOW);
	(void)put_sized("b", 5000, "u1@a.example", NULL, NOW);
	assert_int_equal(quarantine_rows("u1@a.example"), 1);
	assert_true(used() > 5000);
	assert_non_null(strstr(fix.lines, "event=quarantine-over-budget"));
}

static void test_expiry(void **state)
{
	const int64_t keep = 15 * 86400;

	(void)state;
	(void)put_sized("a", 100, "u1@a.example", "u2@a.example", NOW);
	(void)put_sized("b", 100, "u1@a.example", NULL, NOW + 10);
	assert_int_equal(mm_vault_expire(&fix.vault, NOW + keep - 1, 10), 0);
	assert_int_equal(mm_vault_expire(&fix.vault, NOW + keep, 1), 1);
	assert_int_equal(quarantine_files(), 2);
	assert_int_equal(mm_vault_expire(&fix.vault, NOW + keep, 10), 1);
	assert_int_equal(quarantine_rows(NULL), 1);
	assert_int_equal(quarantine_files(), 1);
	assert_int_equal(mm_vault_expire(&fix.vault, NOW + keep + 10, 10), 1);
	assert_int_equal(quarantine_files(), 0);
	assert_non_null(strstr(fix.lines, "why=expired"));
}

#define ANY .until = INT64_MAX, .limit = 9

static int first_id(void *context, const struct mm_vault_row *row)
{
	if (*(int64_t *)context == 0)
		*(int64_t *)context = row->id;
	assert_string_equal(row->detail, "Eicar-Test-Signature");
	assert_string_equal(row->subject, "Hello");
	assert_string_equal(row->sender_text, "Eve <eve@evil.example>");
	return 0;
}

static void test_list(void **state)
{
	static const struct {
		const char *name;
		struct mm_vault_filter filter;
		int64_t first;
	} cases[] = {
		{ "all", { ANY }, 3 },
		{ "offset", { ANY, .offset = 1 }, 2 },
		{ "recipient",
		  { .recipient = "U1@a.example",
		    .until = INT64_MAX,
		    .limit = 9 },
		  1 },
		{ "no such recipient", { .recipient = "u1", ANY }, 0 },
		{ "domain", { .recipient = "@A.EXAMPLE", ANY }, 2 },
		{ "sender",
		  { .sender = "EVE@evil.example",
		    .until = INT64_MAX,
		    .limit = 1 },
		  3 },
		{ "other sender",
		  { .sender = "%", .until = INT64_MAX, .limit = 1 },
		  0 },
		{ "reason",
		  { .reason = "limit", .until = INT64_MAX, .limit = 1 },
		  0 },
		{ "until", { .until = NOW + 1, .limit = 9 }, 2 },
		{ "since", { .since = NOW + 3, ANY }, 0 },
		{ "hostile text", { .recipient = "' OR 1=1 --", ANY }, 0 },
	};
	size_t i;

	(void)state;
	(void)put_sized("a", 100, "u1@a.example", NULL, NOW);
	(void)put_sized("b", 100, "u2@a.example", NULL, NOW + 1);
	(void)put_sized("c", 100, "u3@b.example", NULL, NOW + 2);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t got = 0;
		const struct mm_vault_visitor visitor = { first_id, &got };

		assert_int_equal(mm_vault_list(&fix.vault, &cases[i].filter,
					       &visitor),
				 0);
		if (got != cases[i].first)
			fail_msg("%s: got %lld, want %lld", cases[i].name,
				 (long long)got, (long long)cases[i].first);
	}
}

/* A database of a newer version is left alone. */
static void test_version(void **state)
{
	struct mm_db *db;
	char path[96];

	(void)state;
	assert_int_equal(mm_db_run(fix.db, "PRAGMA user_version = 99", ""), 0);
	(void)snprintf(path, sizeof(path), "%s/keeper.sqlite", fix.dir);
	assert_int_equal(mm_db_open(&db, path, &mm_db_state), MM_ERR_VERSION);
	assert_null(db);
}

/* The folder may lie behind a link. */
static void test_linked(void **state)
{
	struct mm_db *db;
	char link[96], path[128];

	(void)state;
	(void)snprintf(link, sizeof(link), "%s/link", fix.dir);
	assert_int_equal(symlink(fix.dir, link), 0);
	(void)snprintf(path, sizeof(path), "%s/keeper.sqlite", link);
	assert_int_equal(mm_db_open(&db, path, &mm_db_state), 0);
	mm_db_close(&db);
}

#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_last_row),
		CASE(test_account_budget),
		CASE(test_domain_budget),
		CASE(test_total_budget),
		CASE(test_larger_than_budget),
		CASE(test_expiry),
		CASE(test_list),
		CASE(test_version),
		CASE(test_linked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
