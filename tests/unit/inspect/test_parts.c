/*
 * Which part of the mail a layer is.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/fixture.h"
#include "mamorid/inspect/parts.h"

static const char mail_text[] =
	"Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n"
	"--b\nContent-Type: text/plain\n\none\n"
	"--b\nContent-Type: text/csv; name=a.csv\n\na,b\nc,d\n"
	"--b\nContent-Type: message/rfc822\n\nSubject: t\n\ninner\n"
	"--b\nContent-Type: application/x; name=f\n\nfile\nfile\n"
	"--b--\n";

static int match(struct mm_mail *mail, const char *text, const char *above)
{
	struct mm_layer parent = { .level = 0 };
	struct mm_layer layer = {
		.parent = &parent, .level = 1, .size = strlen(text),
	};

	snprintf(parent.type, sizeof(parent.type), "%s", above);
	return mm_parts_match(mail, &layer, (const unsigned char *)text);
}

/* libclamav changes the line ends of texts, wherever they are. */
static void test_match(void **state)
{
	static const struct mm_mime_limits limits = {
		.parts = 100, .deadline = MM_DEADLINE_NONE,
	};
	struct mm_mail mail;

	(void)state;
	mm_mime_read((const unsigned char *)mail_text, strlen(mail_text),
		     &limits, &mail);
	assert_int_equal(mail.count, 4);
	assert_int_equal(match(&mail, "one\r\n", "mail"), 0);
	assert_int_equal(match(&mail, "a,b\r\nc,d\r\n", "mail"), 1);
	assert_int_equal(match(&mail, "inner\n\n", "mail"), 2);
	assert_int_equal(match(&mail, "inner\n\n", "zip"), -1);
	assert_int_equal(match(&mail, "file\r\nfile\r\n", "mail"), -1);
	assert_int_equal(match(&mail, "file\nfile", "mail"), 3);
	assert_int_equal(match(&mail, "two\n", "mail"), -1);
	mail.leaves[2].seen = true;
	assert_int_equal(match(&mail, "inner\n\n", "mail"), -1);
	mm_mime_clear(&mail);
}

static void test_may_be_mail(void **state)
{
	(void)state;
	assert_true(mm_parts_may_be_mail("message/rfc822"));
	assert_true(mm_parts_may_be_mail("Message/Partial"));
	assert_false(mm_parts_may_be_mail("message/delivery-status"));
	assert_false(mm_parts_may_be_mail("MESSAGE/Feedback-Report"));
	assert_false(mm_parts_may_be_mail("text/plain"));
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
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_may_be_mail),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
