/*
 * What accounts have sent lately, read again at start. Keeper, uid
 * mamori-keeper. SQL is allowed in history*.c, vault*.c, outbox.c and db*.c
 * only.
 */
#include <string.h>

#include "mamorid/keeper/history_read.h"

struct sent {
	int64_t since;
	void (*visit)(void *context, const struct mm_history *mail);
	void *context;
};

static void visit_row(const struct sent *sent, sqlite3_stmt *stmt,
		      int64_t start)
{
	const int64_t flags = sqlite3_column_int64(stmt, 8);
	/* Only of a mailbox here; NULL reads as "". */
	struct mm_history_recipient to = { .address = mm_db_text(stmt, 9),
					   .local = true };
	const struct mm_history mail = {
		.time = start + (sqlite3_column_int64(stmt, 0) >>
				 MM_HISTORY_SERIAL_BITS),
		.account = mm_db_text(stmt, 1),
		.login = mm_db_text(stmt, 2),
		.total = (uint64_t)sqlite3_column_int64(stmt, 3),
		.invalid = (uint64_t)sqlite3_column_int64(stmt, 4),
		.content = (uint64_t)sqlite3_column_int64(stmt, 5),
		.verdict = mm_db_text(stmt, 6),
		.reason = mm_db_text(stmt, 7),
		.action = mm_db_text(stmt, 10),
		.bounce = (flags & 1) != 0,
		.held = (flags & 2) != 0,
		.recipients = &to,
		.nrecipients = 1,
	};

	sent->visit(sent->context, &mail);
}

static int sent_day(void *context, struct mm_db *db, const char *day)
{
	const struct sent *sent = context;
	const int64_t start = mm_history_day_start(day);
	const int64_t from = sent->since > start ? sent->since - start : 0;
	sqlite3_stmt *stmt;
	int r;

	if (start + 86400 <= sent->since)
		return 0;
	r = mm_db_start(
		db, &stmt,
		"SELECT m.id, m.account, m.login, m.total, m.invalid,"
		" m.content, m.verdict, m.reason, m.flags,"
		" (SELECT address FROM party p WHERE p.mail = m.id"
		"  AND p.n = 0 AND p.domain != ''), m.action FROM mail m"
		" WHERE m.id >= ?1 AND (m.account != '' OR m.login != ''"
		"  OR m.flags & 1)",
		"i", from << MM_HISTORY_SERIAL_BITS);
	if (r < 0)
		return r;
	while ((r = mm_db_step(db, stmt)) == 1)
		visit_row(sent, stmt, start);
	mm_db_end(stmt);
	return r;
}

int mm_history_sent(struct mm_history_store *store, int64_t since,
		    void (*visit)(void *context, const struct mm_history *mail),
		    void *context)
{
	struct sent sent = { since, visit, context };

	return mm_history_days(store, false, sent_day, &sent);
}
