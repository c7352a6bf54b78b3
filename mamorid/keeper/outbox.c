/*
 * Rows of the outbox. Keeper, uid mamori-keeper. SQL is allowed in vault*.c,
 * outbox*.c and db*.c only, so that the state can move to another store without
 * touching the rest. Must never drop a row that the mail server has not taken
 * or refused.
 */
#include "mamorid/keeper/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "mamorid/keeper/outbox_variant.h"
#include "mamorid/xalloc.h"

#define ROW_COLUMNS \
	"SELECT o.id, o.kind, o.record, o.quarantine, o.tries, o.created," \
	" o.template, o.recipient, coalesce(r.created, o.created)," \
	" r.trace, r.sender, coalesce(q.hash, v.hash), r.bytes, o.facts" \
	" FROM outbox o LEFT JOIN record r ON r.id = o.record" \
	" LEFT JOIN quarantine q ON q.id = o.quarantine" \
	" LEFT JOIN variant v ON v.outbox = o.id "

int mm_outbox_add_notice(struct mm_db *db, int64_t record, const char *notice,
			 const char *to, const struct mm_buf *facts,
			 int64_t now)
{
	return mm_db_run(db,
			 "INSERT INTO outbox(kind, record, quarantine,"
			 " template, recipient, facts, created, due, tries,"
			 " reply) VALUES(?1, ?2, 0, ?3, ?4, ?5, ?6, ?6, 0, '')",
			 "iissbi", (int64_t)MM_OUTBOX_NOTICE, record, notice,
			 to, facts == NULL ? NULL : facts->data,
			 facts == NULL ? (size_t)0 : facts->len, now);
}

int mm_outbox_add_release(struct mm_db *db, int64_t record, int64_t quarantine,
			  const char *to, int64_t now)
{
	int64_t id;
	int r;

	r = mm_db_get(db, &id, "SELECT id FROM outbox WHERE quarantine = ?1",
		      "i", quarantine);
	if (r != 0)
		return r < 0 ? r : 0;
	r = mm_db_run(db,
		      "INSERT INTO outbox(kind, record, quarantine, recipient,"
		      " created, due, tries, reply)"
		      " VALUES(?1, ?2, ?3, ?4, ?5, ?5, 0, '')",
		      "iiisi", (int64_t)MM_OUTBOX_RELEASE, record, quarantine,
		      to, now);
	return r < 0 ? r : 1;
}

int mm_outbox_forget_release(struct mm_db *db, int64_t quarantine)
{
	return mm_db_run(db, "DELETE FROM outbox WHERE quarantine = ?1", "i",
			 quarantine);
}

static int put_blob(struct mm_buf *buf, sqlite3_stmt *stmt, int column)
{
	const void *data = sqlite3_column_blob(stmt, column);

	return data == NULL
		       ? 0
		       : mm_buf_put(buf, data,
				    (size_t)sqlite3_column_bytes(stmt, column));
}

static int fill_row(sqlite3_stmt *stmt, struct mm_outbox_row *row)
{
	const char *hash = mm_db_text(stmt, 11);
	int r;

	row->id = sqlite3_column_int64(stmt, 0);
	row->kind = (enum mm_outbox_kind)sqlite3_column_int64(stmt, 1);
	row->record = sqlite3_column_int64(stmt, 2);
	row->quarantine = sqlite3_column_int64(stmt, 3);
	row->tries = sqlite3_column_int64(stmt, 4);
	row->queued = sqlite3_column_int64(stmt, 5);
	row->notice = mm_xstrdup(mm_db_text(stmt, 6));
	row->to = mm_xstrdup(mm_db_text(stmt, 7));
	row->happened = sqlite3_column_int64(stmt, 8);
	row->trace = mm_xstrdup(mm_db_text(stmt, 9));
	row->sender = mm_xstrdup(mm_db_text(stmt, 10));
	memcpy(row->hash, hash, strnlen(hash, MM_STORE_HASH_SIZE - 1));
	if (row->kind == MM_OUTBOX_VARIANT)
		return 0; /* its recipients come by mm_outbox_variant_left() */
	r = put_blob(&row->bytes, stmt, 12);
	return r < 0 ? r : put_blob(&row->facts, stmt, 13);
}

/* End stmt; its first row, if any. */
static int first_row(struct mm_db *db, sqlite3_stmt *stmt,
		     struct mm_outbox_row *row)
{
	int r = mm_db_step(db, stmt);
	int filled;

	if (r == 1 && (filled = fill_row(stmt, row)) < 0)
		r = filled;
	mm_db_end(stmt);
	return r;
}

static void init_row(struct mm_outbox_row *row)
{
	memset(row, 0, sizeof(*row));
	mm_buf_init(&row->bytes, MM_LIST_MAX);
	mm_buf_init(&row->facts, MM_LIST_MAX);
}

int mm_outbox_next(struct mm_db *db, int64_t now, struct mm_outbox_row *row_r,
		   int64_t *due_r)
{
	sqlite3_stmt *stmt;
	int r;

	init_row(row_r);
	*due_r = INT64_MAX;
	r = mm_db_start(db, &stmt,
			ROW_COLUMNS
			"WHERE o.due <= ?1 ORDER BY o.due, o.id LIMIT 1",
			"i", now);
	if (r == 0)
		r = first_row(db, stmt, row_r);
	if (r != 0)
		return r;
	r = mm_db_get(db, due_r, "SELECT min(due) FROM outbox", "");
	return r < 0 ? r : 0;
}

int mm_outbox_get(struct mm_db *db, int64_t id, struct mm_outbox_row *row_r)
{
	sqlite3_stmt *stmt;
	int r;

	init_row(row_r);
	r = mm_db_start(db, &stmt, ROW_COLUMNS "WHERE o.id = ?1", "i", id);
	return r < 0 ? r : first_row(db, stmt, row_r);
}

void mm_outbox_row_clear(struct mm_outbox_row *row)
{
	free(row->notice);
	free(row->to);
	free(row->trace);
	free(row->sender);
	mm_buf_clear(&row->bytes);
	mm_buf_clear(&row->facts);
	init_row(row);
}

int64_t mm_outbox_backoff(int64_t tries)
{
	int64_t seconds = MM_OUTBOX_FIRST_RETRY;

	while (--tries > 0 && seconds < MM_OUTBOX_LAST_RETRY)
		seconds *= 2;
	return seconds < MM_OUTBOX_LAST_RETRY ? seconds : MM_OUTBOX_LAST_RETRY;
}

int mm_outbox_later(struct mm_db *db, int64_t id, int64_t due,
		    const char *reply)
{
	return mm_db_run(db,
			 "UPDATE outbox SET tries = tries + 1, due = ?2,"
			 " reply = ?3 WHERE id = ?1",
			 "iis", id, due, reply);
}

int mm_outbox_drop(struct mm_db *db, int64_t id)
{
	int r = mm_db_run(db, "DELETE FROM outbox WHERE id = ?1", "i", id);

	return r < 0 ? r : mm_outbox_variant_drop(db, id);
}

int mm_outbox_usage(struct mm_db *db, struct mm_outbox_usage *usage_r)
{
	int r;

	memset(usage_r, 0, sizeof(*usage_r));
	if ((r = mm_db_get(db, &usage_r->rows, "SELECT count(*) FROM outbox",
			   "")) < 0 ||
	    (r = mm_db_get(db, &usage_r->oldest,
			   "SELECT min(created) FROM outbox", "")) < 0 ||
	    (r = mm_db_get(db, &usage_r->retrying,
			   "SELECT count(*) FROM outbox WHERE tries > 0", "")) <
		    0)
		return r;
	return 0;
}
