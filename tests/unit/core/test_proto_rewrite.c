/* core/proto_rewrite.c: the plan of a rewriting and its result. */
#include "tests/unit/core/unit.h"

#include "core/proto.h"
#include "core/proto_rewrite.h"

static int decode_request(const void *data, size_t len)
{
	struct mm_rewrite_request req;
	int r = mm_rewrite_request_decode(data, len, &req);

	mm_rewrite_request_clear(&req);
	return r;
}

static int decode_result(const void *data, size_t len)
{
	struct mm_rewrite_result result;
	int r = mm_rewrite_result_decode(data, len, &result);

	mm_rewrite_result_clear(&result);
	return r;
}

static void encode_request(struct mm_buf *buf)
{
	struct mm_rewrite_op ops[] = {
		{ MM_REWRITE_REMOVE, "2.1", "\xe3\x81\x82\n" },
		{ MM_REWRITE_CLEAN, "3", "" },
	};
	const struct mm_rewrite_request req = {
		.trace = "t", .deadline = 123, .body_offset = 19,
		.wireformat = true, .ops = ops, .nops = 2, .stamp = "note\n",
		.allowed = "Name\n",
	};

	mm_buf_init(buf, MM_LIST_MAX);
	assert_int_equal(mm_rewrite_request_encode(buf, &req), 0);
}

static void request_round_trip(void **state)
{
	struct mm_rewrite_request got;
	struct mm_buf buf;

	(void)state;
	encode_request(&buf);
	assert_int_equal(mm_rewrite_request_decode(buf.data, buf.len, &got),
			 0);
	assert_int_equal(got.version, MM_PROTO_VERSION);
	assert_string_equal(got.trace, "t");
	assert_true(got.deadline == 123);
	assert_int_equal(got.body_offset, 19);
	assert_true(got.wireformat);
	assert_int_equal(got.nops, 2);
	assert_int_equal(got.ops[0].kind, MM_REWRITE_REMOVE);
	assert_string_equal(got.ops[0].part, "2.1");
	assert_string_equal(got.ops[0].text, "\xe3\x81\x82\n");
	assert_int_equal(got.ops[1].kind, MM_REWRITE_CLEAN);
	assert_string_equal(got.ops[1].part, "3");
	assert_string_equal(got.ops[1].text, "");
	assert_string_equal(got.stamp, "note\n");
	assert_string_equal(got.allowed, "Name\n");
	mm_rewrite_request_clear(&got);
	check_decoder(decode_request, &buf, MM_ERR_FORMAT);
	mm_buf_clear(&buf);
}

static void stamp_alone(void **state)
{
	const struct mm_rewrite_request want = { .trace = "", .stamp = "x" };
	const struct mm_rewrite_request nothing = { .trace = "" };
	struct mm_buf buf;

	(void)state;
	mm_buf_init(&buf, 1000);
	assert_int_equal(mm_rewrite_request_encode(&buf, &want), 0);
	assert_int_equal(decode_request(buf.data, buf.len), 0);
	mm_buf_reset(&buf);
	assert_int_equal(mm_rewrite_request_encode(&buf, &nothing), 0);
	assert_int_equal(decode_request(buf.data, buf.len), MM_ERR_FORMAT);
	mm_buf_clear(&buf);
}

#define KIND(k) "\0\1\0\0\0\10\0\0\0\0\0\0\0" k
#define PART "\0\2\0\0\0\2" "1\0"
#define TEXT "\0\3\0\0\0\2" "x\0"
#define LEN(x) (x), sizeof(x) - 1

struct bound {
	const char *name;
	uint16_t tag;
	const char *bytes;
	size_t len;
	int want;
};

static void check_bounds(const struct mm_buf *buf, const struct bound *cases,
			 size_t count,
			 int (*decode)(const void *data, size_t len))
{
	struct mm_buf changed;

	for (size_t i = 0; i < count; i++) {
		int got;

		replace_field(buf, cases[i].tag, cases[i].bytes, cases[i].len,
			      &changed);
		got = decode_copy(decode, changed.data, changed.len);
		if (got != cases[i].want)
			fail_msg("%s: got %d", cases[i].name, got);
		mm_buf_clear(&changed);
	}
}

static void request_bounds(void **state)
{
	static const struct bound cases[] = {
		{ "version 2", 1, LEN("\0\0\0\0\0\0\0\2"), MM_ERR_VERSION },
		{ "wireformat 2", 5, LEN("\0\0\0\0\0\0\0\2"), MM_ERR_LIMIT },
		{ "offset above 31 bits", 4, LEN("\0\0\0\0\x80\0\0\0"),
		  MM_ERR_LIMIT },
		{ "whole operation", 6, LEN(KIND("\2") PART TEXT), 0 },
		{ "unknown field", 6, LEN(KIND("\1") PART TEXT "\0\x9\0\0\0\0"),
		  0 },
		{ "kind 0", 6, LEN(KIND("\0") PART TEXT), MM_ERR_LIMIT },
		{ "kind 3", 6, LEN(KIND("\3") PART TEXT), MM_ERR_LIMIT },
		{ "no kind", 6, LEN(PART TEXT), MM_ERR_FORMAT },
		{ "no part", 6, LEN(KIND("\1") TEXT), MM_ERR_FORMAT },
		{ "the whole message", 6,
		  LEN(KIND("\1") "\0\2\0\0\0\1\0" TEXT), MM_ERR_FORMAT },
		{ "no text", 6, LEN(KIND("\1") PART), MM_ERR_FORMAT },
		{ "cut operation", 6, LEN(KIND("\1") PART "\0\3\0\0\0\2x"),
		  MM_ERR_FORMAT },
		{ "text is no UTF-8", 6,
		  LEN(KIND("\1") PART "\0\3\0\0\0\2" "\xff\0"),
		  MM_ERR_FORMAT },
		{ "stamp is no UTF-8", 7, LEN("\xc0\x80\0"), MM_ERR_FORMAT },
		{ "stamp without NUL", 7, LEN("abc"), MM_ERR_FORMAT },
	};
	struct mm_buf buf;

	(void)state;
	encode_request(&buf);
	check_bounds(&buf, cases, sizeof(cases) / sizeof(*cases),
		     decode_request);
	mm_buf_clear(&buf);
}

static void too_much(void **state)
{
	static char text[MM_REWRITE_TEXT_MAX + 2];
	struct mm_rewrite_request req = { .trace = "t", .stamp = text };
	struct mm_buf buf;

	(void)state;
	memset(text, 'x', MM_REWRITE_TEXT_MAX);
	mm_buf_init(&buf, MM_LIST_MAX);
	assert_int_equal(mm_rewrite_request_encode(&buf, &req), 0);
	assert_int_equal(decode_request(buf.data, buf.len), 0);
	text[MM_REWRITE_TEXT_MAX] = 'x';
	mm_buf_reset(&buf);
	assert_int_equal(mm_rewrite_request_encode(&buf, &req), 0);
	assert_int_equal(decode_request(buf.data, buf.len), MM_ERR_LIMIT);
	mm_buf_clear(&buf);

	encode_request(&buf);
	for (uint32_t i = 2; i <= MM_REWRITE_OPS_MAX; i++) {
		assert_int_equal(decode_request(buf.data, buf.len), 0);
		assert_int_equal(mm_wire_put(&buf, 6,
					     LEN(KIND("\1") PART TEXT)), 0);
	}
	assert_int_equal(decode_request(buf.data, buf.len), MM_ERR_LIMIT);
	mm_buf_clear(&buf);
}

static void encode_result(struct mm_buf *buf)
{
	struct mm_rewrite_outcome outcomes[] = {
		{ MM_REWRITE_CLEAN, "" },
		{ MM_REWRITE_REMOVE, "not a ZIP" },
	};
	const struct mm_rewrite_result result = {
		.outcomes = outcomes, .noutcomes = 2,
		.header = "Subject: x\n", .header_len = 11,
		.stamped = MM_STAMPED_PART, .signed_broken = true,
		.findings = "abc", .findings_len = 3,
	};

	mm_buf_init(buf, MM_REWRITE_RESULT_MAX);
	assert_int_equal(mm_rewrite_result_encode(buf, &result), 0);
}

static void result_round_trip(void **state)
{
	struct mm_rewrite_result got;
	struct mm_buf buf;

	(void)state;
	encode_result(&buf);
	assert_int_equal(mm_rewrite_result_decode(buf.data, buf.len, &got), 0);
	assert_int_equal(got.noutcomes, 2);
	assert_int_equal(got.outcomes[0].done, MM_REWRITE_CLEAN);
	assert_string_equal(got.outcomes[0].reason, "");
	assert_int_equal(got.outcomes[1].done, MM_REWRITE_REMOVE);
	assert_string_equal(got.outcomes[1].reason, "not a ZIP");
	assert_int_equal(got.header_len, 11);
	assert_memory_equal(got.header, "Subject: x\n", 11);
	assert_int_equal(got.stamped, MM_STAMPED_PART);
	assert_true(got.signed_broken);
	assert_int_equal(got.findings_len, 3);
	assert_memory_equal(got.findings, "abc", 3);
	mm_rewrite_result_clear(&got);
	check_decoder(decode_result, &buf, MM_ERR_FORMAT);
	mm_buf_clear(&buf);
}

static void result_bounds(void **state)
{
	static const struct bound cases[] = {
		{ "outcome alone", 2, LEN(KIND("\1")), 0 },
		{ "outcome of nothing", 2, LEN(""), MM_ERR_FORMAT },
		{ "outcome 3", 2, LEN(KIND("\3")), MM_ERR_LIMIT },
		{ "cut outcome", 2, LEN("\0\1\0\0"), MM_ERR_FORMAT },
		{ "reason without NUL", 2, LEN(KIND("\1") "\0\2\0\0\0\1x"),
		  MM_ERR_FORMAT },
		{ "stamped 3", 4, LEN("\0\0\0\0\0\0\0\3"), MM_ERR_LIMIT },
		{ "signed 2", 5, LEN("\0\0\0\0\0\0\0\2"), MM_ERR_LIMIT },
		{ "no header", 3, LEN(""), 0 },
		{ "no findings", 6, LEN(""), MM_ERR_FORMAT },
	};
	struct mm_buf buf;

	(void)state;
	encode_result(&buf);
	check_bounds(&buf, cases, sizeof(cases) / sizeof(*cases),
		     decode_result);
	mm_buf_clear(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_round_trip),
		cmocka_unit_test(stamp_alone),
		cmocka_unit_test(request_bounds),
		cmocka_unit_test(too_much),
		cmocka_unit_test(result_round_trip),
		cmocka_unit_test(result_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
