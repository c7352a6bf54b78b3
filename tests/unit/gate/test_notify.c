/* Who is warned: settings, the address map, holds, any order of recipients. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mamorid/gate/notify.h"
#include "tests/unit/core/settings_dir.h"

#define NOW 1000000

static char *domain_items[] = { (char *)"Example.TEST", (char *)"b.test" };

static struct mm_conf conf;
static struct mm_domains domains;
static struct mm_settings_tree *tree;

static int setup(void **state)
{
	memset(&conf, 0, sizeof(conf));
	conf.local_domains = (struct mm_conf_list){ domain_items, 2 };
	conf.notices_enabled = 1;
	conf.operator=(char *) "op@outside.test";
	if (make_root(state) != 0)
		return -1;
	mm_domains_init(&domains, &conf);
	tree = mm_settings_tree_open(root, geteuid(), NULL);
	return tree == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	mm_settings_tree_close(tree);
	mm_domains_clear(&domains);
	return drop_root(state);
}

/* The notices as "ADDRESS[=TEMPLATE] ...", that for recipients left out. */
static const char *list(struct mm_record *record, unsigned int whom)
{
	static char text[1024];
	const struct mm_notify notify = { &conf, &domains, tree, NOW };
	const struct mm_notify_wish wish = { whom, "in", "out", "op" };
	struct mm_notices notices;
	const char *name;
	size_t i, len = 0;

	if (record->sender == NULL)
		record->sender = "eve@evil.test";
	mm_notices_make(&notices, record, &wish, &notify);
	text[0] = '\0';
	for (i = 0; i < notices.count; i++) {
		name = notices.list[i].name;
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s%s%s%s%s%s", i > 0 ? " " : "",
					notices.list[i].to,
					strcmp(name, "in") == 0 ? "" : "=",
					strcmp(name, "in") == 0 ? "" : name,
					notices.list[i].about == NULL ? ""
								      : ":",
					notices.list[i].about == NULL
						? ""
						: notices.list[i].about);
	}
	mm_notices_clear(&notices);
	return text;
}

/* Those left out as "ADDRESS=WHY[@LEVEL] ...". */
static const char *untold(struct mm_record *record, unsigned int whom)
{
	static char text[1024];
	const struct mm_notify notify = { &conf, &domains, tree, NOW };
	const struct mm_notify_wish wish = { whom, "in", "out", "op" };
	const struct mm_untold *one;
	struct mm_notices notices;
	size_t i, len = 0;

	if (record->sender == NULL)
		record->sender = "eve@evil.test";
	mm_notices_make(&notices, record, &wish, &notify);
	text[0] = '\0';
	for (i = 0; i < notices.nuntold; i++) {
		one = &notices.untold[i];
		len += (size_t)snprintf(
			text + len, sizeof(text) - len, "%s%s=%s%s%s",
			i > 0 ? " " : "", one->to, one->why,
			one->level == 0 ? "" : "@",
			one->level == 0 ? "" : mm_level_name(one->level));
	}
	mm_notices_clear(&notices);
	return text;
}

static const char *inbound(const char *a, const char *b, const char *c)
{
	const char *rcpts[] = { a, b, c };
	struct mm_record record = { .recipients = rcpts };

	while (record.nrecipients < 3 && rcpts[record.nrecipients] != NULL)
		record.nrecipients++;
	return list(&record, MM_NOTIFY_RECIPIENT);
}

static void test_local_recipients_once_each(void **state)
{
	const char *rcpts[] = { "u2@b.test",	   "u1@example.test",
				"U1@EXAMPLE.test", "x@outside.test",
				"<bad>@b.test",	   "u3@example.test" };
	struct mm_record record = { .recipients = rcpts, .nrecipients = 6 };

	(void)state;
	assert_string_equal(list(&record, MM_NOTIFY_RECIPIENT),
			    "u1@example.test u2@b.test u3@example.test");
	conf.notices_enabled = 0;
	assert_string_equal(list(&record, MM_NOTIFY_RECIPIENT), "");
}

static void test_account_only_when_local(void **state)
{
	struct mm_record record = { .account = "u1@example.test" };

	(void)state;
	assert_string_equal(list(&record, MM_NOTIFY_SENDER),
			    "u1@example.test=out");
	record.account = "u1@outside.test";
	assert_string_equal(list(&record, MM_NOTIFY_SENDER), "");
	record.account = NULL;
	assert_string_equal(list(&record, MM_NOTIFY_SENDER), "");
	put("b.test/domain.yaml", "version: 1\n");
	put("b.test/accounts/u1.yaml", "version: 1\nvirus_notice: no\n");
	record.account = "u1@b.test";
	assert_string_equal(list(&record, MM_NOTIFY_SENDER), "");
}

/* Whoever is meant and not told is named, with the reason. */
static void test_untold(void **state)
{
	const unsigned int all = MM_NOTIFY_RECIPIENT | MM_NOTIFY_SENDER |
				 MM_NOTIFY_OPERATOR;
	const char *rcpts[] = { "u1@b.test", "u2@b.test", "alias@b.test",
				"x@outside.test" };
	struct mm_record record = { .recipients = rcpts, .nrecipients = 4 };
	char *operator = conf.operator;

	(void)state;
	put("b.test/domain.yaml", "version: 2\n");
	put("b.test/accounts/u1.yaml", "version: 2\nvirus_notice: no\n");
	put("b.test/accounts/u2.yaml",
	    "version: 2\nnotices_suspended: yes\n");
	put("b.test/aliases/alias.yaml",
	    "version: 2\ntargets:\n  - y@far.test\n");
	conf.operator = (char *)"";
	assert_string_equal(untold(&record, all),
			    "u1@b.test=off@account u2@b.test=suspended "
			    "x@outside.test=outside y@far.test=outside "
			    "=nobody =no-operator");
	assert_string_equal(list(&record, all), "");
	record.account = "u3@b.test";
	record.sender = "";
	assert_string_equal(untold(&record, MM_NOTIFY_SENDER),
			    "u3@b.test=null-sender");
	record.sender = "a@b";
	assert_string_equal(untold(&record, MM_NOTIFY_SENDER), "");
	record.account = "u3@outside.test";
	assert_string_equal(untold(&record, MM_NOTIFY_SENDER),
			    "u3@outside.test=outside");
	assert_string_equal(untold(&record, 0), "");
	conf.notices_enabled = 0;
	assert_string_equal(untold(&record, all), "=disabled");
	assert_string_equal(untold(&record, 0), "");
	conf.operator = operator;
}

/* The sender's address counts for nothing but this: a null sender. */
static void test_null_sender(void **state)
{
	const char *rcpts[] = { "u2@b.test" };
	struct mm_record record = {
		.sender = "",
		.account = "u1@example.test",
		.recipients = rcpts,
		.nrecipients = 1,
	};

	(void)state;
	assert_string_equal(list(&record,
				 MM_NOTIFY_SENDER | MM_NOTIFY_RECIPIENT),
			    "u2@b.test");
	/* The author of list mail, and a forged one: mailboxes of ours. */
	record.sender = "u3@b.test";
	record.account = NULL;
	assert_string_equal(list(&record,
				 MM_NOTIFY_SENDER | MM_NOTIFY_RECIPIENT),
			    "u2@b.test");
}

/* Mail between two mailboxes of ours, and to oneself. */
static void test_both_sides(void **state)
{
	const char *rcpts[] = { "u2@b.test", "u1@b.test" };
	struct mm_record record = { .account = "u1@b.test",
				    .recipients = rcpts,
				    .nrecipients = 2 };

	(void)state;
	assert_string_equal(list(&record,
				 MM_NOTIFY_SENDER | MM_NOTIFY_RECIPIENT),
			    "u1@b.test u2@b.test u1@b.test=out");
}

static void test_operator(void **state)
{
	struct mm_record record = { .nrecipients = 0 };

	(void)state;
	put("_server.yaml",
	    "version: 2\nvirus_notice: no\nnotices_suspended: yes\n");
	assert_string_equal(list(&record, MM_NOTIFY_OPERATOR),
			    "op@outside.test=op");
}

static void test_every_order(void **state)
{
	static const char *const orders[][3] = {
		{ "a@b.test", "b@b.test", "c@b.test" },
		{ "a@b.test", "c@b.test", "b@b.test" },
		{ "b@b.test", "a@b.test", "c@b.test" },
		{ "b@b.test", "c@b.test", "a@b.test" },
		{ "c@b.test", "a@b.test", "b@b.test" },
		{ "c@b.test", "b@b.test", "a@b.test" },
	};
	size_t i;

	(void)state;
	put("b.test/domain.yaml", "version: 1\nnotice_language: en\n");
	put("b.test/accounts/a.yaml", "version: 1\nnotice_language: ja\n");
	put("b.test/accounts/b.yaml", "version: 1\nvirus_notice: no\n");
	put("b.test/accounts/c.yaml", "version: 1\n");
	for (i = 0; i < 6; i++)
		assert_string_equal(inbound(orders[i][0], orders[i][1],
					    orders[i][2]),
				    "a@b.test c@b.test");
}

static void test_map_decides(void **state)
{
	(void)state;
	put("b.test/domain.yaml", "version: 1\n");
	put("reg.test/domain.yaml", "version: 1\n");
	put("alias.test/domain.yaml", "version: 1\nalias_of: b.test\n");
	put("b.test/accounts/off.yaml", "version: 1\nvirus_notice: no\n");
	put("b.test/accounts/on.yaml", "version: 1\n");
	put("b.test/aliases/both.yaml",
	    "version: 1\ntargets: [off@b.test, on@b.test, x@far.test]\n");
	put("b.test/lists/team.yaml",
	    "version: 1\nmembers: [off@b.test, on@b.test, x@far.test]\n");
	assert_string_equal(inbound("off@b.test", NULL, NULL), "");
	assert_string_equal(inbound("off+tag@b.test", NULL, NULL), "");
	assert_string_equal(inbound("OFF@alias.test", NULL, NULL), "");
	assert_string_equal(inbound("both@b.test", NULL, NULL), "on@b.test");
	assert_string_equal(inbound("both@b.test", "on@b.test", "on+1@b.test"),
			    "on@b.test");
	/* Members of a list are told whatever they have set. */
	assert_string_equal(inbound("team@b.test", NULL, NULL),
			    "off@b.test on@b.test");
	assert_string_equal(inbound("off@b.test", "team@b.test", NULL),
			    "off@b.test on@b.test");
	assert_string_equal(inbound("team@b.test", "off@b.test", NULL),
			    "off@b.test on@b.test");
	/* Not in local_domains, but with settings. */
	assert_string_equal(inbound("x@reg.test", NULL, NULL), "x@reg.test");
}

static void test_suspended(void **state)
{
	(void)state;
	put("b.test/domain.yaml", "version: 2\nnotices_suspended: yes\n"
				  "notices_suspended_until: 999999\n");
	assert_string_equal(inbound("a@b.test", NULL, NULL), "a@b.test");
	put("b.test/domain.yaml", "version: 2\nnotices_suspended: yes\n"
				  "notices_suspended_until: 1000001\n");
	assert_string_equal(inbound("a@b.test", NULL, NULL), "");
	put("b.test/domain.yaml", "version: 2\nnotices_suspended: yes\n");
	assert_string_equal(inbound("a@b.test", "a@example.test", NULL),
			    "a@example.test");
	put("b.test/lists/team.yaml", "version: 1\nmembers: [a@b.test]\n");
	assert_string_equal(inbound("team@b.test", NULL, NULL), "");
	put("b.test/accounts/a.yaml", "version: 2\nnotices_suspended: no\n");
	assert_string_equal(inbound("team@b.test", NULL, NULL), "a@b.test");
}

/* Administrators get one copy, of the mailboxes that are theirs. */
static void test_copies(void **state)
{
	const char *rcpts[] = { "b@b.test", "a@b.test", "c@example.test" };
	struct mm_record record = { .account = "c@example.test",
				    .recipients = rcpts,
				    .nrecipients = 2 };

	(void)state;
	put("b.test/domain.yaml", "version: 2\nadmin_notices: copy\n"
				  "admin_address: \"adm@far.test\"\n");
	put("b.test/accounts/b.yaml", "version: 2\nvirus_notice: no\n");
	assert_string_equal(inbound("b@b.test", "a@b.test", "c@example.test"),
			    "a@b.test c@example.test adm@far.test=admin-copy:"
			    "a@b.test\nb@b.test\n");
	put("b.test/accounts/b.yaml", "version: 2\nnotices_suspended: yes\n");
	assert_string_equal(inbound("b@b.test", NULL, NULL), "");
	assert_string_equal(inbound("c@example.test", NULL, NULL),
			    "c@example.test");
	/* Both sides, each with its own; nobody twice. */
	put("example.test/domain.yaml", "version: 2\nadmin_notices: copy\n"
					"admin_address: \"c@example.test\"\n");
	assert_string_equal(list(&record, MM_NOTIFY_SENDER |
						  MM_NOTIFY_RECIPIENT),
			    "a@b.test c@example.test=out "
			    "adm@far.test=admin-copy:a@b.test\n");
	put("b.test/domain.yaml", "version: 2\nadmin_notices: daily\n"
				  "admin_address: \"adm@far.test\"\n");
	assert_string_equal(inbound("a@b.test", NULL, NULL), "a@b.test");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_local_recipients_once_each),
		TEST(test_account_only_when_local),
		TEST(test_untold),
		TEST(test_null_sender),
		TEST(test_both_sides),
		TEST(test_operator),
		TEST(test_every_order),
		TEST(test_map_decides),
		TEST(test_suspended),
		TEST(test_copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
