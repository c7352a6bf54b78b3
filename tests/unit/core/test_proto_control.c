/* core/proto_control.c: pairs and error texts. */
#include "tests/unit/core/unit.h"

#include <sys/socket.h>
#include <unistd.h>

#include "core/frame.h"
#include "core/proto.h"

static int decode(const void *data, size_t len)
{
	struct mm_pairs pairs;
	int r = mm_pairs_decode(data, len, &pairs);

	mm_pairs_clear(&pairs);
	return r;
}

static void round_trip(void **state)
{
	struct mm_pairs pairs;
	struct mm_buf buf;

	(void)state;
	mm_buf_init(&buf, 1000);
	assert_int_equal(mm_pair_put(&buf, "name", "value"), 0);
	assert_int_equal(mm_pair_put(&buf, "none", NULL), 0);
	assert_int_equal(mm_pair_put(&buf, "empty", ""), 0);
	assert_int_equal(mm_pair_put_num(&buf, "num", UINT64_MAX), 0);
	assert_int_equal(mm_wire_put_str(&buf, 999, "from the future"), 0);
	assert_int_equal(mm_pairs_decode(buf.data, buf.len, &pairs), 0);
	assert_int_equal(pairs.count, 3);
	assert_string_equal(mm_pairs_get(&pairs, "name"), "value");
	assert_string_equal(mm_pairs_get(&pairs, "empty"), "");
	assert_string_equal(mm_pairs_get(&pairs, "num"),
			    "18446744073709551615");
	assert_null(mm_pairs_get(&pairs, "none"));
	mm_pairs_clear(&pairs);
	assert_null(mm_pairs_get(&pairs, "name"));
	check_decoder(decode, &buf, 0);
	mm_buf_clear(&buf);
}

static void bounds(void **state)
{
	char name[MM_TRACE_MAX + 2], value[MM_TEXT_MAX + 2];
	struct mm_buf buf;
	int i;

	(void)state;
	memset(name, 'n', sizeof(name));
	memset(value, 'v', sizeof(value));
	name[MM_TRACE_MAX + 1] = value[MM_TEXT_MAX + 1] = '\0';
	mm_buf_init(&buf, 100000);
	assert_int_equal(mm_pair_put(&buf, name, "v"), MM_ERR_LIMIT);
	assert_int_equal(mm_pair_put(&buf, "", "v"), MM_ERR_LIMIT);
	assert_int_equal(mm_pair_put(&buf, "n", value), MM_ERR_LIMIT);
	assert_int_equal(buf.len, 0);
	name[MM_TRACE_MAX] = value[MM_TEXT_MAX] = '\0';
	assert_int_equal(mm_pair_put(&buf, name, value), 0);
	assert_int_equal(decode(buf.data, buf.len), 0);
	for (i = 1; i < (int)MM_PAIRS_MAX; i++)
		assert_int_equal(mm_pair_put_num(&buf, "i", 1), 0);
	assert_int_equal(decode(buf.data, buf.len), 0);
	assert_int_equal(mm_pair_put_num(&buf, "i", 1), 0);
	assert_int_equal(decode(buf.data, buf.len), MM_ERR_LIMIT);
	mm_buf_clear(&buf);
}

static void incomplete_pairs(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t len;
	} cases[] = {
		{ "nothing", "", 0 },
		{ "no value", "\0\1\0\0\0\2n", 8 },
		{ "no name", "\0\2\0\0\0\2v", 8 },
		{ "empty name", "\0\1\0\0\0\1\0\0\2\0\0\0\2v", 15 },
		{ "cut", "\0\1\0\0\0\2n\0\0\2\0\0\0\3v", 16 },
	};
	struct mm_buf buf;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		mm_buf_init(&buf, 100);
		assert_int_equal(mm_wire_put(&buf, 201, cases[i].bytes,
					     cases[i].len), 0);
		if (decode(buf.data, buf.len) != MM_ERR_FORMAT)
			fail_msg("%s", cases[i].name);
		mm_buf_clear(&buf);
	}
}

static void errors(void **state)
{
	char longest[MM_TEXT_MAX + 100];
	struct mm_frame frame;
	struct mm_buf payload;
	int ends[2];

	(void)state;
	memset(longest, 'e', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	mm_frame_init(&frame);
	assert_int_equal(mm_send_error(ends[0], 7, "not now",
				       mm_deadline_in(10000)), 0);
	assert_int_equal(mm_send_error(ends[0], 8, longest,
				       mm_deadline_in(10000)), 0);
	assert_int_equal(mm_frame_recv(ends[1], &frame, MM_FRAME_MAX, 0,
				       mm_deadline_in(10000)), 0);
	assert_int_equal(frame.type, MM_FRAME_ERROR);
	assert_int_equal(frame.id, 7);
	assert_string_equal(mm_error_text(&frame.payload), "not now");
	assert_int_equal(mm_frame_recv(ends[1], &frame, MM_FRAME_MAX, 0,
				       mm_deadline_in(10000)), 0);
	assert_int_equal(strlen(mm_error_text(&frame.payload)), MM_TEXT_MAX);
	mm_frame_clear(&frame);
	close(ends[0]);
	close(ends[1]);

	mm_buf_init(&payload, 100);
	assert_non_null(mm_error_text(&payload));
	assert_int_equal(mm_buf_puts(&payload, "rubbish"), 0);
	assert_non_null(mm_error_text(&payload));
	mm_buf_clear(&payload);
}

/* Whole characters up to the bound, and short values as they are. */
static void cut(void **state)
{
	char text[MM_TEXT_MAX + 10];
	struct mm_pairs pairs;
	struct mm_buf buf;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text + MM_TEXT_MAX - 1, "\xe3\x81\x82", 4);
	mm_buf_init(&buf, MM_FRAME_MAX);
	assert_int_equal(mm_pair_put_cut(&buf, "long", text), 0);
	assert_int_equal(mm_pair_put_cut(&buf, "short", "y"), 0);
	assert_int_equal(mm_pair_put_cut(&buf, "none", NULL), 0);
	assert_int_equal(mm_pairs_decode(buf.data, buf.len, &pairs), 0);
	assert_int_equal(pairs.count, 2);
	assert_int_equal(strlen(pairs.list[0].value), MM_TEXT_MAX - 1);
	assert_string_equal(pairs.list[1].value, "y");
	mm_pairs_clear(&pairs);
	mm_buf_clear(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(bounds),
		cmocka_unit_test(incomplete_pairs),
		cmocka_unit_test(errors),
		cmocka_unit_test(cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
