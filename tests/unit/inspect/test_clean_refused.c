/* What is no Office document, or one that others may read in another way. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/clean_samples.h"
#include "mamorid/inspect/clean.h"

static const struct mm_clean_limits usual = {
	.unpacked = 1u << 20, .members = 100, .deadline = MM_DEADLINE_NONE,
};

static int run(const void *data, size_t len,
	       const struct mm_clean_limits *limits)
{
	const char *why = NULL;
	struct mm_buf out;
	int r;

	mm_buf_init(&out, MAIL_MAX);
	r = mm_clean(data, len, limits, &out, &why);
	if (r < 0 && (why == NULL || why[0] == '\0'))
		fail_msg("no reason");
	mm_buf_clear(&out);
	return r;
}

static void refused(const char *name, struct mm_buf *file, int want)
{
	int r = run(file->data, file->len, &usual);

	if (r != want)
		fail_msg("%s: got %d", name, r);
	mm_buf_clear(file);
}

static void put_text(struct mm_buf *buf, const char *text)
{
	mm_buf_init(buf, MAIL_MAX);
	smp_put(buf, text, strlen(text));
}

static void test_no_documents(void **state)
{
	static const struct smp_text no_types[] = { { "a.txt", "text" } };
	static const struct smp_text twice[] = {
		{ SMP_TYPES_NAME, SMP_TYPES("") },
		{ "word/a.xml", "<a/>" }, { "WORD/A.XML", "<b/>" },
	};
	static const struct smp_text slash[] = {
		{ SMP_TYPES_NAME, SMP_TYPES("") }, { "/word/a.xml", "<a/>" },
	};
	static const struct smp_text backslash[] = {
		{ SMP_TYPES_NAME, SMP_TYPES("") }, { "word\\a.xml", "<a/>" },
	};
	static const struct smp_text dtd[] = {
		{ SMP_TYPES_NAME, "<!DOCTYPE a [<!ENTITY b \"c\">]><Types/>" },
	};
	static const struct smp_text broken[] = {
		{ SMP_TYPES_NAME, "<Types><a></Types>" },
	};
	static const struct smp_text binary[] = {
		{ SMP_TYPES_NAME, SMP_TYPES("") },
		{ "xl/worksheets/sheet1.bin", "records" },
		{ "xl/worksheets/_rels/sheet1.bin.rels", SMP_RELS(
		  SMP_REL("rId1", SMP_R "/oleObject",
			  "../embeddings/oleObject1.bin")) },
		{ "xl/embeddings/oleObject1.bin", "object" },
	};
	struct mm_buf file;

	(void)state;
	put_text(&file, "");
	refused("nothing", &file, MM_ERR_INVALID);
	put_text(&file, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more of it");
	refused("compound file", &file, MM_ERR_INVALID);
	SMP_PACKAGE(&file, no_types);
	refused("another zip", &file, MM_ERR_INVALID);
	SMP_PACKAGE(&file, twice);
	refused("one name twice", &file, MM_ERR_INVALID);
	SMP_PACKAGE(&file, slash);
	refused("slash in front", &file, MM_ERR_INVALID);
	SMP_PACKAGE(&file, backslash);
	refused("backslash", &file, MM_ERR_INVALID);
	SMP_PACKAGE(&file, dtd);
	refused("DTD", &file, MM_ERR_INVALID);
	SMP_PACKAGE(&file, broken);
	refused("not well-formed", &file, MM_ERR_INVALID);
	SMP_PACKAGE(&file, binary);
	refused("object in a binary sheet", &file, MM_ERR_INVALID);
}

static void test_unusual_zips(void **state)
{
	static const struct {
		const char *name;
		struct smp_member member;
		int want;
	} cases[] = {
		{ "usual", { .method = 8 }, 0 },
		{ "stored", { .method = 0 }, 0 },
		{ "method unknown", { .method = 0, .local.method = 14,
		  .central.method = 14 }, MM_ERR_INVALID },
		{ "methods disagree", { .method = 8, .local.method = -1 },
		  MM_ERR_INVALID },
		{ "sizes disagree", { .method = 8, .local.packed = 3 },
		  MM_ERR_INVALID },
		{ "encrypted", { .method = 8, .local.flags = 1,
		  .central.flags = 1 }, MM_ERR_INVALID },
		{ "zip64", { .method = 8, .zip64 = true }, MM_ERR_INVALID },
		{ "no local header", { .method = 8, .no_signature = true },
		  MM_ERR_INVALID },
		{ "data beyond the end", { .method = 8,
		  .local.packed = 60000, .central.packed = 60000 },
		  MM_ERR_INVALID },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct smp_member member = cases[i].member;
		struct mm_buf data, file;

		member.name = SMP_TYPES_NAME;
		put_text(&data, SMP_TYPES(""));
		smp_zip_one(&file, &member, &data);
		mm_buf_clear(&data);
		refused(cases[i].name, &file, cases[i].want);
	}
}

static void test_limits(void **state)
{
	struct mm_clean_limits limits = usual;
	struct mm_buf file;

	(void)state;
	SMP_PACKAGE(&file, smp_docm);
	limits.members = 5;
	assert_int_equal(run(file.data, file.len, &limits), MM_ERR_LIMIT);
	limits = usual;
	limits.unpacked = 1000;
	assert_int_equal(run(file.data, file.len, &limits), MM_ERR_LIMIT);
	limits = usual;
	limits.deadline = mm_deadline_in(0);
	assert_int_equal(run(file.data, file.len, &limits), MM_ERR_TIMEOUT);
	mm_buf_clear(&file);
}

/* Cut anywhere, and with any byte turned: an answer, and no overread. */
static void test_damaged(void **state)
{
	struct mm_buf file;

	(void)state;
	SMP_PACKAGE(&file, smp_docm);
	for (size_t len = 0; len < file.len; len++) {
		unsigned char *copy = mm_xcalloc(len + 1, 1);
		unsigned char *exact = copy;

		memcpy(copy, file.data, len);
		if (len > 0 && (exact = realloc(copy, len)) == NULL)
			exact = copy;
		assert_true(run(exact, len, &usual) < 0);
		free(exact);
	}
	for (size_t i = 0; i < file.len; i++) {
		file.data[i] ^= 0x41;
		(void)!run(file.data, file.len, &usual);
		file.data[i] ^= 0x41;
	}
	mm_buf_clear(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_documents),
		cmocka_unit_test(test_unusual_zips),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
