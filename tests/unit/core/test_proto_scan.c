/* core/proto_scan.c: the module's request and the verdict. */
#include "tests/unit/core/unit.h"

#include "core/proto.h"

static int decode_request(const void *data, size_t len)
{
	struct mm_scan_request req;
	int r = mm_scan_request_decode(data, len, &req);

	mm_scan_request_clear(&req);
	return r;
}

static int decode_verdict(const void *data, size_t len)
{
	struct mm_scan_verdict verdict;
	int r = mm_scan_verdict_decode(data, len, &verdict);

	mm_scan_verdict_clear(&verdict);
	return r;
}

static void encode_request(struct mm_buf *buf)
{
	const char *recipients[] = { "a@b", "", "c@d" };
	const char *options[] = { NULL, "NOTIFY=NEVER", NULL };
	struct mm_header headers[] = {
		{ 'P', "Received: x\n", 12 },
		{ ' ', "Subject: \0nul\n", 14 },
	};
	const struct mm_scan_request req = {
		.trace = "1abcde-000001-AA",
		.sender = "",
		.recipients = recipients,
		.options = options,
		.nrecipients = 3,
		.mail_command = "MAIL FROM:<a@b> RET=HDRS",
		.result = "X-Mamori-Result: clean\n",
		.headers = headers,
		.nheaders = 2,
		.auth_id = "user@b",
		.host_address = "192.0.2.1",
		.protocol = "esmtpsa",
		.uid = 4294967295u,
		.exim_uid = 100,
		.port = 65535,
		.refused = 77,
		.flags = MM_SCAN_SMTP | MM_SCAN_TLS | MM_SCAN_DRY_RUN,
		.deadline = INT64_MAX,
		.body_offset = 19,
		.pending = true,
	};

	mm_buf_init(buf, MM_REQUEST_MAX);
	assert_int_equal(mm_scan_request_encode(buf, &req), 0);
}

static void request_round_trip(void **state)
{
	struct mm_scan_request req;
	struct mm_buf buf;

	(void)state;
	encode_request(&buf);
	assert_int_equal(mm_scan_request_decode(buf.data, buf.len, &req), 0);
	assert_int_equal(req.version, MM_PROTO_VERSION);
	assert_string_equal(req.trace, "1abcde-000001-AA");
	assert_string_equal(req.sender, "");
	assert_int_equal(req.nrecipients, 3);
	assert_string_equal(req.recipients[0], "a@b");
	assert_string_equal(req.recipients[2], "c@d");
	assert_null(req.options[0]);
	assert_string_equal(req.options[1], "NOTIFY=NEVER");
	assert_null(req.options[2]);
	assert_string_equal(req.mail_command, "MAIL FROM:<a@b> RET=HDRS");
	assert_string_equal(req.result, "X-Mamori-Result: clean\n");
	assert_int_equal(req.nheaders, 2);
	assert_int_equal(req.headers[0].type, 'P');
	assert_int_equal(req.headers[1].len, 14);
	assert_memory_equal(req.headers[1].text, "Subject: \0nul\n", 14);
	assert_string_equal(req.auth_id, "user@b");
	assert_null(req.host_name);
	assert_null(req.login);
	assert_true(req.uid == 4294967295u);
	assert_int_equal(req.exim_uid, 100);
	assert_int_equal(req.port, 65535);
	assert_int_equal(req.refused, 77);
	assert_int_equal(req.flags,
			 MM_SCAN_SMTP | MM_SCAN_TLS | MM_SCAN_DRY_RUN);
	assert_true(req.deadline == INT64_MAX);
	assert_int_equal(req.body_offset, 19);
	assert_true(req.pending);
	mm_scan_request_clear(&req);
	check_decoder(decode_request, &buf, MM_ERR_FORMAT);
	mm_buf_clear(&buf);
}

/* Tags as proto_scan.c has them: they never change. */
static void request_bounds(void **state)
{
	static const struct {
		const char *name;
		uint16_t tag;
		const char *bytes;
		size_t len;
		int want;
	} cases[] = {
		{ "version 0", 1, "\0\0\0\0\0\0\0\0", 8, MM_ERR_VERSION },
		{ "version 2", 1, "\0\0\0\0\0\0\0\2", 8, MM_ERR_VERSION },
		{ "trace of 65", 2,
		  "12345678901234567890123456789012"
		  "345678901234567890123456789012345", 66, MM_ERR_LIMIT },
		{ "sender with NUL", 3, "a\0b", 4, MM_ERR_FORMAT },
		{ "header without text", 5, "P", 1, MM_ERR_FORMAT },
		{ "empty header", 5, "", 0, MM_ERR_FORMAT },
		{ "port 65536", 15, "\0\0\0\0\0\1\0\0", 8, MM_ERR_LIMIT },
		{ "uid above 32 bits", 13, "\0\0\0\1\0\0\0\0", 8,
		  MM_ERR_LIMIT },
		{ "negative deadline", 17, "\377\0\0\0\0\0\0\0", 8,
		  MM_ERR_LIMIT },
		{ "no deadline", 17, "\0\0\0\0\0\0\0\0", 8, MM_ERR_FORMAT },
		{ "offset above 31 bits", 18, "\0\0\0\0\200\0\0\0", 8,
		  MM_ERR_LIMIT },
		{ "pending 2", 19, "\0\0\0\0\0\0\0\2", 8, MM_ERR_LIMIT },
		{ "short number", 15, "\0\0\0", 3, MM_ERR_FORMAT },
		{ "unknown tag", 999, "whatever", 8, 0 },
	};
	struct mm_buf buf, changed;
	size_t i;
	int got;

	(void)state;
	encode_request(&buf);
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		replace_field(&buf, cases[i].tag, cases[i].bytes, cases[i].len,
			      &changed);
		got = decode_copy(decode_request, changed.data, changed.len);
		if (got != cases[i].want)
			fail_msg("%s: got %d", cases[i].name, got);
		mm_buf_clear(&changed);
	}
	mm_buf_clear(&buf);
}

static void too_many_recipients(void **state)
{
	struct mm_buf buf;
	uint32_t i;

	(void)state;
	encode_request(&buf);
	for (i = 3; i < MM_RECIPIENTS_MAX; i++)
		assert_int_equal(mm_wire_put_str(&buf, 4, "r"), 0);
	assert_int_equal(decode_request(buf.data, buf.len), 0);
	assert_int_equal(mm_wire_put_str(&buf, 4, "r"), 0);
	assert_int_equal(decode_request(buf.data, buf.len), MM_ERR_LIMIT);
	mm_buf_clear(&buf);
}

static void encode_verdict(struct mm_buf *buf)
{
	struct mm_edit edits[] = {
		{ MM_EDIT_ADD_HEADER, 0, "X-A: b\n" },
		{ MM_EDIT_DELETE_HEADER, 7, NULL },
		{ MM_EDIT_REMOVE_RECIPIENT, 0, "a@b" },
	};
	const struct mm_scan_verdict verdict = {
		.action = MM_ACTION_REJECT,
		.reply = "5.7.1 virus",
		.log = "virus found",
		.edits = edits,
		.nedits = 3,
	};

	mm_buf_init(buf, MM_LIST_MAX);
	assert_int_equal(mm_scan_verdict_encode(buf, &verdict), 0);
}

static void verdict_round_trip(void **state)
{
	struct mm_scan_verdict verdict;
	struct mm_buf buf;

	(void)state;
	encode_verdict(&buf);
	assert_int_equal(mm_scan_verdict_decode(buf.data, buf.len, &verdict),
			 0);
	assert_int_equal(verdict.action, MM_ACTION_REJECT);
	assert_string_equal(verdict.reply, "5.7.1 virus");
	assert_string_equal(verdict.log, "virus found");
	assert_int_equal(verdict.nedits, 3);
	assert_int_equal(verdict.edits[0].type, MM_EDIT_ADD_HEADER);
	assert_string_equal(verdict.edits[0].text, "X-A: b\n");
	assert_int_equal(verdict.edits[1].index, 7);
	assert_null(verdict.edits[1].text);
	mm_scan_verdict_clear(&verdict);
	check_decoder(decode_verdict, &buf, MM_ERR_FORMAT);
	mm_buf_clear(&buf);
}

static void verdict_bounds(void **state)
{
	static const struct {
		const char *name;
		uint16_t tag;
		const char *bytes;
		size_t len;
		int want;
	} cases[] = {
		{ "action 0", 2, "\0\0\0\0\0\0\0\0", 8, MM_ERR_LIMIT },
		{ "action 5", 2, "\0\0\0\0\0\0\0\5", 8, MM_ERR_LIMIT },
		{ "edit of nothing", 5, "", 0, MM_ERR_FORMAT },
		{ "edit of type 5", 5, "\0\1\0\0\0\10\0\0\0\0\0\0\0\5", 14,
		  MM_ERR_LIMIT },
		{ "added header without text", 5,
		  "\0\1\0\0\0\10\0\0\0\0\0\0\0\1", 14, MM_ERR_FORMAT },
		{ "deleted header", 5, "\0\1\0\0\0\10\0\0\0\0\0\0\0\3", 14,
		  0 },
		{ "index beyond all headers", 5,
		  "\0\1\0\0\0\10\0\0\0\0\0\0\0\3"
		  "\0\2\0\0\0\10\0\0\0\0\377\0\0\0", 28, MM_ERR_LIMIT },
		{ "cut edit", 5, "\0\1\0\0\0\10\0\0\0\0", 10, MM_ERR_FORMAT },
	};
	struct mm_buf buf, changed;
	size_t i;
	int got;

	(void)state;
	encode_verdict(&buf);
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		replace_field(&buf, cases[i].tag, cases[i].bytes, cases[i].len,
			      &changed);
		got = decode_copy(decode_verdict, changed.data, changed.len);
		if (got != cases[i].want)
			fail_msg("%s: got %d", cases[i].name, got);
		mm_buf_clear(&changed);
	}
	mm_buf_clear(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_round_trip),
		cmocka_unit_test(request_bounds),
		cmocka_unit_test(too_many_recipients),
		cmocka_unit_test(verdict_round_trip),
		cmocka_unit_test(verdict_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
