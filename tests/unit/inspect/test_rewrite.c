/*
 * Parts are replaced; what is not touched stays as it is.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/rewrite_fixture.h"

static void test_nothing(void **state)
{
	static const char *const mails[] = {
		HEAD "\nhello\n", HEAD "Content-Type: multipart/mixed; "
		"boundary=b\n\npre\n--b\n\nhello\n--b\n" ATTACHMENT
		"--b--\npost\n", "", "\n", "x",
	};
	const struct mm_rewrite_plan plan = { .count = 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(mails) / sizeof(mails[0]); i++) {
		struct mm_rewritten done;
		struct mm_buf out;

		assert_int_equal(run(mails[i], &plan, &out, &done), 0);
		assert_string_equal(mm_buf_str(&out), mails[i]);
		assert_false(done.header);
		assert_int_equal(done.stamped, MM_STAMPED_NOT);
		mm_buf_clear(&out);
	}
}

#define BEFORE HEAD "Content-Type: multipart/mixed; boundary=b\n\npre\n" \
	"--b\nContent-Type: text/plain\n\nhello\n--b\n"
#define AFTER "\n--b\n" ATTACHMENT "--b--\npost\n"

static void test_remove(void **state)
{
	static const char mail[] = BEFORE
		"Content-Type: application/octet-stream; name=evil.exe\n"
		"Content-Disposition: attachment;\n filename=evil.exe\n"
		"X-Other: kept\n"
		"Content-Transfer-Encoding: base64\n\nTVpNWk1a" AFTER;
	static const char want[] = BEFORE "X-Other: kept\n"
		"Content-Type: text/plain; charset=utf-8\n"
		"Content-Transfer-Encoding: base64\n"
		"Content-Disposition: inline\n\n6Zmk5Y67DQo=" AFTER;
	const struct mm_removal removal = { "2", "除去\n", NULL };
	const struct mm_rewrite_plan plan = { &removal, 1, NULL };
	struct mm_rewritten done;
	struct mm_mail again;
	struct mm_buf out;

	(void)state;
	assert_int_equal(run(mail, &plan, &out, &done), 0);
	assert_string_equal(mm_buf_str(&out), want);
	assert_false(done.header);
	assert_false(done.signed_broken);
	read_again(&out, &again);
	assert_int_equal(again.count, 3);
	assert_string_equal(again.leaves[1].mime_type, "text/plain");
	mm_mime_clear(&again);
	mm_buf_clear(&out);
}

static void test_remove_all(void **state)
{
	static const char mail[] = HEAD
		"Content-Type: application/zip;\n\tname=a.zip\n"
		"Content-Transfer-Encoding: base64\nX-Last: y\n\nUEsDBAoA\n";
	static const char want[] = HEAD "X-Last: y\n"
		"Content-Type: text/plain; charset=utf-8\n"
		"Content-Transfer-Encoding: base64\n"
		"Content-Disposition: inline\n\neA0K\n";
	const struct mm_removal removal = { "1", "x\n", NULL };
	const struct mm_rewrite_plan plan = { &removal, 1, NULL };
	struct mm_rewritten done;
	struct mm_buf out;

	(void)state;
	assert_int_equal(run(mail, &plan, &out, &done), 0);
	assert_string_equal(mm_buf_str(&out), want);
	assert_true(done.header);
	mm_buf_clear(&out);
}

static void test_errors(void **state)
{
	static const char mail[] = BEFORE ATTACHMENT "--b--\n";
	const struct mm_removal missing = { "3", "x\n", NULL };
	const struct mm_removal twice[] = {
		{ "2", "x\n", NULL }, { "2", "y\n", NULL },
	};
	const struct mm_mime_limits few = { .parts = 1,
					    .deadline = MM_DEADLINE_NONE };
	struct mm_rewrite_plan plan = { &missing, 1, NULL };
	struct mm_rewritten done;
	struct mm_buf out;

	(void)state;
	assert_int_equal(run(mail, &plan, &out, &done), MM_ERR_NOTFOUND);
	mm_buf_clear(&out);
	plan = (struct mm_rewrite_plan){ twice, 2, NULL };
	assert_int_equal(run(mail, &plan, &out, &done), MM_ERR_NOTFOUND);
	mm_buf_clear(&out);
	plan.count = 1;
	mm_buf_init(&out, 100);
	assert_int_equal(mm_rewrite((const unsigned char *)mail,
				    strlen(mail), &limits, &plan, &out,
				    &done), MM_ERR_LIMIT);
	mm_buf_clear(&out);
	mm_buf_init(&out, MAX);
	assert_int_equal(mm_rewrite((const unsigned char *)mail,
				    strlen(mail), &few, &plan, &out, &done),
			 MM_ERR_LIMIT);
	mm_buf_clear(&out);
}

static void test_signed_broken(void **state)
{
	static const char mail[] = HEAD
		"Content-Type: multipart/signed; boundary=b\n\n"
		"--b\n" ATTACHMENT "--b\n"
		"Content-Type: application/pgp-signature\n\nx\n--b--\n";
	const struct mm_removal removal = { "1", "x\n", NULL };
	const struct mm_rewrite_plan plan = { &removal, 1, STAMP };
	struct mm_rewritten done;
	struct mm_mail again;
	struct mm_buf out;

	(void)state;
	assert_int_equal(run(mail, &plan, &out, &done), 0);
	assert_true(done.signed_broken);
	assert_int_equal(done.stamped, MM_STAMPED_PART);
	read_again(&out, &again);
	assert_int_equal(again.count, 3);
	mm_mime_clear(&again);
	mm_buf_clear(&out);
}

/* Cut anywhere, a message still gives a message or an error. */
static void test_cut(void **state)
{
	static const char mail[] = BEFORE ATTACHMENT "--b--\n";
	const struct mm_removal removal = { "2", "x\n", NULL };
	const struct mm_rewrite_plan plan = { &removal, 1, STAMP };
	char *copy;

	(void)state;
	for (size_t len = 0; len < sizeof(mail); len++) {
		struct mm_rewritten done;
		struct mm_buf out;

		copy = malloc(len + 1);
		assert_non_null(copy);
		memcpy(copy, mail, len);
		mm_buf_init(&out, MAX);
		(void)!mm_rewrite((const unsigned char *)copy, len, &limits,
				  &plan, &out, &done);
		mm_buf_clear(&out);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_remove_all),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_signed_broken),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
