/*
 * Records and quarantine rows: adding, looking up, listing. Keeper, uid
 * mamori-keeper. SQL is allowed in vault*.c, outbox.c and db.c only, so that
 * the state can move to another store without touching the rest. Must never
 * unlink a file before the rows that use it are gone for good.
 */
#include "mamorid/keeper/vault.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/err.h"
#include "core/text.h"
#include "mamorid/keeper/history.h"
#include "mamorid/keeper/outbox.h"
#include "mamorid/keeper/vault_budget.h"
#include "mamorid/log.h"
#include "mamorid/xalloc.h"

#define ROW_COLUMNS \
	"SELECT q.id, q.record, q.size, q.created, q.until, q.recipient," \
	" q.hash, r.trace, r.sender, r.account, r.direction, r.reason," \
	" r.sender_text, r.subject, r.detail" \
	" FROM quarantine q JOIN record r ON r.id = q.record "

int mm_vault_effect(struct mm_vault *vault, const void *key, bool copy,
		    int64_t now, int64_t *record_r)
{
	int64_t rows = 0;
	int r;

	*record_r = 0;
	r = mm_db_get(vault->db, record_r,
		      "SELECT record FROM effect WHERE key = ?1 AND"
		      " created > ?2",
		      "bi", key, (size_t)MM_HASH_LEN, now - MM_EFFECT_SECONDS);
	if (r <= 0 || !copy)
		return r;
	r = mm_db_get(vault->db, &rows,
		      "SELECT count(*) FROM quarantine WHERE record = ?1", "i",
		      *record_r);
	return r < 0 ? r : rows > 0;
}

static int add_record(struct mm_vault *vault, const struct mm_vault_new *item,
		      int64_t *record_r)
{
	const struct mm_record *rec = item->record;
	int r;

	r = mm_db_run(vault->db,
		      "INSERT INTO record(trace, sender, account, direction,"
		      " reason, sender_text, subject, detail, created, bytes)"
		      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
		      "ssssssssib", rec->trace, rec->sender,
		      rec->account == NULL ? "" : rec->account, rec->direction,
		      rec->reason, item->sender_text, item->subject,
		      item->detail, item->now, item->bytes, item->len);
	if (r < 0)
		return r;
	*record_r = mm_db_inserted(vault->db);
	return mm_db_run(vault->db,
			 "INSERT OR REPLACE INTO effect(key, record, created)"
			 " VALUES(?1, ?2, ?3)",
			 "bii", item->key, (size_t)MM_HASH_LEN, *record_r,
			 item->now);
}

static int add_row(struct mm_vault *vault, const struct mm_vault_new *item,
		   int64_t record, const char *recipient)
{
	char *address = mm_xstrdup(recipient);
	const char *domain;
	int r;

	/* Panels treat addresses without regard to case, and so do we. */
	mm_text_lower(address);
	domain = mm_address_domain(address);
	r = mm_db_run(vault->db,
		      "INSERT OR IGNORE INTO quarantine(record, recipient,"
		      " domain, hash, size, created, until)"
		      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		      "isssiii", record, address, domain == NULL ? "" : domain,
		      item->hash, (int64_t)item->size, item->now,
		      item->now + (int64_t)vault->conf->quarantine_keep);
	/* A recipient named twice has one row. */
	if (r == 0 && mm_db_changes(vault->db) == 1)
		r = mm_budget_charge(vault, address, item->hash,
				     (int64_t)item->size);
	free(address);
	return r;
}

int mm_vault_add(struct mm_vault *vault, const struct mm_vault_new *item,
		 int64_t *record_r)
{
	const struct mm_record *rec = item->record;
	size_t i;
	int r;

	r = add_record(vault, item, record_r);
	if (item->hash == NULL)
		return r;
	for (i = 0; i < rec->nrecipients && r == 0; i++)
		r = add_row(vault, item, *record_r, rec->recipients[i]);
	for (i = 0; i < rec->nrecipients && r == 0; i++)
		r = mm_budget_trim(vault, *record_r, rec->recipients[i]);
	return r < 0 ? r : mm_budget_trim(vault, *record_r, NULL);
}

int mm_vault_keep(struct mm_vault *vault, int64_t record, int64_t outbox,
		  const char *recipient, int64_t now)
{
	struct mm_vault_new item = { .now = now };
	char hash[MM_STORE_HASH_SIZE] = "";
	sqlite3_stmt *stmt;
	const char *text;
	int r;

	r = mm_db_start(vault->db, &stmt,
			"SELECT hash, size FROM variant WHERE outbox = ?1",
			"i", outbox);
	if (r < 0)
		return r;
	if ((r = mm_db_step(vault->db, stmt)) == 1) {
		text = mm_db_text(stmt, 0);
		memcpy(hash, text, strnlen(text, MM_STORE_HASH_SIZE - 1));
		item.size = (uint64_t)sqlite3_column_int64(stmt, 1);
	}
	mm_db_end(stmt);
	if (r <= 0)
		return r;
	item.hash = hash;
	return add_row(vault, &item, record, recipient);
}

int mm_vault_forget(struct mm_vault *vault, int64_t record)
{
	return mm_db_run(vault->db,
			 "DELETE FROM record WHERE id = ?1 AND NOT EXISTS"
			 " (SELECT 1 FROM quarantine WHERE record = ?1) AND"
			 " NOT EXISTS (SELECT 1 FROM outbox WHERE record = ?1)",
			 "i", record);
}

struct gone {
	int64_t record;
	int64_t size;
	char *trace;
	char *recipient;
	char *hash;
};

static int keep_gone(void *context, const struct mm_vault_row *row)
{
	struct gone *gone = context;

	gone->record = row->record;
	gone->size = row->size;
	gone->trace = mm_xstrdup(row->trace);
	gone->recipient = mm_xstrdup(row->recipient);
	gone->hash = mm_xstrdup(row->hash);
	return 0;
}

int mm_vault_drop(struct mm_vault *vault, int64_t id, const char *why)
{
	struct gone gone = { 0 };
	const struct mm_vault_visitor visitor = { keep_gone, &gone };
	int r;

	r = mm_vault_find(vault, id, &visitor);
	if (r == MM_ERR_NOTFOUND)
		return 0;
	if (r < 0 ||
	    (r = mm_db_run(vault->db, "DELETE FROM quarantine WHERE id = ?1",
			   "i", id)) < 0 ||
	    (r = mm_budget_discharge(vault, gone.recipient, gone.hash,
				     gone.size)) < 0 ||
	    (r = mm_outbox_forget_release(vault->db, id)) < 0 ||
	    (r = mm_vault_forget(vault, gone.record)) < 0)
		goto out;
	mm_log(MM_LOG_INFO, "quarantine-removed", gone.trace, "why", why, "row",
	       MM_NUM(id), "to", gone.recipient, "bytes", MM_NUM(gone.size),
	       NULL);
	mm_history_event(vault->history, gone.trace, "quarantine-removed",
			 gone.recipient, why, (int64_t)time(NULL));
	r = 1;
out:
	free(gone.trace);
	free(gone.recipient);
	free(gone.hash);
	return r;
}

static int expire(struct mm_vault *vault, int64_t now, unsigned int limit)
{
	unsigned int count = 0;
	int64_t id;
	int r;

	while (count < limit &&
	       (r = mm_db_get(vault->db, &id,
			      "SELECT id FROM quarantine WHERE until <= ?1"
			      " ORDER BY until LIMIT 1",
			      "i", now)) != 0) {
		if (r < 0 || (r = mm_vault_drop(vault, id, "expired")) < 0)
			return r;
		count++;
	}
	r = mm_db_run(vault->db, "DELETE FROM effect WHERE created <= ?1", "i",
		      now - MM_EFFECT_SECONDS);
	return r < 0 ? r : (int)count;
}

int mm_vault_expire(struct mm_vault *vault, int64_t now, unsigned int limit)
{
	int r, count;

	if ((r = mm_db_begin(vault->db)) < 0)
		return r;
	if ((count = expire(vault, now, limit)) < 0 ||
	    (r = mm_db_commit(vault->db)) < 0) {
		mm_db_rollback(vault->db);
		return count < 0 ? count : r;
	}
	if (count > 0)
		mm_vault_sweep(vault);
	return count;
}

/* Fill a row from ROW_COLUMNS and show it. */
static int visit_row(sqlite3_stmt *stmt, const struct mm_vault_visitor *visitor)
{
	const struct mm_vault_row row = {
		.id = sqlite3_column_int64(stmt, 0),
		.record = sqlite3_column_int64(stmt, 1),
		.size = sqlite3_column_int64(stmt, 2),
		.created = sqlite3_column_int64(stmt, 3),
		.until = sqlite3_column_int64(stmt, 4),
		.recipient = mm_db_text(stmt, 5),
		.hash = mm_db_text(stmt, 6),
		.trace = mm_db_text(stmt, 7),
		.sender = mm_db_text(stmt, 8),
		.account = mm_db_text(stmt, 9),
		.direction = mm_db_text(stmt, 10),
		.reason = mm_db_text(stmt, 11),
		.sender_text = mm_db_text(stmt, 12),
		.subject = mm_db_text(stmt, 13),
		.detail = mm_db_text(stmt, 14),
	};

	return visitor->visit(visitor->context, &row);
}

static int visit_all(struct mm_vault *vault, sqlite3_stmt *stmt,
		     const struct mm_vault_visitor *visitor, size_t *count_r)
{
	int r;

	*count_r = 0;
	while ((r = mm_db_step(vault->db, stmt)) == 1) {
		++*count_r;
		if ((r = visit_row(stmt, visitor)) != 0)
			break;
	}
	mm_db_end(stmt);
	return r;
}

int mm_vault_list(struct mm_vault *vault, const struct mm_vault_filter *filter,
		  const struct mm_vault_visitor *visitor)
{
	const char *recipient = filter->recipient, *domain = NULL;
	sqlite3_stmt *stmt;
	size_t count;
	int r;

	if (recipient != NULL && *recipient == '@') {
		domain = recipient + 1;
		recipient = NULL;
	}
	r = mm_db_start(vault->db, &stmt,
			ROW_COLUMNS
			"WHERE (?1 IS NULL OR q.recipient = lower(?1))"
			" AND (?2 IS NULL OR q.domain = lower(?2))"
			" AND (?3 IS NULL OR lower(r.sender) = lower(?3))"
			" AND (?4 IS NULL OR r.reason = ?4)"
			" AND q.created BETWEEN ?5 AND ?6"
			" ORDER BY q.id DESC LIMIT ?7 OFFSET ?8",
			"ssssiiii", recipient, domain, filter->sender,
			filter->reason, filter->since, filter->until,
			filter->limit, filter->offset);
	return r < 0 ? r : visit_all(vault, stmt, visitor, &count);
}

int mm_vault_find(struct mm_vault *vault, int64_t id,
		  const struct mm_vault_visitor *visitor)
{
	sqlite3_stmt *stmt;
	size_t count;
	int r;

	r = mm_db_start(vault->db, &stmt, ROW_COLUMNS "WHERE q.id = ?1", "i",
			id);
	if (r < 0)
		return r;
	r = visit_all(vault, stmt, visitor, &count);
	return r == 0 && count == 0 ? MM_ERR_NOTFOUND : r;
}

int mm_vault_traced(struct mm_vault *vault, const char *trace,
		    const struct mm_vault_visitor *visitor)
{
	sqlite3_stmt *stmt;
	size_t count;
	int r;

	r = mm_db_start(vault->db, &stmt,
			ROW_COLUMNS "WHERE r.trace = ?1 ORDER BY q.id", "s",
			trace);
	return r < 0 ? r : visit_all(vault, stmt, visitor, &count);
}

int mm_vault_usage(struct mm_vault *vault, struct mm_vault_usage *usage_r)
{
	int r;

	memset(usage_r, 0, sizeof(*usage_r));
	if ((r = mm_db_get(vault->db, &usage_r->rows,
			   "SELECT count(*) FROM quarantine", "")) < 0 ||
	    (r = mm_db_get(vault->db, &usage_r->oldest,
			   "SELECT min(created) FROM quarantine", "")) < 0)
		return r;
	return mm_budget_used(vault, "total", &usage_r->bytes);
}
