/*
 * Signatures: which are refused, what the engine tells, the canary.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/fixture.h"

static struct mm_conf conf;

static int begin(void **state)
{
	(void)state;
	assert_int_equal(mm_conf_init(&conf), 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	mm_conf_clear(&conf);
	return 0;
}

static void refused(const char *file, const char *content)
{
	struct mm_engine *engine = NULL;
	struct mm_buf error;
	char folder[128];
	char path[192];

	mm_buf_init(&error, 4096);
	snprintf(folder, sizeof(folder), "%s/bad", fix_dir);
	assert_int_equal(mkdir(folder, 0700), 0);
	if (file != NULL) {
		snprintf(path, sizeof(path), "%s/%s", folder, file);
		fix_write(path, content, strlen(content));
	}
	assert_int_equal(mm_engine_load(&conf, folder, &engine, &error),
			 MM_ERR_INVALID);
	assert_null(engine);
	assert_non_null(strstr(mm_buf_str(&error), folder));
	print_message("%s\n", mm_buf_str(&error));
	mm_jail_remove(folder);
	mm_buf_clear(&error);
}

static void test_refused_signatures(void **state)
{
	struct mm_engine *engine = NULL;
	struct mm_buf error;

	(void)state;
	refused(NULL, NULL);
	refused("x.ndb", "");
	refused("x.ndb", "Broken:0:*:zz\n");
	refused("x.ndb", "only-a-name\n");
	refused("x.cvd", "ClamAV-VDB:not really\n");
	refused("x.hdb", "nothex:68:Name\n");
	mm_buf_init(&error, 4096);
	assert_int_equal(mm_engine_load(&conf, "/nonexistent", &engine,
					&error), MM_ERR_INVALID);
	mm_buf_clear(&error);
}

static void test_signature_facts(void **state)
{
	struct mm_engine *engine = fix_engine(&conf);
	struct stat st;
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/test.ndb", fix_db);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(mm_engine_signatures(engine), 1);
	assert_int_equal(mm_engine_signatures_time(engine), st.st_mtime);
	mm_engine_free(&engine);
	assert_null(engine);
	mm_engine_free(&engine);
}

static void test_canary(void **state)
{
	static const char other[] = "Other:0:*:4d414c57415245206f74686572\n";
	struct mm_engine *engine = fix_engine(&conf);
	struct mm_buf error;
	char folder[128];
	char path[192];

	(void)state;
	mm_buf_init(&error, 4096);
	assert_int_equal(mm_canary_check(engine, &conf, &error), 0);
	assert_int_equal(error.len, 0);
	mm_engine_free(&engine);

	snprintf(folder, sizeof(folder), "%s/other", fix_dir);
	assert_int_equal(mkdir(folder, 0700), 0);
	snprintf(path, sizeof(path), "%s/other.ndb", folder);
	fix_write(path, other, strlen(other));
	assert_int_equal(mm_engine_load(&conf, folder, &engine, &error), 0);
	assert_int_equal(mm_engine_set_tmpdir(engine, fix_tmp), 0);
	assert_int_equal(mm_canary_check(engine, &conf, &error),
			 MM_ERR_INVALID);
	assert_string_equal(mm_buf_str(&error),
			    "the EICAR test mail came out clean");
	mm_engine_free(&engine);
	mm_buf_clear(&error);
}

struct heard {
	char type[24];		/* of the outermost layer */
	unsigned int hits;
};

static bool hear_layer(void *context, struct mm_layer *layer,
		       const unsigned char *data)
{
	struct heard *heard = context;

	assert_true(layer->size == 0 || data != NULL);
	if (layer->level == 0)
		memcpy(heard->type, layer->type, sizeof(heard->type));
	return false;
}

static void hear_hit(void *context, const struct mm_layer *layer,
		     const char *name)
{
	struct heard *heard = context;

	(void)layer, (void)name;
	heard->hits++;
}

static void hear_member(void *context, const struct mm_layer *layer,
			const char *name, uint64_t size, bool encrypted)
{
	(void)context, (void)layer, (void)name, (void)size, (void)encrypted;
}

/* Whatever its first header is, the engine takes a mail for a mail. */
static void test_first_header(void **state)
{
	static const char *const first[] = {
		"", "X-Foo: 1\n", "DKIM-Signature: v=1\n", "ARC-Seal: i=1\n",
		"Cc: x@y\n", "X-Foo: 1\r\n",
	};
	struct mm_engine *engine = fix_engine(&conf);
	struct mm_buf eicar;
	struct mm_buf mail;
	struct mm_buf error;

	(void)state;
	mm_buf_init(&error, 4096);
	fix_eicar(&eicar);
	fix_mail(&mail, ZIP_HEADER, eicar.data, eicar.len);
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		struct heard heard = { .hits = 0 };
		const struct mm_scan_sink sink = {
			&heard, hear_layer, hear_hit, hear_member
		};
		struct mm_source source;
		struct mm_buf odd;

		mm_buf_init(&odd, MAIL_MAX);
		assert_int_equal(mm_buf_puts(&odd, first[i]), 0);
		assert_int_equal(mm_buf_put(&odd, mail.data, mail.len), 0);
		assert_int_equal(mm_source_from_memory(&source, odd.data,
						       odd.len, odd.len), 0);
		assert_int_equal(mm_engine_scan(engine, source.data,
						source.len,
						mm_deadline_in(10000), &sink,
						&error), 0);
		assert_string_equal(heard.type, "mail");
		assert_int_equal(heard.hits, 1);
		mm_source_clear(&source);
		mm_buf_clear(&odd);
	}
	mm_buf_clear(&error);
	mm_buf_clear(&mail);
	mm_buf_clear(&eicar);
	mm_engine_free(&engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(test_refused_signatures),
		TEST(test_signature_facts),
		TEST(test_canary),
		TEST(test_first_header),
	};

	return cmocka_run_group_tests(tests, fix_open, fix_close);
}
