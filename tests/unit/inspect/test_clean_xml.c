/* Elements that leave a document, and what goes with them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/err.h"
#include "mamorid/inspect/clean_path.h"
#include "mamorid/inspect/clean_xml.h"

static enum mm_xml_choice choose(void *context,
				 const struct mm_xml_element *element,
				 struct mm_buf *attrs)
{
	const char *value = mm_xml_attr(element, "k");

	(void)context;
	if (strcmp(element->name, "gone") == 0)
		return MM_XML_REMOVE;
	if (strcmp(element->name, "new") != 0)
		return MM_XML_KEEP;
	assert_int_equal(mm_xml_put_attr(attrs, "k", value != NULL ? value
								   : ""), 0);
	return MM_XML_REPLACE;
}

static void test_edit(void **state)
{
	static const struct {
		const char *name;
		const char *in;
		const char *out;	/* NULL: unchanged */
		int want;
	} cases[] = {
		{ "nothing to do", "<a> <b k='1'/> </a>", NULL, 0 },
		{ "empty element", "<a>x<gone/>y</a>", "<a>xy</a>", 1 },
		{ "with contents", "<a><gone><b/>t<gone/></gone>\n</a>",
		  "<a>\n</a>", 1 },
		{ "prefix", "<a xmlns:p='u'><p:gone/></a>",
		  "<a xmlns:p='u'></a>", 1 },
		{ "two", "<a><gone/><b/><gone></gone></a>", "<a><b/></a>", 1 },
		{ "replaced", "<a xmlns:p='u'><p:new k='&lt;&quot;' z='1'>t"
		  "</p:new></a>",
		  "<a xmlns:p='u'><p:new k=\"&#60;&#34;\"/></a>", 1 },
		{ "a list that is left empty",
		  "<a><controls> <gone/> </controls></a>", "<a></a>", 1 },
		{ "a list with another", "<a><controls><b/><gone/></controls>"
		  "</a>", "<a><controls><b/></controls></a>", 1 },
		{ "a list that was empty", "<a><controls/><gone/></a>",
		  "<a><controls/></a>", 1 },
		{ "choices within choices", "<a><AlternateContent><Choice>"
		  "<gone/></Choice><Fallback><gone/></Fallback>"
		  "</AlternateContent></a>", "<a></a>", 1 },
		{ "one choice stays", "<a><AlternateContent><Choice><gone/>"
		  "</Choice><Fallback>t</Fallback></AlternateContent></a>",
		  "<a><AlternateContent><Fallback>t</Fallback>"
		  "</AlternateContent></a>", 1 },
		{ "a frame and what it frames", "<a><graphicFrame><nv/>"
		  "<graphic><graphicData><gone/></graphicData></graphic>"
		  "</graphicFrame>t</a>", "<a>t</a>", 1 },
		{ "a replaced one is something", "<a><controls><new/>"
		  "</controls></a>", "<a><controls><new k=\"\"/></controls>"
		  "</a>", 1 },
		{ "comments and sections", "<a><!--<gone/>--><gone/><![CDATA["
		  "<gone/>]]></a>", "<a><!--<gone/>--><![CDATA[<gone/>]]></a>",
		  1 },
		{ "not UTF-8", "<?xml version='1.0' encoding='iso-8859-1'?>"
		  "<a>\xe4<gone/>\xf6</a>",
		  "<?xml version='1.0' encoding='iso-8859-1'?><a>\xe4\xf6</a>",
		  1 },
		{ "the root", "<gone><a/></gone>", NULL, MM_ERR_INVALID },
		{ "cut", "<a><gone/>", NULL, MM_ERR_INVALID },
		{ "empty", "", NULL, MM_ERR_INVALID },
		{ "DTD", "<!DOCTYPE a><a><gone/></a>", NULL, MM_ERR_INVALID },
		{ "not declared", "<a><p:gone/></a>", NULL, MM_ERR_INVALID },
		{ "UTF-16", "\xff\xfe<", NULL, MM_ERR_INVALID },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mm_buf in, out;
		int r;

		mm_buf_init(&in, 10000);
		mm_buf_init(&out, 10000);
		assert_int_equal(mm_buf_puts(&in, cases[i].in), 0);
		r = mm_xml_edit(&in, choose, NULL, &out);
		if (r != cases[i].want ||
		    strcmp(mm_buf_str(&out),
			   cases[i].out != NULL ? cases[i].out : "") != 0)
			fail_msg("%s: %d %s", cases[i].name, r,
				 mm_buf_str(&out));
		mm_buf_clear(&in);
		mm_buf_clear(&out);
	}
}

static void test_depth(void **state)
{
	struct mm_buf in, out;

	(void)state;
	mm_buf_init(&in, 100000);
	mm_buf_init(&out, 100000);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(mm_buf_puts(&in, "<a>"), 0);
	assert_int_equal(mm_xml_edit(&in, choose, NULL, &out), MM_ERR_LIMIT);
	mm_buf_clear(&in);
	mm_buf_clear(&out);
}

static void test_paths(void **state)
{
	static const struct {
		const char *part, *target, *want;
	} targets[] = {
		{ "word/document.xml", "vbaProject.bin",
		  "word/vbaProject.bin" },
		{ "word/document.xml", "/xl/a.xml", "xl/a.xml" },
		{ "word/document.xml", "../customXml/a.xml",
		  "customXml/a.xml" },
		{ "word/document.xml", "./a//b/./c", "word/a/b/c" },
		{ "", "word/a.xml", "word/a.xml" },
		{ "a.xml", "../b.xml", NULL },
		{ "x/y/a.xml", "../../../b.xml", NULL },
		{ "x/a.xml", "", "x/" },
	};
	static const struct {
		const char *relations, *want;
	} sources[] = {
		{ "word/_rels/document.xml.rels", "word/document.xml" },
		{ "_rels/.rels", "" },
		{ "WORD/_RELS/A.XML.RELS", "WORD/A.XML" },
		{ "word/document.xml", NULL },
		{ "word/_relsx/a.rels", NULL },
		{ "word/x_rels/a.rels", NULL },
		{ ".rels", NULL },
		{ "", NULL },
	};
	char *got;

	(void)state;
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		got = mm_path_resolve(targets[i].part, targets[i].target);
		if (targets[i].want == NULL)
			assert_null(got);
		else
			assert_string_equal(got, targets[i].want);
		free(got);
	}
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		got = mm_path_source(sources[i].relations);
		if (sources[i].want == NULL)
			assert_null(got);
		else
			assert_string_equal(got, sources[i].want);
		free(got);
	}
	got = mm_path_relations("word/document.xml");
	assert_string_equal(got, "word/_rels/document.xml.rels");
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edit),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
