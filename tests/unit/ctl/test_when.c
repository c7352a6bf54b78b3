/* mamorictl/when.c: ages, dates and what is neither. */
#include "tests/unit/core/unit.h"

#include <time.h>

#include "mamorictl/when.h"

static void ages(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} cases[] = {
		{ "0s", 0 },	  { "90s", 90 },       { "2m", 120 },
		{ "3h", 10800 },  { "1d", 86400 },     { "2w", 1209600 },
	};
	int64_t when, now;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		now = time(NULL);
		assert_int_equal(mm_when_read(cases[i].text, &when), 0);
		assert_in_range(when, now - cases[i].seconds,
				now - cases[i].seconds + 5);
	}
	assert_int_equal(mm_when_read("99999999999w", &when), 0);
	assert_int_equal(when, 0);
}

static void dates(void **state)
{
	int64_t when;

	(void)state;
	assert_int_equal(setenv("TZ", "JST-9", 1), 0);
	tzset();
	assert_int_equal(mm_when_read("2026-01-31", &when), 0);
	assert_int_equal(when, 1769785200);
	assert_int_equal(mm_when_read("2026-01-31 23:59", &when), 0);
	assert_int_equal(when, 1769785200 + 86340);
	assert_int_equal(mm_when_read("2026-01-31T23:59:01", &when), 0);
	assert_int_equal(when, 1769785200 + 86341);
	assert_int_equal(mm_when_read("@1769785200", &when), 0);
	assert_int_equal(when, 1769785200);
}

static void refused(void **state)
{
	static const char *const texts[] = {
		"", "5", "h", "5y", "5hh", "-5h", "2026", "2026-02-30",
		"2026-13-01", "2026-01-31 25:00", "2026-01-31x", "@", "@x",
		"999999999999s", "@999999999999", "yesterday",
	};
	int64_t when;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (mm_when_read(texts[i], &when) != MM_ERR_INVALID)
			fail_msg("%s", texts[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ages),
		cmocka_unit_test(dates),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
