/*
 * Macros and what acts like one in the text and zip formats of Office.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "mamorid/inspect/office.h"
#include "mamorid/inspect/office_text.h"
#include "tests/unit/inspect/active_fixture.h"

#define REL "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas" \
	".openxmlformats.org/package/2006/relationships\">" \
	"<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org" \
	"/officeDocument/2006/relationships/"
#define EXTERNAL "\" TargetMode=\"External\"/></Relationships>"
#define WORD "<?xml version=\"1.0\"?><w:document xmlns:w=\"http://x\">"

/* One member of a document. */
static const struct {
	const char *member;
	const char *content;
	const char *want;	/* NULL: nothing */
} members[] = {
	{ "word/vbaProject.bin", "x", "macro: vba" },
	{ "xl/macrosheets/sheet1.xml", "<xml/>", "macro: xlm" },
	{ "word/embeddings/oleObject1.bin", "x", "macro: ole object" },
	{ "ppt/embeddings/Microsoft_Excel_Sheet1.xlsx", "x", NULL },
	{ "word/activeX/activeX1.xml", "<ax/>", "macro: activex" },
	{ "Basic/Standard/Module1.xml", "<x/>", "macro: basic" },
	{ "Basic/script-lc.xml", "<x/>", NULL },
	{ "Basic/Standard/script-lb.xml", "<x/>", NULL },
	{ "Basic/readme.txt", "x", NULL },
	{ "Scripts/python/a.txt", "x", "macro: basic" },
	{ "Scripts/readme.txt", "x", NULL },
	{ "word/_rels/settings.xml.rels", REL "attachedTemplate\" "
	  "Target=\"http://a.example/x.dotm" EXTERNAL,
	  "macro: remote template" },
	{ "word/_rels/settings.xml.rels", REL "attachedTemplate\" "
	  "Target=\"h&#116;tps://a.example/x.dotm" EXTERNAL,
	  "macro: remote template" },
	{ "word/_rels/settings.xml.rels", REL "attachedTemplate\" "
	  "Target=\"\\\\192.0.2.1\\x\\y.dotm" EXTERNAL,
	  "macro: remote template" },
	{ "word/_rels/settings.xml.rels", REL "attachedTemplate\" "
	  "Target=\"file:///C:\\Users\\a.b\\x.dotx" EXTERNAL, NULL },
	{ "word/_rels/settings.xml.rels", REL "attachedTemplate\" "
	  "Target=\"file:///\\\\fileserver\\t\\x.dotx" EXTERNAL,
	  NULL },
	{ "word/_rels/document.xml.rels", REL "hyperlink\" "
	  "Target=\"http://a.example/" EXTERNAL, NULL },
	{ "word/_rels/document.xml.rels", REL "image\" "
	  "Target=\"http://a.example/a.png" EXTERNAL, NULL },
	{ "word/_rels/document.xml.rels", REL "oleObject\" "
	  "Target=\"mhtml:http://a.example/!x-usc:b" EXTERNAL,
	  "macro: remote object" },
	{ "word/_rels/document.xml.rels", REL "vbaProject\" "
	  "Target=\"other.bin\"/>", "macro: vba" },
	{ "[Content_Types].xml", "<?xml version=\"1.0\"?><Types>"
	  "<Default Extension=\"bin\" ContentType=\"application/"
	  "vnd.ms-office.vbaProject\"/></Types>", "macro: vba" },
	{ "word/document.xml", WORD "<w:instrText> DDEAUTO c:\\\\x "
	  "</w:instrText></w:document>", "macro: dde" },
	{ "word/document.xml", WORD "<w:instrText>D</w:instrText>"
	  "<w:r/><w:instrText>DE a b</w:instrText>", "macro: dde" },
	{ "word/document.xml", WORD "<w:fldSimple w:instr=\""
	  " ddeauto x y\"/>", "macro: dde" },
	{ "word/document.xml", WORD "<w:instrText>QUOTE 68 68 69 65 "
	  "</w:instrText>", "macro: dde" },
	{ "word/document.xml", WORD "<w:instrText> PAGE \\* MERGE"
	  "</w:instrText>", NULL },
	{ "word/document.xml", WORD "<w:instrText>ADDRESS"
	  "</w:instrText>", NULL },
	{ "word/document.xml", WORD "<w:t>DDEAUTO is old</w:t>",
	  NULL },
	{ "word/document.xml", WORD
	  "<w:fldChar w:fldCharType=\"begin\"/><w:instrText>d"
	  "</w:instrText><w:fldChar w:fldCharType=\"begin\"/>"
	  "<w:instrText>de x</w:instrText>", NULL },
	{ "xl/externalLinks/externalLink1.xml", "<?xml version=\"1.0\""
	  "?><externalLink><ddeLink ddeService=\"cmd\"/>",
	  "macro: dde" },
	{ "ppt/slides/slide1.xml", "<?xml version=\"1.0\"?><p:sld>"
	  "<a:hlinkClick action=\"ppaction://program\"/>",
	  "macro: action" },
	{ "content.xml", "<?xml version=\"1.0\"?><office:x>"
	  "<script:event-listener xlink:href=\"vnd.sun.star.script:"
	  "x\"/>", "macro: basic" },
};

static void test_open_xml(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		struct mm_buf member, zip;

		mm_buf_init(&member, 4096);
		assert_int_equal(mm_buf_puts(&member, members[i].content), 0);
		fix_zip(&zip, NULL, members[i].member, &member);
		expect(members[i].member, "Content-Type: application/vnd."
		       "openxmlformats-officedocument.wordprocessingml."
		       "document; name=a.docx\n", zip.data, zip.len,
		       members[i].want != NULL ? WANT(members[i].want)
					       : NOTHING);
		mm_buf_clear(&zip);
		mm_buf_clear(&member);
	}
}

static void test_slk(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} cases[] = {
		{ "ID;P\nO;E\nNN;NAuto_open;ER101C1;KOut;F\n"
		  "C;X1;Y101;EEXEC(\"x\")\nE\n", true },
		{ "ID;PWXL;N;E\r\nO;L;D;E\r\nE\r\n", true },
		{ "ID;PWXL;N;E\r\nO;L;D;V0;K47;G100 0.001\r\nE\r\n", false },
		{ "ID;P\nNN;Nauto_open;ER1C1\n", true },
		{ "ID;P\nC;X1;Y1;K\"O;E\"\n", false },
		{ "XID;P\nO;E\n", false },
		{ "ID;", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (mm_office_slk_macro((const unsigned char *)cases[i].text,
					strlen(cases[i].text)) !=
		    cases[i].want)
			fail_msg("%s", cases[i].text);
	expect("slk", "Content-Type: text/plain; name=a.slk\n", cases[0].text,
	       strlen(cases[0].text), WANT("macro: xlm"));
}

static void test_csv(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} cases[] = {
		{ "a,b\n=cmd|'/c calc'!A0,c\n", true },
		{ "+cmd|'/c calc'!A0", true },
		{ "a,\"=DDE(\"\"cmd\"\")+cmd|' /c x'!A\"", true },
		{ "@SUM(1+1)*cmd|' /C calc'!A0", true },
		{ "a,b|c,d!\n", false },
		{ "=SUM(A1:B2),x\n=A|\n!", false },
		{ "- | item! |\n", false },
		{ "", false },
		{ "|", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (mm_office_dde_formula((const unsigned char *)
					  cases[i].text,
					  strlen(cases[i].text)) !=
		    cases[i].want)
			fail_msg("%s", cases[i].text);
	expect("csv", "Content-Type: text/csv; name=a.csv\n", cases[0].text,
	       strlen(cases[0].text), WANT("macro: dde"));
	expect("text", "Content-Type: text/plain; name=a.txt\n",
	       cases[0].text, strlen(cases[0].text), NOTHING);
}

static void test_rtf(void **state)
{
	static const struct {
		const char *text;
		const char *want[3];
	} cases[] = {
		{ "{\\rtf1\\ansi hello}", { NULL } },
		{ "{\\rtf1{\\object\\objemb{\\*\\objclass Package}{\\*"
		  "\\objdata 01050000020000000800000050 61 63 6b\n61676500 "
		  "00000000 00000000 00000000}}}",
		  { "macro: ole object (Package)" } },
		{ "{\\rt{\\object{\\*\\objdata 01{\\*\\x}0}}",
		  { "macro: ole object" } },
		{ "{\\rtf1{\\field{\\*\\fldinst {\\rtlch DDE}{AUTO c:\\\\x}}"
		  "}}", { "macro: dde" } },
		{ "{\\rtf1{\\field{\\*\\fldinst HYPERLINK \"http://a/dde\"}}"
		  "}", { NULL } },
		{ "{\\rtf1{\\*\\template http://a.example/x.dotm}}",
		  { "macro: remote template" } },
		{ "{\\rtf1{\\*\\template C:\\\\x\\\\y.dotm}}", { NULL } },
		{ "{\\rtf1{\\object\\objocx}}", { "macro: activex" } },
		{ "{\\rtf1\\bin99999999999 {\\object\\objocx}}",
		  { "macro: activex" } },
		{ "{\\rtf1\\bin17 {\\object\\objocx}}", { NULL } },
		{ "{\\rtf1}}}}{\\*\\objdata", { "macro: ole object" } },
		{ "{\\rtf1\\'", { NULL } },
		{ "{\\rtf1\\", { NULL } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect(cases[i].text, "Content-Type: application/msword; "
		       "name=a.doc\n", cases[i].text, strlen(cases[i].text),
		       cases[i].want);
}

/* What an object holds is looked into as well. */
static void test_rtf_object(void **state)
{
	struct mm_report report;
	struct mm_buf eicar, rtf, mail;

	(void)state;
	fix_eicar(&eicar);
	mm_buf_init(&rtf, MAIL_MAX);
	assert_int_equal(mm_buf_puts(&rtf, "{\\rtf1{\\object{\\*\\objdata "),
			 0);
	for (size_t i = 0; i < eicar.len; i++)
		assert_int_equal(mm_buf_printf(&rtf, "{\\x}%x\\y %x ",
			(unsigned int)(unsigned char)eicar.data[i] >> 4,
			(unsigned int)(unsigned char)eicar.data[i] & 15), 0);
	assert_int_equal(mm_buf_puts(&rtf, "}}}"), 0);
	fix_mail(&mail, "Content-Type: text/rtf; name=a.rtf\n", rtf.data,
		 rtf.len);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	fix_print("object", &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_INFECTED);
	assert_non_null(fix_find(&report, MM_KIND_VIRUS, "2"));
	mm_report_clear(&report);
	mm_buf_clear(&mail);
	mm_buf_clear(&rtf);
	mm_buf_clear(&eicar);
}

static void test_single_files(void **state)
{
	static const char sheet[] = "\x09\x02\x06\0\0\0\x40\0\0\0\x0a\0\0\0";
	static const char plain[] = "\x09\x02\x06\0\0\0\x10\0\0\0\x0a\0\0\0";
	static const char mso[] = "ActiveMime\0\0\xf0\1\4\0\0\0";
	static const char word[] = "<?xml version=\"1.0\"?><?mso-application "
		"progid=\"Word.Document\"?><w:wordDocument "
		"w:macrosPresent=\"yes\"></w:wordDocument>";
	static const char dde[] = "\xe8\2\x12\1\0\3\0\0\0c\0m\0d\0"
		"\1\0\0\0a\0\x80";
	static const char book[] = "\xe8\2\x12\0\0\3\0\0\0c\0m\0d\0"
		"\1\0\0\0a\0\x80";
	static const char wide[] = "\xff\xfeI\0D\0;\0P\0\n\0O\0;\0E\0\n\0";

	(void)state;
	expect("biff macro", "Content-Type: application/vnd.ms-excel; "
	       "name=a.xls\n", sheet, sizeof(sheet) - 1, WANT("macro: xlm"));
	expect("biff sheet", "Content-Type: application/vnd.ms-excel; "
	       "name=a.xls\n", plain, sizeof(plain) - 1, NOTHING);
	expect("ActiveMime", "Content-Type: application/x-mso; name=a.mso\n",
	       mso, sizeof(mso) - 1, WANT("macro: vba"));
	expect("Word 2003", "Content-Type: application/msword; name=a.doc\n",
	       word, sizeof(word) - 1, WANT("macro: vba"));
	expect("xlsb link by DDE", "Content-Type: application/octet-stream; "
	       "name=externalLink1.bin\n", dde, sizeof(dde) - 1,
	       WANT("macro: dde"));
	expect("xlsb link to a file", "Content-Type: application/octet-stream; "
	       "name=externalLink1.bin\n", book, sizeof(book) - 1, NOTHING);
	expect("slk in UTF-16", "Content-Type: application/octet-stream; "
	       "name=a.slk\n", wide, sizeof(wide) - 1, WANT("macro: xlm"));
}

static void test_alert(void **state)
{
	(void)state;
	assert_string_equal(mm_office_alert(
		"Heuristics.OLE2.ContainsMacros.VBA"), "macro: vba");
	assert_string_equal(mm_office_alert(
		"Heuristics.OLE2.ContainsMacros.XLM"), "macro: xlm");
	assert_null(mm_office_alert("Test.Eicar"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open_xml),
		cmocka_unit_test(test_slk),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_rtf),
		cmocka_unit_test(test_rtf_object),
		cmocka_unit_test(test_single_files),
		cmocka_unit_test(test_alert),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
