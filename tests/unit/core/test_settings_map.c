/* The address map. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/settings_map.h"
#include "tests/unit/core/settings_dir.h"

static const struct {
	const char *address;
	const char *want; /* sorted; + marks a member of a list */
} cases[] = {
	{ "alice@b.test", "alice@b.test" },
	{ "ALICE@B.TEST", "alice@b.test" },
	{ "alice+shop@b.test", "alice@b.test" },
	{ "alice+a+b@b.test", "alice@b.test" },
	{ "alice@alias.test", "alice@b.test" },
	{ "alice+x@alias.test", "alice@b.test" },
	{ "sales@b.test", "alice@b.test bob@b.test" },
	{ "sales+x@b.test", "alice@b.test bob@b.test" },
	{ "both@b.test",
	  "alice@b.test bob@b.test carol@c.test out@far.example" },
	{ "staff@b.test", "+alice@b.test +bob@b.test +x@far.example" },
	{ "mixed@b.test", "+alice@b.test +bob@b.test +x@far.example" },
	{ "nobody@b.test", "nobody@b.test" },
	{ "nobody+tag@b.test", "nobody@b.test" },
	{ "+tag@b.test", "+tag@b.test" },
	{ "nobody@c.test", "carol@c.test" },
	{ "carol-x@c.test", "carol@c.test" },
	{ "carol+x@c.test", "carol@c.test" },
	{ "who@none.test", "who@none.test" },
	{ "who+x@none.test", "who+x@none.test" },
	{ "\"alice\"@b.test", "alice@b.test" },
	{ "\"al\\ice+x\"@B.test", "alice@b.test" },
	{ "\"alice+ @\"@b.test", "alice@b.test" },
	{ "alice+,@b.test", "alice@b.test" },
	{ "alice+1234567890123456789012345678901234567890123456789012345678901"
	  "@B.test",
	  "alice@b.test" },
	{ "loop@b.test", "" },
	{ "wide@b.test", "" },
	{ "x@loop1.test", "" },
	{ "bomb@b.test", "" },
	{ "not an address", "" },
};

static void fill(void)
{
	put("b.test/domain.yaml", "version: 1\n");
	put("b.test/accounts/alice.yaml", "version: 1\n");
	put("b.test/accounts/bob.yaml", "version: 1\n");
	put("b.test/aliases/sales.yaml",
	    "version: 1\ntargets: [alice@b.test, Bob@b.test, "
	    "alice+x@b.test]\n");
	put("b.test/aliases/both.yaml",
	    "version: 1\ntargets: [sales@b.test, carol@c.test, "
	    "out@far.example]\n");
	put("b.test/lists/staff.yaml",
	    "version: 1\nmembers: [sales@b.test, x@far.example]\n");
	put("b.test/aliases/mixed.yaml",
	    "version: 1\ntargets: [alice@b.test, staff@b.test]\n");
	put("b.test/aliases/loop.yaml", "version: 1\ntargets: [loop@b.test]\n");
	put("b.test/aliases/wide.yaml",
	    "version: 1\ntargets: [wide@b.test, wide+1@b.test, "
	    "wide+2@b.test]\n");
	put("b.test/lists/bomb.yaml",
	    "version: 1\nmembers: [bomb@b.test, bomb+1@b.test, bomb+2@b.test, "
	    "bomb+3@b.test, bomb+4@b.test, bomb+5@b.test, bomb+6@b.test]\n");
	put("alias.test/domain.yaml", "version: 1\nalias_of: b.test\n");
	put("loop1.test/domain.yaml", "version: 1\nalias_of: loop2.test\n");
	put("loop2.test/domain.yaml", "version: 1\nalias_of: loop1.test\n");
	put("c.test/domain.yaml",
	    "version: 1\ncatch_all: carol@c.test\nplus_tags: \"-\"\n");
	put("c.test/accounts/carol.yaml", "version: 1\n");
}

static int compare(const void *a, const void *b)
{
	const struct mm_mailbox *left = a, *right = b;

	return strcmp(left->address, right->address);
}

static void test_map(void **state)
{
	struct mm_settings_tree *tree =
		mm_settings_tree_open(root, geteuid(), NULL);
	struct mm_mailboxes boxes;
	char got[1024];
	size_t i, k, len;

	(void)state;
	fill();
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		memset(&boxes, 0, sizeof(boxes));
		assert_int_equal(mm_map_address(tree, cases[i].address, &boxes),
				 0);
		if (boxes.count > 1)
			qsort(boxes.list, boxes.count, sizeof(*boxes.list),
			      compare);
		got[0] = '\0';
		for (k = 0, len = 0; k < boxes.count; k++)
			len += (size_t)snprintf(got + len, sizeof(got) - len,
						"%s%s%s", k > 0 ? " " : "",
						boxes.list[k].member ? "+" : "",
						boxes.list[k].address);
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"",
				 cases[i].address, got, cases[i].want);
		assert_int_equal(boxes.cut,
				 cases[i].want[0] == '\0' &&
					 strchr(cases[i].address, '@') != NULL);
		assert_true(boxes.steps <= MM_MAP_STEPS_MAX + 4);
		mm_mailboxes_clear(&boxes);
	}
	assert_true(mm_map_is_registered(tree, "x@B.test"));
	assert_true(mm_map_is_registered(tree, "x@alias.test"));
	assert_false(mm_map_is_registered(tree, "x@none.test"));
	assert_false(mm_map_is_registered(tree, "x"));
	mm_settings_tree_close(tree);
}

static void test_login(void **state)
{
	struct mm_settings_tree *tree =
		mm_settings_tree_open(root, geteuid(), NULL);
	char *keys[] = { "web", "old" }, *values[] = { "w@b.test", "o@b.test" };
	const struct mm_conf conf = {
		.local_owners = { .keys = keys, .values = values, .count = 2 }
	};
	static const struct {
		const char *login, *want;
	} logins[] = {
		{ "web", "alice@b.test" },
		{ "old", "o@b.test" },
		{ "bob@b.test", "bob@b.test" },
		{ "nobody", "" },
		{ "../x", "" },
	};
	struct mm_buf address;
	size_t i;

	(void)state;
	put("_logins/web.yaml", "version: 1\naccount: Alice@b.test\n");
	put("_logins/old.yaml", "version: 1\ndomains: [b.test]\n");
	for (i = 0; i < sizeof(logins) / sizeof(*logins); i++) {
		mm_buf_init(&address, 512);
		assert_int_equal(mm_map_login(tree, &conf, logins[i].login,
					      &address),
				 *logins[i].want != '\0');
		assert_string_equal(mm_buf_str(&address), logins[i].want);
		mm_buf_clear(&address);
	}
	mm_settings_tree_close(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_map, make_root, drop_root),
		cmocka_unit_test_setup_teardown(test_login, make_root,
						drop_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
