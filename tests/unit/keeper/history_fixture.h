#ifndef MM_TESTS_UNIT_KEEPER_HISTORY_FIXTURE_H
#define MM_TESTS_UNIT_KEEPER_HISTORY_FIXTURE_H

/*
 * A history in a folder of its own, and questions to it.
 */
#include "fixture.h"

#include "core/frame.h"
#include "core/wire.h"
#include "mamorid/keeper/history_read.h"

#define DAY 86400

static struct mm_history_store store;
static const char *verdict = "clean"; /* of what is added */

static inline int setup(void **state)
{
	assert_int_equal(fix_setup(state), 0);
	free(fix.conf.state_dir);
	fix.conf.state_dir = strdup(fix.dir);
	mm_history_open(&store, &fix.conf);
	return 0;
}

static inline int teardown(void **state)
{
	mm_history_close(&store);
	return fix_teardown(state);
}

/* A mail from outside to two mailboxes here. */
static inline void add(const char *trace, int64_t when, const char *account,
		const char *first, const char *second)
{
	struct mm_history_recipient to[2] = {
		{ .address = first,
		  .outcome = "deliver",
		  .edits = "",
		  .rules = "",
		  .notices = "",
		  .local = true },
		{ .address = second,
		  .outcome = "deliver",
		  .edits = "",
		  .rules = "",
		  .notices = "",
		  .local = true },
	};
	char id[64];
	struct mm_buf buf;
	size_t next;
	struct mm_history mail = {
		.trace = trace,
		.time = when,
		.direction = "inbound",
		.account = account,
		.login = account,
		.sender = "Eve@evil.example",
		.subject = "Hello",
		.verdict = verdict,
		.action = "accept",
		.total = 2,
		.recipients = to,
		.nrecipients = second == NULL ? 1 : 2,
	};
	struct mm_history got;

	(void)snprintf(id, sizeof(id), "%s@evil.example", trace);
	mail.message_id = id;
	mm_buf_init(&buf, MM_FRAME_MAX);
	assert_int_equal(mm_history_encode(&buf, &mail, 0, &next), 0);
	assert_int_equal(mm_history_decode(buf.data, buf.len, &got), 0);
	mm_history_add(&store, &got, NOW);
	mm_history_clear(&got);
	mm_buf_clear(&buf);
}

static const struct mm_history_scope all = { MM_LEVEL_SERVER, "" };

/* How many rows of a kind there are, and does any text stand in them? */
static inline int count_rows_of(const struct mm_buf *rows, const char *kind,
			 const char *text)
{
	struct mm_wire in, field;
	struct mm_pairs pairs;
	uint16_t tag;
	int count = 0;
	size_t i;

	mm_wire_init(&in, rows->data, rows->len);
	while (mm_wire_next(&in, &tag, &field) == 1) {
		assert_int_equal(tag, MM_TAG_ROW);
		assert_int_equal(mm_pairs_decode(field.pos,
						 mm_wire_left(&field), &pairs),
				 0);
		if (strcmp(mm_pairs_get(&pairs, "row"), kind) == 0)
			for (i = 0; i < pairs.count; i++)
				count += strcmp(pairs.list[i].value,
						text) == 0;
		mm_pairs_clear(&pairs);
	}
	return count;
}

static inline size_t why(const char *id, const struct mm_history_scope *scope,
		  struct mm_buf *rows)
{
	struct mm_history_why found;

	mm_buf_init(rows, MM_LIST_MAX);
	assert_int_equal(mm_history_why(&store, id, scope, rows, &found), 0);
	return found.count;
}

static inline bool is_known(const char *id,
			    const struct mm_history_scope *scope)
{
	struct mm_buf rows;
	const size_t count = why(id, scope, &rows);

	mm_buf_clear(&rows);
	return count == 1;
}

static inline int listed(const struct mm_history_filter *filter)
{
	struct mm_history_filter f = *filter;
	struct mm_buf rows;
	int count;

	if (f.scope.level == 0)
		f.scope = all;
	if (f.until == 0)
		f.until = INT64_MAX;
	if (f.limit == 0)
		f.limit = 1000;
	mm_buf_init(&rows, MM_LIST_MAX);
	assert_int_equal(mm_history_list(&store, &f, &rows), 0);
	count = count_rows_of(&rows, "mail", "mail");
	mm_buf_clear(&rows);
	return count;
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

#endif
