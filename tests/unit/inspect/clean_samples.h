#ifndef MM_TEST_INSPECT_CLEAN_SAMPLES_H
#define MM_TEST_INSPECT_CLEAN_SAMPLES_H

/*
 * Office documents with things in them that act, as small as they get.
 */
#include "tests/unit/inspect/zip_samples.h"

struct smp_text {
	const char *name;
	const char *text;
};

#define SMP_XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define SMP_R "http://schemas.openxmlformats.org/officeDocument/2006/" \
	"relationships"
#define SMP_M "http://schemas.microsoft.com/office/2006/relationships"
#define SMP_RELS(x) SMP_XML "<Relationships xmlns=\"http://schemas." \
	"openxmlformats.org/package/2006/relationships\">" x "</Relationships>"
#define SMP_REL(id, type, target) "<Relationship Id=\"" id "\" Type=\"" type \
	"\" Target=\"" target "\"/>"
#define SMP_FAR(id, type, target) "<Relationship Id=\"" id "\" Type=\"" type \
	"\" Target=\"" target "\" TargetMode=\"External\"/>"
#define SMP_TYPES(x) SMP_XML "<Types xmlns=\"http://schemas." \
	"openxmlformats.org/package/2006/content-types\"><Default " \
	"Extension=\"xml\" ContentType=\"application/xml\"/>" x "</Types>"
#define SMP_TYPE(part, type) "<Override PartName=\"" part \
	"\" ContentType=\"" type "\"/>"

#define SMP_TYPES_NAME "[Content_Types].xml"
#define SMP_DOCM_TYPE SMP_TYPE("/word/document.xml", \
	"application/vnd.ms-word.document.macroEnabled.main+xml")
#define SMP_VBA_DEFAULT "<Default Extension=\"bin\" " \
	"ContentType=\"application/vnd.ms-office.vbaProject\"/>"

/* A macro project with its data, a control, an object, a remote template, and
 * a callback; and text, a picture, a link that are to stay. */
static const struct smp_text smp_docm[] = {
	{ SMP_TYPES_NAME, SMP_TYPES(SMP_VBA_DEFAULT SMP_DOCM_TYPE
	  SMP_TYPE("/word/vbaData.xml",
		   "application/vnd.ms-word.vbaData+xml")
	  SMP_TYPE("/word/activeX/activeX1.xml",
		   "application/vnd.ms-office.activeX+xml")
	  SMP_TYPE("/customUI/ui.xml", "application/xml")) },
	{ "_rels/.rels", SMP_RELS(
	  SMP_REL("rId1", SMP_R "/officeDocument", "word/document.xml")
	  SMP_REL("rId2", SMP_M "/ui/extensibility", "customUI/ui.xml")) },
	{ "word/document.xml", SMP_XML "<w:document xmlns:w=\"w\" xmlns:r=\""
	  SMP_R "\" xmlns:o=\"o\"><w:p>text</w:p><w:object><w:control "
	  "r:id=\"rId2\"/></w:object><w:object><v/><o:OLEObject r:id=\"rId3\">"
	  "<x/></o:OLEObject></w:object><a r:embed=\"rId4\"/></w:document>" },
	{ "word/_rels/document.xml.rels", SMP_RELS(
	  SMP_REL("rId1", SMP_M "/vbaProject", "vbaProject.bin")
	  SMP_REL("rId3", SMP_R "/oleObject", "embeddings/oleObject1.bin")
	  SMP_REL("rId2", SMP_R "/control", "activeX/activeX1.xml")
	  SMP_REL("rId4", SMP_R "/image", "media/image1.png")
	  SMP_FAR("rId5", SMP_R "/hyperlink", "http://a.example/")) },
	{ "word/settings.xml", SMP_XML "<w:settings xmlns:w=\"w\" xmlns:r=\""
	  SMP_R "\"><w:attachedTemplate r:id=\"rId1\"/><w:zoom/>"
	  "</w:settings>" },
	{ "word/_rels/settings.xml.rels", SMP_RELS(
	  SMP_FAR("rId1", SMP_R "/attachedTemplate",
		  "http://a.example/t.dotm")) },
	{ "word/vbaProject.bin", "project" },
	{ "word/vbaData.xml", "<x/>" },
	{ "word/_rels/vbaProject.bin.rels", SMP_RELS(
	  SMP_REL("rId1", SMP_M "/wordVbaData", "vbaData.xml")
	  SMP_REL("rId2", SMP_M "/vbaProjectSignature",
		  "vbaProjectSignature.bin")) },
	{ "word/vbaProjectSignature.bin", "signature" },
	{ "word/vbaProjectSignatureAgile.bin", "another" },
	{ "word/activeX/activeX1.xml", "<x/>" },
	{ "word/activeX/_rels/activeX1.xml.rels", SMP_RELS(
	  SMP_REL("rId1", SMP_M "/activeXControlBinary", "activeX1.bin")) },
	{ "word/activeX/activeX1.bin", "control" },
	{ "word/embeddings/oleObject1.bin", "object" },
	{ "word/media/image1.png", "picture" },
	{ "customUI/ui.xml", "<x/>" },
};

#define SMP_SHEETS_RELS SMP_RELS( \
	SMP_REL("rId1", SMP_R "/worksheet", "worksheets/sheet1.xml") \
	SMP_REL("rId2", SMP_M "/xlMacrosheet", "macrosheets/sheet1.xml") \
	SMP_REL("rId3", SMP_M "/xlIntlMacrosheet", "/xl/macrosheets/intl.xml"))

/* Excel 4.0 macro sheets in two languages. */
static const struct smp_text smp_xlsm[] = {
	{ SMP_TYPES_NAME, SMP_TYPES(
	  SMP_TYPE("/xl/workbook.xml",
		   "application/vnd.ms-excel.sheet.macroEnabled.main+xml")
	  SMP_TYPE("/xl/macrosheets/sheet1.xml",
		   "application/vnd.ms-excel.macrosheet+xml")
	  SMP_TYPE("/xl/macrosheets/intl.xml",
		   "application/vnd.ms-excel.intlmacrosheet+xml")) },
	{ "_rels/.rels", SMP_RELS(
	  SMP_REL("rId1", SMP_R "/officeDocument", "/xl/workbook.xml")) },
	{ "xl/workbook.xml", SMP_XML "<workbook xmlns:r=\"" SMP_R "\"><sheets>"
	  "<sheet r:id=\"rId1\"/><sheet r:id=\"rId2\"/><sheet r:id=\"rId3\"/>"
	  "</sheets><definedNames><definedName name=\"_xlnm.Auto_Open\">M!$A$1"
	  "</definedName></definedNames></workbook>" },
	{ "xl/_rels/workbook.xml.rels", SMP_SHEETS_RELS },
	{ "xl/worksheets/sheet1.xml", "<worksheet/>" },
	{ "xl/macrosheets/sheet1.xml", "<x>EXEC()</x>" },
	{ "xl/macrosheets/_rels/sheet1.xml.rels", SMP_RELS("") },
	{ "xl/macrosheets/intl.xml", "<x>EXEC()</x>" },
};

static UNUSED void smp_package(struct mm_buf *out,
			       const struct smp_text *list, size_t count)
{
	struct smp_zip zip;

	smp_zip_init(&zip);
	for (size_t i = 0; i < count; i++) {
		const struct smp_member member = {
			.name = list[i].name, .method = 8,
			.descriptor = i % 2 == 1,
		};
		struct mm_buf data;

		mm_buf_init(&data, MAIL_MAX);
		smp_put(&data, list[i].text, strlen(list[i].text));
		smp_zip_add(&zip, &member, &data);
		mm_buf_clear(&data);
	}
	smp_zip_end(&zip, 0, 0);
	*out = zip.file;
}

#define SMP_PACKAGE(out, list) \
	smp_package(out, list, sizeof(list) / sizeof((list)[0]))

#endif
