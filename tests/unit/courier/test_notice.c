/*
 * Notices as a receiver sees them: headers, encodings, wording, and values
 * that an attacker has chosen.
 */
#include "notice.h"

static void test_japanese(void **state)
{
	struct facts facts = usual;
	const char *text;

	(void)state;
	facts.account = NULL;
	assert_int_equal(setenv("TZ", "JST-9", 1), 0);
	assert_int_equal(render(&facts, "virus-inbound", "u1@a.example"), 0);
	check_shape();
	expect_header("From", "<noreply@a.example>");
	expect_header("To", "<u1@a.example>");
	expect_header("Auto-Submitted", "auto-generated");
	expect_header("Date", "Wed, 15 Nov 2023 07:13:20 +0900");
	expect_header("Message-ID",
		      "<mamori.42.1700000000.1abcde-000001-AA@a.example>");
	expect_header("Content-Type", "text/plain; charset=UTF-8");
	expect_subject("【ウイルス警告】お客様宛てのメールからウイルスを"
		       "検出しました");
	text = body();
	assert_non_null(strstr(text, "ウイルス名: Eicar-Test-Signature\r\n"));
	assert_non_null(strstr(text, "ファイル名: 請求書.zip\r\n"));
	assert_non_null(strstr(text, "差出人:     eve@evil.example\r\n"));
	assert_non_null(strstr(text, "件名:       お支払い\r\n"));
	assert_non_null(strstr(text, "2023-11-15 07:13:20 +0900\r\n"));
	assert_non_null(strstr(text, "受付番号:   1abcde-000001-AA\r\n"));
	assert_non_null(strstr(text, "メール全体を隔離しました"));
	/* One recipient does not learn of the others. */
	assert_non_null(strstr(text, "u1@a.example 様"));
	assert_null(strstr(text, "blind@"));
	assert_string_equal(t.lines, "");
}

/* Every template renders with every value, and says what it should. */
static void test_templates(void **state)
{
	static const struct {
		uint64_t language;
		const char *kind;
		const char *subject, *text;
	} cases[] = {
		{ MM_CONF_LANGUAGE_JA, "virus-outbound",
		  "【ウイルス警告】送信されたメールからウイルスを検出しました",
		  "メールアカウント（u1@a.example）" },
		{ MM_CONF_LANGUAGE_JA, "virus-local",
		  "【ウイルス警告】サーバー上のプログラムが送信したメールから"
		  "ウイルスを検出しました",
		  "WordPress" },
		{ MM_CONF_LANGUAGE_JA, "not-checked",
		  "【管理者様へ】ウイルスチェックができなかったメールがあります",
		  "理由: ウイルスが見つかりました" },
		{ MM_CONF_LANGUAGE_EN, "virus-inbound",
		  "Virus warning: a mail to you was stopped",
		  "Dear u1@a.example," },
		{ MM_CONF_LANGUAGE_EN, "virus-outbound",
		  "Virus warning: a mail you sent was stopped",
		  "To:      u1@a.example, blind@b.example\r\n" },
		{ MM_CONF_LANGUAGE_EN, "virus-local",
		  "Virus warning: a mail of your web site was stopped",
		  "Virus:   Eicar-Test-Signature\r\n" },
		{ MM_CONF_LANGUAGE_EN, "not-checked",
		  "For the operator: a mail could not be checked for viruses",
		  "Reason: a virus was found\r\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		t.conf.notices_language = cases[i].language;
		assert_int_equal(render(&usual, cases[i].kind, "u1@a.example"),
				 0);
		check_shape();
		expect_subject(cases[i].subject);
		if (strstr(body(), cases[i].text) == NULL)
			fail_msg("%s: %s is missing in\n%s", cases[i].subject,
				 cases[i].text, body());
		assert_null(strpbrk(body(), "{}"));
	}
	assert_string_equal(t.lines, "");
}

/* A crashed scanner has no findings. */
static void test_unknown(void **state)
{
	struct facts facts = usual;

	(void)state;
	facts.unknown = true;
	facts.reason = "crashed";
	facts.sender = "";
	facts.account = NULL;
	facts.released = true;
	assert_int_equal(render(&facts, "not-checked", "op@a.example"), 0);
	check_shape();
	assert_non_null(strstr(body(), "詳細: （不明）"));
	assert_non_null(strstr(body(), "異常終了"));
	assert_non_null(strstr(body(), "隔離はしていません"));
}

static void test_many(void **state)
{
	struct facts facts = usual;

	(void)state;
	facts.nrecipients = 50;
	facts.nfindings = 20;
	t.conf.notices_language = MM_CONF_LANGUAGE_EN;
	assert_int_equal(render(&facts, "virus-outbound", "u1@a.example"), 0);
	assert_non_null(strstr(body(), "blind@b.example (+40)\r\n"));
	/* The same name twenty times is one. */
	assert_non_null(strstr(body(), "File(s): 請求書.zip\r\n"));
}

static void test_hostile(void **state)
{
	static char longest[4000];
	struct facts facts = usual;

	(void)state;
	memset(longest, 'A', sizeof(longest) - 1);
	facts.sender = "x\r\n.\r\nMAIL FROM:<evil@evil.example>\r\n";
	facts.subject = "{account}\n\nBcc: victim@c.example\r\n\r\nbody "
			"https://evil.example/";
	facts.virus = "\xff\xfe\x1b[31m{trace}";
	facts.name = longest;
	facts.account = "a\nb";
	facts.reason = "Subject";
	assert_int_equal(render(&facts, "virus-inbound", "u1@a.example"), 0);
	check_shape();
	assert_null(strstr(body(), "\nBcc:"));
	assert_null(strstr(body(), "\r\nMAIL FROM"));
	assert_null(strstr(body(), "\n.\r\n"));
	assert_null(strstr(body(), "https://"));
	assert_null(strchr(body(), '\x1b'));
	/* A value is not filled in again. */
	assert_non_null(strstr(body(), "{account}"));
	assert_non_null(strstr(body(), "{trace}"));
	assert_true(t.mail.len < 16384);
}

static void test_addresses(void **state)
{
	static const struct {
		const char *to;
		int want;
		const char *header;
	} cases[] = {
		{ "u@a.example", 0, "<u@a.example>" },
		{ "u+tag@a.example", 0, "<u+tag@a.example>" },
		{ "a,b@a.example", 0, "undisclosed-recipients:;" },
		{ "a:b;(c)@a.example", 0, "undisclosed-recipients:;" },
		{ "u@a.example>\r\nRCPT TO:<x@y", MM_ERR_INVALID, NULL },
		{ "u@a\nb", MM_ERR_INVALID, NULL },
		{ "u@[127.0.0.1]", MM_ERR_INVALID, NULL },
		{ "u@", MM_ERR_INVALID, NULL },
		{ "u", MM_ERR_INVALID, NULL },
		{ "", MM_ERR_INVALID, NULL },
		{ "\"a b\"@a.example", MM_ERR_INVALID, NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(render(&usual, "virus-inbound", cases[i].to),
				 cases[i].want);
		if (cases[i].header != NULL) {
			check_shape();
			expect_header("To", cases[i].header);
		}
	}
	free(t.conf.notices_from);
	t.conf.notices_from = strdup("postmaster@host.example");
	assert_int_equal(render(&usual, "virus-inbound", "u@a.example"), 0);
	expect_header("From", "<postmaster@host.example>");
}

static void put_template(const char *text, size_t len)
{
	char path[128];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/ja", t.dir);
	(void)mkdir(path, 0700);
	(void)snprintf(path, sizeof(path), "%s/ja/virus-inbound.txt", t.dir);
	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(mm_write_all(fd, text, len), 0);
	mm_close(&fd);
	free(t.conf.notices_folder);
	t.conf.notices_folder = strdup(t.dir);
}

/* Missing or broken templates: built-in text, and a line in the log. */
static void test_broken_templates(void **state)
{
	static const struct {
		const char *name, *text;
		size_t len;
		bool good;
	} cases[] = {
		{ "good", "Subject: V {virus}\n\nB {sender} {2} { }\n", 36,
		  true },
		{ "windows", "Subject: V {virus}\r\n\r\nB {2}\r\n", 29, true },
		{ "empty", "", 0, false },
		{ "no subject", "Topic: x\n\nbody\n", 15, false },
		{ "empty subject", "Subject:\n\nbody\n", 15, false },
		{ "no body", "Subject: x\n\n", 12, false },
		{ "no blank line", "Subject: x\nbody\n", 16, false },
		{ "unknown placeholder", "Subject: x\n\n{password}\n", 23,
		  false },
		{ "open placeholder", "Subject: {virus\n\nbody\n", 22, false },
		{ "not utf-8", "Subject: x\n\n\xff\n", 14, false },
		{ "nul", "Subject: x\n\na\0b\n", 16, false },
		{ "escape", "Subject: x\n\n\x1b[2J\n", 17, false },
	};
	size_t i;

	(void)state;
	free(t.conf.notices_folder);
	t.conf.notices_folder = strdup("/nonexistent");
	assert_int_equal(render(&usual, "virus-inbound", "u1@a.example"), 0);
	check_shape();
	assert_non_null(strstr(body(), "Found:        Eicar-Test-Signature"));
	assert_non_null(strstr(t.lines, "event=notice-template"));
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(t.lines, 0, sizeof(t.lines));
		t.have = 0;
		put_template(cases[i].text, cases[i].len);
		assert_int_equal(
			render(&usual, "virus-inbound", "u1@a.example"), 0);
		check_shape();
		if ((t.lines[0] == '\0') != cases[i].good)
			fail_msg("%s: log: %s", cases[i].name, t.lines);
		if (cases[i].good)
			expect_subject("V Eicar-Test-Signature");
		else
			assert_non_null(strstr(body(), "Reference:    1abc"));
	}
}

static void test_bad_record(void **state)
{
	const struct mm_outbox_item item = {
		.id = 1,
		.trace = "x",
		.to = "u@a.example",
		.notice = "virus-inbound",
		.record = "junk",
		.record_len = 4,
	};

	(void)state;
	assert_int_equal(mm_notice_render(&t.conf, &item, &t.mail),
			 MM_ERR_FORMAT);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_japanese),	     CASE(test_templates),
		CASE(test_unknown),	     CASE(test_many),
		CASE(test_hostile),	     CASE(test_addresses),
		CASE(test_broken_templates), CASE(test_bad_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
