/*
 * The effect key: the same for a message that comes again, different for
 * whatever is another message or another deed.
 */
#include "fixture.h"

#include "mamorid/keeper/effect.h"

static void key_as(const struct mail *mail, bool variant,
		   unsigned char key[MM_HASH_LEN])
{
	struct mm_notice notices[8];
	struct mm_record rec = fix_record(mail, notices);
	const char *headers = mail->headers ? mail->headers : HEADERS;
	struct mm_store_parts parts;
	struct stat st;
	int fds[3];

	rec.variant_len = variant;
	fix_fds(mail, fds);
	assert_int_equal(fstat(fds[2], &st), 0);
	parts = (struct mm_store_parts){
		.headers = fds[1],
		.headers_len = strlen(headers),
		.body = fds[2],
		.body_offset = rec.body_offset,
		.body_len = (uint64_t)st.st_size - rec.body_offset,
	};
	assert_int_equal(mm_effect_key(&rec, &parts, key), 0);
	fix_close_fds(fds);
}

static void key_of(const struct mail *mail, unsigned char key[MM_HASH_LEN])
{
	key_as(mail, false, key);
}

static const struct mail first = {
	.recipients = { "u1@a.example", "u2@a.example" },
};

static const struct {
	const char *name;
	bool same;
	struct mail mail;
} cases[] = {
	{ "as it was",
	  true,
	  { .recipients = { "u1@a.example", "u2@a.example" } } },
	{ "recipients in another order",
	  true,
	  { .recipients = { "u2@a.example", "u1@a.example" } } },
	{ "another Received and id",
	  true,
	  { .trace = "1zzzzz-000009-ZZ",
	    .headers = "Received: from elsewhere id 1zzzzz-000009-ZZ\n"
		       "Received: from c\n   by d\n"
		       "From: Eve <eve@evil.example>\nSubject: Hello\n",
	    .recipients = { "u1@a.example", "u2@a.example" } } },
	{ "Return-Path, our own headers and Exim's Message-ID",
	  true,
	  { .headers = "Return-path : <x@y>\nX-Mamori-Result: a\n b\n"
		       "Message-ID: <E1abcde-000001-AA@host>\n"
		       "From: Eve <eve@evil.example>\nSubject: Hello\n",
	    .recipients = { "u1@a.example", "u2@a.example" } } },
	{ "body elsewhere in its file",
	  true,
	  { .before = "1abcde-000001-AA-D\n",
	    .recipients = { "u1@a.example", "u2@a.example" } } },
	{ "one recipient fewer", false, { .recipients = { "u1@a.example" } } },
	{ "another recipient",
	  false,
	  { .recipients = { "u1@a.example", "u3@a.example" } } },
	{ "recipients joined differently",
	  false,
	  { .recipients = { "u1@a.exampleu2@a.example" } } },
	{ "another sender",
	  false,
	  { .sender = "", .recipients = { "u1@a.example", "u2@a.example" } } },
	{ "an account",
	  false,
	  { .account = "", .recipients = { "u1@a.example", "u2@a.example" } } },
	{ "another subject",
	  false,
	  { .headers = "From: Eve <eve@evil.example>\nSubject: hello\n",
	    .recipients = { "u1@a.example", "u2@a.example" } } },
	{ "a header named like a trace header",
	  false,
	  { .headers = "Received-By: x\nFrom: Eve <eve@evil.example>\n"
		       "Subject: Hello\n",
	    .recipients = { "u1@a.example", "u2@a.example" } } },
	{ "another body",
	  false,
	  { .body = BODY "\n",
	    .recipients = { "u1@a.example", "u2@a.example" } } },
	{ "no copy wanted",
	  false,
	  { .no_copy = true,
	    .recipients = { "u1@a.example", "u2@a.example" } } },
	{ "another reason",
	  false,
	  { .reason = "limit",
	    .recipients = { "u1@a.example", "u2@a.example" } } },
	{ "an empty trace id matches no header",
	  false,
	  { .trace = "",
	    .headers = "From: someone else\n",
	    .recipients = { "u1@a.example", "u2@a.example" } } },
};

static void test_keys(void **state)
{
	unsigned char want[MM_HASH_LEN], got[MM_HASH_LEN];
	size_t i;

	(void)state;
	key_of(&first, want);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		key_of(&cases[i].mail, got);
		if ((memcmp(want, got, sizeof(got)) == 0) != cases[i].same)
			fail_msg("%s: got %s, want %s", cases[i].name,
				 cases[i].same ? "another key" : "the same",
				 cases[i].same ? "the same" : "another key");
	}
}

/* Two mails without anything by which they differ are two mails, when somebody
 * is to get them; a second attempt at a dated one is not. */
static void test_variant(void **state)
{
	static const struct {
		const char *headers;
		bool same;
	} variants[] = {
		{ "From: a@b.example\n", false },
		{ "Message-ID: <E1abcde-000001-AA@host>\n", false },
		{ "Date: Sun, 22 Nov 2026 06:00:00 +0000\n", true },
		{ "Message-Id: <1@b.example>\n", true },
	};
	unsigned char one[MM_HASH_LEN], two[MM_HASH_LEN];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
		struct mail mail = { .headers = variants[i].headers,
				     .trace = "1abcde-000001-AA",
				     .recipients = { "u1@a.example" } };

		key_as(&mail, true, one);
		mail.trace = "1abcdf-000002-AB";
		if (i == 1)
			mail.headers =
				"Message-ID: <E1abcdf-000002-AB@host>\n";
		key_as(&mail, true, two);
		assert_int_equal(memcmp(one, two, sizeof(one)) == 0,
				 variants[i].same);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_keys, fix_setup,
						fix_teardown),
		cmocka_unit_test_setup_teardown(test_variant, fix_setup,
						fix_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
