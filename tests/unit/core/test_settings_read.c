/*
 * The settings folder as readers see it: inheritance, the cache, files that
 * cannot be used.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/err.h"
#include "core/settings_read.h"
#include "tests/unit/core/settings_dir.h"

static unsigned int told;
static char last[512];

static void tell(const char *line)
{
	told++;
	(void)snprintf(last, sizeof(last), "%s", line);
}

static struct mm_settings_tree *open_tree(void)
{
	struct mm_settings_tree *tree =
		mm_settings_tree_open(root, geteuid(), tell);

	assert_non_null(tree);
	told = 0;
	return tree;
}

static uint64_t number(struct mm_settings_tree *tree, const char *address,
		       enum mm_setting key, enum mm_level *level_r)
{
	struct mm_settings_view view;
	uint64_t num;

	mm_settings_view(tree, address, &view);
	num = mm_settings_value(&view, key, level_r)->num;
	mm_settings_view_clear(&view);
	return num;
}

#define NOTICE(address) number(tree, address, MM_SETTING_VIRUS_NOTICE, &level)

static void test_inherits(void **state)
{
	struct mm_settings_tree *tree = open_tree();
	enum mm_level level;

	(void)state;
	assert_int_equal(NOTICE("a@b.test"), 1);
	assert_int_equal(level, 0);
	put("_server.yaml", "version: 1\nvirus_notice: no\n");
	assert_int_equal(NOTICE("a@b.test"), 0);
	assert_int_equal(level, MM_LEVEL_SERVER);
	put("b.test/domain.yaml", "version: 1\nvirus_notice: yes\n");
	assert_int_equal(NOTICE("a@b.test"), 1);
	assert_int_equal(level, MM_LEVEL_DOMAIN);
	put("b.test/accounts/a.yaml", "version: 1\nvirus_notice: no\n");
	assert_int_equal(NOTICE("A@B.test"), 0);
	assert_int_equal(level, MM_LEVEL_ACCOUNT);
	assert_int_equal(NOTICE("c@b.test"), 1);
	assert_int_equal(unlink(at("b.test/accounts/a.yaml")), 0);
	assert_int_equal(NOTICE("a@b.test"), 1);
	assert_int_equal(level, MM_LEVEL_DOMAIN);
	assert_int_equal(told, 0);
	mm_settings_tree_close(tree);
}

/* A new file of the same size within one clock tick is seen. */
static void test_sees_changes(void **state)
{
	struct mm_settings_tree *tree = open_tree();
	enum mm_level level;
	int i;

	(void)state;
	for (i = 0; i < 200; i++) {
		put("b.test/accounts/a.yaml",
		    i % 2 == 0 ? "version: 1\nhold: yes #\n"
			       : "version: 1\nhold: no # \n");
		assert_int_equal(number(tree, "a@b.test",
					MM_SETTING_NOTICES_SUSPENDED, &level),
				 i % 2 == 0);
	}
	mm_settings_tree_close(tree);
}

static void test_last_good(void **state)
{
	struct mm_settings_tree *tree = open_tree(), *other;
	enum mm_level level;

	(void)state;
	put("b.test/accounts/a.yaml", "version: 1\nvirus_notice: no\n");
	assert_int_equal(NOTICE("a@b.test"), 0);
	put("b.test/accounts/a.yaml", "version: 1\nvirus_notice: nope\n");
	assert_int_equal(NOTICE("a@b.test"), 0);
	assert_int_equal(NOTICE("a@b.test"), 0);
	assert_int_equal(told, 1);
	assert_non_null(strstr(last, "a.yaml:2:15: virus_notice"));
	other = open_tree();
	assert_int_equal(
		number(other, "a@b.test", MM_SETTING_VIRUS_NOTICE, &level), 1);
	assert_int_equal(level, 0);
	mm_settings_tree_close(other);
	put("b.test/accounts/a.yaml", "version: 1\n");
	assert_int_equal(NOTICE("a@b.test"), 1);
	mm_settings_tree_close(tree);
}

static int load(const char *name)
{
	struct mm_settings values;
	struct mm_buf error;
	int r;

	mm_buf_init(&error, 4096);
	r = mm_settings_load(at(name), MM_LEVEL_ACCOUNT, geteuid(), &values,
			     &error);
	assert_true(r == 0 || r == MM_ERR_NOTFOUND || error.len > 0);
	mm_settings_clear(&values);
	mm_buf_clear(&error);
	return r;
}

static void test_refuses_files(void **state)
{
	struct mm_settings values;
	struct mm_buf error;
	FILE *file;

	(void)state;
	put("good", "version: 1\n");
	assert_int_equal(load("good"), 0);
	assert_int_equal(load("absent"), MM_ERR_NOTFOUND);
	assert_int_equal(load("good/below"), MM_ERR_NOTFOUND);
	assert_int_equal(symlink("good", at("link")), 0);
	assert_int_equal(load("link"), MM_ERR_SYS);
	assert_int_equal(mkfifo(at("fifo"), 0600), 0);
	assert_int_equal(load("fifo"), MM_ERR_DENIED);
	assert_int_equal(mkdir(at("folder"), 0700), 0);
	assert_int_equal(load("folder"), MM_ERR_DENIED);
	put("wide", "version: 1\n");
	assert_int_equal(chmod(at("wide"), 0660), 0);
	assert_int_equal(load("wide"), MM_ERR_DENIED);
	put("large", "version: 1\n");
	file = fopen(at("large"), "w");
	assert_non_null(file);
	assert_int_equal(fseek(file, MM_SETTINGS_FILE_MAX, SEEK_SET), 0);
	assert_int_equal(fputc('\n', file), '\n');
	assert_int_equal(fclose(file), 0);
	assert_int_equal(load("large"), MM_ERR_LIMIT);
	/* Another owner than the keeper; root's own are taken. */
	mm_buf_init(&error, 4096);
	assert_int_equal(mm_settings_load(at("good"), MM_LEVEL_ACCOUNT,
					  geteuid() + 1, &values, &error),
			 geteuid() == 0 ? 0 : MM_ERR_DENIED);
	if (geteuid() == 0) {
		assert_int_equal(chown(at("good"), 12345, 12345), 0);
		assert_int_equal(load("good"), MM_ERR_DENIED);
	}
	mm_settings_clear(&values);
	mm_buf_clear(&error);
}

/* A file in use outlives its place in the cache. */
static void test_keeps_file_in_use(void **state)
{
	struct mm_settings_tree *tree = open_tree();
	struct mm_settings_file *file, *other;

	(void)state;
	put("b.test/accounts/a.yaml",
	    "version: 1\nblocked_senders: [x@y.test]\n");
	assert_int_equal(
		mm_settings_get(tree, MM_LEVEL_ACCOUNT, "a@b.test", &file), 1);
	put("b.test/accounts/a.yaml", "version: 1\n");
	assert_int_equal(
		mm_settings_get(tree, MM_LEVEL_ACCOUNT, "a@b.test", &other), 1);
	assert_ptr_not_equal(file, other);
	mm_settings_release(other);
	mm_settings_tree_close(tree);
	assert_string_equal(
		file->values.list[MM_SETTING_BLOCKED_SENDERS].list.items[0],
		"x@y.test");
	mm_settings_release(file);
}

static void test_bad_names(void **state)
{
	struct mm_settings_tree *tree = open_tree();
	struct mm_settings_file *file;

	(void)state;
	assert_int_equal(mm_settings_get(tree, MM_LEVEL_ACCOUNT, "a@../b",
					 &file),
			 MM_ERR_INVALID);
	assert_int_equal(mm_settings_get(tree, MM_LEVEL_ACCOUNT, "nobody",
					 &file),
			 MM_ERR_INVALID);
	mm_settings_tree_close(tree);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_root, drop_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_inherits),	      TEST(test_sees_changes),
		TEST(test_last_good),	      TEST(test_refuses_files),
		TEST(test_keeps_file_in_use), TEST(test_bad_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
