/*
 * The files that Exim looks gateway domains and relay hosts up in: right, and
 * all of the old or all of the new.
 */
#include "settings_store.h"

#include "mamorid/keeper/routes.h"

#define FILES 3
static const char *const names[FILES] = {
	"exim/gateway_domains",
	"exim/relay_hosts",
	"gate/relay_hosts",
};

static struct mm_settings_tree *tree;

static int setup_tree(void **state)
{
	char path[96];

	assert_int_equal(setup(state), 0);
	(void)snprintf(path, sizeof(path), "%s/settings", dir);
	tree = mm_settings_tree_open(path, geteuid(), NULL);
	assert_non_null(tree);
	return 0;
}

static int teardown_tree(void **state)
{
	mm_settings_tree_close(tree);
	return teardown(state);
}

static int put_domain(const char *name, enum mm_setting key, const char *value)
{
	return put(&store, MM_LEVEL_DOMAIN, name, key, value);
}

static bool holds(const char *name, const char *want)
{
	struct mm_buf text;
	char path[128];
	bool same;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	mm_buf_init(&text, 65536);
	same = mm_read_file(path, &text) == 0 &&
	       strcmp(mm_buf_str(&text), want) == 0;
	mm_buf_clear(&text);
	return same;
}

static void test_writes(void **state)
{
	struct stat st;
	char path[128];

	(void)state;
	assert_int_equal(mm_routes_write(&store, tree), 0);
	assert_true(holds(names[0], "") && holds(names[2], ""));
	assert_int_equal(put_domain("n.test", MM_SETTING_GATEWAY_HOST,
				    "Mail.Example"),
			 0);
	assert_int_equal(put_domain("six.test", MM_SETTING_GATEWAY_HOST,
				    "2001:db8::1"),
			 0);
	assert_int_equal(put_domain("b.test", MM_SETTING_RELAY_HOSTS,
				    "192.0.2.0/24,2001:db8::/32"),
			 0);
	assert_int_equal(put_domain("a.test", MM_SETTING_RELAY_HOSTS,
				    "192.0.2.0/24"),
			 0);
	assert_int_equal(mm_routes_write(&store, tree), 0);
	assert_true(holds(names[0], "n.test: mail.example\n"
				    "six.test: 2001:db8::1\n"));
	assert_true(holds(names[1], "\"2001:db8::/32\": b.test\n"
				    "\"192.0.2.0/24\": a.test b.test\n"));
	assert_true(holds(names[2], "\"2001:db8::/32\": b.test\n"
				    "\"192.0.2.0/24\": a.test b.test\n"));
	(void)snprintf(path, sizeof(path), "%s/%s", dir, names[0]);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	store.set_group = true;
	assert_int_equal(mm_routes_write(&store, tree), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	store.set_group = false;
	assert_int_equal(mm_settings_store_delete(&store, MM_LEVEL_DOMAIN,
						  "n.test"),
			 1);
	assert_int_equal(mm_routes_write(&store, tree), 0);
	assert_true(holds(names[0], "six.test: 2001:db8::1\n"));
}

/* Another name of a domain goes where that goes, without end or circle. */
static void test_follows_aliases(void **state)
{
	(void)state;
	assert_int_equal(put_domain("g.test", MM_SETTING_GATEWAY_HOST, "h.x"),
			 0);
	assert_int_equal(put_domain("a.test", MM_SETTING_ALIAS_OF, "g.test"),
			 0);
	assert_int_equal(put_domain("b.test", MM_SETTING_ALIAS_OF, "a.test"),
			 0);
	assert_int_equal(put_domain("l.test", MM_SETTING_ALIAS_OF, "o.test"),
			 0);
	assert_int_equal(put_domain("o.test", MM_SETTING_ALIAS_OF, "l.test"),
			 0);
	assert_int_equal(put_domain("z.test", MM_SETTING_ALIAS_OF, "none.test"),
			 0);
	assert_int_equal(mm_routes_write(&store, tree), 0);
	assert_true(holds(names[0], "a.test: h.x\nb.test: h.x\n"
				    "g.test: h.x\n"));
}

/* What the settings' reader refuses, as a file edited by hand may have it,
 * never comes into Exim's files. */
static void test_takes_no_foreign_lines(void **state)
{
	static const char *const values[] = {
		"gateway_host: \"h.x}{$run{id}\"",
		"gateway_host: \"h.x\\nz.test: evil.x\"",
		"gateway_host: \"h.x : evil.x\"",
		"gateway_host: \"h.x::2525\"",
		"gateway_host: \"h.x/mx\"",
		"relay_hosts: [\"192.0.2.1\\n0.0.0.0/0\"]",
		"relay_hosts: [\"192.0.2.1\\\" x\"]",
		"relay_hosts: [\"*\"]",
		"alias_of: \"../g.test\"",
	};
	char path[128];
	FILE *file;
	size_t i;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/settings/h.test/domain.yaml",
		       dir);
	for (i = 0; i < sizeof(values) / sizeof(*values); i++) {
		assert_int_equal(put_domain("h.test", 0, NULL), 0);
		file = fopen(path, "w");
		assert_non_null(file);
		assert_true(fprintf(file, "version: 2\n%s\n", values[i]) > 0);
		assert_int_equal(fclose(file), 0);
		assert_int_equal(mm_routes_write(&store, tree), 0);
		assert_true(holds(names[0], "") && holds(names[1], ""));
	}
}

static int work(void)
{
	return mm_routes_write(&store, tree);
}

static void refill(const char *host, const char *relay)
{
	assert_int_equal(put_domain("g.test", MM_SETTING_GATEWAY_HOST, host),
			 0);
	assert_int_equal(put_domain("r.test", MM_SETTING_RELAY_HOSTS, relay),
			 0);
}

static bool whole(const char *name, const char *before, const char *after)
{
	return holds(name, before) || holds(name, after);
}

static void check_whole(void)
{
	assert_true(whole(names[0], "g.test: old.x\n",
			  "g.test: new.x\n"));
	assert_true(whole(names[1], "\"192.0.2.1\": r.test\n",
			  "\"192.0.2.2\": r.test\n"));
	assert_true(whole(names[2], "\"192.0.2.1\": r.test\n",
			  "\"192.0.2.2\": r.test\n"));
}

static void test_dies(void **state)
{
	int n;

	(void)state;
	for (n = 0;; n++) {
		refill("old.x", "192.0.2.1");
		assert_int_equal(work(), 0);
		refill("new.x", "192.0.2.2");
		if (!dies_at(n, work))
			break;
		check_whole();
	}
	assert_true(n > 15);
	assert_true(holds(names[0], "g.test: new.x\n"));
}

/* A full disk: an error, whole files, and all is well the next time. */
static void test_fails(void **state)
{
	int n, r, errors = 0;

	(void)state;
	for (n = 0;; n++) {
		refill("old.x", "192.0.2.1");
		assert_int_equal(work(), 0);
		refill("new.x", "192.0.2.2");
		countdown = n;
		r = work();
		if (countdown >= 0)
			break;
		errors += r < 0;
		check_whole();
		assert_int_equal(work(), 0);
		assert_true(holds(names[1], "\"192.0.2.2\": r.test\n"));
	}
	countdown = -1;
	/* Reading a domain's file and removing nothing may fail unseen. */
	assert_true(errors > 15);
}

/* On disk before it has its name, and the name as well. */
static void test_order(void **state)
{
	(void)state;
	trace[0] = '\0';
	assert_int_equal(mm_routes_write(&store, tree), 0);
	assert_string_equal(trace, "FRFFRFFRF");
	refill("old.x", "192.0.2.1");
	trace[0] = '\0';
	assert_int_equal(mm_routes_write(&store, tree), 0);
	assert_string_equal(trace, "wFRFwFRFwFRF");
}

#define TREE_CASE(name) \
	cmocka_unit_test_setup_teardown(name, setup_tree, teardown_tree)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_CASE(test_writes),
		TREE_CASE(test_follows_aliases),
		TREE_CASE(test_takes_no_foreign_lines),
		TREE_CASE(test_dies),
		TREE_CASE(test_fails),
		TREE_CASE(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
