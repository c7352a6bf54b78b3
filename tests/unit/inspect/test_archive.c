/*
 * Archives that libclamav does not open, or not all of: what lies in them is
 * found, and what cannot be opened is not checked.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/inspect_fixture.h"
#include "tests/unit/inspect/archive_samples.h"

/* The attachment of the mail; takes file. */
static void inspect_file(struct mm_buf *file, struct mm_report *report)
{
	struct mm_buf mail;

	fix_mail(&mail, "Content-Type: application/octet-stream;"
		 " name=sample.bin\n", file->data, file->len);
	fix_inspect(engine, &conf, mail.data, mail.len, report);
	mm_buf_clear(&mail);
	mm_buf_clear(file);
}

static void want_virus(const char *name, struct mm_buf *file)
{
	const struct mm_finding *got;
	struct mm_report report;

	inspect_file(file, &report);
	fix_print(name, &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_INFECTED);
	got = fix_find(&report, MM_KIND_VIRUS, "2");
	assert_non_null(got);
	assert_string_equal(got->name, "sample.bin");
	assert_false(report.not_checked);
	mm_report_clear(&report);
}

static void want_not_checked(const char *name, struct mm_buf *file,
			     enum mm_kind kind, const char *detail)
{
	const struct mm_finding *got;
	struct mm_report report;

	inspect_file(file, &report);
	fix_print(name, &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_NOT_CHECKED);
	got = fix_find(&report, kind, "2");
	assert_non_null(got);
	assert_string_equal(got->detail, detail);
	mm_report_clear(&report);
}

static void want_clean(const char *name, struct mm_buf *file)
{
	struct mm_report report;

	inspect_file(file, &report);
	fix_print(name, &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_CLEAN);
	mm_report_clear(&report);
}

static const struct smp_rar stored = { 0, 0, 20, 0x30 };

static void test_filters(void **state)
{
	static const char *const filters[] = {
		"gzip", "bzip2", "xz", "lzma", "lzip", "zstd", "lz4",
		"compress",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		struct mm_buf payload;
		struct mm_buf file;

		smp_payload(&payload);
		smp_filter(&file, filters[i], payload.data, payload.len);
		want_virus(filters[i], &file);
		mm_buf_clear(&payload);
	}
}

static void test_formats(void **state)
{
	static const struct {
		const char *format;
		const char *options;
	} cases[] = {
		{ "zip", NULL }, { "7zip", NULL },
		{ "7zip", "compression=bzip2" },
		{ "7zip", "compression=deflate" },
		{ "7zip", "compression=ppmd" }, { "7zip", "compression=store" },
		{ "pax", NULL }, { "newc", NULL }, { "odc", NULL },
		{ "bin", NULL }, { "arbsd", NULL }, { "arsvr4", NULL },
		{ "iso9660", NULL }, { "xar", NULL }, { "warc", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mm_buf payload;
		struct mm_buf file;

		smp_payload(&payload);
		fix_archive(&file, cases[i].format, cases[i].options,
			    "a.gz", payload.data, payload.len);
		want_virus(cases[i].format, &file);
		mm_buf_clear(&payload);
	}
}

static void test_bzip2_streams(void **state)
{
	struct mm_buf eicar;
	struct mm_buf second;
	struct mm_buf file;

	(void)state;
	fix_eicar(&eicar);
	smp_filter(&file, "bzip2", "first", 5);
	smp_filter(&second, "bzip2", eicar.data, eicar.len);
	smp_put(&file, second.data, second.len);
	want_virus("two streams", &file);
	mm_buf_clear(&second);
	mm_buf_clear(&eicar);
}

static void test_rar(void **state)
{
	struct mm_buf payload;
	struct mm_buf inner;
	struct mm_buf file;

	(void)state;
	smp_payload(&payload);
	smp_rar4(&file, &stored, "a.gz", &payload);
	want_virus("rar 4", &file);
	smp_rar5(&file, SMP_OPEN, "a.gz", &payload);
	want_virus("rar 5", &file);
	smp_rar5(&inner, SMP_OPEN, "a.gz", &payload);
	fix_zip(&file, NULL, "x.rar", &inner);
	want_virus("rar in zip", &file);
	smp_program(&file, &inner);
	want_virus("program with rar 5", &file);
	mm_buf_clear(&inner);
	smp_rar4(&inner, &stored, "a.gz", &payload);
	smp_program(&file, &inner);
	want_virus("program with rar 4", &file);
	mm_buf_clear(&inner);
	mm_buf_clear(&payload);
}

static void test_rar_locked(void **state)
{
	struct mm_buf noise;
	struct mm_buf inner;
	struct mm_buf file;

	(void)state;
	mm_buf_init(&noise, 4096);
	smp_put(&noise, SMP_TEXT("0123456789abcdefghijklmnopqrstuv"));
	smp_rar4(&file, &(struct smp_rar){ 0, 4, 29, 0x33 }, "a", &noise);
	want_not_checked("rar 4, member", &file, MM_KIND_ENCRYPTED,
			 "encrypted: rar");
	smp_rar4(&file, &(struct smp_rar){ 0x80, 0, 29, 0x33 }, "a", &noise);
	want_not_checked("rar 4, headers", &file, MM_KIND_ENCRYPTED,
			 "encrypted: rar");
	smp_rar5(&file, SMP_LOCK_MEMBER, "a", &noise);
	want_not_checked("rar 5, member", &file, MM_KIND_ENCRYPTED,
			 "encrypted: rar");
	smp_rar5(&file, SMP_LOCK_ALL, "a", &noise);
	want_not_checked("rar 5, headers", &file, MM_KIND_ENCRYPTED,
			 "encrypted: rar");
	smp_rar5(&inner, SMP_LOCK_ALL, "a", &noise);
	smp_program(&file, &inner);
	want_not_checked("program with rar 5", &file, MM_KIND_ENCRYPTED,
			 "encrypted: rar");
	mm_buf_clear(&inner);
	mm_buf_clear(&noise);
}

static void test_rar_unsupported(void **state)
{
	struct mm_buf noise;
	struct mm_buf file;

	(void)state;
	mm_buf_init(&noise, 4096);
	for (unsigned int i = 0; i < 300; i++)
		smp_le(&noise, (uint64_t)i * 0x9e3779b1u >> 7, 1);
	smp_rar4(&file, &(struct smp_rar){ 0, 0, 20, 0x33 }, "a", &noise);
	want_not_checked("rar 2.0", &file, MM_KIND_LIMIT,
			 "unsupported: rar 2.0");
	smp_rar4(&file, &(struct smp_rar){ 0, 2, 29, 0x30 }, "a", &noise);
	want_not_checked("one volume of rar", &file, MM_KIND_LIMIT,
			 "unsupported: rar in several volumes");
	smp_rar4(&file, &stored, "a", &noise);
	mm_buf_truncate(&file, file.len - 100);
	want_not_checked("cut rar", &file, MM_KIND_LIMIT,
			 "damaged: rar: Truncated RAR file data");
	mm_buf_init(&file, 100);
	smp_put(&file, SMP_TEXT("Rar!\x1a\7"));
	want_not_checked("signature alone", &file, MM_KIND_LIMIT,
			 "damaged: rar: Unrecognized archive format");
	mm_buf_clear(&noise);
}

/* Programs that know the signatures are no archives. */
static void test_not_archives(void **state)
{
	struct mm_buf tail;
	struct mm_buf file;

	(void)state;
	mm_buf_init(&tail, 4096);
	smp_put(&tail, SMP_TEXT("Rar!\x1a\7\0 and Rar!\x1a\7\1\0"));
	smp_put(&tail, SMP_TEXT(" and -lh5- \0"));
	smp_put(&tail, SMP_TEXT("0123456789012345678901234567890123456789"));
	smp_program(&file, &tail);
	want_clean("signatures", &file);
	mm_buf_reset(&tail);
	mm_buf_init(&file, 4096);
	smp_put(&file, SMP_TEXT("\x5d\0\0\x80\0 is no lzma, by no means"));
	want_clean("like lzma", &file);
	mm_buf_init(&file, 4096);
	smp_put(&file, SMP_TEXT("\x1f\x9d is not compressed either, no"));
	want_clean("like compress", &file);
	mm_buf_clear(&tail);
}

static void test_lha(void **state)
{
	struct mm_buf payload;
	struct mm_buf inner;
	struct mm_buf file;

	(void)state;
	smp_payload(&payload);
	smp_lha(&file, 0, "-lh0-", "a.gz", &payload);
	want_virus("lha, level 0", &file);
	smp_lha(&file, 2, "-lh0-", "a.gz", &payload);
	want_virus("lha, level 2", &file);
	for (unsigned int level = 0; level <= 2; level += 2) {
		smp_lha(&inner, level, "-lh0-", "a.gz", &payload);
		smp_program(&file, &inner);
		want_virus("program with lha", &file);
		mm_buf_clear(&inner);
	}
	smp_program(&inner, &payload);
	smp_lha(&file, 0, "-lh0-", "a.exe", &inner);
	mm_buf_clear(&inner);
	smp_rar5(&inner, SMP_OPEN, "a.gz", &payload);
	mm_buf_clear(&file);
	smp_program(&file, &inner);
	mm_buf_clear(&inner);
	smp_lha(&inner, 0, "-lh0-", "a.exe", &file);
	mm_buf_clear(&file);
	want_virus("program with rar in lha", &inner);
	mm_buf_clear(&payload);
}

static void test_unsupported(void **state)
{
	struct mm_buf file;

	(void)state;
	mm_buf_init(&file, 4096);
	smp_put(&file, SMP_TEXT("0123456**ACE**0123456789"));
	want_not_checked("ace", &file, MM_KIND_LIMIT,
			 "unsupported: ace");
	mm_buf_init(&file, 4096);
	smp_put(&file, SMP_TEXT("ALZ\1\n\0\0\0BLZ\1abcdefg"));
	want_not_checked("alz", &file, MM_KIND_LIMIT,
			 "unsupported: alz");
}

/* Formats within each other, the payload at the bottom. Nothing that is stored
 * as it is twice in a row, which libclamav would take as one. */
static void mixed(struct mm_buf *out, unsigned int depth)
{
	static const char *const formats[] = {
		"zip", "gzip", "rar", "7zip", "zstd", "newc", "xz", "lha",
		"lzip", "iso9660", "bzip2",
	};
	struct mm_buf next;

	fix_eicar(out);
	for (unsigned int i = 0; i < depth; i++) {
		const char *format = formats[i % 11];

		if (strcmp(format, "rar") == 0)
			smp_rar5(&next, SMP_OPEN, "a", out);
		else if (strcmp(format, "lha") == 0)
			smp_lha(&next, 0, "-lh0-", "a", out);
		else if (strcmp(format, "zstd") == 0 ||
			 strcmp(format, "xz") == 0 ||
			 strcmp(format, "lzip") == 0 ||
			 strcmp(format, "bzip2") == 0 ||
			 strcmp(format, "gzip") == 0)
			smp_filter(&next, format, out->data, out->len);
		else
			fix_archive(&next, format, NULL, "a", out->data,
				    out->len);
		mm_buf_clear(out);
		*out = next;
	}
}

static void test_mixed(void **state)
{
	struct mm_report report;
	struct mm_buf file;

	(void)state;
	for (unsigned int depth = 1; depth <= 16; depth++) {
		mixed(&file, depth);
		inspect_file(&file, &report);
		if (report.findings.verdict != MM_VERDICT_INFECTED)
			fix_print("mixed", &report);
		assert_int_equal(report.findings.verdict, MM_VERDICT_INFECTED);
		mm_report_clear(&report);
	}
	mixed(&file, 17);
	inspect_file(&file, &report);
	assert_true(report.not_checked);
	assert_string_equal(fix_find(&report, MM_KIND_LIMIT, "2")->detail,
			    "nesting depth");
	mm_report_clear(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_bzip2_streams),
		cmocka_unit_test(test_rar),
		cmocka_unit_test(test_rar_locked),
		cmocka_unit_test(test_rar_unsupported),
		cmocka_unit_test(test_not_archives),
		cmocka_unit_test(test_lha),
		cmocka_unit_test(test_unsupported),
		cmocka_unit_test(test_mixed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
