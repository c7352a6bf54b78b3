/* exim_local_scan/settings.c: the environment, good and bad. */
#include "tests/unit/exim/unit.h"

#include "exim_local_scan/settings.h"

struct values {
	const char *socket, *deadline, *failure;
};

static void set(const char *name, const char *value)
{
	if (value == NULL)
		assert_int_equal(unsetenv(name), 0);
	else
		assert_int_equal(setenv(name, value, 1), 0);
}

static void read_with(const struct values *env, struct mm_settings *settings)
{
	set("MAMORI_SOCKET", env->socket);
	set("MAMORI_DEADLINE_MS", env->deadline);
	set("MAMORI_ON_FAILURE", env->failure);
	mm_settings_read(settings);
}

static void table(void **state)
{
	static const struct {
		const char *name;
		struct values env;
		const char *socket;
		int64_t deadline_ms;
		bool accept;
		const char *problem;
	} cases[] = {
		{ "defaults", { NULL, NULL, NULL }, MM_SOCKET_DEFAULT, 60000,
		  false, NULL },
		{ "all", { "/x/s", "1500", "accept" }, "/x/s", 1500, true,
		  NULL },
		{ "defer", { "/x/s", "240000", "defer" }, "/x/s", 240000,
		  false, NULL },
		{ "relative path", { "s", NULL, NULL }, MM_SOCKET_DEFAULT,
		  60000, false, "MAMORI_SOCKET" },
		{ "empty path", { "", NULL, NULL }, MM_SOCKET_DEFAULT, 60000,
		  false, "MAMORI_SOCKET" },
		{ "too short", { NULL, "999", NULL }, MM_SOCKET_DEFAULT, 60000,
		  false, "MAMORI_DEADLINE_MS" },
		{ "too long", { NULL, "240001", NULL }, MM_SOCKET_DEFAULT,
		  60000, false, "MAMORI_DEADLINE_MS" },
		{ "no number", { NULL, "60s", NULL }, MM_SOCKET_DEFAULT, 60000,
		  false, "MAMORI_DEADLINE_MS" },
		{ "another word", { NULL, NULL, "Accept" }, MM_SOCKET_DEFAULT,
		  60000, false, "MAMORI_ON_FAILURE" },
	};
	struct mm_settings got;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		read_with(&cases[i].env, &got);
		print_message("%s\n", cases[i].name);
		assert_string_equal(got.socket, cases[i].socket);
		assert_int_equal(got.deadline_ms, cases[i].deadline_ms);
		assert_int_equal(got.accept_on_failure, cases[i].accept);
		if (cases[i].problem == NULL)
			assert_null(got.problem);
		else
			assert_string_equal(got.problem, cases[i].problem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(table) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
