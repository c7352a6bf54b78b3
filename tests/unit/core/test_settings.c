/*
 * Settings files: what is read, what is refused and where, and that what is
 * written is read back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/err.h"
#include "core/settings.h"

static void must(int r)
{
	assert_int_equal(r, 0);
}

static int parse(enum mm_level level, const char *text, size_t len,
		 struct mm_settings *settings, struct mm_buf *error)
{
	return mm_settings_parse(settings, level, "f", text, len,
				 mm_settings_renamed, error);
}

static const struct {
	const char *name;
	enum mm_level level;
	const char *text;
	int want;
	const char *error;
} refused[] = {
	{ "empty", MM_LEVEL_ACCOUNT, "", MM_ERR_INVALID, "f:1:1:" },
	{ "no version", MM_LEVEL_ACCOUNT, "virus_notice: no\n", MM_ERR_INVALID,
	  "f:1:1: the version must stand first" },
	{ "no keys", MM_LEVEL_ACCOUNT, "{}\n", MM_ERR_INVALID,
	  "f:1:2: no version" },
	{ "newer", MM_LEVEL_ACCOUNT, "version: 3\nvirus_notice: no\n",
	  MM_ERR_VERSION, "f:1:10: version: made by a newer" },
	{ "version 0", MM_LEVEL_ACCOUNT, "version: 0\n", MM_ERR_INVALID,
	  "f:1:10: version: not a version" },
	{ "two versions", MM_LEVEL_ACCOUNT, "version: 1\nversion: 1\n",
	  MM_ERR_INVALID, "f:2:1: version: a repeated key" },
	{ "unknown", MM_LEVEL_ACCOUNT, "version: 1\nvirus: no\n",
	  MM_ERR_INVALID, "f:2:1: virus: unknown key" },
	{ "unknown in section", MM_LEVEL_ACCOUNT,
	  "version: 1\nspam:\n  sorts: no\n", MM_ERR_INVALID,
	  "f:3:3: spam.sorts: unknown key" },
	{ "dotted", MM_LEVEL_ACCOUNT, "version: 1\nspam.sort: no\n",
	  MM_ERR_INVALID, "f:2:1: spam.sort: unknown key" },
	{ "repeated", MM_LEVEL_ACCOUNT,
	  "version: 1\nvirus_notice: no\nvirus_notice: yes\n", MM_ERR_INVALID,
	  "f:3:1: virus_notice: a repeated key" },
	{ "repeated section", MM_LEVEL_ACCOUNT,
	  "version: 1\nspam: {sort: no}\nspam: {tag: no}\n", MM_ERR_INVALID,
	  "f:3:1: spam: a repeated key" },
	{ "another level", MM_LEVEL_ACCOUNT,
	  "version: 1\ncatch_all: a@b.test\n", MM_ERR_INVALID,
	  "f:2:1: catch_all: not a key of this file" },
	{ "bad bool", MM_LEVEL_ACCOUNT, "version: 1\nvirus_notice: maybe\n",
	  MM_ERR_INVALID, "f:2:15: virus_notice: neither yes nor no" },
	{ "null", MM_LEVEL_ACCOUNT, "version: 1\nvirus_notice:\n",
	  MM_ERR_INVALID, "f:2:14: virus_notice: must be one value" },
	{ "choice", MM_LEVEL_ACCOUNT, "version: 1\nnotice_language: fr\n",
	  MM_ERR_INVALID, "f:2:18: notice_language: not one of" },
	{ "number", MM_LEVEL_ACCOUNT, "version: 1\nspam: {tag_score: 1001}\n",
	  MM_ERR_INVALID, "f:2:19: spam.tag_score: not from 1 to 1000" },
	{ "time", MM_LEVEL_DOMAIN, "version: 1\nquarantine: {keep: 5x}\n",
	  MM_ERR_INVALID, "f:2:20: quarantine.keep: not a time" },
	{ "sender", MM_LEVEL_ACCOUNT,
	  "version: 1\napproved_senders: [a@b.test, \"*\"]\n", MM_ERR_INVALID,
	  "f:2:30: approved_senders: neither a mail" },
	{ "same sender", MM_LEVEL_ACCOUNT,
	  "version: 1\napproved_senders: [a@b.test, A@B.test]\n",
	  MM_ERR_INVALID, "f:2:30: approved_senders: is there already" },
	{ "list as text", MM_LEVEL_ACCOUNT,
	  "version: 1\napproved_senders: a@b.test\n", MM_ERR_INVALID,
	  "f:2:19: approved_senders: must be a list or off" },
	{ "list in list", MM_LEVEL_ACCOUNT,
	  "version: 1\napproved_senders: [[a@b.test]]\n", MM_ERR_INVALID,
	  "f:2:20: approved_senders: must be one value" },
	{ "map as list", MM_LEVEL_DOMAIN, "version: 1\nrules: [a]\n",
	  MM_ERR_INVALID, "f:2:8: rules: must be a mapping or off" },
	{ "rule twice", MM_LEVEL_DOMAIN, "version: 1\nrules: {a: yes, a: no}\n",
	  MM_ERR_INVALID, "f:2:17: a: a repeated key" },
	{ "rule name", MM_LEVEL_DOMAIN, "version: 1\nrules: {../a: yes}\n",
	  MM_ERR_INVALID, "rules: a name is lower-case" },
	{ "folder", MM_LEVEL_ACCOUNT, "version: 1\nspam: {folder: ../x}\n",
	  MM_ERR_INVALID, "f:2:16: spam.folder: not a folder name" },
	{ "separator", MM_LEVEL_DOMAIN, "version: 1\nplus_tags: \"++\"\n",
	  MM_ERR_INVALID, "f:2:12: plus_tags: not one of" },
	{ "network", MM_LEVEL_DOMAIN,
	  "version: 1\nrelay_hosts: [192.0.2.0/33]\n", MM_ERR_INVALID,
	  "f:2:15: relay_hosts: not an IP" },
	{ "anchor", MM_LEVEL_ACCOUNT, "version: &a 1\n", MM_ERR_INVALID,
	  "f:1:10: anchors are not allowed" },
	{ "alias", MM_LEVEL_ACCOUNT, "version: *a\n", MM_ERR_INVALID,
	  "f:1:10: aliases are not allowed" },
	{ "tag", MM_LEVEL_ACCOUNT, "version: !!int 1\n", MM_ERR_INVALID,
	  "f:1:10: tags are not allowed" },
	{ "two documents", MM_LEVEL_ACCOUNT, "version: 1\n---\nversion: 1\n",
	  MM_ERR_INVALID, "a second document" },
	{ "a list", MM_LEVEL_ACCOUNT, "- version: 1\n", MM_ERR_INVALID,
	  "f:1:1: must be a mapping" },
	{ "deep", MM_LEVEL_ACCOUNT,
	  "version: {a: {a: {a: {a: {a: {a: {a: "
	  "{a: 1}}}}}}}}\n",
	  MM_ERR_INVALID, "f:1:10: version: not a" },
};

static void test_refused(void **state)
{
	struct mm_settings settings;
	struct mm_buf error;
	size_t i;
	int r;

	(void)state;
	mm_buf_init(&error, 4096);
	for (i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		r = parse(refused[i].level, refused[i].text,
			  strlen(refused[i].text), &settings, &error);
		if (r != refused[i].want ||
		    strstr(mm_buf_str(&error), refused[i].error) == NULL)
			fail_msg("%s: got %d, %s; want %d, %s", refused[i].name,
				 r, mm_buf_str(&error), refused[i].want,
				 refused[i].error);
	}
	mm_buf_clear(&error);
}

static void test_nul_and_size(void **state)
{
	static const char nul[] = "version: 1\nspam: {folder: \"a\\0b\"}\n";
	struct mm_settings settings;
	struct mm_buf error, big;

	(void)state;
	mm_buf_init(&error, 4096);
	mm_buf_init(&big, 2 * MM_SETTINGS_FILE_MAX);
	assert_int_equal(parse(MM_LEVEL_ACCOUNT, nul, sizeof(nul) - 1,
			       &settings, &error),
			 MM_ERR_INVALID);
	must(mm_buf_puts(&big, "version: 1\n#"));
	while (big.len < MM_SETTINGS_FILE_MAX)
		must(mm_buf_puts(&big, "x"));
	assert_int_equal(parse(MM_LEVEL_ACCOUNT, mm_buf_str(&big), big.len,
			       &settings, &error),
			 0);
	must(mm_buf_puts(&big, "x"));
	assert_int_equal(parse(MM_LEVEL_ACCOUNT, mm_buf_str(&big), big.len,
			       &settings, &error),
			 MM_ERR_LIMIT);
	mm_buf_clear(&error);
	mm_buf_clear(&big);
}

static const char full[] = "version: 2\n"
			   "virus_notice: no\n"
			   "notice_language: en\n"
			   "spam:\n"
			   "  sort: yes\n"
			   "  folder: \"Spam mail\"\n"
			   "  tag: no\n"
			   "  tag_score: off\n"
			   "  quarantine_score: 12\n"
			   "approved_senders: [\"a@b.test\", \"*@c.test\"]\n"
			   "blocked_senders: []\n"
			   "senders_max: 70\n"
			   "quarantine:\n"
			   "  digest: weekly\n"
			   "  keep: 3d\n"
			   "notices_suspended: yes\n"
			   "notices_suspended_until: 4000000000\n"
			   "rules: {virus-in: yes, spam: no}\n"
			   "notices: {virus-inbound: \"Subject: \\\"x\\\"\\n\\n"
			   "line \\\\ two\\n\"}\n"
			   "gateway_host: mail.example.org\n"
			   "relay_hosts: [192.0.2.0/24, \"2001:db8::1\"]\n"
			   "contracted_accounts: 20\n"
			   "plus_tags: off\n"
			   "catch_all: \"x@b.test\"\n"
			   "alias_of: b.test\n";

static void test_round_trip(void **state)
{
	struct mm_settings settings;
	struct mm_buf error, out;

	(void)state;
	mm_buf_init(&error, 4096);
	mm_buf_init(&out, MM_SETTINGS_FILE_MAX);
	if (parse(MM_LEVEL_DOMAIN, full, sizeof(full) - 1, &settings, &error) <
	    0)
		fail_msg("%s", mm_buf_str(&error));
	must(mm_settings_format(&settings, &out));
	assert_string_equal(mm_buf_str(&out), full);
	mm_settings_clear(&settings);
	mm_buf_clear(&error);
	mm_buf_clear(&out);
}

static const struct {
	const char *op, *key, *name, *text, *want; /* NULL: refused */
} changes[] = {
	{ "set", "approved_senders", NULL, "A@b.test,*@C.test",
	  "[\"a@b.test\", \"*@c.test\"]" },
	{ "add", "approved_senders", NULL, "d@b.test",
	  "[\"a@b.test\", \"*@c.test\", \"d@b.test\"]" },
	{ "add", "approved_senders", NULL, "D@b.test", NULL },
	{ "remove", "approved_senders", NULL, "*@c.TEST",
	  "[\"a@b.test\", \"d@b.test\"]" },
	{ "remove", "approved_senders", NULL, "z@b.test", NULL },
	{ "set", "approved_senders", NULL, "x", NULL },
	{ "set", "approved_senders", NULL, "off", "[]" },
	{ "add", "virus_notice", NULL, "yes", NULL },
	{ "set", "virus_notice", NULL, "off", "no" },
	{ "set", "rules", "spam", "off", "{spam: no}" },
	{ "set", "rules", "spam", "on", "{spam: yes}" },
	{ "set", "rules", "virus", "yes", "{spam: yes, virus: yes}" },
	{ "set", "rules", NULL, "yes", NULL },
	{ "remove", "rules", NULL, "spam", "{virus: yes}" },
	{ "set", "spam.folder", NULL, "off", "off" },
	{ "set", "spam.tag_score", NULL, "off", "off" },
	{ "set", "spam.tag_score", NULL, "0", NULL },
	{ "set", "quarantine.keep", NULL, "2w", "14d" },
	{ "set", "quarantine.digest", NULL, "off", "off" },
	{ "set", "notices", "stripped", "Subject: x\n\n{password}\n", NULL },
};

static void test_changes(void **state)
{
	struct mm_settings settings;
	struct mm_buf why, out;
	size_t i;
	int r;

	(void)state;
	mm_settings_init(&settings);
	mm_buf_init(&why, 4096);
	mm_buf_init(&out, MM_SETTINGS_FILE_MAX);
	for (i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		const enum mm_setting key =
			(enum mm_setting)mm_setting_find(changes[i].key);

		mm_buf_reset(&why);
		mm_buf_reset(&out);
		r = changes[i].op[0] == 's'
			    ? mm_settings_set(&settings, key, changes[i].name,
					      changes[i].text, &why)
		    : changes[i].op[0] == 'a'
			    ? mm_settings_add(&settings, key, changes[i].name,
					      changes[i].text, &why)
			    : mm_settings_remove(&settings, key,
						 changes[i].text, &why);
		if (r == 0)
			must(mm_setting_show(key, &settings.list[key], &out));
		if ((changes[i].want == NULL) != (r == MM_ERR_INVALID) ||
		    (r == 0 && strcmp(mm_buf_str(&out), changes[i].want) != 0))
			fail_msg("%s %s %s: got %d, %s", changes[i].op,
				 changes[i].key, changes[i].text, r,
				 mm_buf_str(&out));
		if (r < 0)
			assert_true(why.len > 0);
	}
	mm_settings_clear(&settings);
	mm_buf_clear(&why);
	mm_buf_clear(&out);
}

/* A key of an older version is read under its new name, and of this version
 * it is unknown. */
static void test_renamed(void **state)
{
	static const struct mm_setting_renamed table[] = {
		{ 1, "virus_warning", "virus_notice" },
		{ 0, NULL, NULL },
	};
	static const struct mm_setting_renamed past[] = {
		{ 0, "virus_warning", "virus_notice" },
		{ 0, NULL, NULL },
	};
	static const char text[] = "version: 1\nvirus_warning: no\n";
	struct mm_settings settings;
	struct mm_buf error;

	(void)state;
	mm_buf_init(&error, 4096);
	assert_int_equal(mm_settings_parse(&settings, MM_LEVEL_ACCOUNT, "f",
					   text, sizeof(text) - 1, table,
					   &error),
			 0);
	assert_true(settings.list[MM_SETTING_VIRUS_NOTICE].set);
	assert_int_equal(settings.list[MM_SETTING_VIRUS_NOTICE].num, 0);
	mm_settings_clear(&settings);
	assert_int_equal(mm_settings_parse(&settings, MM_LEVEL_ACCOUNT, "f",
					   text, sizeof(text) - 1, past,
					   &error),
			 MM_ERR_INVALID);
	mm_buf_clear(&error);
}

/* What files of version 1 have, and those of this version no longer. */
static void test_version_1(void **state)
{
	static const char rest[] = "hold: yes\nhold_until: 4000000000\n";
	struct mm_settings settings;
	struct mm_buf error, out, text;

	(void)state;
	mm_buf_init(&error, 4096);
	mm_buf_init(&text, 4096);
	mm_buf_init(&out, MM_SETTINGS_FILE_MAX);
	must(mm_buf_printf(&text, "version: 1\n%s", rest));
	must(parse(MM_LEVEL_ACCOUNT, mm_buf_str(&text), text.len, &settings,
		   &error));
	must(mm_settings_format(&settings, &out));
	assert_string_equal(mm_buf_str(&out),
			    "version: 2\n"
			    "notices_suspended: yes\n"
			    "notices_suspended_until: 4000000000\n");
	mm_settings_clear(&settings);
	mm_buf_reset(&text);
	must(mm_buf_printf(&text, "version: 2\n%s", rest));
	assert_int_equal(parse(MM_LEVEL_ACCOUNT, mm_buf_str(&text), text.len,
			       &settings, &error),
			 MM_ERR_INVALID);
	mm_buf_clear(&error);
	mm_buf_clear(&text);
	mm_buf_clear(&out);
}

static void test_table(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < MM_SETTINGS; i++) {
		assert_int_equal(mm_setting_find(mm_setting_rows[i].key), i);
		if (mm_setting_default((enum mm_setting)i) == NULL)
			fail_msg("%s: bad default", mm_setting_rows[i].key);
		assert_true(mm_setting_rows[i].help[0] != '\0');
		assert_true(mm_setting_rows[i].help_ja[0] != '\0');
	}
}

static void test_senders_max(void **state)
{
	struct mm_settings settings;
	struct mm_buf why;
	char sender[32];
	int i;

	(void)state;
	mm_settings_init(&settings);
	mm_buf_init(&why, 4096);
	for (i = 0; i < 51; i++) {
		(void)snprintf(sender, sizeof(sender), "u%d@b.test", i);
		assert_int_equal(mm_settings_check(&settings, 50, &why), 0);
		must(mm_settings_add(&settings, MM_SETTING_APPROVED_SENDERS,
				     NULL, sender, &why));
	}
	assert_int_equal(mm_settings_check(&settings, 50, &why),
			 MM_ERR_INVALID);
	mm_settings_clear(&settings);
	mm_buf_clear(&why);
}

static void test_match(void **state)
{
	char *items[] = { "a@b.test", "*@c.test" };
	const struct mm_conf_list list = { .items = items, .count = 2 };

	(void)state;
	assert_true(mm_settings_match(&list, "A@B.test"));
	assert_true(mm_settings_match(&list, "x@C.test"));
	assert_false(mm_settings_match(&list, "x@b.test"));
	assert_false(mm_settings_match(&list, "x@sub.c.test"));
	assert_false(mm_settings_match(&list, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_nul_and_size),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_renamed),
		cmocka_unit_test(test_version_1),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_senders_max),
		cmocka_unit_test(test_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
