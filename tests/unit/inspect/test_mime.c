/*
 * The structure of messages: part numbers, names, and bounds.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/fixture.h"
#include "mamorid/inspect/mime.h"

#define SAMPLES "tests/data/mail/"

static const struct mm_mime_limits limits = {
	.parts = 10000, .deadline = MM_DEADLINE_NONE,
};

static void read_text(const char *text, struct mm_mail *mail)
{
	mm_mime_read((const unsigned char *)text, strlen(text), &limits, mail);
}

struct leaf_want {
	const char *part;
	const char *mime_type;
	const char *name;
	bool in_body;
	const char *content;	/* NULL: not compared */
};

static void check_leaves(const struct mm_mail *mail,
			 const struct leaf_want *want, size_t count)
{
	assert_null(mail->limit);
	assert_int_equal(mail->count, count);
	for (size_t i = 0; i < count; i++) {
		const struct mm_leaf *got = &mail->leaves[i];

		assert_string_equal(got->part, want[i].part);
		assert_string_equal(got->mime_type, want[i].mime_type);
		assert_string_equal(got->name, want[i].name);
		assert_int_equal(got->in_body, want[i].in_body);
		if (want[i].content == NULL)
			continue;
		assert_int_equal(got->size, strlen(want[i].content));
		assert_memory_equal(got->data, want[i].content, got->size);
	}
}

/* A forwarded mail with attachments, as mail programs make it. */
static void test_sample(void **state)
{
	static const struct leaf_want want[] = {
		{ "1.1", "text/plain", "", true, "本文です。\n" },
		{ "1.2", "text/html", "", true, NULL },
		{ "2", "application/pdf", "請求書.pdf", false, "%PDF-1.4\n" },
		{ "3.1", "text/plain", "", false, "inner" },
		{ "3.2", "text/csv", "表.csv", false, "a,b" },
	};
	struct mm_mail mail;
	struct mm_buf data;

	(void)state;
	mm_buf_init(&data, MAIL_MAX);
	assert_int_equal(mm_read_file(SAMPLES "forwarded.eml", &data), 0);
	mm_mime_read((const unsigned char *)data.data, data.len, &limits,
		     &mail);
	check_leaves(&mail, want, 5);
	assert_string_equal(mail.from, "山田太郎 <yamada@example.com>");
	assert_string_equal(mail.subject, "転送: 見積書の件");
	assert_string_equal(mail.message_id, "<fw-1@example.com>");
	mm_mime_clear(&mail);
	mm_buf_clear(&data);
}

static void test_single(void **state)
{
	struct mm_mail mail;

	(void)state;
	read_text("Subject: s\n\nhello\n", &mail);
	check_leaves(&mail, &(struct leaf_want){
		"1", "text/plain", "", true, "hello\n" }, 1);
	assert_null(mail.from);
	mm_mime_clear(&mail);

	read_text("Content-Type: text/plain; name=a.txt\n\nx", &mail);
	check_leaves(&mail, &(struct leaf_want){
		"1", "text/plain", "a.txt", false, "x" }, 1);
	mm_mime_clear(&mail);

	read_text("Content-Type: text/plain\n"
		  "Content-Disposition: attachment\n\nx", &mail);
	check_leaves(&mail, &(struct leaf_want){
		"1", "text/plain", "", false, "x" }, 1);
	mm_mime_clear(&mail);

	read_text("no header here\n", &mail);
	assert_int_equal(mail.count, 1);
	mm_mime_clear(&mail);
	read_text("", &mail);
	assert_int_equal(mail.count, 0);
	mm_mime_clear(&mail);
}

static void repeat(struct mm_buf *out, const char *text, size_t times)
{
	for (size_t i = 0; i < times; i++)
		assert_int_equal(mm_buf_puts(out, text), 0);
}

/* What would take GMime gigabytes or minutes. */
static void test_bounds(void **state)
{
	static const struct {
		const char *name;
		const char *head;
		const char *text;
		size_t times;
		const char *want;
		bool unread;	/* given up before GMime begins */
	} cases[] = {
		{ "headers", "", "X: y\n", 200000, "headers", false },
		{ "headers of a part",
		  "Content-Type: multipart/mixed; boundary=b\n\n--b\n",
		  "X: y\n", 200000, "headers", false },
		{ "parts", "Content-Type: multipart/mixed; boundary=b\n\n",
		  "--b\n\nx\n", 10001, "parts", false },
		{ "endless parts",
		  "Content-Type: multipart/mixed; boundary=b\n\n",
		  "--b\n\n", 1000000, "parts", true },
		{ "messages in messages", "",
		  "Content-Type: message/rfc822\n\n", 50000,
		  "nesting depth", false },
		{ "multiparts in multiparts", "",
		  "Content-Type: multipart/mixed; boundary=b\n\n--b\n", 40000,
		  "nesting depth", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mm_mail mail;
		struct mm_buf data;

		mm_buf_init(&data, MAIL_MAX);
		repeat(&data, cases[i].head, 1);
		repeat(&data, cases[i].text, cases[i].times);
		mm_mime_read((const unsigned char *)data.data, data.len,
			     &limits, &mail);
		print_message("%s: %s, %zu leaves\n", cases[i].name,
			      mail.limit != NULL ? mail.limit : "none",
			      mail.count);
		assert_non_null(mail.limit);
		assert_string_equal(mail.limit, cases[i].want);
		if (cases[i].unread)
			assert_int_equal(mail.count, 0);
		mm_mime_clear(&mail);
		mm_buf_clear(&data);
	}
}

static void test_text_hash(void **state)
{
	unsigned char a[MM_LEAF_HASH];
	unsigned char b[MM_LEAF_HASH];

	(void)state;
	mm_mime_text_hash((const unsigned char *)"a\r\nb\r\n", 6, a);
	mm_mime_text_hash((const unsigned char *)"a\nb", 3, b);
	assert_memory_equal(a, b, sizeof(a));
	mm_mime_text_hash((const unsigned char *)"a\n\rb", 4, b);
	assert_memory_not_equal(a, b, sizeof(a));
}

static int setup(void **state)
{
	(void)state;
	mm_mime_init();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sample),
		cmocka_unit_test(test_single),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_text_hash),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
