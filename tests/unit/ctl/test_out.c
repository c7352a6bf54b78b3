/* mamorictl/out.c and json.c: rows of any kind, foreign text. */
#include "tests/unit/ctl/ctl_test.h"

#include <cjson/cJSON.h>

#include "mamorictl/out.h"

static void add_row(struct mm_buf *rows, const char *const *pairs)
{
	struct mm_buf row;

	mm_buf_init(&row, 10000);
	for (; *pairs != NULL; pairs += 2)
		assert_int_equal(mm_pair_put(&row, pairs[0], pairs[1]), 0);
	assert_int_equal(mm_wire_put(rows, MM_TAG_ROW, row.data, row.len), 0);
	mm_buf_clear(&row);
}

static void fill(struct mm_rows *rows)
{
	static const char *const role[] = { "row", "role", "name", "gate",
					    "pid", "12", NULL };
	static const char *const longer[] = { "row", "role", "name",
					      "\xe3\x81\x82 keeper", "pid",
					      "3", NULL };
	static const char *const other[] = { "row", "new\033kind", "text",
					     "a\nb\xff", "sandbox",
					     "uid, seccomp", "num", "007",
					     "until", "x", NULL };

	memset(rows, 0, sizeof(*rows));
	mm_buf_init(&rows->bytes, 100000);
	add_row(&rows->bytes, role);
	add_row(&rows->bytes, longer);
	assert_int_equal(mm_wire_put_num(&rows->bytes, 7, 1), 0);
	add_row(&rows->bytes, other);
	assert_int_equal(mm_rows_decode(rows), 0);
	assert_int_equal(rows->count, 3);
}

static void text(void **state)
{
	struct mm_rows rows;
	char got[2000];

	(void)state;
	fill(&rows);
	capture_begin();
	mm_out_rows(&rows);
	capture_end(got, sizeof(got));
	assert_string_equal(got, "role:\n"
			    "name      pid  \n"
			    "gate      12\n"
			    "\xe3\x81\x82 keeper  3\n"
			    "\n"
			    "new\\x1bkind:\n"
			    "  text     a\\x0ab\\xff\n"
			    "  sandbox  uid, seccomp\n"
			    "  num      007\n"
			    "  until    x\n");
	mm_rows_clear(&rows);
}

static void json(void **state)
{
	struct mm_rows rows;
	char got[2000];

	(void)state;
	fill(&rows);
	capture_begin();
	mm_json_print(mm_json_row(&rows.list[0]));
	mm_json_print(mm_json_row(&rows.list[2]));
	capture_end(got, sizeof(got));
	assert_string_equal(got, "{\"name\":\"gate\",\"pid\":12}\n"
			    "{\"text\":\"a\\nb\xef\xbf\xbd\","
			    "\"sandbox\":[\"uid\",\"seccomp\"],"
			    "\"num\":\"007\",\"until\":\"x\"}\n");
	mm_rows_clear(&rows);
}

static void invalid_utf8(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "a", "a" },
		{ "\xff", "\xef\xbf\xbd" },
		{ "\xe3\x81", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xe3\x81\x82\xe3", "\xe3\x81\x82\xef\xbf\xbd" },
		{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xf0\x9f\x98\x80\x80", "\xf0\x9f\x98\x80\xef\xbf\xbd" },
	};
	cJSON *got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		got = mm_json_text(cases[i].text);
		assert_string_equal(got->valuestring, cases[i].want);
		cJSON_Delete(got);
	}
}

static void bad_rows(void **state)
{
	struct mm_rows rows;

	(void)state;
	memset(&rows, 0, sizeof(rows));
	mm_buf_init(&rows.bytes, 1000);
	assert_int_equal(mm_wire_put(&rows.bytes, MM_TAG_ROW, "rubbish", 7),
			 0);
	assert_int_equal(mm_rows_decode(&rows), MM_ERR_FORMAT);
	mm_rows_clear(&rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text),
		cmocka_unit_test(json),
		cmocka_unit_test(invalid_utf8),
		cmocka_unit_test(bad_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
