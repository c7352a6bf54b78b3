/*
 * Signatures that are refused, limits, and failing temporary folders: nothing
 * that could not be scanned may come out clean.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tests/unit/inspect/fixture.h"

static struct mm_conf conf;

static int setup(void **state)
{
	return fix_open(state);
}

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

/* The engine with these limits must say that mail is over one. */
static void over_limit(const struct mm_buf *mail, const char *part,
		       const char *detail)
{
	struct mm_engine *engine = fix_engine(&conf);
	const struct mm_finding *got;
	struct mm_report report;

	fix_inspect(engine, &conf, mail->data, mail->len, &report);
	fix_print(detail, &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_NOT_CHECKED);
	got = fix_find(&report, MM_KIND_LIMIT, part);
	assert_non_null(got);
	assert_string_equal(got->detail, detail);
	mm_report_clear(&report);
	mm_engine_free(&engine);
}

/* data in a zip, in a zip, ... */
static void nested(struct mm_buf *out, unsigned int depth,
		   const struct mm_buf *data)
{
	struct mm_buf next;

	fix_zip(out, NULL, "a.bin", data);
	for (unsigned int i = 1; i < depth; i++) {
		fix_zip(&next, NULL, "a.zip", out);
		mm_buf_clear(out);
		*out = next;
	}
}

static void test_depth(void **state)
{
	struct mm_report report;
	struct mm_engine *engine;
	struct mm_buf eicar;
	struct mm_buf zip;
	struct mm_buf mail;

	(void)state;
	fix_eicar(&eicar);
	/* As deep as allowed is looked into. */
	nested(&zip, 16, &eicar);
	fix_mail(&mail, ZIP_HEADER, zip.data, zip.len);
	engine = fix_engine(&conf);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_INFECTED);
	mm_report_clear(&report);
	mm_engine_free(&engine);
	mm_buf_clear(&mail);
	mm_buf_clear(&zip);

	nested(&zip, 24, &eicar);
	fix_mail(&mail, ZIP_HEADER, zip.data, zip.len);
	over_limit(&mail, "2", "Heuristics.Limits.Exceeded.MaxRecursion");
	mm_buf_clear(&mail);
	mm_buf_clear(&zip);
	mm_buf_clear(&eicar);
}

static void test_unpacked(void **state)
{
	struct mm_buf zeros;
	struct mm_buf zip;
	struct mm_buf mail;

	(void)state;
	mm_buf_init(&zeros, MAIL_MAX);
	for (int i = 0; i < 512; i++)
		assert_int_equal(mm_buf_put(&zeros, (char[4096]){ 0 }, 4096),
				 0);
	conf.limits_unpacked_size = 1u << 20;
	/* One member above the limit, then many small ones that add up. */
	fix_zip(&zip, NULL, "a.bin", &zeros);
	fix_mail(&mail, ZIP_HEADER, zip.data, zip.len);
	over_limit(&mail, "2", "unpacked size");
	mm_buf_clear(&mail);
	mm_buf_clear(&zip);
	mm_buf_truncate(&zeros, 600 * 1024);
	nested(&zip, 1, &zeros);
	fix_mail(&mail, ZIP_HEADER, zip.data, zip.len);
	mm_buf_truncate(&mail, mail.len - strlen("--bb--\n"));
	assert_int_equal(mm_buf_puts(&mail, "--bb\nContent-Type: "
		"application/zip; name=b.zip\n"
		"Content-Transfer-Encoding: base64\n\n"), 0);
	mm_buf_clear(&zip);
	zeros.data[0] = 'x';
	nested(&zip, 1, &zeros);
	fix_base64(&mail, zip.data, zip.len);
	assert_int_equal(mm_buf_puts(&mail, "--bb--\n"), 0);
	over_limit(&mail, "3", "unpacked size");
	mm_buf_clear(&mail);
	mm_buf_clear(&zip);
	mm_buf_clear(&zeros);
}

/* A member that claims to be larger than allowed is not even unpacked. */
static void test_claimed_size(void **state)
{
	struct mm_buf eicar;
	struct mm_buf zip;
	struct mm_buf mail;
	char *entry;

	(void)state;
	fix_eicar(&eicar);
	fix_zip(&zip, NULL, "a.bin", &eicar);
	entry = memmem(zip.data, zip.len, "PK\1\2", 4);
	assert_non_null(entry);
	entry[27] = 0x70;	/* the top byte of its unpacked size */
	fix_mail(&mail, ZIP_HEADER, zip.data, zip.len);
	over_limit(&mail, "2", "unpacked size");
	mm_buf_clear(&mail);
	mm_buf_clear(&zip);
	mm_buf_clear(&eicar);
}

static void test_message_size(void **state)
{
	struct mm_report report;
	struct mm_engine *engine = fix_engine(&conf);
	struct mm_source source;
	char path[128];
	struct mm_buf mail;
	int header;
	int body;

	(void)state;
	mm_buf_init(&mail, MAIL_MAX);
	conf.limits_message_size = 1000;
	for (int i = 0; i < 50; i++)
		assert_int_equal(mm_buf_puts(&mail, "twenty bytes a line\n"),
				 0);
	snprintf(path, sizeof(path), "%s/body", fix_dir);
	fix_write(path, mail.data, mail.len);
	header = mm_sealed_memfd("header", "From: a@b\nSubject: big\n", 23);
	body = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(mm_source_from_fds(&source, header, 23, body, 0,
					    mail.len, 1000), 0);
	assert_true(source.too_large);
	mm_report_init(&report);
	mm_inspect(engine, &conf, &source, mm_deadline_in(1000), &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_NOT_CHECKED);
	assert_string_equal(report.findings.subject, "big");
	assert_int_equal(report.findings.size, 1024);
	assert_string_equal(fix_find(&report, MM_KIND_LIMIT, "")->detail,
			    "message size");
	mm_report_clear(&report);
	mm_source_clear(&source);
	close(header);
	close(body);
	mm_engine_free(&engine);
	mm_buf_clear(&mail);
}

static void test_deadline(void **state)
{
	struct mm_engine *engine = fix_engine(&conf);
	struct mm_report report;
	struct mm_source source;

	(void)state;
	assert_int_equal(mm_source_from_memory(&source, "From: a\n\nb\n", 11,
					       1000), 0);
	mm_report_init(&report);
	mm_inspect(engine, &conf, &source, mm_deadline_in(0), &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_NOT_CHECKED);
	assert_non_null(fix_find(&report, MM_KIND_LIMIT, ""));
	mm_report_clear(&report);
	mm_source_clear(&source);
	mm_engine_free(&engine);
}

static void test_parts(void **state)
{
	struct mm_buf mail;

	(void)state;
	conf.limits_parts = 50;
	mm_buf_init(&mail, MAIL_MAX);
	assert_int_equal(mm_buf_puts(&mail, "From: a@b\n"
		"Content-Type: multipart/mixed; boundary=b\n\n"), 0);
	for (int i = 0; i < 60; i++)
		assert_int_equal(mm_buf_puts(&mail, "--b\n\nx\n"), 0);
	over_limit(&mail, "", "parts");
	mm_buf_clear(&mail);
}

/* The same infected mail with a temporary folder that does not work. */
static void failing_folder(const char *tmpdir, const char *want)
{
	struct mm_engine *engine = fix_engine(&conf);
	struct mm_report report;
	struct mm_buf eicar;
	struct mm_buf zip;
	struct mm_buf mail;
	const struct mm_finding *got;

	fix_eicar(&eicar);
	fix_zip(&zip, NULL, "e.com", &eicar);
	fix_mail(&mail, ZIP_HEADER, zip.data, zip.len);
	assert_int_equal(mm_engine_set_tmpdir(engine, tmpdir), 0);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	fix_print(tmpdir, &report);
	got = fix_find(&report, MM_KIND_ERROR, "");
	assert_non_null(got);
	assert_non_null(strstr(got->detail, want));
	assert_int_not_equal(report.findings.verdict, MM_VERDICT_CLEAN);
	mm_report_clear(&report);
	mm_buf_clear(&mail);
	mm_buf_clear(&zip);
	mm_buf_clear(&eicar);
	mm_engine_free(&engine);
}

static void test_missing_tmpdir(void **state)
{
	(void)state;
	failing_folder("/nonexistent/tmp", "No such file or directory");
}

/* A disk that is full at the first byte, or a little later. */
static void test_full_tmpdir(void **state)
{
	struct rlimit old;
	struct rlimit tiny;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_IGN);
	tiny = old;
	for (rlim_t max = 0; max < 128; max += 64) {
		tiny.rlim_cur = max;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &tiny), 0);
		failing_folder(fix_tmp, "");
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	}
}

/* No descriptor left to unpack into. */
static void test_no_descriptors(void **state)
{
	struct rlimit old;
	struct rlimit few;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	for (rlim_t max = 3; max < 5; max++) {
		struct mm_engine *engine = fix_engine(&conf);
		struct mm_report report;
		struct mm_buf eicar;
		struct mm_buf mail;

		fix_eicar(&eicar);
		fix_mail(&mail, ZIP_HEADER, eicar.data, eicar.len);
		few.rlim_cur = max;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
		fix_inspect(engine, &conf, mail.data, mail.len, &report);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
		assert_int_not_equal(report.findings.verdict,
				     MM_VERDICT_CLEAN);
		mm_report_clear(&report);
		mm_buf_clear(&mail);
		mm_buf_clear(&eicar);
		mm_engine_free(&engine);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(test_refused_signatures),
		TEST(test_signature_facts),
		TEST(test_canary),
		TEST(test_first_header),
		TEST(test_depth),
		TEST(test_unpacked),
		TEST(test_claimed_size),
		TEST(test_message_size),
		TEST(test_deadline),
		TEST(test_parts),
		TEST(test_missing_tmpdir),
		TEST(test_full_tmpdir),
		TEST(test_no_descriptors),
	};

	return cmocka_run_group_tests(tests, setup, fix_close);
}
