/*
 * Relay hosts as the keeper writes them: read once, and again after a change
 * or a failure.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "mamorid/gate/relays.h"
#include "tests/unit/tmp.h"

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static bool is_relay(struct mm_relays *relays, const char *address,
		     const char *want)
{
	struct mm_buf domain;
	bool found;

	mm_buf_init(&domain, 300);
	found = mm_relays_find(relays, address, "a@one.example", &domain) == 1;
	if (found)
		assert_string_equal(mm_buf_str(&domain), want);
	mm_buf_clear(&domain);
	return found;
}

static void test_refresh(void **state)
{
	char dir[128], path[256];
	struct rlimit limit, none;
	struct mm_relays relays;

	(void)state;
	assert_int_equal(unit_make_dir(dir, sizeof(dir)), 0);
	(void)snprintf(path, sizeof(path), "%s/relay_hosts", dir);
	mm_relays_init(&relays, path);
	assert_false(is_relay(&relays, "192.0.2.9", ""));
	put(path, "\"192.0.2.0/24\": one.example\n");
	/* No descriptor is free for a moment. */
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_false(is_relay(&relays, "192.0.2.9", ""));
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_true(is_relay(&relays, "192.0.2.9", "one.example"));
	assert_false(is_relay(&relays, "192.0.3.9", ""));
	/* What was read stays when it cannot be read again. */
	put(path, "\"192.0.2.0/24\": one.example\nnonsense\n"
		  "\"192.0.3.0/24\": one.example\n");
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_true(is_relay(&relays, "192.0.2.9", "one.example"));
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_true(is_relay(&relays, "192.0.3.9", "one.example"));
	mm_relays_clear(&relays);
	assert_int_equal(remove(path), 0);
	assert_int_equal(remove(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
