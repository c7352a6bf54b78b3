/*
 * S/MIME signed-data that carries its mail inside.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/inspect_fixture.h"
#include "tests/unit/inspect/smime_samples.h"

static int begin(void **state)
{
	smime_begin();
	return setup(state);
}

static int end(void **state)
{
	smime_end();
	return teardown(state);
}

static void try_mail(const char *name, const struct mm_buf *signed_data,
		     enum mm_verdict verdict, enum mm_kind kind,
		     const char *detail)
{
	struct mm_report report;
	struct mm_buf mail;

	fix_mail(&mail, SMIME_HEADER, signed_data->data, signed_data->len);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	fix_print(name, &report);
	assert_int_equal(report.findings.verdict, verdict);
	if (detail == NULL) {
		assert_int_equal(report.findings.count, 0);
	} else {
		assert_non_null(fix_find(&report, kind, "2"));
		assert_string_equal(fix_find(&report, kind, "2")->detail,
				    detail);
	}
	mm_report_clear(&report);
	mm_buf_clear(&mail);
}

static void test_signed(void **state)
{
	static const struct {
		const char *name;
		unsigned int flags;
	} forms[] = {
		{ "in one piece", 0 },
		{ "in pieces", CHUNKED },
		{ "without attributes", CMS_NOATTR },
		{ "without certificates", CMS_NOCERTS },
	};
	struct mm_buf content, eicar, harmless, data;

	(void)state;
	fix_eicar(&eicar);
	mm_buf_init(&harmless, 64);
	assert_int_equal(mm_buf_puts(&harmless, "hello, hello"), 0);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		entity(&content, &eicar);
		sign(&data, &content, forms[i].flags);
		try_mail(forms[i].name, &data, MM_VERDICT_INFECTED,
			 MM_KIND_VIRUS, EICAR_NAME);
		mm_buf_clear(&content);
		mm_buf_clear(&data);
		entity(&content, &harmless);
		sign(&data, &content, forms[i].flags);
		try_mail(forms[i].name, &data, MM_VERDICT_CLEAN, 0, NULL);
		mm_buf_clear(&content);
		mm_buf_clear(&data);
	}
	mm_buf_clear(&harmless);
	mm_buf_clear(&eicar);
}

static void test_others(void **state)
{
	struct mm_buf content, once, twice;

	(void)state;
	fix_eicar(&content);
	sign(&once, &content, DETACHED);
	try_mail("a mere signature", &once, MM_VERDICT_CLEAN, 0, NULL);
	mm_buf_clear(&once);

	sign(&once, &content, CHUNKED);
	sign(&twice, &once, CHUNKED);
	try_mail("signed twice", &twice, MM_VERDICT_INFECTED, MM_KIND_VIRUS,
		 EICAR_NAME);
	mm_buf_clear(&twice);
	mm_buf_clear(&content);
	mm_buf_init(&content, 64);
	assert_int_equal(mm_buf_puts(&content, "hello"), 0);
	mm_buf_clear(&once);
	sign(&once, &content, 0);
	mm_buf_truncate(&once, 60);
	try_mail("damaged", &once, MM_VERDICT_NOT_CHECKED, MM_KIND_LIMIT,
		 "damaged: S/MIME");
	mm_buf_clear(&once);
	mm_buf_clear(&content);
}

/* RFC 7468: in base64 between two lines, with text before it. */
static void test_text(void **state)
{
	static const struct {
		const char *begin, *end;
		bool found;
	} forms[] = {
		{ "-----BEGIN CMS-----\n", "-----END CMS-----\n", true },
		{ "to you\n-----BEGIN PKCS7-----\r\n",
		  "-----END PKCS7-----\n", true },
		{ "-----BEGIN CMS-----\n", "", true },
		{ "-----BEGIN CERTIFICATE-----\n",
		  "-----END CERTIFICATE-----\n", false },
	};
	struct mm_buf eicar, content, data, text;

	(void)state;
	fix_eicar(&eicar);
	entity(&content, &eicar);
	sign(&data, &content, 0);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		mm_buf_init(&text, MAIL_MAX);
		assert_int_equal(mm_buf_puts(&text, forms[i].begin), 0);
		fix_base64(&text, data.data, data.len);
		assert_int_equal(mm_buf_puts(&text, forms[i].end), 0);
		try_mail(forms[i].begin, &text,
			 forms[i].found ? MM_VERDICT_INFECTED
					: MM_VERDICT_CLEAN,
			 forms[i].found ? MM_KIND_VIRUS : 0,
			 forms[i].found ? EICAR_NAME : NULL);
		mm_buf_clear(&text);
	}
	mm_buf_clear(&data);
	mm_buf_clear(&content);
	mm_buf_clear(&eicar);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
