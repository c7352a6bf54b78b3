/*
 * ZIP files that programs read in different ways: each reading is unpacked,
 * and ordinary ones are left to libclamav.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/inspect_fixture.h"
#include "tests/unit/inspect/zip_samples.h"

static struct mm_buf payload;
static struct mm_buf harmless;

static int begin(void **state)
{
	setup(state);
	smp_payload(&payload);
	mm_buf_init(&harmless, 4096);
	smp_put(&harmless, SMP_TEXT("harmless, harmless, harmless"));
	return 0;
}

static int end(void **state)
{
	mm_buf_clear(&payload);
	mm_buf_clear(&harmless);
	return teardown(state);
}

/* Takes file. */
static void inspect_file(const char *name, struct mm_buf *file,
			 struct mm_report *report)
{
	struct mm_buf mail;

	fix_mail(&mail, ZIP_HEADER, file->data, file->len);
	fix_inspect(engine, &conf, mail.data, mail.len, report);
	fix_print(name, report);
	mm_buf_clear(&mail);
	mm_buf_clear(file);
}

static void want_virus(const char *name, struct mm_buf *file, bool ambiguous)
{
	const struct mm_finding *got;
	struct mm_report report;

	inspect_file(name, file, &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_INFECTED);
	assert_non_null(fix_find(&report, MM_KIND_VIRUS, "2"));
	if (!ambiguous)
		assert_false(report.not_checked);
	got = fix_find(&report, MM_KIND_AMBIGUOUS, "2");
	assert_int_equal(got != NULL, ambiguous);
	if (got != NULL)
		assert_string_equal(got->detail,
				    "ambiguous: zip headers disagree");
	mm_report_clear(&report);
}

static void want_limit(const char *name, struct mm_buf *file,
		       const char *detail)
{
	const struct mm_finding *got;
	struct mm_report report;

	inspect_file(name, file, &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_NOT_CHECKED);
	got = fix_find(&report, MM_KIND_LIMIT, "2");
	assert_non_null(got);
	assert_string_equal(got->detail, detail);
	mm_report_clear(&report);
}

/* Not a word, and nothing unpacked a second time. */
static void want_clean(const char *name, struct mm_buf *file)
{
	struct mm_report report;

	inspect_file(name, file, &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_CLEAN);
	assert_int_equal(report.findings.count, 0);
	mm_report_clear(&report);
}

static void test_headers(void **state)
{
	static const struct {
		const char *name;
		struct smp_member member;
		bool ambiguous;
	} cases[] = {
		{ "plain", { .name = "a", .method = 8 }, false },
		{ "zip64", { .name = "a", .method = 8, .zip64 = true },
		  false },
		{ "stored zip64", { .name = "a", .zip64 = true }, false },
		{ "descriptor", { .name = "a", .method = 8,
				  .descriptor = true }, false },
		{ "local says stored", { .name = "a", .method = 8,
					 .local.method = -1 }, true },
		{ "directory says stored", { .name = "a", .method = 8,
					     .central.method = -1 }, true },
		{ "local says deflated", { .name = "a",
					   .local.method = 8 }, true },
		{ "directory says deflated", { .name = "a",
					       .central.method = 8 }, true },
		{ "local says encrypted", { .name = "a", .method = 8,
					    .local.flags = 1 }, true },
		{ "directory says encrypted", { .name = "a", .method = 8,
						.central.flags = 1 }, true },
		{ "local size too small", { .name = "a",
					    .local.packed = 4 }, true },
		{ "directory size too small", { .name = "a",
						.central.packed = 4 }, true },
		{ "local size 0", { .name = "a", .local.packed = -1 }, true },
		{ "packed size too small", { .name = "a", .method = 8,
			.local.packed = 4, .central.packed = 5 }, true },
		{ "no signature", { .name = "a", .method = 8,
				    .no_signature = true }, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mm_buf file;

		smp_zip_one(&file, &cases[i].member, &payload);
		want_virus(cases[i].name, &file, cases[i].ambiguous);
	}
}

static void test_hidden(void **state)
{
	const struct smp_member first = { .name = "a" };
	const struct smp_member hidden = { .name = "b", .method = 8,
					   .unlisted = true };
	struct smp_zip zip;

	(void)state;
	for (int place = 0; place < 3; place++) {
		smp_zip_init(&zip);
		if (place == 0)
			smp_zip_add(&zip, &hidden, &payload);
		smp_zip_add(&zip, &first, &harmless);
		if (place == 1)
			smp_zip_add(&zip, &hidden, &payload);
		smp_zip_add(&zip, &first, &harmless);
		if (place == 2)
			smp_zip_add(&zip, &hidden, &payload);
		smp_zip_end(&zip, 0, 0);
		want_virus("hidden member", &zip.file, true);
	}
}

/* Two files in a row, either with the payload. */
static void test_concatenated(void **state)
{
	const struct smp_member member = { .name = "a", .method = 8 };

	(void)state;
	for (int place = 0; place < 2; place++) {
		struct mm_buf file;
		struct mm_buf second;

		smp_zip_one(&file, &member, place == 0 ? &payload : &harmless);
		smp_zip_one(&second, &member,
			    place == 1 ? &payload : &harmless);
		smp_put(&file, second.data, second.len);
		mm_buf_clear(&second);
		want_virus("concatenated", &file, true);
	}
}

static void test_prefixed(void **state)
{
	static const char *const prefixes[] = {
		"anything", "%PDF-1.4\n%%EOF\n", "PK00", "\xff\xd8\xff\xe0jpeg",
	};
	const struct smp_member member = { .name = "a", .method = 8 };

	(void)state;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		struct mm_buf file;
		struct mm_buf zip;

		mm_buf_init(&file, MAIL_MAX);
		smp_put(&file, prefixes[i], strlen(prefixes[i]));
		smp_zip_one(&zip, &member, &payload);
		smp_put(&file, zip.data, zip.len);
		mm_buf_clear(&zip);
		want_virus(prefixes[i], &file, false);
	}
}

static void test_end_records(void **state)
{
	const struct smp_member member = { .name = "a", .method = 8 };
	static const long lies[][2] = {
		{ 0, -20 }, { 0, 1000000 }, { -10, 0 }, { 100000, 0 },
		{ 0, -10 }, { 7, 5 },
	};
	struct mm_buf other;
	struct mm_buf file;

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct mm_report report;
		struct smp_zip zip;

		smp_zip_init(&zip);
		smp_zip_add(&zip, &member, &payload);
		smp_zip_end(&zip, lies[i][0], lies[i][1]);
		inspect_file("end record", &zip.file, &report);
		assert_int_equal(report.findings.verdict,
				 MM_VERDICT_INFECTED);
		mm_report_clear(&report);
	}
	/* Another file's end record in the comment. */
	smp_zip_one(&file, &member, &payload);
	smp_zip_one(&other, &member, &harmless);
	file.data[file.len - 2] = 22;
	smp_put(&file, other.data + other.len - 22, 22);
	mm_buf_clear(&other);
	want_virus("comment", &file, false);
}

static void test_damaged(void **state)
{
	const struct smp_member member = { .name = "a", .method = 8 };
	const struct smp_member later = { .name = "a", .method = 8,
					  .descriptor = true };
	const struct smp_member stored = { .name = "a", .descriptor = true };
	struct smp_zip zip;

	(void)state;
	smp_zip_init(&zip);
	smp_zip_add(&zip, &member, &payload);
	mm_buf_clear(&zip.dir);
	want_virus("no directory", &zip.file, false);
	smp_zip_init(&zip);
	smp_zip_add(&zip, &later, &harmless);
	smp_zip_add(&zip, &later, &payload);
	mm_buf_clear(&zip.dir);
	want_virus("no directory, descriptors", &zip.file, false);
	smp_zip_init(&zip);
	smp_zip_add(&zip, &stored, &harmless);
	smp_zip_add(&zip, &stored, &payload);
	mm_buf_clear(&zip.dir);
	want_virus("no directory, stored, descriptors", &zip.file, false);
	smp_zip_init(&zip);
	smp_zip_add(&zip, &member, &payload);
	mm_buf_clear(&zip.dir);
	mm_buf_truncate(&zip.file, zip.file.len - 10);
	want_limit("truncated", &zip.file, "damaged: zip");
}

static void test_methods(void **state)
{
	struct smp_member member = { .name = "a", .local.method = 97,
				     .central.method = 97 };
	struct mm_buf file;

	(void)state;
	smp_zip_one(&file, &member, &harmless);
	want_limit("method 97", &file, "unsupported: zip method 97");
	member.local.method = member.central.method = 14;
	smp_zip_one(&file, &member, &harmless);
	want_limit("not lzma", &file, "damaged: zip: "
		   "Invalid lzma data");
}

static void test_ordinary(void **state)
{
	const struct smp_member members[] = {
		{ .name = "a.txt", .method = 8 },
		{ .name = "b.txt", .method = 8, .descriptor = true },
		{ .name = "c.txt" },
		{ .name = "d/" },
		{ .name = "e.txt", .descriptor = true },
	};
	struct mm_buf empty;
	struct smp_zip zip;
	struct mm_buf inner;
	struct mm_buf file;

	(void)state;
	mm_buf_init(&empty, 1);
	smp_zip_init(&zip);
	for (size_t i = 0; i < 5; i++)
		smp_zip_add(&zip, &members[i], i == 3 ? &empty : &harmless);
	smp_zip_end(&zip, 0, 0);
	inner = zip.file;
	smp_zip_one(&file, &members[2], &inner);
	want_clean("stored in another", &file);
	want_clean("ordinary", &inner);
	smp_zip_init(&zip);
	smp_zip_end(&zip, 0, 0);
	want_clean("empty", &zip.file);
}

/* Many members over one another: the work stays bounded. */
static void test_overlapping(void **state)
{
	const struct smp_member member = { .name = "a", .method = 8,
					   .local.packed = 7 };
	struct mm_report report;
	struct mm_buf zeros;
	struct smp_zip zip;
	size_t one;

	(void)state;
	mm_buf_init(&zeros, MAIL_MAX);
	for (int i = 0; i < 256; i++)
		smp_put(&zeros, (char[4096]){ 0 }, 4096);
	smp_zip_init(&zip);
	smp_zip_add(&zip, &member, &zeros);
	one = zip.dir.len;
	for (int i = 0; i < 5000; i++) {
		assert_int_equal(mm_buf_put(&zip.dir, (char[64]){ 0 }, one),
				 0);
		memcpy(zip.dir.data + zip.dir.len - one, zip.dir.data, one);
		/* Each a bit different, lest they be taken as one. */
		zip.dir.data[zip.dir.len - one + 20] = (char)i;
		zip.dir.data[zip.dir.len - one + 21] = (char)(i >> 8);
		zip.dir.data[zip.dir.len - one + 10] = (char)(i % 2 ? 12 : 8);
		zip.count++;
	}
	smp_zip_end(&zip, 0, 0);
	inspect_file("overlapping", &zip.file, &report);
	assert_int_not_equal(report.findings.verdict, MM_VERDICT_CLEAN);
	assert_true(report.findings.scan_ms < 10000);
	mm_report_clear(&report);
	mm_buf_clear(&zeros);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_concatenated),
		cmocka_unit_test(test_prefixed),
		cmocka_unit_test(test_end_records),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_ordinary),
		cmocka_unit_test(test_overlapping),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
