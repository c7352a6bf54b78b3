/* What stands in changed mails, in both languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mamorid/gate/texts.h"

static struct mm_finding finding_of(enum mm_kind kind, const char *name,
				    const char *detail)
{
	return (struct mm_finding){
		.kind = kind,
		.part = (char *)"2",
		.name = (char *)name,
		.detail = (char *)detail,
	};
}

static void test_removed(void **state)
{
	static const struct {
		enum mm_kind kind;
		bool in_body;
		const char *name, *ja, *en;
	} cases[] = {
		{ MM_KIND_VIRUS, false, "請求書.exe",
		  "添付ファイル「請求書.exe」は、ウイルスが検出されたため、\n"
		  "メールサーバーが取り除きました。\n（ウイルス名: V-1）\n",
		  "The file \"請求書.exe\" of this mail was removed by the mail "
		  "server:\nit contains a virus (V-1).\n" },
		{ MM_KIND_VIRUS, false, "",
		  "名前のない添付ファイルは、ウイルスが検出されたため、\n"
		  "メールサーバーが取り除きました。\n（ウイルス名: V-1）\n",
		  "A part of this mail was removed by the mail server:\n"
		  "it contains a virus (V-1).\n" },
		{ MM_KIND_MACRO, true, "",
		  "本文の一部は、マクロ等の実行可能なコードが検出されたため、\n"
		  "メールサーバーが取り除きました。\n",
		  "A part of this mail was removed by the mail server:\n"
		  "it contains active content.\n" },
		/* Neither a new line nor one backwards, nothing to click. */
		{ MM_KIND_EXECUTABLE, false,
		  "a\nb\xe2\x80\xae"
		  "c http://evil.example/",
		  "添付ファイル「a?b???c http[:]//evil.example/」は、"
		  "実行可能なファイルであるため、\n"
		  "メールサーバーが取り除きました。\n",
		  "The file \"a?b???c http[:]//evil.example/\" of this mail "
		  "was removed by the mail server:\nit is a program.\n" },
	};
	struct mm_finding finding;
	struct mm_buf out;
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (k = 0; k < 2; k++) {
			finding =
				finding_of(cases[i].kind, cases[i].name, "V-1");
			finding.in_body = cases[i].in_body;
			mm_buf_init(&out, 4096);
			assert_int_equal(mm_text_removed(&out, &finding,
							 k == 0 ? "ja" : "en"),
					 0);
			assert_string_equal(mm_buf_str(&out),
					    k == 0 ? cases[i].ja : cases[i].en);
			mm_buf_clear(&out);
		}
	}
}

static void check_stamp(const struct mm_rule *rule,
			const struct mm_findings *findings,
			const char *language, const char *want)
{
	struct mm_buf out;

	mm_buf_init(&out, 4096);
	assert_int_equal(mm_text_stamp(&out, rule, findings, language), 0);
	assert_string_equal(mm_buf_str(&out), want);
	mm_buf_clear(&out);
}

static void test_stamp(void **state)
{
	struct mm_finding list[] = {
		finding_of(MM_KIND_ENCRYPTED, "計画.zip", "encrypted: zip"),
		finding_of(MM_KIND_MACRO, "other.docm", "macro"),
		finding_of(MM_KIND_ENCRYPTED, "計画.zip", "encrypted: zip"),
		finding_of(MM_KIND_ENCRYPTED, "b.zip", "encrypted: zip"),
	};
	const struct mm_findings findings = { .list = list, .count = 4 };
	const struct mm_findings nameless = { .list = list, .count = 0 };
	struct mm_rule rule = {
		.findings = MM_RULE_ENCRYPTED,
		.stamp = { .ja = (char *)"注意({files})",
			   .en = (char *)"{files}!\n" },
	};

	(void)state;
	check_stamp(&rule, &findings, "ja", "注意(計画.zip, b.zip)\n");
	check_stamp(&rule, &findings, "en", "計画.zip, b.zip!\n");
	check_stamp(&rule, &nameless, "ja", "注意(?)\n");
	/* What there is of two languages. */
	rule.stamp.ja = NULL;
	check_stamp(&rule, &findings, "ja", "計画.zip, b.zip!\n");
	rule.stamp.en = NULL;
	check_stamp(&rule, &findings, "ja", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_removed),
		cmocka_unit_test(test_stamp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
