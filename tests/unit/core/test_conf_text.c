/* core/conf_text.c and the table itself: what is written is read back. */
#include "tests/unit/core/unit.h"

#include "core/conf.h"

/* All options as YAML. */
static void show_all(const struct mm_conf *conf, struct mm_buf *out)
{
	const char *key, *dot, *last = "";
	size_t i;

	for (i = 0; i < mm_conf_option_count; i++) {
		key = mm_conf_options[i].key;
		dot = strchr(key, '.');
		if (dot != NULL &&
		    strncmp(last, key, (size_t)(dot - key) + 1) != 0)
			assert_int_equal(mm_buf_printf(out, "%.*s:\n",
						       (int)(dot - key), key),
					 0);
		assert_int_equal(mm_buf_printf(out, "%s%s: ",
					       dot == NULL ? "" : "  ",
					       dot == NULL ? key : dot + 1),
				 0);
		assert_int_equal(mm_conf_show(conf, i, out), 0);
		assert_int_equal(mm_buf_puts(out, "\n"), 0);
		last = key;
	}
}

/* Show, read back, show again: the same text. */
static void check_round_trip(const char *text)
{
	struct mm_buf error, first, second;
	struct mm_conf conf;

	mm_buf_init(&error, 4096);
	mm_buf_init(&first, 1 << 20);
	mm_buf_init(&second, 1 << 20);
	if (mm_conf_parse(&conf, "F", text, strlen(text), &error) != 0)
		fail_msg("%s", mm_buf_str(&error));
	show_all(&conf, &first);
	mm_conf_clear(&conf);
	if (mm_conf_parse(&conf, "shown", first.data, first.len, &error) != 0)
		fail_msg("%s\n%s", mm_buf_str(&error), mm_buf_str(&first));
	show_all(&conf, &second);
	mm_conf_clear(&conf);
	assert_string_equal(mm_buf_str(&first), mm_buf_str(&second));
	mm_buf_clear(&error);
	mm_buf_clear(&first);
	mm_buf_clear(&second);
}

static void shown_values_are_read_back(void **state)
{
	(void)state;
	check_round_trip("");
	check_round_trip(
		"run_dir: '/a \"b\" \\ c: #d'\n"
		"local_domains: [yes, 'null', '5', '-', '- a', '~', '[', '{x',"
		" 'a, b', '*a', '&a', '!a', '%a', '@a', '`a', '''', '? a',"
		" 'a: b', ': ', '#', \"\xe3\x81\x82\", \"\xf0\x9f\x98\x80\","
		" ' ', 'a ', '1.5', '.inf', '---', '...', 'null', '|', '>']\n"
		"local_owners: {'a: b': 'c}', 'no': '[d]', '1': ',', '?': ':'}"
		"\n"
		"limits: {message_size: 65537, unpacked_size: 1025K,"
		" scan_time: 61s}\n"
		"quarantine: {keep: 25h, disk_reserve: 0}\n"
		"signatures: {settle: 0s}\n");
}

static void show_one(const char *text, const char *key, const char *want)
{
	struct mm_buf out, error;
	struct mm_conf conf;
	size_t i;

	mm_buf_init(&out, 4096);
	mm_buf_init(&error, 4096);
	assert_int_equal(mm_conf_parse(&conf, "F", text, strlen(text), &error),
			 0);
	for (i = 0; i < mm_conf_option_count; i++)
		if (strcmp(mm_conf_options[i].key, key) == 0)
			assert_int_equal(mm_conf_show(&conf, i, &out), 0);
	assert_string_equal(mm_buf_str(&out), want);
	mm_conf_clear(&conf);
	mm_buf_clear(&out);
	mm_buf_clear(&error);
}

static void units(void **state)
{
	(void)state;
	show_one("limits: {message_size: 1048576}", "limits.message_size",
		 "1M");
	show_one("limits: {message_size: 1G}", "limits.message_size", "1G");
	show_one("limits: {message_size: 1025K}", "limits.message_size",
		 "1025K");
	show_one("quarantine: {disk_reserve: 0}", "quarantine.disk_reserve",
		 "0");
	show_one("limits: {scan_time: 120s}", "limits.scan_time", "2m");
	show_one("signatures: {settle: 0m}", "signatures.settle", "0s");
	show_one("signatures: {reload: serial}", "signatures.reload",
		 "serial");
	show_one("log: {syslog: 'off'}", "log.syslog", "no");
	show_one("local_domains: [a.b, \"c d\"]", "local_domains",
		 "[a.b, \"c d\"]");
	show_one("local_owners: {a: b@c}", "local_owners", "{a: \"b@c\"}");
}

/* The sample holds every option at its default. */
static void sample(void **state)
{
	struct mm_buf text, error, want, got;
	struct mm_conf conf;
	size_t i, len;
	const char *line, *end;

	(void)state;
	mm_buf_init(&text, 1 << 20);
	mm_buf_init(&error, 4096);
	mm_buf_init(&want, 1 << 20);
	mm_buf_init(&got, 1 << 20);
	assert_int_equal(mm_conf_sample(&text), 0);
	if (mm_conf_parse(&conf, "sample", text.data, text.len, &error) != 0)
		fail_msg("%s", mm_buf_str(&error));
	show_all(&conf, &got);
	mm_conf_clear(&conf);
	assert_int_equal(mm_conf_init(&conf), 0);
	show_all(&conf, &want);
	mm_conf_clear(&conf);
	assert_string_equal(mm_buf_str(&got), mm_buf_str(&want));
	for (i = 0; i < mm_conf_option_count; i++) {
		/* The first word of each help is there. */
		len = strcspn(mm_conf_options[i].help, " ");
		mm_buf_reset(&want);
		assert_int_equal(mm_buf_printf(&want, "# %.*s", (int)len,
					       mm_conf_options[i].help), 0);
		if (strstr(mm_buf_str(&text), mm_buf_str(&want)) == NULL)
			fail_msg("%s", mm_conf_options[i].key);
	}
	for (line = mm_buf_str(&text); *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		assert_in_range(end - line, 0, 79);
	}
	mm_buf_clear(&text);
	mm_buf_clear(&error);
	mm_buf_clear(&want);
	mm_buf_clear(&got);
}

/* Rules that the table's rows obey and nothing else would notice. */
static void table(void **state)
{
	const struct mm_conf_option *option;
	size_t i, k;

	(void)state;
	for (i = 0; i < mm_conf_option_count; i++) {
		option = &mm_conf_options[i];
		assert_true(option->min <= option->max);
		assert_true(strlen(option->help) > 0);
		assert_int_equal(strcmp(option->type, "ENUM") == 0,
				 *option->choices != '\0');
		for (k = 0; k < i; k++)
			assert_string_not_equal(option->key,
						mm_conf_options[k].key);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shown_values_are_read_back),
		cmocka_unit_test(units),
		cmocka_unit_test(sample),
		cmocka_unit_test(table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
