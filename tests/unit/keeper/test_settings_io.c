/*
 * Export and import of all settings, and folders that go: whole or not at
 * all.
 */
#include "settings_store.h"

static int export_is(const char *want)
{
	struct mm_buf out, error;
	int r;

	mm_buf_init(&out, 0);
	mm_buf_init(&error, 0);
	r = mm_settings_export(&store, &out, &error);
	if (r == 0)
		r = strcmp(mm_buf_str(&out), want);
	mm_buf_clear(&out);
	mm_buf_clear(&error);
	return r;
}

static const char exported[] =
	"version: 2\n"
	"server:\n"
	"  virus_notice: no\n"
	"logins:\n"
	"  web:\n"
	"    account: \"a@b.test\"\n"
	"domains:\n"
	"  b.test:\n"
	"    settings: {}\n"
	"    gate:\n"
	"      forbidden_words: [bad, \"very bad\"]\n"
	"    accounts:\n"
	"      \".we'ird/+\":\n"
	"        spam:\n"
	"          folder: \"Spam\xe3\x81\x82\"\n"
	"        approved_senders: [\"x@y.test\", \"*@z.test\"]\n"
	"    aliases:\n"
	"      info:\n"
	"        targets: [\"a@b.test\"]\n"
	"    lists:\n"
	"      team:\n"
	"        members: [\"a@b.test\"]\n";

/* Folders have no order, so that a second domain has a test of its own. */
static const char two_domains[] = "version: 2\n"
				  "domains:\n"
				  "  b.test:\n"
				  "    settings: {}\n"
				  "    accounts:\n"
				  "      a: {}\n"
				  "  c.test:\n"
				  "    settings: {}\n"
				  "    lists:\n"
				  "      l: {}\n";

static int import(struct mm_settings_store *into, const char *text,
		  struct mm_buf *error)
{
	size_t count;

	return mm_settings_import(into, text, strlen(text), &count, error);
}

static int replace_all(const char *text, struct mm_buf *error)
{
	struct mm_settings_store fresh;
	int r;

	if ((r = mm_settings_store_fresh(&store, &fresh)) < 0)
		return r;
	if ((r = import(&fresh, text, error)) == 0)
		r = mm_settings_store_swap(&store, &fresh);
	mm_settings_store_drop(&store, &fresh);
	return r;
}

static void test_round_trip(void **state)
{
	struct mm_buf error, out;

	(void)state;
	mm_buf_init(&error, 4096);
	trace[0] = '\0';
	if (replace_all(exported, &error) < 0)
		fail_msg("%s", mm_buf_str(&error));
	/* All is on disk before the exchange, and that after it. */
	assert_non_null(strstr(trace, "SXF"));
	assert_int_equal(export_is(exported), 0);
	reopen();
	assert_int_equal(export_is(exported), 0);
	assert_int_equal(replace_all(two_domains, &error), 0);
	mm_buf_init(&out, 0);
	assert_int_equal(mm_settings_export(&store, &out, &error), 0);
	assert_int_equal(out.len, strlen(two_domains));
	if (replace_all(mm_buf_str(&out), &error) < 0)
		fail_msg("%s", mm_buf_str(&error));
	mm_buf_clear(&out);
	mm_buf_clear(&error);
}

static int work_import(void)
{
	struct mm_buf error;

	mm_buf_init(&error, 4096);
	/* Of an older version: the key has another name now. */
	return replace_all("version: 1\nserver:\n  hold: yes\n", &error);
}

static void test_import_dies(void **state)
{
	static const char after[] = "version: 2\nserver:\n"
				    "  notices_suspended: yes\n";
	struct mm_buf error;
	int n, old = 0;

	(void)state;
	mm_buf_init(&error, 4096);
	assert_int_equal(replace_all(exported, &error), 0);
	for (n = 0; dies_at(n, work_import); n++) {
		reopen();
		if (export_is(exported) == 0)
			old++;
		else
			assert_int_equal(export_is(after), 0);
		assert_int_equal(replace_all(exported, &error), 0);
	}
	assert_true(old > 3 && n > old);
	mm_buf_clear(&error);
}

static const struct {
	const char *text, *error;
} bad_imports[] = {
	{ "", "an empty file" },
	{ "domains: {}\n", "the version must stand first" },
	{ "version: 3\n", "newer version" },
	{ "version: 1\ndomain: {}\n", "domain: unknown key" },
	{ "version: 1\ndomains:\n  ../x: {}\n", "not a domain name" },
	{ "version: 1\ndomains:\n  b.test: {accounts: {}}\n",
	  "has no \"settings\"" },
	{ "version: 1\ndomains:\n  b.test: {settings: {}, accounts: {a: {}, "
	  "A: {}}}\n",
	  "a repeated key" },
	{ "version: 1\ndomains:\n  b.test: {settings: {}}\n  b.test: "
	  "{settings: {}}\n",
	  "b.test: a repeated key" },
	{ "version: 1\ndomains:\n  b.test: {settings: {}, accounts: {a@c: "
	  "{}}}\n",
	  "no such name" },
	{ "version: 1\nserver: {}\nserver: {}\n", "a repeated key" },
	{ "version: 1\nserver: {targets: [a@b.test]}\n",
	  "not a key of this file" },
	{ "version: 1\nserver: {virus_notice: 7}\n", "import:2:24" },
	{ "version: 1\n--- \nversion: 1\n", "second document" },
};

static void test_bad_imports(void **state)
{
	struct mm_buf error;
	size_t i;
	int r;

	(void)state;
	mm_buf_init(&error, 4096);
	assert_int_equal(replace_all(exported, &error), 0);
	for (i = 0; i < sizeof(bad_imports) / sizeof(*bad_imports); i++) {
		r = replace_all(bad_imports[i].text, &error);
		if (r >= 0 ||
		    strstr(mm_buf_str(&error), bad_imports[i].error) == NULL)
			fail_msg("%s: got %d, %s", bad_imports[i].text, r,
				 mm_buf_str(&error));
	}
	assert_int_equal(export_is(exported), 0);
	mm_buf_clear(&error);
}

/* A large domain is gone at once and its files bit by bit, also when there is
 * a new domain of the name already. */
static void test_deletes_bit_by_bit(void **state)
{
	char name[64];
	int i, steps = 0;

	(void)state;
	for (i = 0; i < 1500; i++) {
		(void)snprintf(name, sizeof(name), "u%d@b.test", i);
		assert_int_equal(put_score(name, "11"), 0);
	}
	assert_int_equal(
		mm_settings_store_delete(&store, MM_LEVEL_DOMAIN, "b.test"),
		1);
	assert_int_equal(export_is("version: 2\n"), 0);
	assert_int_equal(put_score("a@b.test", "22"), 0);
	while (mm_settings_store_tidy(&store, 100) == 1)
		steps++;
	assert_true(steps >= 4);
	assert_int_equal(get("a@b.test"), 22);
	assert_int_equal(mm_settings_store_tidy(&store, 100), 0);
}

static void test_deletes(void **state)
{
	struct mm_buf error;

	(void)state;
	mm_buf_init(&error, 4096);
	assert_int_equal(replace_all(exported, &error), 0);
	assert_int_equal(mm_settings_store_delete(&store, MM_LEVEL_ALIAS,
						  "info@b.test"),
			 1);
	assert_int_equal(mm_settings_store_delete(&store, MM_LEVEL_ALIAS,
						  "info@b.test"),
			 0);
	assert_int_equal(mm_settings_store_delete(&store, MM_LEVEL_ALIAS,
						  "x@none.test"),
			 0);
	assert_int_equal(mm_settings_store_delete(&store, MM_LEVEL_DOMAIN,
						  ".."),
			 MM_ERR_INVALID);
	assert_int_equal(
		mm_settings_store_delete(&store, MM_LEVEL_DOMAIN, "B.test"), 1);
	assert_int_equal(
		mm_settings_store_delete(&store, MM_LEVEL_DOMAIN, "b.test"), 0);
	assert_int_equal(export_is("version: 2\nserver:\n  virus_notice: no\n"
				   "logins:\n  web:\n    account: "
				   "\"a@b.test\"\n"),
			 0);
	mm_buf_clear(&error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_CASE(test_round_trip),
		STORE_CASE(test_import_dies),
		STORE_CASE(test_bad_imports),
		STORE_CASE(test_deletes),
		STORE_CASE(test_deletes_bit_by_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
