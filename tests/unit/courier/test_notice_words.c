/*
 * What notices say: each template, its words, and what comes in their place.
 */
#include "notice.h"

/* The document's wording, line for line. */
static void test_mwb(void **state)
{
	static const char inbound[] =
		"(Eicar-Test-Signature) was detected in message sent by "
		"eve@evil.example at 2023-11-15 07:13:20 +0900 and these "
		"actions were taken: Delete; Notify; .\r\n"
		"\r\n"
		"Virus: Eicar-Test-Signature\r\n"
		"File(s): 請求書.zip\r\n"
		"Action(s): Delete; Notify;\r\n"
		"Sender: eve@evil.example\r\n"
		"Recipient(s): u9@a.example\r\n"
		"Subject: お支払い\r\n";
	static const char outbound[] =
		"A message violated the security settings. The message has "
		"been deleted.\r\n"
		"\r\n"
		"Message details:\r\n"
		"Sender: eve@evil.example\r\n"
		"Recipient: u1@a.example, blind@b.example\r\n"
		"Subject: お支払い\r\n"
		"Date: 2023-11-15 07:13:20 +0900 Message size: 4321\r\n"
		"Attachment: 請求書.zip\r\n"
		"Attachment size: 1234\r\n"
		"# of attachments: 3\r\n"
		"Message ID: <m1@evil.example>\r\n";
	struct facts facts = usual;
	int i;

	(void)state;
	facts.done = "discard";
	assert_int_equal(setenv("TZ", "JST-9", 1), 0);
	for (i = 0; i < 2; i++) {
		t.conf.notices_language = i == 0 ? MM_CONF_LANGUAGE_JA
						 : MM_CONF_LANGUAGE_EN;
		assert_int_equal(render(&facts, "mwb-inbound", "u9@a.example"),
				 0);
		expect_subject("Virus (Eicar-Test-Signature) detected");
		assert_memory_equal(body(), inbound, sizeof(inbound) - 1);
		assert_int_equal(render(&facts, "mwb-outbound", "u1@a.example"),
				 0);
		expect_subject("Security settings violation");
		assert_memory_equal(body(), outbound, sizeof(outbound) - 1);
	}
}

/* What was done, in the template's words and in the order of the record. */
static void test_actions(void **state)
{
	struct facts facts = usual;

	(void)state;
	free(t.conf.notices_help);
	t.conf.notices_help = strdup("https://help.example/ 03-0000-0000");
	facts.done = "strip,copy,deliver";
	assert_int_equal(render(&facts, "stripped", "u9@a.example"), 0);
	check_shape();
	assert_non_null(strstr(body(),
			       "ウイルスなどの入った部分を取り除きました"
			       "。元のメールは隔離して保管しています。"
			       "残りの部分は、お客様のメールボックスに"
			       "届けました。\r\n"));
	assert_non_null(strstr(body(), "https://help.example/ 03-0000-0000"));
	t.conf.notices_language = MM_CONF_LANGUAGE_EN;
	assert_int_equal(render(&facts, "stripped", "u9@a.example"), 0);
	assert_non_null(strstr(body(), "The dangerous parts were removed. The "
				       "original is kept in quarantine. The "
				       "rest is in your mailbox.\r\n"));
}

/* A notice without a record tells what the keeper says. */
static void test_facts(void **state)
{
	struct mm_outbox_item item = {
		.id = 7,
		.kind = MM_OUTBOX_NOTICE,
		.trace = "",
		.to = "adm@a.example",
		.notice = "admin-digest",
		.language = "en",
		.created = 1700000000,
	};
	struct mm_buf facts;

	(void)state;
	assert_int_equal(setenv("TZ", "JST-9", 1), 0);
	mm_buf_init(&facts, 4096);
	assert_int_equal(mm_pair_put(&facts, "count", "2"), 0);
	assert_int_equal(mm_pair_put(&facts, "until", "1700000000"), 0);
	assert_int_equal(mm_pair_put(&facts, "list", "one {to}"), 0);
	assert_int_equal(mm_pair_put(&facts, "list", "two\x1b https://x/"), 0);
	assert_int_equal(mm_pair_put(&facts, "password", "x"), 0);
	item.facts = facts.data;
	item.facts_len = facts.len;
	assert_int_equal(mm_notice_render(&t.conf, &item, &t.mail), 0);
	check_shape();
	expect_subject("For the administrator: 2 mails in quarantine");
	assert_non_null(strstr(body(), "\r\none {to}\r\ntwo"));
	assert_null(strstr(body(), "https://"));
	assert_null(strchr(body(), '\x1b'));
	assert_non_null(
		strstr(body(), "to 2023-11-15 07:13:20 +0900, 2 mails"));
	mm_buf_clear(&facts);
}

/* A domain's own wording; a broken one is logged, and the file's is used. */
static void test_own_wording(void **state)
{
	struct mm_outbox_item item = {
		.id = 7,
		.kind = MM_OUTBOX_NOTICE,
		.trace = "t",
		.to = "u1@a.example",
		.notice = "virus-inbound",
		.text = "Subject: own {virus}\n\n{to}\n",
		.created = 1700000000,
	};

	(void)state;
	make_record(&usual);
	item.record = t.bytes.data;
	item.record_len = t.bytes.len;
	assert_int_equal(mm_notice_render(&t.conf, &item, &t.mail), 0);
	check_shape();
	expect_subject("own Eicar-Test-Signature");
	assert_string_equal(body(), "u1@a.example\r\n");
	item.text = "Subject: own\n\n{password}\n";
	mm_buf_reset(&t.mail);
	assert_int_equal(mm_notice_render(&t.conf, &item, &t.mail), 0);
	assert_non_null(strstr(t.lines, "file=settings"));
	assert_non_null(strstr(body(), "u1@a.example 様"));
}

/* Every shipped template is valid in both languages. */
static void test_shipped(void **state)
{
	static const char *const names[] = {
		"virus-inbound", "virus-outbound",    "virus-local",
		"stripped",	 "cleaned",	      "encrypted",
		"limit",	 "stopped",	      "not-checked",
		"mwb-inbound",	 "mwb-outbound",      "summary",
		"admin-digest",	 "quarantine-digest", "admin-copy",
	};
	size_t i;

	(void)state;
	for (i = 0; i < 2 * sizeof(names) / sizeof(names[0]); i++) {
		t.conf.notices_language = i % 2 == 0 ? MM_CONF_LANGUAGE_JA
						     : MM_CONF_LANGUAGE_EN;
		assert_int_equal(render(&usual, names[i / 2], "u9@a.example"),
				 0);
		check_shape();
		assert_string_equal(t.lines, "");
		assert_null(strpbrk(body(), "{}"));
	}
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_mwb),	  CASE(test_actions),	  CASE(test_shipped),
		CASE(test_facts), CASE(test_own_wording),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
