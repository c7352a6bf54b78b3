/* core/proto_history.c: what became of a mail. */
#include "tests/unit/core/unit.h"

#include "core/frame.h"
#include "core/proto_history.h"

static int decode(const void *data, size_t len)
{
	struct mm_history history;
	int r = mm_history_decode(data, len, &history);

	mm_history_clear(&history);
	return r;
}

static const struct mm_finding finding = {
	.part = "2",
	.name = "請求書.exe",
	.mime_type = "a/b",
	.type = "exe",
	.kind = MM_KIND_VIRUS,
	.detail = "Eicar",
};

static struct mm_history_recipient two[] = {
	{ .address = "a@b.test",
	  .outcome = "quarantine",
	  .edits = "strip,stamp",
	  .rules = "virus-inbound",
	  .notices = "virus-inbound",
	  .local = true,
	  .copy = true },
	{ .address = "c@d.test", .outcome = "deliver", .variant = true },
};

static void encode(struct mm_buf *buf, struct mm_buf *findings)
{
	struct mm_history history = {
		.trace = "1abcde-000001-AA",
		.time = 1700000000,
		.direction = "outbound",
		.account = "x@b.test",
		.login = "x",
		.sender = "y@b.test",
		.host = "192.0.2.1",
		.helo = "helo",
		.uid = 33,
		.message_id = "id@b.test",
		.from = "From",
		.subject = "件名",
		.size = 12345,
		.verdict = "infected",
		.action = "reject",
		.reason = "virus",
		.spam = "ham",
		.notices = "virus-outbound x@b.test",
		.content = UINT64_MAX,
		.invalid = 3,
		.total = 2,
		.ms = 9,
		.bounce = true,
		.held = true,
		.recipients = two,
		.nrecipients = 2,
	};
	size_t next;

	mm_buf_init(findings, MM_HISTORY_FINDINGS_BYTES);
	assert_int_equal(mm_history_put_finding(findings, &finding), 0);
	history.findings = findings->data;
	history.findings_len = findings->len;
	mm_buf_init(buf, MM_FRAME_MAX);
	assert_int_equal(mm_history_encode(buf, &history, 0, &next), 0);
	assert_int_equal(next, 2);
}

static void test_round_trip(void **state)
{
	struct mm_buf buf, findings;
	struct mm_history got;

	(void)state;
	encode(&buf, &findings);
	assert_int_equal(mm_history_decode(buf.data, buf.len, &got), 0);
	assert_string_equal(got.trace, "1abcde-000001-AA");
	assert_true(got.time == 1700000000);
	assert_string_equal(got.direction, "outbound");
	assert_string_equal(got.account, "x@b.test");
	assert_string_equal(got.login, "x");
	assert_string_equal(got.sender, "y@b.test");
	assert_string_equal(got.host, "192.0.2.1");
	assert_string_equal(got.helo, "helo");
	assert_int_equal(got.uid, 33);
	assert_string_equal(got.message_id, "id@b.test");
	assert_string_equal(got.from, "From");
	assert_string_equal(got.subject, "件名");
	assert_int_equal(got.size, 12345);
	assert_string_equal(got.verdict, "infected");
	assert_string_equal(got.action, "reject");
	assert_string_equal(got.reason, "virus");
	assert_string_equal(got.spam, "ham");
	assert_string_equal(got.notices, "virus-outbound x@b.test");
	assert_true(got.content == UINT64_MAX);
	assert_int_equal(got.invalid, 3);
	assert_int_equal(got.total, 2);
	assert_int_equal(got.ms, 9);
	assert_true(got.bounce && got.held);
	assert_int_equal(got.findings_len, findings.len);
	assert_memory_equal(got.findings, findings.data, findings.len);
	assert_int_equal(got.first, 0);
	assert_int_equal(got.nrecipients, 2);
	assert_string_equal(got.recipients[0].address, "a@b.test");
	assert_string_equal(got.recipients[0].edits, "strip,stamp");
	assert_string_equal(got.recipients[0].rules, "virus-inbound");
	assert_true(got.recipients[0].local && got.recipients[0].copy);
	assert_false(got.recipients[0].variant);
	assert_string_equal(got.recipients[1].outcome, "deliver");
	assert_string_equal(got.recipients[1].edits, "");
	assert_true(got.recipients[1].variant);
	assert_false(got.recipients[1].local);
	mm_history_clear(&got);
	check_decoder(decode, &buf, MM_ERR_FORMAT);
	mm_buf_clear(&buf);
	mm_buf_clear(&findings);
}

/* What is absent reads as "": nothing is NULL. */
static void test_least(void **state)
{
	const struct mm_history least = { .trace = "t" };
	struct mm_history got;
	struct mm_buf buf;
	size_t next;

	(void)state;
	mm_buf_init(&buf, MM_FRAME_MAX);
	assert_int_equal(mm_history_encode(&buf, &least, 0, &next), 0);
	assert_int_equal(mm_history_decode(buf.data, buf.len, &got), 0);
	assert_string_equal(got.subject, "");
	assert_string_equal(got.notices, "");
	assert_null(got.findings);
	mm_history_clear(&got);
	mm_buf_clear(&buf);
}

/* Texts are cut between characters. */
static void test_long(void **state)
{
	struct mm_history mail = { .trace = "t" }, got;
	char subject[3 * 400 + 1];
	struct mm_buf buf;
	size_t i, next;

	(void)state;
	for (i = 0; i < 400; i++)
		memcpy(subject + 3 * i, "あ", 4);
	mail.subject = subject;
	mm_buf_init(&buf, MM_FRAME_MAX);
	assert_int_equal(mm_history_encode(&buf, &mail, 0, &next), 0);
	assert_int_equal(mm_history_decode(buf.data, buf.len, &got), 0);
	assert_int_equal(strlen(got.subject), 498);
	assert_memory_equal(got.subject, subject, 498);
	mm_history_clear(&got);
	mm_buf_clear(&buf);
}

/* Many recipients: frame by frame, none left out and none twice. */
static void test_many(void **state)
{
	enum { COUNT = 5000 };
	struct mm_history_recipient *list = calloc(COUNT, sizeof(*list));
	struct mm_history mail = { .trace = "t", .subject = "s" }, got;
	size_t first = 0, next, i, frames = 0;
	char (*names)[32] = calloc(COUNT, sizeof(*names));
	struct mm_buf buf;

	(void)state;
	assert_non_null(list);
	assert_non_null(names);
	for (i = 0; i < COUNT; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "u%zu@a.test", i);
		list[i] = (struct mm_history_recipient){ .address = names[i],
							 .outcome = "deliver" };
	}
	mail.recipients = list;
	mail.nrecipients = mail.total = COUNT;
	mm_buf_init(&buf, MM_FRAME_MAX);
	while (first < COUNT) {
		mm_buf_reset(&buf);
		assert_int_equal(mm_history_encode(&buf, &mail, first, &next),
				 0);
		assert_true(next > first && buf.len <= MM_FRAME_MAX);
		assert_int_equal(mm_history_decode(buf.data, buf.len, &got),
				 0);
		assert_int_equal(got.first, first);
		assert_int_equal(got.nrecipients, next - first);
		assert_string_equal(got.subject, first == 0 ? "s" : "");
		assert_string_equal(got.recipients[0].address, names[first]);
		mm_history_clear(&got);
		first = next;
		frames++;
	}
	assert_true(frames > 1);
	mm_buf_clear(&buf);
	free(list);
	free(names);
}

static void test_refused(void **state)
{
	static const struct {
		const char *name;
		uint16_t tag;
		const char *bytes;
		size_t len;
		int want;
	} cases[] = {
		{ "text without an end", 3, "ab", 2, MM_ERR_FORMAT },
		{ "short number", 20, "\0\0\0\1", 4, MM_ERR_FORMAT },
		{ "negative time", 20, "\xff\0\0\0\0\0\0\0", 8, MM_ERR_LIMIT },
		{ "unknown flag", 28, "\0\0\0\0\0\0\0\x10", 8, MM_ERR_LIMIT },
		{ "findings that are none", 40, "xyz", 3, MM_ERR_FORMAT },
		{ "findings of another kind", 40, "\0\1\0\0\0\0", 6,
		  MM_ERR_FORMAT },
		{ "recipient that is none", 41, "xyz", 3, MM_ERR_FORMAT },
	};
	struct mm_buf buf;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		mm_buf_init(&buf, MM_FRAME_MAX);
		assert_int_equal(mm_wire_put_num(&buf, 1, MM_PROTO_VERSION), 0);
		assert_int_equal(mm_wire_put_str(&buf, 2, "t"), 0);
		assert_int_equal(mm_wire_put(&buf, cases[i].tag,
					     cases[i].bytes, cases[i].len),
				 0);
		if (decode(buf.data, buf.len) != cases[i].want)
			fail_msg("%s: %d", cases[i].name,
				 decode(buf.data, buf.len));
		mm_buf_clear(&buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_least),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
