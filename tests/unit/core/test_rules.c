/*
 * Files of rules, their bases and mistakes; the shipped presets.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/err.h"
#include "core/rules.h"

static int parse(struct mm_rules *rules, const char *text, struct mm_buf *error)
{
	char base[MM_RULE_NAME_MAX + 1];

	return mm_rules_parse(rules, "dir/one.yaml", text, strlen(text), base,
			      error);
}

static void test_all_keys(void **state)
{
	static const char text[] =
		"version: 1\nbase: other\ntitle: {ja: 標準, en: One}\n"
		"rules:\n"
		"- name: r-1\n"
		"  enabled: no\n"
		"  when: {direction: [inbound, local], finding: virus,\n"
		"         spam: spam, place: body}\n"
		"  do: [strip, quarantine]\n"
		"  else: discard\n"
		"  notify: [recipient, operator]\n"
		"  notice: mwb-inbound\n"
		"  tag: \"[X]\"\n"
		"  suffix: 【あ】\n"
		"  stamp: {en: a, ja: あ}\n"
		"  help: {en: h}\n"
		"  switched_by: root\n"
		"- {name: r-2, do: accept}\n";
	struct mm_rules rules = { .count = 0 };
	char base[MM_RULE_NAME_MAX + 1];
	const struct mm_rule *rule;
	struct mm_buf error;

	(void)state;
	mm_buf_init(&error, 1000);
	assert_int_equal(mm_rules_parse(&rules, "dir/one.yaml", text,
					strlen(text), base, &error),
			 0);
	assert_string_equal(base, "other");
	assert_string_equal(rules.title.en, "One");
	assert_int_equal(rules.count, 2);
	rule = mm_rules_find(&rules, "r-1");
	assert_non_null(rule);
	assert_false(rule->enabled);
	assert_int_equal(rule->directions, MM_RULE_INBOUND | MM_RULE_LOCAL);
	assert_int_equal(rule->findings, MM_RULE_VIRUS);
	assert_int_equal(rule->spam, MM_RULE_SPAM);
	assert_int_equal(rule->places, MM_RULE_BODY);
	assert_int_equal(rule->actions, MM_DO_STRIP | MM_DO_QUARANTINE);
	assert_int_equal(rule->otherwise, MM_DO_DISCARD);
	assert_int_equal(rule->notify,
			 MM_NOTIFY_RECIPIENT | MM_NOTIFY_OPERATOR);
	assert_string_equal(rule->notice, "mwb-inbound");
	assert_string_equal(rule->tag, "[X]");
	assert_string_equal(rule->suffix, "【あ】");
	assert_string_equal(rule->stamp.ja, "あ");
	assert_string_equal(rule->help.en, "h");
	assert_int_equal(rule->switched_by, MM_WHO_ROOT);
	assert_string_equal(rule->origin, "one");
	rule = mm_rules_find(&rules, "r-2");
	assert_true(rule->enabled);
	assert_int_equal(rule->switched_by, MM_WHO_ADMIN);
	assert_null(mm_rules_find(&rules, "r-3"));
	mm_rules_clear(&rules);
	mm_buf_clear(&error);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *text;
		const char *want; /* in the error */
	} cases[] = {
		{ "", "empty" },
		{ "rules: []\n", "version" },
		{ "version: 1\nversion: 1\n", "repeated" },
		{ "version: 0\n", "not a version" },
		{ "version: 1\nrules: []\ntitle: {en: a}\n", "out of order" },
		{ "version: 1\nbase: ../x\n", "not the name" },
		{ "version: 1\nsurprise: 1\n", "surprise" },
		{ "version: 1\nrules: {}\n", "must be a list" },
		{ "version: 1\nrules: [a]\n", "must be a mapping" },
		{ "version: 1\nrules: [{do: accept}]\n", "begins with" },
		{ "version: 1\nrules: [{name: A, do: accept}]\n", "a-z" },
		{ "version: 1\nrules: [{name: a}]\n", "does nothing" },
		{ "version: 1\nrules: [{name: a, do: []}]\n", "does nothing" },
		{ "version: 1\nrules: [{name: a, do: fly}]\n", "not a word" },
		{ "version: 1\nrules: [{name: a, do: [tag]}]\n", "without a" },
		{ "version: 1\nrules: [{name: a, do: stamp}]\n", "without a" },
		{ "version: 1\nrules: [{name: a, do: strip}]\n", "without a" },
		{ "version: 1\nrules: [{name: a, do: accept, else: strip}]\n",
		  "not a word" },
		{ "version: 1\nrules: [{name: a, do: [accept, accept]}]\n",
		  "repeated" },
		{ "version: 1\nrules: [{name: a, do: accept, do: junk}]\n",
		  "repeated" },
		{ "version: 1\nrules:\n- {name: a, do: junk}\n"
		  "- {name: a, do: junk}\n",
		  "is there" },
		{ "version: 1\nrules: [{name: a, do: junk, when: {x: y}}]\n",
		  "unknown key" },
		{ "version: 1\nrules: [{name: a, do: tag, tag: あ}]\n",
		  "ASCII" },
		{ "version: 1\nrules: [{name: a, do: tag, tag: \"a\\nb\"}]\n",
		  "one line" },
		{ "version: 1\nrules: [{name: a, do: junk, notice: ../x}]\n",
		  "a-z" },
		{ "version: 1\nrules: [{name: a, do: junk, switched_by: me}]\n",
		  "owner" },
		{ "version: 1\nrules: [{name: a, do: stamp, stamp: {fr: a}}]\n",
		  "language" },
		{ "version: 1\nrules: [{name: &x a, do: junk}]\n", "anchor" },
		{ "version: 1\n---\nversion: 1\n", "second" },
	};
	struct mm_buf error;
	size_t i;

	(void)state;
	mm_buf_init(&error, 4000);
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct mm_rules rules = { .count = 0 };

		mm_buf_reset(&error);
		print_message("%s", cases[i].text);
		assert_int_equal(parse(&rules, cases[i].text, &error),
				 MM_ERR_INVALID);
		assert_non_null(strstr(mm_buf_str(&error), "dir/one.yaml:"));
		assert_non_null(strstr(mm_buf_str(&error), cases[i].want));
		mm_rules_clear(&rules);
	}
	mm_buf_reset(&error);
	{
		struct mm_rules rules = { .count = 0 };

		assert_int_equal(parse(&rules, "version: 2\n", &error),
				 MM_ERR_VERSION);
		mm_rules_clear(&rules);
	}
	mm_buf_clear(&error);
}

static void put(const char *folder, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s.yaml", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void test_bases(void **state)
{
	char own[] = "/tmp/mamori-unit-XXXXXX", path[300];
	static const char *const names[] = { "mine", "loop", "lost", "standard",
					     NULL };
	struct mm_rules rules;
	struct mm_buf error;
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(own));
	mm_buf_init(&error, 4000);
	put(own, "mine",
	    "version: 1\nbase: mwb\nrules:\n"
	    "- {name: spam, enabled: no}\n- {name: extra, do: junk}\n");
	put(own, "loop", "version: 1\nbase: loop\n");
	put(own, "lost", "version: 1\nbase: nowhere\n");
	assert_int_equal(mm_rules_load(&rules, own, "config/presets", "mine",
				       &error),
			 0);
	assert_string_equal(rules.preset, "mine");
	assert_string_equal(rules.title.en, "Mail and web");
	assert_false(mm_rules_find(&rules, "spam")->enabled);
	assert_string_equal(mm_rules_find(&rules, "spam")->tag, "[MEIWAKU!!!]");
	assert_string_equal(mm_rules_find(&rules, "spam")->origin, "mine");
	assert_string_equal(mm_rules_find(&rules, "encrypted")->origin, "mwb");
	assert_string_equal(mm_rules_find(&rules, "crashed")->origin,
			    "standard");
	assert_string_equal(rules.list[rules.count - 1].name, "extra");
	mm_rules_clear(&rules);
	assert_int_equal(mm_rules_load(&rules, own, NULL, "loop", &error),
			 MM_ERR_INVALID);
	mm_rules_clear(&rules);
	assert_int_equal(mm_rules_load(&rules, own, "config/presets", "lost",
				       &error),
			 MM_ERR_NOTFOUND);
	assert_non_null(strstr(mm_buf_str(&error), "nowhere"));
	mm_rules_clear(&rules);
	assert_int_equal(mm_rules_load(&rules, own, "config/presets",
				       "../presets/mwb", &error),
			 MM_ERR_INVALID);
	mm_rules_clear(&rules);
	/* The operator's own file goes before the shipped one. */
	put(own, "standard", "version: 1\nrules: [{name: one, do: junk}]\n");
	assert_int_equal(mm_rules_load(&rules, own, "config/presets",
				       "standard", &error),
			 0);
	assert_int_equal(rules.count, 1);
	mm_rules_clear(&rules);
	for (i = 0; names[i] != NULL; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s.yaml", own, names[i]);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(rmdir(own), 0);
	mm_buf_clear(&error);
}

/* Each shipped preset can be read and explains every rule in both languages. */
static void test_presets(void **state)
{
	static const char *const names[] = { "standard", "smartconnect", "mwb",
					     "acmf", "kinou-m" };
	struct mm_rules rules;
	struct mm_buf error;
	size_t i, k;

	(void)state;
	mm_buf_init(&error, 4000);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		print_message("%s\n", names[i]);
		assert_int_equal(mm_rules_load(&rules, NULL, "config/presets",
					       names[i], &error),
				 0);
		assert_non_null(rules.title.ja);
		for (k = 0; k < rules.count; k++) {
			assert_non_null(rules.list[k].help.ja);
			assert_non_null(rules.list[k].help.en);
			/* mwb's rules are its customers' to switch. */
			if ((rules.list[k].findings & MM_RULE_VIRUS) != 0 &&
			    strcmp(names[i], "mwb") != 0)
				assert_int_equal(rules.list[k].switched_by,
						 MM_WHO_ROOT);
		}
		mm_rules_clear(&rules);
	}
	mm_buf_clear(&error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_keys),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_bases),
		cmocka_unit_test(test_presets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
