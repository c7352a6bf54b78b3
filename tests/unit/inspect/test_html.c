/*
 * Active content in HTML, however it is written, and none in ordinary mail.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "mamorid/inspect/html_facts.h"
#include "tests/unit/inspect/active_fixture.h"

struct html_case {
	const char *html;
	unsigned int want;
};

/* Each text lies at the end of its own memory, without a NUL. */
static unsigned int facts_of(const char *html)
{
	size_t len = strlen(html);
	unsigned char *copy = mm_xcalloc(len > 0 ? len : 1, 1);
	unsigned int facts;

	memcpy(copy, html, len);
	facts = mm_html_facts(copy, len, false);
	free(copy);
	return facts;
}

static void check(const struct html_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unsigned int got = facts_of(cases[i].html);

		if (got != cases[i].want)
			fail_msg("%s: got %x, want %x", cases[i].html, got,
				 cases[i].want);
	}
}

static void test_scripts(void **state)
{
	static const struct html_case cases[] = {
		{ "<script>alert(1)</script>", MM_HTML_SCRIPT },
		{ "<ScRiPt src=//a/b.js>", MM_HTML_SCRIPT },
		{ "<script/x>", MM_HTML_SCRIPT },
		{ "<script\n>", MM_HTML_SCRIPT },
		{ "<script", MM_HTML_SCRIPT },
		{ "<p title='<' ><script>", MM_HTML_SCRIPT },
		{ "<p title=a\"b><script>", MM_HTML_SCRIPT },
		{ "</p title='x'><script>", MM_HTML_SCRIPT },
		{ "<p =\"><script>", MM_HTML_SCRIPT },
		{ "a < b <script>", MM_HTML_SCRIPT },
		{ "<<script>", MM_HTML_SCRIPT },
		{ "<!--><script>", MM_HTML_SCRIPT },
		{ "<!---><script>", MM_HTML_SCRIPT },
		{ "<!-- --!><script>", MM_HTML_SCRIPT },
		{ "<!-- -- --><script>", MM_HTML_SCRIPT },
		{ "<!x><script>", MM_HTML_SCRIPT },
		{ "<?x ><script>?>", MM_HTML_SCRIPT },
		{ "</ ><script>", MM_HTML_SCRIPT },
		{ "<![CDATA[><script>]]>", MM_HTML_SCRIPT },
		{ "<!--[if IE]><script>x</script><![endif]-->",
		  MM_HTML_SCRIPT },
		{ "<title></title><script>", MM_HTML_SCRIPT },
		{ "<style></style x><script>", MM_HTML_SCRIPT },
		{ "<style><!--</style><script>--></script>", MM_HTML_SCRIPT },
		{ "<svg><style><script>x</script></style></svg>",
		  MM_HTML_SCRIPT },
		{ "<svg:script xmlns:svg='x'>", MM_HTML_SCRIPT },
		{ "<script type='text/ecmascript'>", MM_HTML_SCRIPT },
		{ "<script type='application/json' src=x>", MM_HTML_SCRIPT },
		{ "<script type='application/ld+json'><!--<script></script>",
		  MM_HTML_SCRIPT },
		{ "<iframe srcdoc='&lt;script&gt;x&lt;/script&gt;'></iframe>",
		  MM_HTML_SCRIPT },
		{ "<iframe srcdoc=\"<iframe srcdoc='&lt;script>'>\">",
		  MM_HTML_SCRIPT },
		{ "<applet code=x.class>", MM_HTML_APPLET },
		{ "<hta:application id=x>", MM_HTML_HTA },
	};

	(void)state;
	check(cases, sizeof(cases) / sizeof(cases[0]));
}

static void test_handlers_and_urls(void **state)
{
	static const struct html_case cases[] = {
		{ "<img src=x onerror=alert(1)>", MM_HTML_HANDLER },
		{ "<img/src=x/onerror=alert(1)>", 0 },
		{ "<img/src=x /onerror=alert(1)>", MM_HTML_HANDLER },
		{ "<img src='x'ONERROR='a'>", MM_HTML_HANDLER },
		{ "<body\nonload\n=\n'x'>", MM_HTML_HANDLER },
		{ "<svg onload=x>", MM_HTML_HANDLER },
		{ "<details open ontoggle=x>", MM_HTML_HANDLER },
		{ "<a href=javascript:x()>", MM_HTML_URL },
		{ "<a href=' \tJaVaScRiPt:x()'>", MM_HTML_URL },
		{ "<a href='java&#x0A;script:x()'>", MM_HTML_URL },
		{ "<a href='java\nscript:x()'>", MM_HTML_URL },
		{ "<a href='&#106avascript&colon;x()'>", MM_HTML_URL },
		{ "<a href='&#0000106;avascript:x()'>", MM_HTML_URL },
		{ "<a href='java&Tab;script:x()'>", MM_HTML_URL },
		{ "<a href='&#1;javascript:x()'>", MM_HTML_URL },
		{ "<a href=vbscript:x>", MM_HTML_URL },
		{ "<form action=javascript:x()>", MM_HTML_URL },
		{ "<button formaction=javascript:x()>", MM_HTML_URL },
		{ "<iframe src=javascript:x()>", MM_HTML_URL },
		{ "<svg><a xlink:href='javascript:x()'>", MM_HTML_URL },
		{ "<animate attributeName=href values='#;javascript:x()'>",
		  MM_HTML_URL },
		{ "<meta http-equiv=refresh content='0;URL=javascript:x()'>",
		  MM_HTML_URL },
		{ "<meta http-equiv=refresh content=\"0; url='data:text/html"
		  ",x'\">", MM_HTML_DATA },
		{ "<iframe src='data:text/html;base64,PHNjcmlwdD4='>",
		  MM_HTML_DATA },
		{ "<object data='data:image/svg+xml,x'>", MM_HTML_DATA },
		{ "<object classid='clsid:D27CDB6E-AE6D'>",
		  MM_HTML_ACTIVEX },
		{ "<embed src=a.swf>", MM_HTML_OBJECT },
		{ "<object type=application/x-java-applet>",
		  MM_HTML_OBJECT },
		{ "<p style='width:expression(alert(1))'>", MM_HTML_CSS },
		{ "<p style='width:ex/**/pression(alert(1))'>",
		  MM_HTML_CSS },
		{ "<p style='width:\\65 xpression(alert(1))'>",
		  MM_HTML_CSS },
		{ "<p style='behavior:url(a.htc)'>", MM_HTML_CSS },
		{ "<style>p{-moz-binding:url('http://a/b')}</style>",
		  MM_HTML_CSS },
	};

	(void)state;
	check(cases, sizeof(cases) / sizeof(cases[0]));
}

static void test_xml(void **state)
{
	static const struct html_case cases[] = {
		{ "<!DOCTYPE svg [<!ENTITY x \"&#60;script&#62;\">]>"
		  "<svg>&x;</svg>", MM_HTML_ENTITY },
		{ "<!DOCTYPE svg [<!ENTITY x '<script>'>]><svg>&x;</svg>",
		  MM_HTML_ENTITY },
		{ "<?xml-stylesheet href='data:text/xml,x' type='text/xsl'?>"
		  "<x/>", MM_HTML_STYLESHEET },
		{ "<?xml-stylesheet href='a.css' type='text/css'?><x/>", 0 },
		{ "<!DOCTYPE svg [<!ENTITY ns 'http://a/'>]><svg/>", 0 },
	};

	(void)state;
	check(cases, sizeof(cases) / sizeof(cases[0]));
}

/* What newsletters, mail programs and office suites really write. */
static void test_harmless(void **state)
{
	static const struct html_case cases[] = {
		{ "", 0 },
		{ "<", 0 },
		{ "<!", 0 },
		{ "<!--", 0 },
		{ "<a", 0 },
		{ "hello", 0 },
		{ "<p>1 < 2 &amp; &lt;script&gt;alert(1)&lt;/script&gt;", 0 },
		{ "<!-- <script>x</script> --><p>", 0 },
		{ "<!--[if mso]><style>v\\:* {behavior:url(#default#VML);}"
		  "</style><![endif]-->", 0 },
		{ "<style><!-- p { color: red } --></style>", 0 },
		{ "<style>@media only screen { .a > .b {} }</style>", 0 },
		{ "<title>How to use <script></title>", 0 },
		{ "<textarea><script></textarea>", 0 },
		{ "<script type=\"application/ld+json\">{\"@type\":"
		  "\"EmailMessage\"}</script>", 0 },
		{ "<a href='javascript:void(0)'>", 0 },
		{ "<a href='javascript:;' onclick=''>", 0 },
		{ "<img src='data:image/svg+xml;base64,PHN2Zz4='>", 0 },
		{ "<img src='data:image/png;base64,iVBORw0='>", 0 },
		{ "<img alt='javascript: the good parts'>", 0 },
		{ "<noscript>x</noscript>", 0 },
		{ "<p on='tap:x' one=1 only>", 0 },
		{ "<meta http-equiv=Content-Type content='text/html; "
		  "charset=iso-2022-jp'>", 0 },
		{ "<object type=\"application/x-apple-msg-attachment\" "
		  "data=\"cid:x@y\">", 0 },
		{ "<div title=\"a > b <script>\">", 0 },
		{ "<o:OfficeDocumentSettings><o:AllowPNG/>"
		  "</o:OfficeDocumentSettings>", 0 },
		{ "<blockquote type=cite cite='mid:1@x'>", 0 },
	};

	(void)state;
	check(cases, sizeof(cases) / sizeof(cases[0]));
}

static void test_amp(void **state)
{
	static const char amp[] =
		"<script async src=\"https://cdn.ampproject.org/v0.js\">"
		"</script>";
	static const char other[] =
		"<script async src=\"https://cdn.example.org/v0.js\">"
		"</script>";

	(void)state;
	assert_int_equal(mm_html_facts((const unsigned char *)amp,
				       sizeof(amp) - 1, true), 0);
	assert_int_equal(mm_html_facts((const unsigned char *)other,
				       sizeof(other) - 1, true),
			 MM_HTML_SCRIPT);
	assert_int_equal(facts_of(amp), MM_HTML_SCRIPT);
}

/* Old browsers do not see them. */
static void test_nul(void **state)
{
	static const char *const texts[] = {
		"<\0script>", "<scr\0ipt>", "\0\0<script>",
	};
	static const size_t lens[] = { 9, 9, 10 };

	(void)state;
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		assert_int_equal(mm_html_facts((const unsigned char *)texts[i],
					       lens[i], false),
				 MM_HTML_SCRIPT);
}

/* A sanitizer takes its time. */
#ifdef __SANITIZE_ADDRESS__
#define LONG_MS 60000
#else
#define LONG_MS 5000
#endif

/* Nothing is quadratic: each of these would take minutes. */
static void test_long(void **state)
{
	static const char *const units[] = {
		"<", "<a ", "<script>", "<!--", "<svg><style>", "<a b='",
		"<!ENTITY x ", "&#", "<?xml-stylesheet ", "</", "<title>",
		"<iframe srcdoc=\"", "<p style=\"/*", "--",
	};
	const size_t len = 4 << 20;
	char *text = mm_xcalloc(len, 1);

	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t unit = strlen(units[i]);
		int64_t start = mm_now_ms();

		for (size_t k = 0; k + unit <= len; k += unit)
			memcpy(text + k, units[i], unit);
		(void)mm_html_facts((const unsigned char *)text, len, false);
		print_message("%s: %lld ms\n", units[i],
			      (long long)(mm_now_ms() - start));
		assert_true(mm_now_ms() - start < LONG_MS * unit_slow());
	}
	free(text);
}

#define HTML_MAIL "From: a@b\nSubject: x\nMIME-Version: 1.0\n" \
	"Content-Type: text/html; charset="

static void test_body(void **state)
{
	static const char script[] = HTML_MAIL "utf-8\n\n"
		"<html><body><script>alert(1)</script></body></html>\n";
	static const char plain[] = "From: a@b\nSubject: x\n\n"
		"<html><body><script>alert(1)</script></body></html>\n";
	static const char code[] = HTML_MAIL "utf-8\n\n"
		"<html><body><pre>&lt;script&gt;</pre></body></html>\n";
	/* A kanji whose bytes are "<a" before a real tag. */
	static const char kanji[] = HTML_MAIL "iso-2022-jp\n\n"
		"<html><body>\x1b$B<a\x1b(B<script>x</script></html>\n";

	(void)state;
	expect_mail("script", script, sizeof(script) - 1,
		    WANT("script: element"));
	expect_mail("text/plain", plain, sizeof(plain) - 1, NOTHING);
	expect_mail("shown code", code, sizeof(code) - 1, NOTHING);
	expect_mail("kanji", kanji, sizeof(kanji) - 1,
		    WANT("script: element"));
}

#define SVG "<svg xmlns=\"http://www.w3.org/2000/svg\">" \
	"<script>x</script></svg>"

static void test_attachments(void **state)
{
	static const char html[] = "<html><body onload=x></body></html>";
	static const char wide[] = "\xff\xfe<\0s\0c\0r\0i\0p\0t\0>\0";
	static const char svg[] = SVG;
	static const char xml[] = "<?xml version=\"1.0\"?><x><script/></x>";
	static const char xml_svg[] = "<?xml version=\"1.0\"?>" SVG;
	static const char wsf[] = "<?xml version=\"1.0\"?><package><job>"
		"<script language=\"JScript\">x</script></job></package>";
	struct mm_buf member, zip;

	(void)state;
	expect("html", "Content-Type: text/html; name=a.html\n", html,
	       sizeof(html) - 1, WANT("script: event handler"));
	expect("by name", "Content-Type: text/plain; name=a.htm\n", html,
	       sizeof(html) - 1, WANT("script: event handler"));
	expect("sniffed", "Content-Type: application/octet-stream\n", html,
	       sizeof(html) - 1, WANT("script: event handler"));
	expect("text", "Content-Type: text/plain; name=a.txt\n", html,
	       sizeof(html) - 1, NOTHING);
	expect("utf-16", "Content-Type: text/html; name=a.html\n", wide,
	       sizeof(wide) - 1, WANT("script: element"));
	expect("svg", "Content-Type: image/svg+xml; name=a.svg\n", svg,
	       sizeof(svg) - 1, WANT("script: element"));
	expect("xml", "Content-Type: application/xml; name=a.xml\n", xml,
	       sizeof(xml) - 1, NOTHING);
	expect("svg as xml", "Content-Type: application/xml; name=a.xml\n",
	       xml_svg, sizeof(xml_svg) - 1, WANT("script: element"));
	expect("wsf", "Content-Type: application/octet-stream; name=a.dat\n",
	       wsf, sizeof(wsf) - 1, WANT("script: element"));
	mm_buf_init(&member, 1024);
	assert_int_equal(mm_buf_put(&member, svg, sizeof(svg) - 1), 0);
	fix_zip(&zip, NULL, "a.svg", &member);
	expect("svg in zip", ZIP_HEADER, zip.data, zip.len,
	       WANT("script: element"));
	mm_buf_clear(&zip);
	mm_buf_clear(&member);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scripts),
		cmocka_unit_test(test_handlers_and_urls),
		cmocka_unit_test(test_xml),
		cmocka_unit_test(test_harmless),
		cmocka_unit_test(test_amp),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_attachments),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
