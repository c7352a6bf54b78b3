/* mamorictl/dry_run.c: what is said of a dry run, whatever the rows are. */
#include "tests/unit/ctl/ctl_test.h"

#include <cjson/cJSON.h>

#include "core/wire.h"
#include "mamorictl/dry_run.h"

static void add(struct mm_rows *rows, const char *const *pairs)
{
	struct mm_buf row;

	mm_buf_init(&row, MM_LIST_MAX);
	for (; *pairs != NULL; pairs += 2)
		assert_int_equal(mm_pair_put(&row, pairs[0], pairs[1]), 0);
	assert_int_equal(mm_wire_put(&rows->bytes, MM_TAG_ROW, row.data,
				     row.len),
			 0);
	mm_buf_clear(&row);
}

#define ADD(rows, ...) add(rows, (const char *const[]){ __VA_ARGS__, NULL })

static void make(struct mm_rows *rows)
{
	memset(rows, 0, sizeof(*rows));
	mm_buf_init(&rows->bytes, MM_LIST_MAX);
	ADD(rows, "row", "message", "direction", "inbound", "source", "host",
	    "sender", "a@b", "verdict", "infected", "reason", "virus",
	    "action", "accept", "code", "250", "subject", "1");
	ADD(rows, "row", "finding", "kind", "virus", "detail", "X\x1b[2J",
	    "part", "2", "size", "68", "place", "attachment");
	ADD(rows, "row", "recipient", "recipient", "c@d", "local", "1",
	    "mailbox", "e@d", "settings", "domain", "preset", "mwb",
	    "preset_from", "domain", "outcome", "deliver", "reason", "virus",
	    "edits", "strip,tag", "subject_before", "1", "subject_after",
	    "[X] 1", "copy", "1", "variant", "0");
	ADD(rows, "row", "rule", "recipient", "c@d", "rule", "r1", "side",
	    "receiving", "on", "1", "switched", "preset", "preset", "mwb",
	    "do", "strip,quarantine", "else", "", "notify", "recipient");
	ADD(rows, "row", "rule", "recipient", "c@d", "rule", "r2", "side",
	    "receiving", "on", "0", "switched", "domain", "preset", "mwb",
	    "do", "tag");
	ADD(rows, "row", "part", "recipient", "c@d", "part", "2", "name",
	    "x.zip", "done", "removed");
	ADD(rows, "row", "notice", "to", "c@d", "template", "stripped",
	    "sent", "0", "why", "off", "level", "account");
	ADD(rows, "row", "newer", "what", "ever");
	assert_int_equal(mm_rows_decode(rows), 0);
}

static void text(void **state)
{
	struct mm_rows rows;
	char out[4096];

	(void)state;
	make(&rows);
	capture_begin();
	mm_dry_run_print(&rows);
	capture_end(out, sizeof(out));
	assert_string_equal(
		out,
		"inbound mail, source host, from <a@b>\n"
		"  subject    1\n"
		"  verdict    infected (virus)\n"
		"  answer     accept: 250\n"
		"  found      virus X\\x1b[2J, part 2, 68 bytes, attachment\n"
		"\n<c@d>\n"
		"  settings   of the domain, mailbox <e@d>\n"
		"  preset     mwb (domain)\n"
		"  outcome    deliver (virus)\n"
		"  edits      strip,tag\n"
		"  subject    \"1\" becomes \"[X] 1\"\n"
		"  copy       in quarantine\n"
		"  rule       r1: strip,quarantine, tells recipient "
		"(receiving side, preset mwb)\n"
		"  off        r2: tag (receiving side, preset mwb, switched "
		"off by the domain)\n"
		"  part       2 \"x.zip\" removed\n"
		"\n  notice     stripped to <c@d>: not sent, warnings are "
		"switched off by the account\n");
	mm_rows_clear(&rows);
}

static const cJSON *in(const cJSON *json, const char *list, int i)
{
	return cJSON_GetArrayItem(cJSON_GetObjectItem(json, list), i);
}

static void json(void **state)
{
	struct mm_rows rows;
	const cJSON *one;
	cJSON *all;

	(void)state;
	make(&rows);
	all = mm_dry_run_json(&rows);
	/* A subject of digits is a text. */
	assert_true(cJSON_IsString(cJSON_GetObjectItem(all, "subject")));
	assert_true(cJSON_IsNumber(cJSON_GetObjectItem(all, "code")));
	assert_int_equal(
		cJSON_GetArraySize(cJSON_GetObjectItem(all, "findings")), 1);
	one = in(all, "recipients", 0);
	assert_true(cJSON_IsTrue(cJSON_GetObjectItem(one, "copy")));
	assert_true(cJSON_IsFalse(cJSON_GetObjectItem(one, "variant")));
	assert_int_equal(
		cJSON_GetArraySize(cJSON_GetObjectItem(one, "edits")), 2);
	assert_int_equal(
		cJSON_GetArraySize(cJSON_GetObjectItem(one, "rules")), 2);
	assert_int_equal(
		cJSON_GetArraySize(cJSON_GetObjectItem(one, "parts")), 1);
	one = in(all, "notices", 0);
	assert_true(cJSON_IsFalse(cJSON_GetObjectItem(one, "sent")));
	cJSON_Delete(all);
	mm_rows_clear(&rows);
}

/* An answer that ends early, or lacks pairs, is shown as far as it goes. */
static void truncated(void **state)
{
	struct mm_rows whole, rows;
	size_t len, decoded = 0;
	char out[4096];

	(void)state;
	make(&whole);
	for (len = 0; len <= whole.bytes.len; len++) {
		memset(&rows, 0, sizeof(rows));
		mm_buf_init(&rows.bytes, MM_LIST_MAX);
		assert_int_equal(mm_buf_put(&rows.bytes, whole.bytes.data, len),
				 0);
		if (mm_rows_decode(&rows) == 0) {
			decoded++;
			capture_begin();
			mm_dry_run_print(&rows);
			capture_end(out, sizeof(out));
			cJSON_Delete(mm_dry_run_json(&rows));
		}
		mm_rows_clear(&rows);
	}
	/* Before each row, and at the end. */
	assert_int_equal(decoded, whole.count + 1);
	mm_rows_clear(&whole);
}

static void bare(void **state)
{
	static const char *const kinds[] = { "message",	  "finding", "rule",
					     "recipient", "part",    "notice" };
	struct mm_rows rows = { .count = 0 };
	char out[4096];
	size_t i;

	(void)state;
	mm_buf_init(&rows.bytes, MM_LIST_MAX);
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		ADD(&rows, "row", kinds[i]);
	assert_int_equal(mm_rows_decode(&rows), 0);
	capture_begin();
	mm_dry_run_print(&rows);
	capture_end(out, sizeof(out));
	cJSON_Delete(mm_dry_run_json(&rows));
	mm_rows_clear(&rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text),
		cmocka_unit_test(json),
		cmocka_unit_test(truncated),
		cmocka_unit_test(bare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
