/* Office documents without what acts in them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/clean_samples.h"
#include "mamorid/inspect/clean.h"
#include "mamorid/inspect/clean_package.h"

static const struct mm_clean_limits limits = {
	.unpacked = 1u << 20, .members = 100, .deadline = MM_DEADLINE_NONE,
};

static int run(const struct mm_buf *in, struct mm_buf *out)
{
	const char *why = NULL;
	int r;

	mm_buf_init(out, MAIL_MAX);
	r = mm_clean(in->data, in->len, &limits, out, &why);
	if (r < 0)
		assert_non_null(why);
	return r;
}

static void open_package(const struct mm_buf *file, struct mm_package *package)
{
	assert_int_equal(mm_package_open(package, file->data, file->len, 100,
					 1u << 20), 0);
}

/* A member's text, NULL when there is none. Caller frees. */
static char *text_of(struct mm_package *package, const char *name)
{
	const struct mm_package_member *member = mm_package_find(package,
								 name);
	struct mm_buf text;

	if (member == NULL)
		return NULL;
	mm_buf_init(&text, MAIL_MAX);
	assert_int_equal(mm_package_read(package, member, &text), 0);
	return mm_buf_take(&text);
}

static void want_text(struct mm_package *package, const char *name,
		      const char *want)
{
	char *text = text_of(package, name);

	assert_non_null(text);
	assert_string_equal(text, want);
	free(text);
}

/* Packed as it was, to the byte. */
static void want_same(struct mm_package *old, struct mm_package *new,
		      const char *name)
{
	const struct mm_zip_member *a = &mm_package_find(old, name)->zip;
	const struct mm_zip_member *b = &mm_package_find(new, name)->zip;

	assert_int_equal(a->method, b->method);
	assert_int_equal(a->packed, b->packed);
	assert_int_equal(a->unpacked, b->unpacked);
	assert_memory_equal(old->data + a->data, new->data + b->data,
			    a->packed);
}

static void test_docm(void **state)
{
	struct mm_package old, new;
	struct mm_buf in, out;

	(void)state;
	SMP_PACKAGE(&in, smp_docm);
	assert_int_equal(run(&in, &out), 0);
	open_package(&in, &old);
	open_package(&out, &new);
	assert_int_equal(new.count, 7);
	/* The type goes with the name: .docm. */
	want_text(&new, SMP_TYPES_NAME, SMP_TYPES(
		  "<Default Extension=\"bin\" "
		  "ContentType=\"application/octet-stream\"/>" SMP_DOCM_TYPE));
	want_text(&new, "_rels/.rels", SMP_RELS(
		  SMP_REL("rId1", SMP_R "/officeDocument",
			  "word/document.xml")));
	want_text(&new, "word/_rels/document.xml.rels", SMP_RELS(
		  SMP_REL("rId4", SMP_R "/image", "media/image1.png")
		  SMP_FAR("rId5", SMP_R "/hyperlink", "http://a.example/")));
	want_text(&new, "word/document.xml", SMP_XML
		  "<w:document xmlns:w=\"w\" xmlns:r=\"" SMP_R
		  "\" xmlns:o=\"o\"><w:p>text</w:p><w:object><v/></w:object>"
		  "<a r:embed=\"rId4\"/></w:document>");
	want_text(&new, "word/settings.xml", SMP_XML
		  "<w:settings xmlns:w=\"w\" xmlns:r=\"" SMP_R
		  "\"><w:zoom/></w:settings>");
	want_text(&new, "word/_rels/settings.xml.rels", SMP_RELS(""));
	want_same(&old, &new, "word/media/image1.png");
	mm_package_close(&old);
	mm_package_close(&new);
	mm_buf_clear(&in);
	mm_buf_clear(&out);
}

static void test_again(void **state)
{
	struct mm_buf in, once, twice;

	(void)state;
	SMP_PACKAGE(&in, smp_docm);
	assert_int_equal(run(&in, &once), 0);
	assert_int_equal(run(&once, &twice), 0);
	assert_int_equal(once.len, twice.len);
	assert_memory_equal(once.data, twice.data, once.len);
	mm_buf_clear(&in);
	mm_buf_clear(&once);
	mm_buf_clear(&twice);
}

/* A sheet in a sheet's place, so that the others keep their numbers. */
static void test_xlsm(void **state)
{
	struct mm_package new;
	struct mm_buf in, out;
	char *text;

	(void)state;
	SMP_PACKAGE(&in, smp_xlsm);
	assert_int_equal(run(&in, &out), 0);
	open_package(&out, &new);
	assert_int_equal(new.count, 7);
	text = text_of(&new, "xl/worksheets/emptied5.xml");
	assert_non_null(text);
	assert_non_null(strstr(text, "<sheetData/>"));
	free(text);
	want_text(&new, "xl/workbook.xml", SMP_XML "<workbook xmlns:r=\"" SMP_R
		  "\"><sheets><sheet r:id=\"rId1\"/><sheet r:id=\"rId2\"/>"
		  "<sheet r:id=\"rId3\"/></sheets></workbook>");
	want_text(&new, "xl/_rels/workbook.xml.rels", SMP_RELS(
		  SMP_REL("rId1", SMP_R "/worksheet", "worksheets/sheet1.xml")
		  SMP_REL("rId2", SMP_R "/worksheet",
			  "/xl/worksheets/emptied5.xml")
		  SMP_REL("rId3", SMP_R "/worksheet",
			  "/xl/worksheets/emptied7.xml")));
	text = text_of(&new, SMP_TYPES_NAME);
	assert_non_null(strstr(text, "macroEnabled.main"));
	assert_non_null(strstr(text, "/xl/worksheets/emptied7.xml"));
	assert_null(strstr(text, "acrosheet"));
	free(text);
	mm_package_close(&new);
	mm_buf_clear(&in);
	mm_buf_clear(&out);
}

#define XLSB_TYPES SMP_TYPES(SMP_TYPE("/xl/workbook.bin", \
	"application/vnd.ms-excel.sheet.binary.macroEnabled.main"))

static void test_xlsb(void **state)
{
	const struct smp_text list[] = {
		{ SMP_TYPES_NAME, XLSB_TYPES },
		{ "xl/workbook.bin", "records" },
		{ "xl/_rels/workbook.bin.rels", SMP_RELS(
		  SMP_REL("rId1", SMP_M "/vbaProject", "vbaProject.bin")
		  SMP_REL("rId2", SMP_M "/xlMacrosheet",
			  "macrosheets/sheet1.bin")) },
		{ "xl/vbaProject.bin", "project" },
		{ "xl/macrosheets/sheet1.bin", "records" },
		{ "xl/macrosheets/binaryIndex1.bin", "index" },
	};
	struct mm_package new;
	struct mm_buf in, out;

	(void)state;
	SMP_PACKAGE(&in, list);
	assert_int_equal(run(&in, &out), 0);
	open_package(&out, &new);
	assert_int_equal(new.count, 4);
	assert_int_equal(mm_package_find(&new, "xl/worksheets/emptied4.bin")
			 ->zip.unpacked, 12);
	mm_package_close(&new);
	mm_buf_clear(&in);
	mm_buf_clear(&out);
}

#define PPT "xmlns:p=\"p\" xmlns:a=\"a\" xmlns:r=\"" SMP_R "\""

static void test_pptx(void **state)
{
	const struct smp_text list[] = {
		{ SMP_TYPES_NAME, SMP_TYPES("") },
		{ "ppt/slides/slide1.xml", "<p:sld " PPT "><p:sp>"
		  "<a:hlinkClick action=\"ppaction://Macro?name=x\" r:id=\"\"/>"
		  "<a:hlinkClick action=\"ppaction://hlinksldjump\"/></p:sp>"
		  "<p:graphicFrame><p:nv/><a:graphic><a:graphicData>"
		  "<mc:AlternateContent xmlns:mc=\"mc\"><mc:Choice>"
		  "<p:oleObj r:id=\"rId3\"/></mc:Choice> <mc:Fallback>"
		  "<p:oleObj r:id=\"rId3\"><p:pic/></p:oleObj></mc:Fallback>"
		  "</mc:AlternateContent></a:graphicData></a:graphic>"
		  "</p:graphicFrame></p:sld>" },
		{ "ppt/slides/_rels/slide1.xml.rels", SMP_RELS(
		  SMP_FAR("rId3", SMP_R "/oleObject",
			  "file:///\\\\a.example\\b.xlsx!c")) },
	};
	struct mm_package new;
	struct mm_buf in, out;

	(void)state;
	SMP_PACKAGE(&in, list);
	assert_int_equal(run(&in, &out), 0);
	open_package(&out, &new);
	want_text(&new, "ppt/slides/slide1.xml", "<p:sld " PPT "><p:sp>"
		  "<a:hlinkClick action=\"ppaction://hlinksldjump\"/></p:sp>"
		  "</p:sld>");
	mm_package_close(&new);
	mm_buf_clear(&in);
	mm_buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_docm),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_xlsm),
		cmocka_unit_test(test_xlsb),
		cmocka_unit_test(test_pptx),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
