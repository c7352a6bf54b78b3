/*
 * Long attachments are scanned once, and everything is found all the same.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/fixture.h"
#include "mamorid/inspect/base64_cut.h"

#define LONG (90u << 10)
#define BIN "Content-Type: application/octet-stream; name=a.bin\n"
#define BOUND_MARK "only inside a mail does this mark count"
#define FREE_MARK "this mark counts wherever it stands, always"

static struct mm_conf conf;
static struct mm_engine *engine;

static void hex(struct mm_buf *out, const char *text)
{
	for (; *text != '\0'; text++)
		assert_int_equal(mm_buf_printf(out, "%02x",
				 (unsigned int)(unsigned char)*text), 0);
}

static int setup(void **state)
{
	char path[128];
	struct mm_buf lines;

	fix_open(state);
	mm_buf_init(&lines, 65536);
	assert_int_equal(mm_buf_puts(&lines, "Test.Bound;Engine:51-255,"
		"Container:CL_TYPE_MAIL,Target:0;0;"), 0);
	hex(&lines, BOUND_MARK);
	assert_int_equal(mm_buf_puts(&lines, "\nTest.Free;Engine:51-255,"
				     "Target:0;0;"), 0);
	hex(&lines, FREE_MARK);
	/* Of mails of a certain size. */
	assert_int_equal(mm_buf_puts(&lines, "\nTest.Sized;Engine:51-255,"
		"FileSize:50000-90000000,Target:4;0;"), 0);
	hex(&lines, "sized mails have this text");
	assert_int_equal(mm_buf_puts(&lines, "\n"), 0);
	snprintf(path, sizeof(path), "%s/test.ldb", fix_db);
	fix_write(path, lines.data, lines.len);
	mm_buf_clear(&lines);
	assert_int_equal(mm_conf_init(&conf), 0);
	engine = fix_engine(&conf);
	assert_true(mm_engine_parts_alone(engine));
	return 0;
}

static int teardown(void **state)
{
	mm_engine_free(&engine);
	mm_conf_clear(&conf);
	return fix_close(state);
}

/* Bytes that look like nothing, with a text somewhere in them. */
static unsigned char *content(const char *mark, size_t at)
{
	unsigned char *data = mm_xcalloc(LONG, 1);
	uint32_t x = 1;

	for (size_t i = 0; i < LONG; i++) {
		x = x * 1664525u + 1013904223u;
		data[i] = (unsigned char)(x >> 24);
	}
	if (mark != NULL)
		memcpy(data + at, mark, strlen(mark));
	return data;
}

static void make(struct mm_buf *mail, const char *mark, size_t at)
{
	unsigned char *data = content(mark, at);

	fix_mail(mail, BIN, data, LONG);
	free(data);
}

/* How many attachments are cut, and how short the message gets. */
static size_t cuts_of(const struct mm_buf *mail, size_t *len_r)
{
	struct mm_mime_limits limits = { .parts = 100,
					 .deadline = MM_DEADLINE_NONE };
	struct mm_base64_cuts cuts;
	struct mm_source source;
	struct mm_mail parts;
	size_t count;

	assert_int_equal(mm_source_from_memory(&source, mail->data, mail->len,
					       SIZE_MAX), 0);
	mm_mime_read(source.data + source.prefix, source.len - source.prefix,
		     &limits, &parts);
	assert_int_equal(mm_base64_cut(&source, &parts, &cuts), 0);
	count = cuts.count;
	*len_r = count > 0 ? cuts.len : source.len;
	mm_base64_cuts_clear(&cuts);
	mm_mime_clear(&parts);
	mm_source_clear(&source);
	return count;
}

static void expect(const char *name, const struct mm_buf *mail,
		   const char *detail, const char *part)
{
	const struct mm_finding *got;
	struct mm_report report;

	fix_inspect(engine, &conf, mail->data, mail->len, &report);
	fix_print(name, &report);
	if (detail == NULL) {
		assert_int_equal(report.findings.verdict, MM_VERDICT_CLEAN);
		assert_int_equal(report.findings.count, 0);
	} else {
		got = fix_find(&report, MM_KIND_VIRUS, part);
		assert_non_null(got);
		assert_string_equal(got->detail, detail);
		assert_int_equal(report.findings.count, 1);
	}
	mm_report_clear(&report);
}

static void test_is_cut(void **state)
{
	struct mm_buf mail;
	size_t len;

	(void)state;
	make(&mail, NULL, 0);
	assert_true(mail.len > 120000);
	assert_int_equal(cuts_of(&mail, &len), 1);
	assert_true(len < 7000);
	expect("clean", &mail, NULL, NULL);
	mm_buf_clear(&mail);
}

static void test_found_anywhere(void **state)
{
	static const size_t places[] = { 0, 3000, 4000, LONG / 2, LONG - 900,
					 LONG - 50 };
	struct mm_buf mail;

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		make(&mail, FREE_MARK, places[i]);
		expect("free", &mail, "Test.Free.UNOFFICIAL", "2");
		mm_buf_clear(&mail);
		make(&mail, BOUND_MARK, places[i]);
		expect("bound to a mail", &mail, "Test.Bound.UNOFFICIAL",
		       "2");
		mm_buf_clear(&mail);
	}
}

/* The condition holds: the same bytes without a mail are clean. */
static void test_bound_needs_its_mail(void **state)
{
	struct mm_buf mail;

	(void)state;
	mm_buf_init(&mail, MAIL_MAX);
	assert_int_equal(mm_buf_puts(&mail, "From: a@b\nSubject: "
				     BOUND_MARK "\n\nhello\n"), 0);
	expect("mark in the header", &mail, NULL, NULL);
	mm_buf_clear(&mail);
}

static void test_size_of_the_mail(void **state)
{
	struct mm_buf mail;

	(void)state;
	make(&mail, NULL, 0);
	assert_int_equal(mm_buf_puts(&mail, "sized mails have this text\n"),
			 0);
	expect("sized", &mail, "Test.Sized.UNOFFICIAL", "");
	mm_buf_clear(&mail);
}

static void add_part(struct mm_buf *mail, const void *data, size_t len)
{
	mm_buf_truncate(mail, mail->len - strlen("--bb--\n"));
	assert_int_equal(mm_buf_puts(mail, "--bb\n" BIN
		"Content-Transfer-Encoding: base64\n\n"), 0);
	fix_base64(mail, data, len);
	assert_int_equal(mm_buf_puts(mail, "--bb--\n"), 0);
}

static void test_what_follows_is_scanned(void **state)
{
	unsigned char *data = content(FREE_MARK, LONG / 2);
	struct mm_buf eicar;
	struct mm_buf mail;
	size_t len;

	(void)state;
	fix_eicar(&eicar);
	make(&mail, NULL, 0);
	add_part(&mail, eicar.data, eicar.len);
	expect("virus behind", &mail, EICAR_NAME, "3");
	mm_buf_clear(&mail);

	make(&mail, NULL, 0);
	add_part(&mail, data, LONG);
	assert_int_equal(cuts_of(&mail, &len), 2);
	expect("the second of two", &mail, "Test.Free.UNOFFICIAL", "3");
	mm_buf_clear(&mail);
	mm_buf_clear(&eicar);
	free(data);
}

/* Twice the same begin, end and size: each is the part that it seems to be. */
static void test_twins(void **state)
{
	unsigned char *data = content(FREE_MARK, LONG / 2);
	struct mm_report report;
	struct mm_buf mail;

	(void)state;
	make(&mail, FREE_MARK, LONG / 2);
	add_part(&mail, data, LONG);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	assert_non_null(fix_find(&report, MM_KIND_VIRUS, "2"));
	assert_non_null(fix_find(&report, MM_KIND_VIRUS, "3"));
	mm_report_clear(&report);
	mm_buf_clear(&mail);
	free(data);
}

/* What libclamav reads in another way than GMime needs the whole message. */
static void test_other_readings(void **state)
{
	static const char *const headers[] = {
		"Content-Type: application/octet-stream\n"
		"Content-Transfer-Encoding: 7bit\n",
		"Content-Type: application/octet-stream\n"
		"Content-Transfer-Encoding: \"base64\"\n",
		"Content-Type: application/octet-stream\n"
		"Content-Transfer-Encoding: x-unknown\n",
		"Content-Type: text/plain\n",
		"Content-Type: text/html; name=a.html\n",
		"Content-Type: message/rfc822\n",
		"Content-Type: multipart/mixed; boundary=none\n",
		"Content-Type: application/octet-stream; name=a.bin\n"
		"Content-Type: text/plain\n",
		"", "Content-Type:\n", "X: y\n",
	};
	unsigned char *data = content(FREE_MARK, LONG / 2);
	struct mm_report report;
	struct mm_buf mail;

	(void)state;
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		fix_mail(&mail, headers[i], data, LONG);
		fix_inspect(engine, &conf, mail.data, mail.len, &report);
		fix_print(headers[i], &report);
		assert_int_equal(report.findings.verdict,
				 MM_VERDICT_INFECTED);
		mm_report_clear(&report);
		mm_buf_clear(&mail);
	}
	free(data);
}

/* One strange byte in the text, and it is looked at as it stands. */
static void test_strange_lines_stay(void **state)
{
	static const struct {
		const char *name;
		size_t line;	/* of the text */
		const char *put;
	} cases[] = {
		{ "padding in the middle", 800, "AAA=" },
		{ "blank", 800, "A AA" },
		{ "uuencode", 800, "begin 644 x" },
		{ "NUL-like", 800, "\x01" },
		{ "boundary-like", 800, "--" },
		{ "eight bits", 800, "\xe3\x81\x82" },
	};
	struct mm_buf mail;
	size_t all, len;
	char *text;

	(void)state;
	make(&mail, NULL, 0);
	assert_int_equal(cuts_of(&mail, &all), 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		mm_buf_clear(&mail);
		make(&mail, NULL, 0);
		text = strstr(mail.data, "base64\n\n") + strlen("base64\n\n");
		memcpy(text + cases[i].line * 77, cases[i].put,
		       strlen(cases[i].put));
		print_message("%s\n", cases[i].name);
		/* Cut up to that line at most. */
		if (cuts_of(&mail, &len) > 0)
			assert_true(len > all + 50000);
	}
	mm_buf_clear(&mail);
}

/* Lines with CRLF, and of other lengths. */
static void test_line_forms(void **state)
{
	unsigned char *data = content(BOUND_MARK, LONG / 2);
	static const struct {
		const char *name;
		int bytes;	/* of content a line */
		const char *end;
		size_t cuts;
	} cases[] = {
		{ "76 and CRLF", 57, "\r\n", 1 },
		{ "64", 48, "\n", 1 },
		{ "60", 45, "\n", 1 },
		{ "one line of all", LONG, "\n", 0 },
		{ "short lines", 12, "\n", 0 },
	};
	unsigned char *line = mm_xcalloc(2 * LONG, 1);
	struct mm_buf mail;
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fix_mail(&mail, BIN, "", 0);
		mm_buf_truncate(&mail, mail.len - strlen("--bb--\n"));
		for (size_t at = 0; at < LONG; at += (size_t)cases[i].bytes) {
			int n = (int)(LONG - at) < cases[i].bytes
				? (int)(LONG - at) : cases[i].bytes;

			EVP_EncodeBlock(line, data + at, n);
			assert_int_equal(mm_buf_printf(&mail, "%s%s",
				(char *)line, cases[i].end), 0);
		}
		assert_int_equal(mm_buf_puts(&mail, "--bb--\n"), 0);
		assert_int_equal(cuts_of(&mail, &len), cases[i].cuts);
		expect(cases[i].name, &mail, "Test.Bound.UNOFFICIAL", "2");
		mm_buf_clear(&mail);
	}
	free(line);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is_cut),
		cmocka_unit_test(test_found_anywhere),
		cmocka_unit_test(test_bound_needs_its_mail),
		cmocka_unit_test(test_size_of_the_mail),
		cmocka_unit_test(test_what_follows_is_scanned),
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_other_readings),
		cmocka_unit_test(test_strange_lines_stay),
		cmocka_unit_test(test_line_forms),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
