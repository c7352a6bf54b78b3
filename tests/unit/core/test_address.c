/* core/address.c: which addresses are used as SMTP paths, and equality. */
#include "tests/unit/core/unit.h"

#include "core/address.h"

static void domains(void **state)
{
	(void)state;
	assert_string_equal(mm_address_domain("a@b.c"), "b.c");
	assert_string_equal(mm_address_domain("\"x@y\"@b"), "b");
	assert_string_equal(mm_address_domain("@b"), "b");
	assert_null(mm_address_domain("a@"));
	assert_null(mm_address_domain("a"));
	assert_null(mm_address_domain(""));
}

static void plain(void **state)
{
	static const struct {
		const char *address;
		bool want;
	} cases[] = {
		{ "a@b.c", true },	 { "a+b=c/d@b", true },
		{ "\xe3\x81\x82@b.jp", true },
		{ "", false },		 { "a", false },
		{ "a@", false },	 { "@b", false },
		{ "a b@c", false },	 { "a@b\n", false },
		{ "a@b\r\nRCPT TO:<x@y>", false },
		{ "<a@b>", false },	 { "a>b@c", false },
		{ "\"a\"@b", false },	 { "a\\b@c", false },
		{ "a\177@b", false },	 { "a\t@b", false },
	};
	char longest[MM_ADDRESS_MAX + 2];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (mm_address_is_plain(cases[i].address) != cases[i].want)
			fail_msg("%s", cases[i].address);
	memset(longest, 'a', sizeof(longest));
	longest[400] = '@';
	longest[MM_ADDRESS_MAX] = '\0';
	assert_true(mm_address_is_plain(longest));
	longest[MM_ADDRESS_MAX] = 'a';
	longest[MM_ADDRESS_MAX + 1] = '\0';
	assert_false(mm_address_is_plain(longest));
	longest[MM_ADDRESS_MAX] = '\0';
	longest[400] = 'a';
	longest[1] = '@';
	assert_false(mm_address_is_plain(longest));
}

static void rcpt(void **state)
{
	static const struct {
		const char *address;
		bool want;
	} cases[] = {
		{ "a@b", true },	   { "\"a b\"@c", true },
		{ "\"a\\\"\"@b", true },  { "\"a>\"@b", false },
		{ "\"a\nb\"@c", false },  { "\"a\rb\"@c", false },
		{ "\"\303\244\"@b", false }, { "\303\244@b", false },
		{ "\"a\"", false },	   { "a b@c", false },
		{ "", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (mm_address_is_rcpt(cases[i].address) != cases[i].want)
			fail_msg("%s", cases[i].address);
}

static void unquote(void **state)
{
	static const struct {
		const char *address;
		const char *want; /* NULL: there is none */
	} cases[] = {
		{ "\"a\"@b", "a@b" },	   { "\"a.b\".\"c\"@d", "a.b.c@d" },
		{ "\"al\\ice\"@b", "alice@b" }, { "\"a+b\"@c", "a+b@c" },
		{ "a@b", NULL },	   { "\"a b\"@c", "a b@c" },
		{ "\"a@b\"@c", "a@b@c" },	   { "\"\"@b", "@b" },
		{ "\"a\"", NULL },	   { "\"a\\\"\"@b", "a\"@b" },
		{ "\"a\\@b", "a\\@b" },
	};
	char plain[MM_ADDRESS_MAX + 1], longest[MM_ADDRESS_MAX + 2];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const bool is = mm_address_unquote(cases[i].address, plain);

		if (is != (cases[i].want != NULL) ||
		    (is && strcmp(plain, cases[i].want) != 0))
			fail_msg("%s", cases[i].address);
	}
	memset(longest, '"', sizeof(longest));
	memcpy(longest + MM_ADDRESS_MAX - 2, "a@b", 4);
	assert_false(mm_address_unquote(longest, plain));
}

static void equality(void **state)
{
	(void)state;
	assert_true(mm_address_equal("A@b.C", "a@B.c"));
	assert_false(mm_address_equal("a@b", "a@bc"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(domains),
		cmocka_unit_test(plain),
		cmocka_unit_test(rcpt),
		cmocka_unit_test(unquote),
		cmocka_unit_test(equality),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
