/* core/conf.c, conf_value.c, conf_yaml.c: what is taken, what is refused and
 * where the error points, and every allocation failing once. */
#include "tests/unit/core/unit.h"

#include <unistd.h>

#include "core/conf.h"
#include "tests/unit/tmp.h"

static int parse(const char *text, struct mm_conf *conf, struct mm_buf *error)
{
	mm_buf_init(error, 4096);
	return mm_conf_parse(conf, "F", text, strlen(text), error);
}

static void defaults(void **state)
{
	static const char *const empties[] = { "", "# nothing\n", "---\n",
					       "--- {}\n", "{}", "---\n...\n",
					       "log:\n", "\xef\xbb\xbf" };
	struct mm_conf conf;
	struct mm_buf error;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(empties) / sizeof(*empties); i++) {
		if (parse(empties[i], &conf, &error) != 0)
			fail_msg("%zu: %s", i, mm_buf_str(&error));
		assert_string_equal(conf.run_dir, "/run/mamori");
		assert_string_equal(conf.operator, "");
		assert_int_equal(conf.local_domains.count, 0);
		assert_int_equal(conf.log_level, MM_CONF_LEVEL_INFO);
		assert_int_equal(conf.log_syslog, 1);
		assert_true(conf.limits_message_size == 50 * MM_M);
		assert_int_equal(conf.limits_scan_time, 20);
		assert_true(conf.quarantine_keep == 15 * MM_DAY);
		assert_int_equal(conf.mta_command.count, 2);
		assert_string_equal(conf.mta_command.items[1], "-bs");
		mm_conf_clear(&conf);
		mm_buf_clear(&error);
	}
}

static void values(void **state)
{
	static const char text[] =
		"run_dir: /a b\n"
		"operator: 'op@b.c'\n"
		"local_domains: [a.example, \"\xe3\x81\x82.example\"]\n"
		"local_owners:\n  www-data: a@b\n  \"1000\": c@d\n"
		"users: {gate: g, exim: Debian-exim}\n"
		"log: {syslog: OFF, level: debug, file: /l}\n"
		"workers: {gates: 1024}\n"
		"limits: {message_size: 65536, unpacked_size: 2G,\n"
		"  scan_time: 5m}\n"
		"quarantine: {keep: 2w, disk_reserve: 0}\n"
		"signatures: {settle: 0s, reload: serial}\n"
		"mta: {command: [/bin/x, '', -bs]}\n";
	struct mm_conf conf;
	struct mm_buf error;

	(void)state;
	/* An empty word in a command is refused like any empty entry. */
	assert_int_equal(parse(text, &conf, &error), MM_ERR_INVALID);
	assert_string_equal(mm_buf_str(&error),
			    "F:14:25: mta.command: an empty entry");
	mm_buf_clear(&error);
	mm_buf_init(&error, 4096);
	assert_int_equal(mm_conf_parse(&conf, "F", text,
				       (size_t)(strstr(text, "mta:") - text),
				       &error), 0);
	assert_string_equal(conf.run_dir, "/a b");
	assert_string_equal(conf.operator, "op@b.c");
	assert_int_equal(conf.local_domains.count, 2);
	assert_string_equal(conf.local_domains.items[1],
			    "\xe3\x81\x82.example");
	assert_string_equal(mm_conf_map_get(&conf.local_owners, "1000"),
			    "c@d");
	assert_string_equal(mm_conf_map_get(&conf.local_owners, "www-data"),
			    "a@b");
	assert_null(mm_conf_map_get(&conf.local_owners, "www"));
	assert_string_equal(conf.users_gate, "g");
	assert_string_equal(conf.users_keeper, "mamori-keeper");
	assert_int_equal(conf.log_syslog, 0);
	assert_int_equal(conf.log_level, MM_CONF_LEVEL_DEBUG);
	assert_int_equal(conf.workers_gates, 1024);
	assert_int_equal(conf.limits_message_size, 65536);
	assert_true(conf.limits_unpacked_size == 2 * MM_G);
	assert_int_equal(conf.limits_scan_time, 300);
	assert_true(conf.quarantine_keep == 14 * MM_DAY);
	assert_int_equal(conf.quarantine_disk_reserve, 0);
	assert_int_equal(conf.signatures_settle, 0);
	assert_int_equal(conf.signatures_reload, MM_CONF_RELOAD_SERIAL);
	mm_conf_clear(&conf);
	mm_buf_clear(&error);
}

#define A31 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A93 A31 A31 A31

static const struct {
	const char *text, *want;
} refused[] = {
	/* room for the longest socket's name, "/inspect.sock" */
	{ "run_dir: /" A93 "a",
	  "F:1:10: run_dir: too long for the sockets in it" },
	/* keys */
	{ "x: 1", "F:1:1: x: unknown key" },
	{ "log.file: /x", "F:1:1: log.file: unknown key" },
	{ "log: {x: 1}", "F:1:7: x: unknown key" },
	{ "log: {log: 1}", "F:1:7: log: unknown key" },
	{ "lo: {file: /x}", "F:1:1: lo: unknown key" },
	{ "\"run_dir\\0x\": /x", "F:1:1: run_dir: unknown key" },
	{ "\"a\\e\\\"b\": 1", "F:1:1: a\\x1b\\x22b: unknown key" },
	{ "? [a]\n: b", "F:1:3: a key must be one text" },
	{ "<<: {run_dir: /x}", "F:1:1: <<: unknown key" },
	{ "run_dir: /a\nrun_dir: /a", "F:2:1: run_dir: a repeated key" },
	{ "limits:\n  depth: 3\n  depth: 3",
	  "F:3:3: limits.depth: a repeated key" },
	{ "log: {}\nlog: {}", "F:2:1: log: a repeated key" },
	{ "local_owners: {b: x, a: x, b: y}", "F:1:28: b: a repeated key" },
	/* YAML */
	{ "run_dir: &a /x", "F:1:10: anchors are not allowed" },
	{ "log: &a {}", "F:1:6: anchors are not allowed" },
	{ "local_domains: &a []", "F:1:16: anchors are not allowed" },
	{ "local_domains: [*a]", "F:1:17: aliases are not allowed" },
	{ "run_dir: !!str /x", "F:1:10: tags are not allowed" },
	{ "run_dir: ! /x", "F:1:10: tags are not allowed" },
	{ "log: !!map {}", "F:1:6: tags are not allowed" },
	{ "local_domains: !!seq []", "F:1:16: tags are not allowed" },
	{ "--- {}\n--- {}\n", "F:2:1: a second document" },
	{ "run_dir: /x\n---\n", "F:2:1: a second document" },
	{ "[a]", "F:1:1: must be a mapping" },
	{ "text", "F:1:1: must be a mapping" },
	{ "run_dir: /a\n b: c", "F:2:3: mapping values are not allowed in "
	  "this context" },
	{ "run_dir: \"/x", "F:1:13: found unexpected end of stream" },
	{ "# \xff", "F:1:3: invalid leading UTF-8 octet" },
	{ "a: b\nc: \001", "F:2:4: control characters are not allowed" },
	/* types */
	{ "run_dir: [a]", "F:1:10: run_dir: must be one value" },
	{ "run_dir: {a: b}", "F:1:10: run_dir: must be one value" },
	{ "run_dir:", "F:1:9: run_dir: no value; write \"\" for none" },
	{ "run_dir: ~", "F:1:10: run_dir: no value; write \"\" for none" },
	{ "operator: null",
	  "F:1:11: operator: no value; write \"\" for none" },
	{ "log: 5", "F:1:6: log: must be a mapping" },
	{ "log: [a]", "F:1:6: log: must be a mapping" },
	{ "local_domains: a", "F:1:16: local_domains: must be a list" },
	{ "local_domains: [[a]]",
	  "F:1:17: local_domains: an entry must be one text" },
	{ "local_domains: [a, ~]",
	  "F:1:20: local_domains: an entry must be one text" },
	{ "local_domains: [\"\"]", "F:1:17: local_domains: an empty entry" },
	{ "local_owners: [a]", "F:1:15: local_owners: must be a mapping" },
	{ "local_owners: {a: [b]}",
	  "F:1:19: local_owners: an entry must be one text" },
	{ "local_owners: {[a]: b}",
	  "F:1:16: local_owners: a key must be one text" },
	{ "local_owners: {\"\": b}",
	  "F:1:16: local_owners: a key must be one text" },
	{ "local_owners: {\"a\\0b\": b}",
	  "F:1:24: local_owners: a control character inside" },
	{ "mta: {command: []}", "F:1:16: mta.command: too few entries" },
	/* values */
	{ "run_dir: x", "F:1:10: run_dir: not an absolute path" },
	{ "run_dir: \"\"", "F:1:10: run_dir: not an absolute path" },
	{ "run_dir: \"/a\\0b\"",
	  "F:1:10: run_dir: a control character inside" },
	{ "run_dir: \"/a\\nb\"",
	  "F:1:10: run_dir: a control character inside" },
	{ "run_dir: \"/\\u2028\"",
	  "F:1:10: run_dir: a control character inside" },
	{ "operator: a", "F:1:11: operator: not a mail address" },
	{ "operator: a b@c", "F:1:11: operator: not a mail address" },
	{ "users: {gate: 9a}", "F:1:15: users.gate: not a login name" },
	{ "users: {gate: a/b}", "F:1:15: users.gate: not a login name" },
	{ "users: {gate: \"\"}", "F:1:15: users.gate: not a login name" },
	{ "users: {gate: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}",
	  "F:1:15: users.gate: not a login name" },
	{ "log: {syslog: 1}", "F:1:15: log.syslog: neither yes nor no" },
	{ "log: {level: Info}",
	  "F:1:14: log.level: not one of error|warn|info|debug" },
	{ "log: {level: inf}",
	  "F:1:14: log.level: not one of error|warn|info|debug" },
	{ "limits: {depth: 0}",
	  "F:1:17: limits.depth: below the least of 1" },
	{ "limits: {depth: 65}",
	  "F:1:17: limits.depth: above the most of 64" },
	{ "limits: {depth: -1}", "F:1:17: limits.depth: not a number" },
	{ "limits: {depth: 010}", "F:1:17: limits.depth: not a number" },
	{ "limits: {depth: 1K}", "F:1:17: limits.depth: not a number" },
	{ "limits: {depth: 99999999999999999999}",
	  "F:1:17: limits.depth: above the most of 64" },
	{ "limits: {message_size: 1k}", "F:1:24: limits.message_size: "
	  "not a size: a number, or one with K, M or G" },
	{ "limits: {message_size: 1MB}", "F:1:24: limits.message_size: "
	  "not a size: a number, or one with K, M or G" },
	{ "limits: {message_size: M}", "F:1:24: limits.message_size: "
	  "not a size: a number, or one with K, M or G" },
	{ "limits: {message_size: 65535}",
	  "F:1:24: limits.message_size: below the least of 64K" },
	{ "limits: {message_size: 1025M}",
	  "F:1:24: limits.message_size: above the most of 1G" },
	{ "limits: {message_size: 18014398509481985K}",
	  "F:1:24: limits.message_size: above the most of 1G" },
	{ "quarantine: {keep: 15}", "F:1:20: quarantine.keep: "
	  "not a time: a number with s, m, h, d or w" },
	{ "quarantine: {keep: 15y}", "F:1:20: quarantine.keep: "
	  "not a time: a number with s, m, h, d or w" },
	{ "quarantine: {keep: 59m}",
	  "F:1:20: quarantine.keep: below the least of 1h" },
	{ "quarantine: {keep: 99999999999999999w}",
	  "F:1:20: quarantine.keep: above the most of 3650d" },
};

static void mistakes_are_refused(void **state)
{
	static const struct mm_conf empty;
	struct mm_conf conf;
	struct mm_buf error;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		assert_int_equal(parse(refused[i].text, &conf, &error),
				 MM_ERR_INVALID);
		if (strcmp(mm_buf_str(&error), refused[i].want) != 0)
			fail_msg("%s\n got %s\nwant %s", refused[i].text,
				 mm_buf_str(&error), refused[i].want);
		/* Nothing is left of a refused file. */
		assert_memory_equal(&conf, &empty, sizeof(conf));
		mm_buf_clear(&error);
	}
}

static void large_files(void **state)
{
	struct mm_conf conf;
	struct mm_buf text, error;
	int i;

	(void)state;
	mm_buf_init(&text, MM_CONF_FILE_MAX + 1);
	mm_buf_init(&error, 4096);
	assert_int_equal(mm_buf_puts(&text, "local_owners:\n"), 0);
	for (i = 0; i < 100000; i++)
		assert_int_equal(mm_buf_printf(&text, "  u%d: u%d@b.c\n",
					       100000 - i, i), 0);
	assert_int_equal(mm_conf_parse(&conf, "F", text.data, text.len,
				       &error), 0);
	assert_string_equal(mm_conf_map_get(&conf.local_owners, "u1"),
			    "u99999@b.c");
	mm_conf_clear(&conf);
	assert_int_equal(mm_buf_puts(&text, "  more: x@y\n"), 0);
	assert_int_equal(mm_conf_parse(&conf, "F", text.data, text.len,
				       &error), MM_ERR_INVALID);
	assert_string_equal(mm_buf_str(&error), "F:100002:9: local_owners: "
						"too many entries");
	while (text.len <= MM_CONF_FILE_MAX)
		assert_int_equal(mm_buf_put(&text, "#", 1), 0);
	assert_int_equal(mm_conf_parse(&conf, "F", text.data, text.len,
				       &error), MM_ERR_LIMIT);
	mm_buf_clear(&text);
	mm_buf_clear(&error);
}

static void files(void **state)
{
	char path[64];
	struct mm_conf conf;
	struct mm_buf error;
	int fd = unit_make_file(path, sizeof(path));

	(void)state;
	mm_buf_init(&error, 4096);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "run_dir: /x\n", 12), 12);
	assert_int_equal(mm_conf_read(&conf, path, &error), 0);
	assert_string_equal(conf.run_dir, "/x");
	mm_conf_clear(&conf);
	unlink(path);
	close(fd);
	assert_int_equal(mm_conf_read(&conf, path, &error), MM_ERR_NOTFOUND);
	assert_non_null(strstr(mm_buf_str(&error), path));
	assert_int_equal(mm_conf_read(&conf, "/tmp", &error), MM_ERR_DENIED);
	mm_buf_clear(&error);
}

/* ---- allocations, by --wrap and by standing before libyaml's own ------ */

static long fail_at;	/* this one from now on fails, 0: none */
static bool failed;

static bool fails(void)
{
	if (fail_at == 0 || --fail_at > 0)
		return false;
	failed = true;
	return true;
}

void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *yaml_malloc(size_t size);
void *yaml_realloc(void *old, size_t size);
char *yaml_strdup(const char *text);

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

__attribute__((visibility("default"))) void *yaml_malloc(size_t size)
{
	return fails() ? NULL : __real_calloc(1, size > 0 ? size : 1);
}

__attribute__((visibility("default"))) void *yaml_realloc(void *old,
							  size_t size)
{
	return fails() ? NULL : __real_realloc(old, size > 0 ? size : 1);
}

__attribute__((visibility("default"))) char *yaml_strdup(const char *text)
{
	return text == NULL || fails() ? NULL : strdup(text);
}

static void every_allocation_fails(void **state)
{
	static const char text[] =
		"run_dir: /x\nlocal_domains: [a.b, c.d, e.f]\n"
		"local_owners: {a: b@c, d: e@f}\nlimits: {depth: 3}\n";
	static const struct mm_conf empty;
	struct mm_conf conf;
	struct mm_buf error;
	long n;
	int r;

	(void)state;
	for (n = 1;; n++) {
		mm_buf_init(&error, 4096);
		failed = false;
		fail_at = n;
		r = mm_conf_parse(&conf, "F", text, sizeof(text) - 1, &error);
		fail_at = 0;
		mm_buf_clear(&error);
		if (!failed)
			break;
		if (r != MM_ERR_NOMEM)
			fail_msg("allocation %ld: got %d", n, r);
		assert_memory_equal(&conf, &empty, sizeof(conf));
	}
	assert_int_equal(r, 0);
	/* Ours for each text, and many of libyaml's. */
	assert_true(n > 60);
	mm_conf_clear(&conf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(values),
		cmocka_unit_test(mistakes_are_refused),
		cmocka_unit_test(large_files),
		cmocka_unit_test(files),
		cmocka_unit_test(every_allocation_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
