/*
 * Active content in PDF, written in plain and hidden.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <zlib.h>

#include "mamorid/inspect/pdf.h"
#include "mamorid/inspect/pdf_stream.h"
#include "tests/unit/inspect/active_fixture.h"

#define PDF "Content-Type: application/pdf; name=a.pdf\n"
#define SCRIPT "script: pdf javascript"

static void make_pdf(struct mm_buf *out, const char *dict, const void *stream,
		     size_t len)
{
	mm_buf_init(out, MAIL_MAX);
	assert_int_equal(mm_buf_printf(out, "%%PDF-1.5\n1 0 obj\n<<%s>>\n",
				       dict), 0);
	if (stream != NULL) {
		assert_int_equal(mm_buf_puts(out, "stream\r\n"), 0);
		assert_int_equal(mm_buf_put(out, stream, len), 0);
		assert_int_equal(mm_buf_puts(out, "\nendstream\n"), 0);
	}
	assert_int_equal(mm_buf_puts(out, "endobj\ntrailer <</Root 1 0 R>>\n"
				     "%%EOF\n"), 0);
}

static void test_plain(void **state)
{
	static const struct {
		const char *dict;
		const char *stream;
		const char *want[3];
	} cases[] = {
		{ "/Type/Catalog/OpenAction[3 0 R /Fit]", NULL, { NULL } },
		{ "/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>", NULL,
		  { SCRIPT } },
		{ "/S /JavaScript /JS 5 0 R", NULL, { SCRIPT } },
		{ "/JS 5 0 R", NULL, { SCRIPT } },
		{ "/JSON 5", NULL, { NULL } },
		{ "/Title (about JavaScript)", NULL, { NULL } },
		{ "/S/Launch/F(C:\\\\Windows\\\\cmd.exe)", NULL,
		  { "script: pdf launch",
		    "executable: name (C:\\Windows\\cmd.exe)" } },
		{ "/Subtype/RichMedia", NULL,
		  { "script: pdf rich media" } },
		{ "/Type/Filespec/UF<FEFF0061002E006A0073>", NULL,
		  { "executable: name (a.js)", "script: name (a.js)" } },
		{ "/Type/Filespec/F(factur-x.xml)", NULL, { NULL } },
		{ "/F 4/Subtype/Link", NULL, { NULL } },
		{ "/Length 9", "q /JS (x) Q", { NULL } },
		{ "/Length 9", "/S/JavaScript", { SCRIPT } },
		{ "/Type/ObjStm/Length 9", "<</JS(x)>>", { SCRIPT } },
		{ "/Type/ObjStm/Filter/ASCIIHexDecode",
		  "3C 3C 2F 4A 53 28 78 29 3E 3E >", { SCRIPT } },
		{ "/Type/ObjStm/Filter/AHx", "3C3C3E3E>", { NULL } },
		/* "/JS(x)" */
		{ "/Type/ObjStm/Filter/A85", "/i`7n2uo~>", { NULL } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mm_buf pdf;

		make_pdf(&pdf, cases[i].dict, cases[i].stream,
			 cases[i].stream != NULL ? strlen(cases[i].stream)
						 : 0);
		expect(cases[i].dict, PDF, pdf.data, pdf.len, cases[i].want);
		mm_buf_clear(&pdf);
	}
}

/* The engine takes escapes alone for a virus. */
static void test_escaped(void **state)
{
	static const char *const dicts[] = {
		"/S/J#61vaScript", "/#4a#53(x)", "/#4A#53(x)", "/#4aS(x)",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(dicts) / sizeof(dicts[0]); i++) {
		struct mm_report report;
		struct mm_buf pdf, mail;

		make_pdf(&pdf, dicts[i], NULL, 0);
		fix_mail(&mail, PDF, pdf.data, pdf.len);
		fix_inspect(engine, &conf, mail.data, mail.len, &report);
		fix_print(dicts[i], &report);
		assert_true(has_detail(&report, SCRIPT));
		mm_report_clear(&report);
		mm_buf_clear(&mail);
		mm_buf_clear(&pdf);
	}
}

/* Objects in a compressed stream, far behind its beginning as well. */
static void test_object_stream(void **state)
{
	static const size_t offsets[] = { 0, 16370, 16375, 16380, 100000 };
	const size_t size = 120000;
	char *text = mm_xcalloc(size, 1);
	unsigned char *packed = mm_xcalloc(size, 1);

	(void)state;
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		uLongf len = size;
		struct mm_buf pdf;

		memset(text, ' ', size);
		memcpy(text + offsets[i], "<</S/JavaScript>>", 17);
		assert_int_equal(compress(packed, &len,
					  (const Bytef *)text, size), Z_OK);
		make_pdf(&pdf, "/Type/ObjStm/N 1/First 4/Filter/FlateDecode",
			 packed, len);
		expect("deflated", PDF, pdf.data, pdf.len, WANT(SCRIPT));
		mm_buf_clear(&pdf);
		make_pdf(&pdf, "/Type /ObjStm /Filter [ /Fl ]", packed, len);
		expect("short name", PDF, pdf.data, pdf.len, WANT(SCRIPT));
		mm_buf_clear(&pdf);
		make_pdf(&pdf, "/Type/ObjStm/Filter/FlateDecode", packed, 1);
		expect("cut", PDF, pdf.data, pdf.len, NOTHING);
		mm_buf_clear(&pdf);
	}
	free(packed);
	free(text);
}

static bool collect(void *context, const unsigned char *data, size_t len)
{
	return mm_buf_put(context, data, len) == 0;
}

static void test_decode(void **state)
{
	static const struct {
		const char *dict;
		const char *data;
		const char *want;
	} cases[] = {
		{ "", "abc", "abc" },
		{ "/Filter/A85", "9jqo^BlbD-BleB1DJ+*+F(f,q~>",
		  "Man is distinguished" },
		{ "/Filter/ASCII85Decode", "9jq o^~>", "Man " },
		{ "/Filter/A85", "9jqo~>", "Man" },
		{ "/Filter/AHx", "4d 61 6E>ff", "Man" },
		{ "/Filter[/AHx/AHx]", "346436313665>", "Man" },
		{ "/Filter/LZWDecode", "abc", "" },
		{ "/Filter[/FlateDecode]", "not zlib", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mm_buf out;
		const struct mm_pdf_sink sink = {
			.context = &out, .piece = collect,
		};

		mm_buf_init(&out, 1000);
		mm_pdf_decode((const unsigned char *)cases[i].dict,
			      strlen(cases[i].dict),
			      (const unsigned char *)cases[i].data,
			      strlen(cases[i].data), &sink);
		assert_string_equal(mm_buf_str(&out), cases[i].want);
		mm_buf_clear(&out);
	}
}

/* The analyzer counts what it unpacks by itself. */
static void test_budget(void **state)
{
	char text[4096] = "<</S/JavaScript>>";
	unsigned char packed[4096];
	uLongf len = sizeof(packed);
	struct mm_mail none = { 0 };
	struct mm_conf small = conf;
	struct mm_report report;
	struct mm_walk *walk;
	struct mm_buf pdf;

	(void)state;
	assert_int_equal(compress(packed, &len, (const Bytef *)text,
				  sizeof(text)), Z_OK);
	make_pdf(&pdf, "/Type/ObjStm/Filter/FlateDecode", packed, len);
	small.limits_unpacked_size = 4096;
	for (int i = 0; i < 2; i++) {
		const struct mm_item item = {
			.data = (const unsigned char *)pdf.data,
			.len = pdf.len, .type = "pdf", .name = "",
			.mime_type = "", .leaf = -1,
		};

		mm_report_init(&report);
		walk = mm_walk_new(&small, MM_DEADLINE_NONE, &none, &report);
		mm_pdf_analyze(walk, &item);
		assert_int_equal(mm_walk_stopped(walk, -1), i == 1);
		mm_walk_free(&walk);
		mm_report_clear(&report);
		small.limits_unpacked_size--;
	}
	mm_buf_clear(&pdf);
}

/* A bomb ends at the limit of what may be unpacked. */
static void test_bomb(void **state)
{
	const size_t size = 100 << 20;
	unsigned char *zero = mm_xcalloc(size, 1);
	uLongf len = compressBound(size);
	unsigned char *packed = mm_xcalloc(len, 1);
	struct mm_report report;
	struct mm_buf pdf, mail;

	(void)state;
	assert_int_equal(compress(packed, &len, zero, size), Z_OK);
	make_pdf(&pdf, "/Type/ObjStm/Filter/FlateDecode", packed, len);
	fix_mail(&mail, PDF, pdf.data, pdf.len);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	fix_print("bomb", &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_NOT_CHECKED);
	assert_non_null(fix_find(&report, MM_KIND_LIMIT, "2"));
	mm_report_clear(&report);
	mm_buf_clear(&mail);
	mm_buf_clear(&pdf);
	free(packed);
	free(zero);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_escaped),
		cmocka_unit_test(test_object_stream),
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_bomb),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
