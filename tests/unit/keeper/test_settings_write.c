/*
 * The settings folder, written: a death or a failure at each system call
 * leaves old or new; modes; links; too much.
 */
#include "settings_store.h"

static int work_change(void)
{
	return put_score("a@b.test", "22");
}

static int work_first(void)
{
	return put_score("new@new.test", "22");
}

static void test_death_at_each_call(void **state)
{
	int64_t got;
	int n;

	(void)state;
	assert_int_equal(put(&store, MM_LEVEL_DOMAIN, "b.test", 0, NULL), 0);
	assert_int_equal(put_score("a@b.test", "11"), 0);
	for (n = 0; dies_at(n, work_change); n++) {
		got = get("a@b.test");
		assert_true(got == 11 || got == 22);
		reopen();
		assert_true(get("a@b.test") == got);
		assert_int_equal(put_score("a@b.test", "11"), 0);
	}
	assert_true(n > 6);
	assert_int_equal(get("a@b.test"), 22);
	for (n = 0; dies_at(n, work_first); n++) {
		got = get("new@new.test");
		assert_true(got == 0 || got == 22);
		reopen();
		(void)!mm_settings_store_delete(&store, MM_LEVEL_DOMAIN,
						"new.test");
	}
	assert_true(n > 10);
	assert_int_equal(get("new@new.test"), 22);
}

/* Nothing but the order of these calls makes it durable. */
static void test_synced_in_order(void **state)
{
	(void)state;
	assert_int_equal(put_score("a@b.test", "11"), 0);
	trace[0] = '\0';
	assert_int_equal(put_score("a@b.test", "22"), 0);
	assert_string_equal(trace, "wFRF");
	/* A new folder is in the one above before a file is in it. */
	trace[0] = '\0';
	assert_int_equal(put_score("a@c.test", "22"), 0);
	assert_string_equal(trace, "FFwFRF");
	trace[0] = '\0';
	assert_int_equal(mm_settings_store_delete(&store, MM_LEVEL_ACCOUNT,
						  "a@c.test"),
			 1);
	assert_string_equal(trace, "F");
}

static void test_failure_of_each_call(void **state)
{
	int64_t got;
	int n, r;

	(void)state;
	assert_int_equal(put_score("a@b.test", "11"), 0);
	kills = false;
	for (n = 0;; n++) {
		countdown = n;
		calls = 0;
		r = put_score("a@b.test", "22");
		if (countdown >= 0) {
			assert_int_equal(r, 0);
			break;
		}
		countdown = -1;
		got = get("a@b.test");
		/* What was not promised may still be there, whole. */
		assert_true(got == 22 || (got == 11 && r < 0));
		assert_int_equal(put_score("a@b.test", "11"), 0);
	}
	countdown = -1;
	assert_true(n > 6);
	reopen();
}

static mode_t mode_of(const char *name)
{
	char path[256];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/settings/%s", dir, name);
	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

/* Whatever the umask. A link in a folder's place is not followed. */
static void test_modes(void **state)
{
	char path[256];

	(void)state;
	(void)umask(0);
	assert_int_equal(put_score("a@b.test", "11"), 0);
	(void)umask(077);
	assert_int_equal(put_score("b@c.test", "11"), 0);
	assert_int_equal(mode_of("."), 0710);
	assert_int_equal(mode_of("b.test"), 0710);
	assert_int_equal(mode_of("c.test/accounts"), 0710);
	assert_int_equal(mode_of("b.test/accounts/a.yaml"), 0640);
	assert_int_equal(mode_of("c.test/accounts/b.yaml"), 0640);
	(void)snprintf(path, sizeof(path), "%s/settings/link.test", dir);
	assert_int_equal(symlink("/tmp", path), 0);
	assert_true(put_score("a@link.test", "11") < 0);
}

/* More than 64 KiB is refused and the old file stays. */
static void test_too_large(void **state)
{
	struct mm_settings values;
	struct mm_buf why;
	char name[64];
	int i;

	(void)state;
	mm_settings_init(&values);
	mm_buf_init(&why, 4096);
	for (i = 0; i < 5000; i++) {
		(void)snprintf(name, sizeof(name), "member-%d@domain.test", i);
		assert_int_equal(mm_settings_add(&values, MM_SETTING_MEMBERS,
						 NULL, name, &why),
				 0);
	}
	assert_int_equal(mm_settings_store_put(&store, MM_LEVEL_LIST,
					       "l@b.test", &values),
			 MM_ERR_LIMIT);
	mm_settings_clear(&values);
	mm_buf_clear(&why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_CASE(test_death_at_each_call),
		STORE_CASE(test_failure_of_each_call),
		STORE_CASE(test_synced_in_order),
		STORE_CASE(test_modes),
		STORE_CASE(test_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
