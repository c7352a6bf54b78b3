/* exim_local_scan/envelope.c: header lines, the mark, line ends. */
#include "tests/unit/exim/unit.h"

#include <sys/mman.h>
#include <unistd.h>

#include "exim_local_scan/envelope.h"

/* A copy of exactly len bytes without a final NUL, so that an overread is
 * seen by the sanitizer. */
static char *copy_of(const char *text, size_t len)
{
	char *copy = malloc(len > 0 ? len : 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	return copy;
}

static void ours(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} cases[] = {
		{ "X-Mamori-Result: clean\n", true },
		{ "x-mamori-result : clean\n", true },
		{ "X-MAMORI-\n", true },
		{ "X-Mamori-Pending:\n a\n", true },
		{ "X-Mamori: a\n", false },
		{ "X-Mamor", false },
		{ "", false },
		{ "Subject: X-Mamori-Result: a\n", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		size_t len = strlen(cases[i].text);
		char *copy = copy_of(cases[i].text, len);

		if (mm_header_is_ours(copy, len) != cases[i].want)
			fail_msg("%s", cases[i].text);
		free(copy);
	}
}

static void marks(void **state)
{
	static const struct {
		const char *text;
		int want;
		uint32_t uid;
		const char *login;
	} cases[] = {
		{ "X-Mamori-Pending: uid=33; login=www-data\n", 1, 33,
		  "www-data" },
		{ "x-mamori-pending: uid=0; login=\n", 1, 0, "" },
		{ "X-Mamori-Pending: uid=4294967295; login=a.b_c\n", 1,
		  4294967295u, "a.b_c" },
		{ "X-Mamori-Pending: uid=4294967296; login=a\n",
		  MM_ERR_FORMAT, 0, NULL },
		{ "X-Mamori-Pending: uid=-1; login=a\n", MM_ERR_FORMAT, 0,
		  NULL },
		{ "X-Mamori-Pending: uid=; login=a\n", MM_ERR_FORMAT, 0, NULL },
		{ "X-Mamori-Pending: uid=111111111111111; login=a\n",
		  MM_ERR_FORMAT, 0, NULL },
		{ "X-Mamori-Pending: uid=1; login=a b\n", MM_ERR_FORMAT, 0,
		  NULL },
		{ "X-Mamori-Pending: uid=1; login=a\n b\n", MM_ERR_FORMAT, 0,
		  NULL },
		{ "X-Mamori-Pending: uid=1; login=a", MM_ERR_FORMAT, 0, NULL },
		{ "X-Mamori-Pending: uid=1\n", MM_ERR_FORMAT, 0, NULL },
		{ "X-Mamori-Pending : uid=1; login=a\n", MM_ERR_FORMAT, 0,
		  NULL },
		{ "X-Mamori-Pending:", MM_ERR_FORMAT, 0, NULL },
		{ "X-Mamori-Pendin", 0, 0, NULL },
		{ "X-Mamori-Pending", 0, 0, NULL },
		{ "X-Mamori-Pendings: uid=1; login=a\n", 0, 0, NULL },
		{ "X-Mamori-Result: uid=1; login=a\n", 0, 0, NULL },
	};
	struct mm_mark mark;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		size_t len = strlen(cases[i].text);
		char *copy = copy_of(cases[i].text, len);
		int got = mm_mark_parse(copy, len, &mark);

		free(copy);
		if (got != cases[i].want)
			fail_msg("%s: got %d", cases[i].text, got);
		if (got != 1)
			continue;
		assert_int_equal(mark.uid, cases[i].uid);
		assert_string_equal(mark.login, cases[i].login);
	}
}

static void marks_cut_anywhere(void **state)
{
	static const char whole[] = "X-Mamori-Pending: uid=33; login=www\n";
	struct mm_mark mark;
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(whole) - 1; len++) {
		char *copy = copy_of(whole, len);

		assert_int_not_equal(mm_mark_parse(copy, len, &mark), 1);
		free(copy);
	}
}

static void marks_return(void **state)
{
	static const struct {
		const char *login;
		const char *want;
	} cases[] = {
		{ "www-data", "www-data" },
		{ NULL, "" },
		{ "a\nX-Evil: 1", "" },
		{ "a;b", "" },
		{ "0123456789012345678901234567890123456789012345678901234567"
		  "890123", "01234567890123456789012345678901234567890123456789"
		  "01234567890123" },
		{ "0123456789012345678901234567890123456789012345678901234567"
		  "8901234", "" },
	};
	struct mm_mark in, out;
	struct mm_buf buf;
	size_t i;

	(void)state;
	mm_buf_init(&buf, 200);
	for (i = 0; i < COUNT(cases); i++) {
		mm_mark_set(&in, UINT32_MAX - (uint32_t)i, cases[i].login);
		mm_buf_reset(&buf);
		assert_int_equal(mm_buf_printf(&buf, MM_MARK_LINE,
					       (unsigned long)in.uid, in.login),
				 0);
		assert_int_equal(mm_mark_parse(buf.data, buf.len, &out), 1);
		assert_int_equal(out.uid, UINT32_MAX - (uint32_t)i);
		assert_string_equal(out.login, cases[i].want);
	}
	mm_buf_clear(&buf);
}

static void line_ends(void **state)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ "", 0 },
		{ "a\nb\n", 0 },
		{ "a\r\nb\r\n", 1 },
		{ "\r\n", 1 },
		{ "\n", 0 },
		{ "bare\nthen\r\n", 1 },
		{ "a\rb\n", 0 },
		{ "\r", 0 },
	};
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		fd = memfd_create("body", 0);
		assert_true(fd >= 0);
		/* The CR before the offset is not the body's. */
		assert_int_equal(write(fd, "name-D\r", 7), 7);
		assert_int_equal(write(fd, cases[i].text,
				       strlen(cases[i].text)),
				 strlen(cases[i].text));
		assert_int_equal(mm_body_is_wireformat(fd, 7), cases[i].want);
		close(fd);
	}
	assert_int_equal(mm_body_is_wireformat(-1, 0), MM_ERR_SYS);
}

static void a_line_end_across_two_reads(void **state)
{
	char text[16384 + 1];
	int fd = memfd_create("body", 0);

	(void)state;
	memset(text, 'x', sizeof(text));
	text[16383] = '\r';
	text[16384] = '\n';
	assert_int_equal(write(fd, text, sizeof(text)), sizeof(text));
	assert_int_equal(mm_body_is_wireformat(fd, 0), 1);
	close(fd);
}

static void header_texts(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} cases[] = {
		{ "A: b\n", true },
		{ "A:\n", true },
		{ "A: b\n c\n\td\n", true },
		{ "A: \xc3\xa9\n", true },
		{ "", false },
		{ "\n", false },
		{ "A: b", false },
		{ "A: b\nB: c\n", false },
		{ "A: b\n\n", false },
		{ "A b\n", false },
		{ ": b\n", false },
		{ "A : b\n", false },
		{ " A: b\n", false },
		{ "A\xc3\xa9: b\n", false },
		{ "A: b\r\n", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		if (mm_header_is_valid(cases[i].text) != cases[i].want)
			fail_msg("%s", cases[i].text);
}

static void header_lengths(void **state)
{
	char text[32002];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[1] = ':';
	text[31999] = '\n';
	text[32000] = '\0';
	assert_true(mm_header_is_valid(text));
	text[31999] = 'x';
	text[32000] = '\n';
	text[32001] = '\0';
	assert_false(mm_header_is_valid(text));
}

static void dsn(void **state)
{
	static const struct {
		unsigned int flags;
		const char *orcpt;
		const char *want;
	} cases[] = {
		{ 0, NULL, "" },
		{ 1, NULL, "" },
		{ 0x02, NULL, "NOTIFY=NEVER" },
		{ 0x04 | 0x08, NULL, "NOTIFY=SUCCESS,FAILURE" },
		{ 0x1d, "rfc822;a+2Bb@c",
		  "NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;a+2Bb@c" },
		{ 0, "rfc822;a@b", "ORCPT=rfc822;a@b" },
		{ 0x02, "", "NOTIFY=NEVER" },
		{ 0x02, "rfc822;a b", "NOTIFY=NEVER" },
		{ 0, "rfc822;a@b\r\nDATA", "" },
	};
	struct mm_buf out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		mm_buf_init(&out, 4096);
		assert_int_equal(mm_dsn_options(&out, cases[i].flags,
						cases[i].orcpt),
				 0);
		assert_string_equal(mm_buf_str(&out), cases[i].want);
		mm_buf_clear(&out);
	}
}

static void results(void **state)
{
	(void)state;
	assert_true(mm_header_is_result("X-Mamori-Result: clean\n"));
	assert_true(mm_header_is_result("x-mamori-result:\n"));
	assert_false(mm_header_is_result("X-Mamori-Result : clean\n"));
	assert_false(mm_header_is_result("X-Mamori-Results: clean\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ours),
		cmocka_unit_test(marks),
		cmocka_unit_test(marks_cut_anywhere),
		cmocka_unit_test(marks_return),
		cmocka_unit_test(line_ends),
		cmocka_unit_test(a_line_end_across_two_reads),
		cmocka_unit_test(header_texts),
		cmocka_unit_test(header_lengths),
		cmocka_unit_test(dsn),
		cmocka_unit_test(results),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
