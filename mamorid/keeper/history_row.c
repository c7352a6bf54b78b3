/*
 * Rows of the history as pairs for an answer. Keeper, uid mamori-keeper. SQL
 * is allowed in history*.c, vault*.c, outbox.c and db*.c only. Must never
 * show one recipient of a mail another one.
 */
#include "mamorid/keeper/history_row.h"

#include <string.h>

#include "core/address.h"
#include "core/err.h"
#include "core/frame.h"
#include "core/text.h"
#include "mamorid/keeper/rows.h"

bool mm_history_shows(const struct mm_history_scope *scope, const char *address,
		      const char *domain)
{
	const char *at;
	size_t len;

	if (scope->level == MM_LEVEL_SERVER)
		return true;
	if (scope->level == MM_LEVEL_DOMAIN)
		return domain != NULL && strcmp(domain, scope->name) == 0;
	if (strcmp(address, scope->name) == 0)
		return true;
	/* With a tag it is the same mailbox. */
	at = strrchr(scope->name, '@');
	len = at == NULL ? 0 : (size_t)(at - scope->name);
	return domain != NULL && len > 0 && strcmp(domain, at + 1) == 0 &&
	       strncmp(address, scope->name, len) == 0 && address[len] == '+';
}

int mm_history_in_scope(struct mm_db *db, int64_t mail,
			const struct mm_history_scope *scope, bool *all_r)
{
	sqlite3_stmt *stmt;
	bool in = scope->level == MM_LEVEL_SERVER;
	int r;

	*all_r = in;
	if (in)
		return 1;
	r = mm_db_start(db, &stmt,
			"SELECT n, address, domain FROM party WHERE mail = ?1"
			" AND domain != '' ORDER BY n",
			"i", mail);
	if (r < 0)
		return r;
	while (!in && (r = mm_db_step(db, stmt)) == 1) {
		in = mm_history_shows(scope, mm_db_text(stmt, 1),
				      mm_db_text(stmt, 2));
		*all_r = in &&
			 sqlite3_column_int64(stmt, 0) == MM_PARTY_ACCOUNT;
	}
	mm_db_end(stmt);
	return r < 0 ? r : in;
}

static int put_num(struct mm_buf *pairs, const char *name, int64_t num)
{
	return mm_pair_put_num(pairs, name, num < 0 ? 0 : (uint64_t)num);
}

/* Columns by number and name; 's' for all, 'S' for the sender's eyes. */
static const struct {
	char type;
	int column;
	const char *name;
} columns[] = {
	{ 's', 1, "trace" },	   { 's', 2, "direction" },
	{ 'S', 3, "account" },	   { 'S', 4, "login" },
	{ 's', 5, "sender" },	   { 's', 6, "host" },
	{ 's', 7, "helo" },	   { 'I', 8, "uid" },
	{ 's', 9, "message_id" },  { 's', 10, "from" },
	{ 's', 11, "subject" },	   { 'i', 12, "size" },
	{ 's', 13, "verdict" },	   { 'S', 14, "action" },
	{ 'S', 15, "reason" },	   { 's', 16, "spam" },
	{ 'S', 17, "notices" },	   { 'I', 18, "invalid" },
	{ 'I', 19, "recipients" }, { 'i', 20, "ms" },
};

int mm_history_put_mail(struct mm_buf *rows, sqlite3_stmt *stmt, int64_t start,
			bool all)
{
	const int64_t time = start + (sqlite3_column_int64(stmt, 0) >>
				      MM_HISTORY_SERIAL_BITS);
	struct mm_buf pairs;
	size_t i;
	int r;

	mm_buf_init(&pairs, MM_FRAME_MAX);
	if ((r = mm_pair_put(&pairs, "row", "mail")) == 0)
		r = put_num(&pairs, "time", time);
	for (i = 0; i < sizeof(columns) / sizeof(*columns) && r == 0; i++) {
		const char type = columns[i].type;
		const int column = columns[i].column;

		if (!all && (type == 'S' || type == 'I'))
			continue;
		r = type == 's' || type == 'S'
			    ? mm_rows_text(&pairs, columns[i].name,
					   mm_db_text(stmt, column))
			    : put_num(&pairs, columns[i].name,
				      sqlite3_column_int64(stmt, column));
	}
	if (r == 0)
		r = mm_rows_add(rows, &pairs);
	/* Findings are kept as such rows. */
	if (r == 0 && sqlite3_column_bytes(stmt, 22) > 0)
		r = mm_buf_put(rows, sqlite3_column_blob(stmt, 22),
			       (size_t)sqlite3_column_bytes(stmt, 22));
	mm_buf_clear(&pairs);
	return r;
}

static int put_party(struct mm_buf *rows, sqlite3_stmt *stmt, const char *trace)
{
	static const char *const names[] = { "recipient", "outcome", "edits",
					     "rules", "notices" };
	const int64_t flags = sqlite3_column_int64(stmt, 5);
	struct mm_buf pairs;
	int i, r;

	mm_buf_init(&pairs, MM_FRAME_MAX);
	if ((r = mm_pair_put(&pairs, "row", "recipient")) == 0)
		r = mm_rows_text(&pairs, "trace", trace);
	for (i = 0; i < 5 && r == 0; i++)
		r = mm_rows_text(&pairs, names[i], mm_db_text(stmt, i));
	if (r == 0)
		r = mm_pair_put_num(&pairs, "copy",
				    (flags & MM_PARTY_COPY) != 0);
	if (r == 0)
		r = mm_pair_put_num(&pairs, "variant",
				    (flags & MM_PARTY_VARIANT) != 0);
	if (r == 0)
		r = mm_rows_add(rows, &pairs);
	mm_buf_clear(&pairs);
	return r;
}

int mm_history_put_parties(struct mm_buf *rows, struct mm_db *db, int64_t mail,
			   const char *trace,
			   const struct mm_history_scope *scope, bool all)
{
	sqlite3_stmt *stmt;
	int r = mm_db_start(db, &stmt,
			    "SELECT address, outcome, edits, rules, notices,"
			    " flags, domain FROM party WHERE mail = ?1 AND"
			    " n >= 0 ORDER BY n",
			    "i", mail);

	if (r < 0)
		return r;
	while ((r = mm_db_step(db, stmt)) == 1) {
		if (!all && !mm_history_shows(scope, mm_db_text(stmt, 0),
					      mm_db_text(stmt, 6)))
			continue;
		if ((r = put_party(rows, stmt, trace)) < 0)
			break;
	}
	mm_db_end(stmt);
	return r;
}

static int put_event(struct mm_buf *rows, sqlite3_stmt *stmt, const char *trace)
{
	struct mm_buf pairs;
	int r;

	mm_buf_init(&pairs, MM_FRAME_MAX);
	if ((r = mm_pair_put(&pairs, "row", "event")) == 0 &&
	    (r = mm_rows_text(&pairs, "trace", trace)) == 0 &&
	    (r = put_num(&pairs, "time", sqlite3_column_int64(stmt, 0))) == 0 &&
	    (r = mm_rows_text(&pairs, "event", mm_db_text(stmt, 1))) == 0 &&
	    (r = mm_rows_text(&pairs, "who", mm_db_text(stmt, 2))) == 0 &&
	    (r = mm_rows_text(&pairs, "text", mm_db_text(stmt, 3))) == 0)
		r = mm_rows_add(rows, &pairs);
	mm_buf_clear(&pairs);
	return r;
}

/* Whom an event is about: nobody's address says more than one's own. */
static bool is_shown(const struct mm_history_scope *scope, const char *who)
{
	char low[MM_ADDRESS_MAX + 1];
	const size_t len = strlen(who);

	if (len == 0 || len > MM_ADDRESS_MAX)
		return false;
	memcpy(low, who, len + 1);
	mm_text_lower(low);
	return mm_history_shows(scope, low, mm_address_domain(low));
}

int mm_history_put_events(struct mm_buf *rows, struct mm_db *db,
			  const char *trace,
			  const struct mm_history_scope *scope, bool all)
{
	sqlite3_stmt *stmt;
	int r = mm_db_start(db, &stmt,
			    "SELECT time, kind, who, text FROM event WHERE"
			    " trace = ?1 ORDER BY time, id LIMIT 10000",
			    "s", trace);

	if (r < 0)
		return r;
	while ((r = mm_db_step(db, stmt)) == 1) {
		if (!all && !is_shown(scope, mm_db_text(stmt, 2)))
			continue;
		if ((r = put_event(rows, stmt, trace)) < 0)
			break;
	}
	mm_db_end(stmt);
	return r;
}
