/* Networks: what is one, what is in it, and which may relay. */
#include "tests/unit/core/unit.h"

#include "core/err.h"
#include "core/network.h"
#include "core/settings.h"

static void test_what_is_a_network(void **state)
{
	static const char *const good[] = { "192.0.2.1", "192.0.2.0/24",
					    "0.0.0.0/0", "2001:db8::/32",
					    "::1", "::/128" };
	static const char *const bad[] = { "",		 "192.0.2",
					   "192.0.2.1/", "192.0.2.1/33",
					   "::1/129",	 "192.0.2.1/-1",
					   "192.0.2.1 ", "host.example",
					   "1.2.3.4/2/3" };
	struct mm_network network;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(mm_network_parse(good[i], &network), 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(mm_network_parse(bad[i], &network),
				 MM_ERR_INVALID);
}

static void test_what_is_in_it(void **state)
{
	static const struct {
		const char *network, *address;
		bool want;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "192.0.2.0/24", "192.0.2.255", true },
		{ "192.0.2.0/24", "192.0.3.0", false },
		{ "192.0.2.128/25", "192.0.2.127", false },
		{ "192.0.2.129/25", "192.0.2.200", true },
		{ "0.0.0.0/0", "203.0.113.7", true },
		{ "0.0.0.0/0", "::1", false },
		{ "2001:db8::/32", "2001:db8:ffff::1", true },
		{ "2001:db8::/33", "2001:db8:8000::1", false },
		{ "192.0.2.0/24", "::ffff:192.0.2.9", true },
		{ "192.0.2.0/24", "192.0.2.0/24", false },
		{ "192.0.2.0/24", "rubbish", false },
	};
	struct mm_network network;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("  %s %s\n", rows[i].network, rows[i].address);
		assert_int_equal(mm_network_parse(rows[i].network, &network),
				 0);
		assert_int_equal(mm_network_has(&network, rows[i].address),
				 rows[i].want);
	}
}

/* The setting relay_hosts: none that makes an open relay, and none that Exim
 * would never find. */
static void test_what_may_relay(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "10.0.0.0/8", "" },
		{ "192.0.2.1", "" },
		{ "2001::/16", "" },
		{ "10.0.0.0/7", "wider than /8" },
		{ "0.0.0.0/0", "wider than /8" },
		{ "2000::/15", "wider than /8, or /16 of IPv6" },
		{ "::ffff:192.0.2.1", "write IPv4 addresses" },
		{ "192.0.2.0/33", "not an IP address" },
	};
	struct mm_settings values;
	struct mm_buf why;
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		mm_settings_init(&values);
		mm_buf_init(&why, 4096);
		r = mm_settings_set(&values, MM_SETTING_RELAY_HOSTS, NULL,
				    rows[i].text, &why);
		assert_int_equal(r, *rows[i].want == '\0' ? 0
							  : MM_ERR_INVALID);
		assert_non_null(strstr(mm_buf_str(&why), rows[i].want));
		mm_buf_clear(&why);
		mm_settings_clear(&values);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_a_network),
		cmocka_unit_test(test_what_is_in_it),
		cmocka_unit_test(test_what_may_relay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
