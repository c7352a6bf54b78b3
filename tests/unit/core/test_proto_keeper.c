/* core/proto_keeper.c: records, outbox items and outcomes. */
#include "tests/unit/core/unit.h"

#include "core/proto.h"
#include "core/proto_variant.h"

static int decode_record(const void *data, size_t len)
{
	struct mm_record record;
	int r = mm_record_decode(data, len, &record);

	mm_record_clear(&record);
	return r;
}

static int decode_item(const void *data, size_t len)
{
	struct mm_outbox_item item;

	return mm_outbox_item_decode(data, len, &item);
}

static int decode_variant(const void *data, size_t len)
{
	struct mm_variant variant;
	int r = mm_variant_decode(data, len, &variant);

	mm_variant_clear(&variant);
	return r;
}

static int decode_done(const void *data, size_t len)
{
	struct mm_outbox_done done;
	int r = mm_outbox_done_decode(data, len, &done);

	mm_outbox_done_clear(&done);
	return r;
}

struct bound {
	const char *name;
	uint16_t tag;
	const char *bytes;
	size_t len;
	int want;
};

static void check_bounds(int (*decode)(const void *data, size_t len),
			 const struct mm_buf *buf, const struct bound *cases,
			 size_t count)
{
	struct mm_buf changed;
	size_t i;
	int got;

	for (i = 0; i < count; i++) {
		replace_field(buf, cases[i].tag, cases[i].bytes, cases[i].len,
			      &changed);
		got = decode_copy(decode, changed.data, changed.len);
		if (got != cases[i].want)
			fail_msg("%s: got %d", cases[i].name, got);
		mm_buf_clear(&changed);
	}
}

static void records(void **state)
{
	static const struct bound cases[] = {
		{ "version 2", 1, "\0\0\0\0\0\0\0\2", 8, MM_ERR_VERSION },
		{ "quarantine 2", 8, "\0\0\0\0\0\0\0\2", 8, MM_ERR_LIMIT },
		{ "offset above 31 bits", 9, "\0\0\0\0\200\0\0\0", 8,
		  MM_ERR_LIMIT },
		{ "notice of nothing", 11, "", 0, MM_ERR_FORMAT },
		{ "notice to nobody", 11, "\0\4\0\0\0\2a", 8, MM_ERR_FORMAT },
		{ "notice without a name", 11, "\0\2\0\0\0\2a", 8,
		  MM_ERR_FORMAT },
		{ "notice of a path", 11, "\0\4\0\0\0\5../a\0\0\2\0\0\0\2a", 19,
		  MM_ERR_FORMAT },
		{ "notice of version 1", 11,
		  "\0\1\0\0\0\10\0\0\0\0\0\0\0\4\0\2\0\0\0\2a", 22, 0 },
		{ "whole notice", 11, "\0\4\0\0\0\2a\0\0\2\0\0\0\2a", 16, 0 },
	};
	const char *recipients[] = { "a@b", "c@d" };
	struct mm_notice notices[] = {
		{ "virus-inbound", "a@b", NULL },
		{ "admin-copy", "op@b", "a@b\n" },
	};
	const struct mm_record want = {
		.trace = "t",
		.sender = "",
		.recipients = recipients,
		.nrecipients = 2,
		.direction = "inbound",
		.reason = "virus",
		.done = "strip,quarantine",
		.quarantine = true,
		.body_offset = 19,
		.findings = "\0any",
		.findings_len = 4,
		.notices = notices,
		.nnotices = 2,
	};
	struct mm_record got;
	struct mm_buf buf;

	(void)state;
	mm_buf_init(&buf, MM_LIST_MAX);
	assert_int_equal(mm_record_encode(&buf, &want), 0);
	assert_int_equal(mm_record_decode(buf.data, buf.len, &got), 0);
	assert_string_equal(got.trace, "t");
	assert_string_equal(got.sender, "");
	assert_int_equal(got.nrecipients, 2);
	assert_string_equal(got.recipients[1], "c@d");
	assert_null(got.account);
	assert_string_equal(got.direction, "inbound");
	assert_string_equal(got.reason, "virus");
	assert_true(got.quarantine);
	assert_int_equal(got.body_offset, 19);
	assert_int_equal(got.findings_len, 4);
	assert_memory_equal(got.findings, "\0any", 4);
	assert_int_equal(got.nnotices, 2);
	assert_string_equal(got.notices[1].name, "admin-copy");
	assert_null(got.notices[0].about);
	assert_string_equal(got.notices[1].about, "a@b\n");
	assert_string_equal(got.done, "strip,quarantine");
	assert_string_equal(got.notices[1].to, "op@b");
	mm_record_clear(&got);
	check_decoder(decode_record, &buf, MM_ERR_FORMAT);
	check_bounds(decode_record, &buf, cases,
		     sizeof(cases) / sizeof(*cases));
	mm_buf_clear(&buf);
}

static void outbox_items(void **state)
{
	static const struct bound cases[] = {
		{ "id 0", 2, "\0\0\0\0\0\0\0\0", 8, MM_ERR_LIMIT },
		{ "id above 63 bits", 2, "\200\0\0\0\0\0\0\0", 8,
		  MM_ERR_LIMIT },
		{ "kind 4", 3, "\0\0\0\0\0\0\0\4", 8, MM_ERR_LIMIT },
		{ "notice of no name", 10, "", 1, MM_ERR_FORMAT },
		{ "notice of a path", 10, "../a", 5, MM_ERR_FORMAT },
		{ "notice of too long a name", 10,
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 42,
		  MM_ERR_LIMIT },
		{ "created before the epoch", 8,
		  "\377\377\377\377\377\377\377\377", 8, MM_ERR_LIMIT },
	};
	const struct mm_outbox_item want = {
		.id = 5,
		.kind = MM_OUTBOX_NOTICE,
		.trace = "t",
		.to = "a@b",
		.sender = "",
		.notice = "virus-outbound",
		.language = "en",
		.text = "Subject: x\n\ny\n",
		.facts = "\0f",
		.facts_len = 2,
		.created = 1700000000,
		.record = "rec",
		.record_len = 3,
	};
	struct mm_outbox_item got;
	struct mm_buf buf;

	(void)state;
	mm_buf_init(&buf, MM_LIST_MAX);
	assert_int_equal(mm_outbox_item_encode(&buf, &want), 0);
	assert_int_equal(mm_outbox_item_decode(buf.data, buf.len, &got), 0);
	assert_int_equal(got.id, 5);
	assert_int_equal(got.kind, MM_OUTBOX_NOTICE);
	assert_string_equal(got.trace, "t");
	assert_string_equal(got.to, "a@b");
	assert_string_equal(got.sender, "");
	assert_string_equal(got.notice, "virus-outbound");
	assert_string_equal(got.language, "en");
	assert_string_equal(got.text, "Subject: x\n\ny\n");
	assert_int_equal(got.facts_len, 2);
	assert_memory_equal(got.facts, "\0f", 2);
	assert_true(got.created == 1700000000);
	assert_int_equal(got.record_len, 3);
	assert_memory_equal(got.record, "rec", 3);
	check_decoder(decode_item, &buf, MM_ERR_FORMAT);
	check_bounds(decode_item, &buf, cases,
		     sizeof(cases) / sizeof(*cases));
	mm_buf_clear(&buf);
}

static void variants(void **state)
{
	static const struct bound cases[] = {
		{ "nobody", 3, "", 0, MM_ERR_FORMAT },
		{ "somebody", 3, "\0\1\0\0\0\2a", 8, 0 },
	};
	struct mm_rcpt rcpts[] = {
		{ "a@b", NULL },
		{ "c@d", "NOTIFY=NEVER ORCPT=rfc822;x@y" },
	};
	const struct mm_variant want = { .options = "RET=HDRS",
					 .rcpts = rcpts,
					 .count = 2 };
	struct mm_variant got;
	struct mm_buf buf;

	(void)state;
	mm_buf_init(&buf, MM_LIST_MAX);
	assert_int_equal(mm_variant_encode(&buf, &want), 0);
	assert_int_equal(mm_variant_decode(buf.data, buf.len, &got), 0);
	assert_string_equal(got.options, "RET=HDRS");
	assert_int_equal(got.count, 2);
	assert_string_equal(got.rcpts[0].address, "a@b");
	assert_null(got.rcpts[0].options);
	assert_string_equal(got.rcpts[1].options, rcpts[1].options);
	mm_variant_clear(&got);
	check_decoder(decode_variant, &buf, MM_ERR_FORMAT);
	check_bounds(decode_variant, &buf, cases,
		     sizeof(cases) / sizeof(*cases));
	mm_buf_clear(&buf);
}

static void options(void **state)
{
	(void)state;
	assert_true(mm_variant_is_options(NULL));
	assert_true(mm_variant_is_options(""));
	assert_true(mm_variant_is_options("NOTIFY=NEVER"));
	assert_true(mm_variant_is_options("RET=HDRS ENVID=a+2Bb"));
	assert_false(mm_variant_is_options(" RET=HDRS"));
	assert_false(mm_variant_is_options("RET=HDRS "));
	assert_false(mm_variant_is_options("RET=HDRS  ENVID=x"));
	assert_false(mm_variant_is_options("RET=HDRS\r\nRSET"));
	assert_false(mm_variant_is_options("ENVID=\xc3\xa9"));
}

static void outcomes(void **state)
{
	static const struct bound cases[] = {
		{ "id 0", 2, "\0\0\0\0\0\0\0\0", 8, MM_ERR_LIMIT },
		{ "outcome 0", 3, "\0\0\0\0\0\0\0\0", 8, MM_ERR_LIMIT },
		{ "outcome 4", 3, "\0\0\0\0\0\0\0\4", 8, MM_ERR_LIMIT },
		{ "left: nobody", 5, "", 0, MM_ERR_FORMAT },
		{ "left: but sent", 5,
		  "\0\1\0\0\0\2a\0\0\2\0\0\0\10\0\0\0\0\0\0\0\1", 22,
		  MM_ERR_LIMIT },
	};
	struct mm_outbox_left left[] = {
		{ "a@b", MM_OUTBOX_REFUSED, "550 who" },
		{ "c@d", MM_OUTBOX_RETRY, NULL },
	};
	const struct mm_outbox_done want = {
		.id = 5,
		.outcome = MM_OUTBOX_REFUSED,
		.text = "550 no",
		.left = left,
		.nleft = 2,
	};
	struct mm_outbox_done got;
	struct mm_buf buf;

	(void)state;
	mm_buf_init(&buf, 1000);
	assert_int_equal(mm_outbox_done_encode(&buf, &want), 0);
	assert_int_equal(mm_outbox_done_decode(buf.data, buf.len, &got), 0);
	assert_int_equal(got.id, 5);
	assert_int_equal(got.outcome, MM_OUTBOX_REFUSED);
	assert_string_equal(got.text, "550 no");
	assert_int_equal(got.nleft, 2);
	assert_string_equal(got.left[0].to, "a@b");
	assert_int_equal(got.left[0].outcome, MM_OUTBOX_REFUSED);
	assert_string_equal(got.left[0].text, "550 who");
	assert_int_equal(got.left[1].outcome, MM_OUTBOX_RETRY);
	mm_outbox_done_clear(&got);
	check_decoder(decode_done, &buf, MM_ERR_FORMAT);
	check_bounds(decode_done, &buf, cases,
		     sizeof(cases) / sizeof(*cases));
	mm_buf_clear(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records),
		cmocka_unit_test(outbox_items),
		cmocka_unit_test(outcomes),
		cmocka_unit_test(variants),
		cmocka_unit_test(options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
