/*
 * What Outlook packs into winmail.dat.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "mamorid/inspect/tnef.h"
#include "mamorid/inspect/tnef_rtf.h"
#include "tests/unit/inspect/inspect_fixture.h"

static void put(struct mm_buf *out, const void *data, size_t len)
{
	assert_int_equal(mm_buf_put(out, data, len), 0);
}

static void put_le(struct mm_buf *out, uint32_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		const unsigned char c = (unsigned char)(value >> (8 * i));

		put(out, &c, 1);
	}
}

static void start(struct mm_buf *out)
{
	mm_buf_init(out, MAIL_MAX);
	put_le(out, 0x223e9f78, 4);
	put_le(out, 1, 2);
}

static void attribute(struct mm_buf *out, uint32_t id, const void *data,
		      size_t len)
{
	put_le(out, 2, 1);
	put_le(out, id, 4);
	put_le(out, (uint32_t)len, 4);
	put(out, data, len);
	put_le(out, 0, 2);	/* the checksum, which clients ignore */
}

/* One property of variable size. */
static void property(struct mm_buf *out, uint32_t tag, const void *data,
		     size_t len)
{
	put_le(out, tag, 4);
	put_le(out, 1, 4);
	put_le(out, (uint32_t)len, 4);
	put(out, data, len);
	put(out, "\0\0\0", (4 - len % 4) % 4);
}

static void try_tnef(const char *name, const struct mm_buf *tnef, bool bad)
{
	struct mm_report report;
	struct mm_buf mail;

	fix_mail(&mail, "Content-Type: application/ms-tnef; "
		 "name=winmail.dat\n", tnef->data, tnef->len);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	fix_print(name, &report);
	assert_int_equal(report.findings.verdict,
			 bad ? MM_VERDICT_INFECTED : MM_VERDICT_CLEAN);
	if (bad)
		assert_non_null(fix_find(&report, MM_KIND_VIRUS, "2"));
	else
		assert_int_equal(report.findings.count, 0);
	mm_report_clear(&report);
	mm_buf_clear(&mail);
}

/* The payload is text in UTF-16: nothing that a scanner would find by looking
 * at the bytes of winmail.dat. */
static void attachment(struct mm_buf *out, const struct mm_buf *file)
{
	start(out);
	attribute(out, 0x00069002, "\0\0\0\0", 4);
	attribute(out, 0x0006800f, file->data, file->len);
	attribute(out, 0x00018010, "e.txt", 6);
}

static void as_object(struct mm_buf *out, const struct mm_buf *file)
{
	struct mm_buf props, object;

	mm_buf_init(&object, MAIL_MAX);
	put(&object, "0123456789abcdef", 16);
	put(&object, file->data, file->len);
	mm_buf_init(&props, MAIL_MAX);
	put_le(&props, 4, 4);
	put_le(&props, 0x370e0003, 4);	/* a number */
	put_le(&props, 7, 4);
	put_le(&props, 0x8001001e, 4);	/* one with a name of its own */
	put(&props, "0123456789abcdef\1\0\0\0\6\0\0\0a\0b\0\0\0\0\0", 32);
	put(&props, "\1\0\0\0\2\0\0\0x\0\0\0", 12);
	property(&props, 0x3707001f, "e\0.\0t\0x\0t\0\0\0", 12);
	property(&props, 0x3701000d, object.data, object.len);
	start(out);
	attribute(out, 0x00069002, "\0\0\0\0", 4);
	attribute(out, 0x00069005, props.data, props.len);
	mm_buf_clear(&props);
	mm_buf_clear(&object);
}

static void as_html(struct mm_buf *out, const struct mm_buf *file)
{
	struct mm_buf props;

	mm_buf_init(&props, MAIL_MAX);
	put_le(&props, 1, 4);
	property(&props, 0x10130102, file->data, file->len);
	start(out);
	attribute(out, 0x00069003, props.data, props.len);
	mm_buf_clear(&props);
}

static void embedded(struct mm_buf *out, const struct mm_buf *file)
{
	struct mm_buf inner;

	attachment(&inner, file);
	as_object(out, &inner);
	mm_buf_clear(&inner);
}

static void test_forms(void **state)
{
	static const struct {
		const char *name;
		void (*make)(struct mm_buf *out, const struct mm_buf *file);
	} forms[] = {
		{ "attachment", attachment },
		{ "attachment as an object", as_object },
		{ "HTML body", as_html },
		{ "embedded message", embedded },
	};
	struct mm_buf eicar, harmless, file, tnef;

	(void)state;
	fix_eicar(&eicar);
	mm_buf_init(&harmless, 64);
	put(&harmless, "hello", 5);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		for (int bad = 0; bad < 2; bad++) {
			const struct mm_buf *in = bad ? &eicar : &harmless;

			mm_buf_init(&file, MAIL_MAX);
			put(&file, "\xff\xfe", 2);
			for (size_t k = 0; k < in->len; k++)
				put_le(&file, (unsigned char)in->data[k], 2);
			forms[i].make(&tnef, &file);
			try_tnef(forms[i].name, &tnef, bad);
			mm_buf_clear(&tnef);
			mm_buf_clear(&file);
		}
	}
	mm_buf_clear(&harmless);
	mm_buf_clear(&eicar);
}

/* libclamav opens attached archives as if they were one, whose headers then
 * would disagree. */
static void test_two_zips(void **state)
{
	struct mm_buf text, zip, tnef;

	(void)state;
	mm_buf_init(&text, 64);
	put(&text, "hello", 5);
	fix_zip(&zip, NULL, "a.txt", &text);
	attachment(&tnef, &zip);
	mm_buf_clear(&zip);
	fix_zip(&zip, NULL, "b.txt", &text);
	attribute(&tnef, 0x00069002, "\0\0\0\0", 4);
	attribute(&tnef, 0x0006800f, zip.data, zip.len);
	try_tnef("two zips", &tnef, false);
	mm_buf_clear(&tnef);
	mm_buf_clear(&zip);
	mm_buf_clear(&text);
}

/* MS-OXRTFCP 3.1.1: the examples of the specification. */
static void test_rtf(void **state)
{
	static const unsigned char simple[] = {
		0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xf1,
		0xc5, 0xc7, 0xa7, 0x03, 0x00, 0x0a, 0x00, 0x72, 0x63, 0x70,
		0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68,
		0x65, 0x6c, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c,
		0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0,
	};
	static const char want[] =
		"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n";
	unsigned char *rtf;
	size_t len = 0;

	(void)state;
	rtf = mm_tnef_rtf(simple, sizeof(simple), 1000, &len);
	assert_non_null(rtf);
	assert_int_equal(len, sizeof(want) - 1);
	assert_memory_equal(rtf, want, len);
	free(rtf);
	/* Never more than allowed, and no part of it is taken for another. */
	rtf = mm_tnef_rtf(simple, sizeof(simple), 5, &len);
	assert_non_null(rtf);
	assert_int_equal(len, 5);
	free(rtf);
	for (size_t cut = 0; cut <= 16; cut++)
		assert_null(mm_tnef_rtf(simple, cut, 1000, &len));
	for (size_t cut = 17; cut < sizeof(simple); cut++) {
		rtf = mm_tnef_rtf(simple, cut, 1000, &len);
		assert_non_null(rtf);
		assert_memory_equal(rtf, want, len);
		free(rtf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_two_zips),
		cmocka_unit_test(test_rtf),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
