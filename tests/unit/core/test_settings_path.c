/* Names of settings files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/err.h"
#include "core/settings_path.h"

static const struct {
	enum mm_level level;
	const char *name, *want; /* NULL: refused */
} paths[] = {
	{ MM_LEVEL_SERVER, "", "_server.yaml" },
	{ MM_LEVEL_DOMAIN, "Example.TEST", "example.test/domain.yaml" },
	{ MM_LEVEL_GATE, "example.test", "example.test/gate.yaml" },
	{ MM_LEVEL_DOMAIN, "..", NULL },
	{ MM_LEVEL_DOMAIN, "a/b", NULL },
	{ MM_LEVEL_DOMAIN, "-a.test", NULL },
	{ MM_LEVEL_DOMAIN, "a-.test", NULL },
	{ MM_LEVEL_DOMAIN, "a..test", NULL },
	{ MM_LEVEL_DOMAIN, "_logins", NULL },
	{ MM_LEVEL_DOMAIN, "", NULL },
	{ MM_LEVEL_ACCOUNT, "Alice@Example.test",
	  "example.test/accounts/alice.yaml" },
	{ MM_LEVEL_ACCOUNT, ".a.b@example.test",
	  "example.test/accounts/%2Ea.b.yaml" },
	{ MM_LEVEL_ACCOUNT, "../x@example.test",
	  "example.test/accounts/%2E.%2Fx.yaml" },
	{ MM_LEVEL_ACCOUNT, "we'ird+tag@example.test",
	  "example.test/accounts/we%27ird%2Btag.yaml" },
	{ MM_LEVEL_ACCOUNT, "a%2fb@example.test",
	  "example.test/accounts/a%252fb.yaml" },
	{ MM_LEVEL_ACCOUNT, "\xe3\x81\x82@example.test",
	  "example.test/accounts/%E3%81%82.yaml" },
	{ MM_LEVEL_ACCOUNT, "a@b@example.test", NULL },
	{ MM_LEVEL_ACCOUNT, "a,b@example.test", NULL },
	{ MM_LEVEL_ACCOUNT, "a\nb@example.test", NULL },
	{ MM_LEVEL_ACCOUNT, "alice@../../etc", NULL },
	{ MM_LEVEL_ACCOUNT, "@example.test", NULL },
	{ MM_LEVEL_ALIAS, "a@b.test", "b.test/aliases/a.yaml" },
	{ MM_LEVEL_LIST, "a@b.test", "b.test/lists/a.yaml" },
	{ MM_LEVEL_LOGIN, "www-data", "_logins/www-data.yaml" },
	{ MM_LEVEL_LOGIN, "", NULL },
};

static void test_paths(void **state)
{
	struct mm_buf out;
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		mm_buf_init(&out, MM_SETTINGS_PATH_MAX);
		r = mm_settings_path(&out, paths[i].level, paths[i].name);
		if (paths[i].want == NULL
			    ? r != MM_ERR_INVALID
			    : r != 0 || strcmp(mm_buf_str(&out),
					       paths[i].want) != 0)
			fail_msg("%s: got %d, %s", paths[i].name, r,
				 mm_buf_str(&out));
		mm_buf_clear(&out);
	}
}

/* Every pair of bytes has a name of its own, that leads back. */
static void test_one_to_one(void **state)
{
	struct mm_buf name, back;
	char local[3] = "";
	int a, b;

	(void)state;
	for (a = 1; a < 256; a++)
		for (b = 0; b < 256; b++) {
			local[0] = (char)a;
			local[1] = (char)b;
			if ((a >= 'A' && a <= 'Z') || (b >= 'A' && b <= 'Z'))
				continue;
			mm_buf_init(&name, 64);
			mm_buf_init(&back, 64);
			assert_int_equal(mm_settings_encode(&name, local,
							    strlen(local)),
					 0);
			assert_null(strchr(mm_buf_str(&name), '/'));
			assert_int_not_equal(name.data[0], '.');
			assert_int_equal(mm_settings_decode(&back, name.data,
							    name.len),
					 0);
			assert_string_equal(mm_buf_str(&back), local);
			mm_buf_clear(&name);
			mm_buf_clear(&back);
		}
}

static void test_decode_refuses(void **state)
{
	static const char *const names[] = { "%",   "%4",  "%41", "%zz", "A",
					     "%2e", "%00", "a b", ".a",	 "%2" };
	struct mm_buf out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		mm_buf_init(&out, 64);
		if (mm_settings_decode(&out, names[i], strlen(names[i])) !=
		    MM_ERR_INVALID)
			fail_msg("%s: taken", names[i]);
		mm_buf_clear(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_one_to_one),
		cmocka_unit_test(test_decode_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
