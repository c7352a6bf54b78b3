/* core/proto_inspect.c: the inspection request and the findings. */
#include "tests/unit/core/unit.h"

#include "core/proto.h"

static int decode_request(const void *data, size_t len)
{
	struct mm_inspect_request req;

	return mm_inspect_request_decode(data, len, &req);
}

static int decode_findings(const void *data, size_t len)
{
	struct mm_findings findings;
	int r = mm_findings_decode(data, len, &findings);

	mm_findings_clear(&findings);
	return r;
}

static void request_round_trip(void **state)
{
	const struct mm_inspect_request want = {
		.trace = "t", .deadline = 123, .body_offset = 19,
		.wireformat = true, .scan_ms = 4294967295u,
	};
	struct mm_inspect_request got;
	struct mm_buf buf;

	(void)state;
	mm_buf_init(&buf, 1000);
	assert_int_equal(mm_inspect_request_encode(&buf, &want), 0);
	assert_int_equal(mm_inspect_request_decode(buf.data, buf.len, &got),
			 0);
	assert_int_equal(got.version, MM_PROTO_VERSION);
	assert_string_equal(got.trace, "t");
	assert_true(got.deadline == 123);
	assert_int_equal(got.body_offset, 19);
	assert_true(got.wireformat);
	assert_true(got.scan_ms == 4294967295u);
	check_decoder(decode_request, &buf, MM_ERR_FORMAT);
	mm_buf_clear(&buf);
}

static void encode_findings(struct mm_buf *buf)
{
	struct mm_finding list[] = {
		{ "1.2", "a.zip", "application/zip", "zip", 1234,
		  MM_KIND_ENCRYPTED, "encrypted", false },
		{ "", "", "", "", 0, MM_KIND_VIRUS, "Eicar", true },
	};
	const struct mm_findings findings = {
		.verdict = MM_VERDICT_INFECTED,
		.list = list,
		.count = 2,
		.parts = 3,
		.from = "a@b",
		.subject = "\xe3\x81\x82",
		.date = "today",
		.message_id = "<x@y>",
		.size = UINT64_MAX,
		.scan_ms = 17,
	};

	mm_buf_init(buf, MM_LIST_MAX);
	assert_int_equal(mm_findings_encode(buf, &findings), 0);
}

static void findings_round_trip(void **state)
{
	struct mm_findings got;
	struct mm_buf buf;

	(void)state;
	encode_findings(&buf);
	assert_int_equal(mm_findings_decode(buf.data, buf.len, &got), 0);
	assert_int_equal(got.verdict, MM_VERDICT_INFECTED);
	assert_int_equal(got.count, 2);
	assert_string_equal(got.list[0].part, "1.2");
	assert_string_equal(got.list[0].name, "a.zip");
	assert_string_equal(got.list[0].mime_type, "application/zip");
	assert_string_equal(got.list[0].type, "zip");
	assert_int_equal(got.list[0].size, 1234);
	assert_int_equal(got.list[0].kind, MM_KIND_ENCRYPTED);
	assert_false(got.list[0].in_body);
	assert_string_equal(got.list[1].detail, "Eicar");
	assert_true(got.list[1].in_body);
	assert_int_equal(got.parts, 3);
	assert_string_equal(got.from, "a@b");
	assert_string_equal(got.subject, "\xe3\x81\x82");
	assert_string_equal(got.date, "today");
	assert_string_equal(got.message_id, "<x@y>");
	assert_true(got.size == UINT64_MAX);
	assert_int_equal(got.scan_ms, 17);
	mm_findings_clear(&got);
	check_decoder(decode_findings, &buf, MM_ERR_FORMAT);
	mm_buf_clear(&buf);
}

static void findings_bounds(void **state)
{
	static const struct {
		const char *name;
		uint16_t tag;
		const char *bytes;
		size_t len;
		int want;
	} cases[] = {
		{ "verdict 0", 2, "\0\0\0\0\0\0\0\0", 8, MM_ERR_LIMIT },
		{ "verdict 4", 2, "\0\0\0\0\0\0\0\4", 8, MM_ERR_LIMIT },
		{ "finding of nothing", 3, "", 0, MM_ERR_FORMAT },
		{ "finding of kind 9", 3, "\0\6\0\0\0\10\0\0\0\0\0\0\0\11",
		  14, MM_ERR_LIMIT },
		{ "kind alone", 3, "\0\6\0\0\0\10\0\0\0\0\0\0\0\1", 14, 0 },
		{ "in_body 2", 3, "\0\10\0\0\0\10\0\0\0\0\0\0\0\2", 14,
		  MM_ERR_LIMIT },
		{ "cut finding", 3, "\0\6\0\0\0\10\0\0\0", 9, MM_ERR_FORMAT },
		{ "parts above 32 bits", 4, "\0\0\0\1\0\0\0\0", 8,
		  MM_ERR_LIMIT },
		{ "subject without NUL", 6, "abc", 3, MM_ERR_FORMAT },
	};
	struct mm_buf buf, changed;
	size_t i;
	int got;

	(void)state;
	encode_findings(&buf);
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		replace_field(&buf, cases[i].tag, cases[i].bytes, cases[i].len,
			      &changed);
		got = decode_copy(decode_findings, changed.data, changed.len);
		if (got != cases[i].want)
			fail_msg("%s: got %d", cases[i].name, got);
		mm_buf_clear(&changed);
	}
	mm_buf_clear(&buf);
}

static void too_many_findings(void **state)
{
	struct mm_buf buf;
	uint32_t i;

	(void)state;
	encode_findings(&buf);
	for (i = 2; i <= MM_FINDINGS_MAX; i++) {
		assert_int_equal(decode_findings(buf.data, buf.len), 0);
		assert_int_equal(mm_wire_put(&buf, 3,
					     "\0\6\0\0\0\10\0\0\0\0\0\0\0\1",
					     14), 0);
	}
	assert_int_equal(decode_findings(buf.data, buf.len), MM_ERR_LIMIT);
	mm_buf_clear(&buf);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(mm_verdict_name(MM_VERDICT_CLEAN), "clean");
	assert_string_equal(mm_verdict_name(MM_VERDICT_INFECTED), "infected");
	assert_string_equal(mm_verdict_name(MM_VERDICT_NOT_CHECKED),
			    "not-checked");
	/* Nothing that is not known to be clean is called clean. */
	assert_string_equal(mm_verdict_name((enum mm_verdict)0),
			    "not-checked");
	assert_string_equal(mm_kind_name(MM_KIND_VIRUS), "virus");
	assert_string_equal(mm_kind_name(MM_KIND_LIMIT), "limit");
	assert_string_equal(mm_kind_name((enum mm_kind)0), "error");
	assert_string_equal(mm_kind_name((enum mm_kind)99), "error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_round_trip),
		cmocka_unit_test(findings_round_trip),
		cmocka_unit_test(findings_bounds),
		cmocka_unit_test(too_many_findings),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
