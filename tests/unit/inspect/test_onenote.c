/*
 * OneNote sections with files in them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/active_fixture.h"

#define ONE "Content-Type: application/onenote; name=a.one\n"

static void make_section(struct mm_buf *out, const char *name,
			 const void *data, size_t len, uint64_t claimed)
{
	static const unsigned char head[] = {
		0xe4, 0x52, 0x5c, 0x7b, 0x8c, 0xd8, 0xa7, 0x4d,
		0xae, 0xb1, 0x53, 0x78, 0xd0, 0x29, 0x96, 0xd3,
	};
	static const unsigned char file[] = {
		0xe7, 0x16, 0xe3, 0xbd, 0x65, 0x26, 0x11, 0x45,
		0xa4, 0xc4, 0x8d, 0x4d, 0x0b, 0x7a, 0x9e, 0xac,
	};
	unsigned char numbers[20] = { 0 };

	mm_buf_init(out, MAIL_MAX);
	assert_int_equal(mm_buf_put(out, head, sizeof(head)), 0);
	assert_int_equal(mm_buf_put(out, "\0\0\0\0", 4), 0);
	for (; *name != '\0'; name++)
		assert_int_equal(mm_buf_put(out, (const char[]){ *name, 0 },
					    2), 0);
	assert_int_equal(mm_buf_put(out, "\0\0\0\0", 4), 0);
	for (int i = 0; i < 8; i++)
		numbers[i] = (unsigned char)(claimed >> (8 * i));
	assert_int_equal(mm_buf_put(out, file, sizeof(file)), 0);
	assert_int_equal(mm_buf_put(out, numbers, sizeof(numbers)), 0);
	assert_int_equal(mm_buf_put(out, data, len), 0);
	assert_int_equal(mm_buf_put(out, "\0\0\0\0", 4), 0);
}

static void test_files(void **state)
{
	static const char lnk[] =
		"\x4c\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46";
	static const char hta[] = "<html><script>x</script></html>";
	static const char png[] = "\x89PNG\r\n\x1a\n";
	struct mm_buf one;

	(void)state;
	make_section(&one, "a.lnk", lnk, sizeof(lnk), sizeof(lnk));
	expect("lnk", ONE, one.data, one.len,
	       WANT("executable: lnk", "executable: name (a.lnk)"));
	mm_buf_clear(&one);
	make_section(&one, "Open.hta", hta, sizeof(hta) - 1, sizeof(hta) - 1);
	expect("hta", ONE, one.data, one.len,
	       WANT("executable: name (Open.hta)",
		    "script: name (Open.hta)", "script: element"));
	mm_buf_clear(&one);
	make_section(&one, "picture.png", png, sizeof(png), sizeof(png));
	expect("png", ONE, one.data, one.len, NOTHING);
	mm_buf_clear(&one);
	make_section(&one, "a.txt", hta, sizeof(hta) - 1, UINT64_MAX);
	expect("long", ONE, one.data, one.len, WANT("script: element"));
	for (size_t len = 0; len < one.len; len += 7) {
		struct mm_report report;
		struct mm_buf mail;

		fix_mail(&mail, ONE, one.data, len);
		fix_inspect(engine, &conf, mail.data, mail.len, &report);
		mm_report_clear(&report);
		mm_buf_clear(&mail);
	}
	mm_buf_clear(&one);
}

static void test_virus(void **state)
{
	struct mm_report report;
	struct mm_buf eicar, one, mail;

	(void)state;
	fix_eicar(&eicar);
	make_section(&one, "x", eicar.data, eicar.len, eicar.len);
	fix_mail(&mail, ONE, one.data, one.len);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	assert_int_equal(report.findings.verdict, MM_VERDICT_INFECTED);
	mm_report_clear(&report);
	mm_buf_clear(&mail);
	mm_buf_clear(&one);
	mm_buf_clear(&eicar);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_virus),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
