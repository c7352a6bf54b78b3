/*
 * The keeper's SQLite files: open, transactions, statements. Keeper, uid
 * mamori-keeper. SQL is allowed in this file, db_*.c, vault*.c, outbox.c and
 * history*.c only, so that the state can move to another store without
 * touching the rest. Must never report a commit that is not on disk.
 */
#include "mamorid/keeper/db.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "mamorid/log.h"

#define STATEMENTS_MAX 128u
#define BUSY_MS 2000

struct mm_db {
	sqlite3 *sqlite;
	const char *sql[STATEMENTS_MAX];
	sqlite3_stmt *stmts[STATEMENTS_MAX];
	size_t nstmts;
	mm_deadline deadline;
};

static int fail(struct mm_db *db, const char *what)
{
	const int code = sqlite3_errcode(db->sqlite);

	if (code == SQLITE_INTERRUPT)
		return MM_ERR_TIMEOUT; /* mm_db_until() */
	mm_log(MM_LOG_ERROR, "db-error", NULL, "what", what, "error",
	       sqlite3_errmsg(db->sqlite), NULL);
	if (code == SQLITE_NOMEM)
		return MM_ERR_NOMEM;
	errno = code == SQLITE_FULL   ? ENOSPC
		: code == SQLITE_BUSY ? EBUSY
				      : EIO;
	return MM_ERR_SYS;
}

static int exec(struct mm_db *db, const char *sql, const char *what)
{
	return sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK
		       ? 0
		       : fail(db, what);
}

/* A new file has version 0 and needs none. One that is stopped in between
 * goes on from the version that it has reached. */
static int upgrade(struct mm_db *db, const struct mm_db_schema *schema,
		   int64_t version)
{
	int r = 0;

	for (; version > 0 && version < schema->version && r == 0; version++) {
		r = exec(db, schema->upgrades[version - 1], "upgrade");
		if (r < 0)
			mm_db_rollback(db);
	}
	return r;
}

int mm_db_open(struct mm_db **db_r, const char *path,
	       const struct mm_db_schema *schema)
{
	struct mm_db *db = calloc(1, sizeof(*db));
	int64_t version = 0;
	int r;

	*db_r = NULL;
	if (db == NULL)
		return MM_ERR_NOMEM;
	/* Not NOFOLLOW: it would refuse links anywhere in the path, and a
	 * state_dir on another disk is the operator's good right. */
	if (sqlite3_open_v2(path, &db->sqlite,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
				    SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK) {
		r = fail(db, "open");
		goto out;
	}
	(void)sqlite3_busy_timeout(db->sqlite, BUSY_MS);
	if ((r = exec(db, schema->setup, "setup")) < 0 ||
	    (r = mm_db_get(db, &version, "PRAGMA user_version", "")) < 0)
		goto out;
	r = version > schema->version ? MM_ERR_VERSION
				      : upgrade(db, schema, version);
	if (r == 0)
		r = exec(db, schema->create, "schema");
out:
	if (r < 0)
		mm_db_close(&db);
	*db_r = db;
	return r;
}

int mm_db_open_to_read(struct mm_db **db_r, const char *path,
		       const struct mm_db_schema *schema)
{
	struct mm_db *db = calloc(1, sizeof(*db));
	int64_t version = 0;
	int r;

	*db_r = NULL;
	if (db == NULL)
		return MM_ERR_NOMEM;
	r = sqlite3_open_v2(path, &db->sqlite,
			    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
			    NULL) == SQLITE_OK
		    ? mm_db_get(db, &version, "PRAGMA user_version", "")
		    : fail(db, "open");
	if (r >= 0)
		r = version == schema->version ? 0 : MM_ERR_VERSION;
	if (r < 0)
		mm_db_close(&db);
	*db_r = db;
	return r;
}

void mm_db_close(struct mm_db **db)
{
	size_t i;

	if (*db == NULL)
		return;
	for (i = 0; i < (*db)->nstmts; i++)
		(void)sqlite3_finalize((*db)->stmts[i]);
	(void)sqlite3_close((*db)->sqlite);
	free(*db);
	*db = NULL;
}

static int is_over(void *arg)
{
	const struct mm_db *db = arg;

	return mm_now_ms() > db->deadline;
}

void mm_db_until(struct mm_db *db, mm_deadline deadline)
{
	db->deadline = deadline;
	sqlite3_progress_handler(db->sqlite, 10000,
				 deadline == MM_DEADLINE_NONE ? NULL : is_over,
				 db);
}

int mm_db_begin(struct mm_db *db)
{
	return exec(db, "BEGIN IMMEDIATE", "begin");
}

int mm_db_commit(struct mm_db *db)
{
	return exec(db, "COMMIT", "commit");
}

void mm_db_rollback(struct mm_db *db)
{
	const int saved = errno;

	/* SQLite may have rolled back by itself, e.g. on a full disk. */
	if (!sqlite3_get_autocommit(db->sqlite))
		(void)exec(db, "ROLLBACK", "rollback");
	errno = saved;
}

static int prepare(struct mm_db *db, sqlite3_stmt **stmt_r, const char *sql)
{
	size_t i;

	for (i = 0; i < db->nstmts; i++) {
		if (db->sql[i] != sql)
			continue;
		if (sqlite3_stmt_busy(db->stmts[i]))
			mm_panic("statement started twice: %s", sql);
		*stmt_r = db->stmts[i];
		return 0;
	}
	if (db->nstmts == STATEMENTS_MAX)
		mm_panic("more than %u statements", STATEMENTS_MAX);
	if (sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT,
			       stmt_r, NULL) != SQLITE_OK)
		return fail(db, sql);
	db->sql[db->nstmts] = sql;
	db->stmts[db->nstmts++] = *stmt_r;
	return 0;
}

static int start(struct mm_db *db, sqlite3_stmt **stmt_r, const char *sql,
		 const char *types, va_list args)
{
	int i, code = SQLITE_OK, r;
	const void *data;

	if ((r = prepare(db, stmt_r, sql)) < 0)
		return r;
	for (i = 1; *types != '\0' && code == SQLITE_OK; types++, i++) {
		switch (*types) {
		case 'i':
			code = sqlite3_bind_int64(*stmt_r, i,
						  va_arg(args, int64_t));
			break;
		case 's':
			code = sqlite3_bind_text(*stmt_r, i,
						 va_arg(args, const char *), -1,
						 SQLITE_STATIC);
			break;
		case 'b':
			data = va_arg(args, const void *);
			code = sqlite3_bind_blob64(*stmt_r, i, data,
						   va_arg(args, size_t),
						   SQLITE_STATIC);
			break;
		default:
			mm_panic("bad type letter in %s", sql);
		}
	}
	if (code != SQLITE_OK) {
		r = fail(db, sql);
		mm_db_end(*stmt_r);
	}
	return r;
}

int mm_db_start(struct mm_db *db, sqlite3_stmt **stmt_r, const char *sql,
		const char *types, ...)
{
	va_list args;
	int r;

	va_start(args, types);
	r = start(db, stmt_r, sql, types, args);
	va_end(args);
	return r;
}

int mm_db_step(struct mm_db *db, sqlite3_stmt *stmt)
{
	switch (sqlite3_step(stmt)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return fail(db, sqlite3_sql(stmt));
	}
}

void mm_db_end(sqlite3_stmt *stmt)
{
	const int saved = errno;

	(void)sqlite3_reset(stmt);
	(void)sqlite3_clear_bindings(stmt);
	errno = saved;
}

int mm_db_run(struct mm_db *db, const char *sql, const char *types, ...)
{
	sqlite3_stmt *stmt;
	va_list args;
	int r;

	va_start(args, types);
	r = start(db, &stmt, sql, types, args);
	va_end(args);
	if (r < 0)
		return r;
	r = mm_db_step(db, stmt);
	mm_db_end(stmt);
	return r < 0 ? r : 0;
}

int mm_db_get(struct mm_db *db, int64_t *num_r, const char *sql,
	      const char *types, ...)
{
	sqlite3_stmt *stmt;
	va_list args;
	int r;

	va_start(args, types);
	r = start(db, &stmt, sql, types, args);
	va_end(args);
	if (r < 0)
		return r;
	r = mm_db_step(db, stmt);
	if (r == 1 && sqlite3_column_type(stmt, 0) == SQLITE_NULL)
		r = 0;
	if (r == 1)
		*num_r = sqlite3_column_int64(stmt, 0);
	mm_db_end(stmt);
	return r;
}

int64_t mm_db_changes(struct mm_db *db)
{
	return sqlite3_changes(db->sqlite);
}

int64_t mm_db_inserted(struct mm_db *db)
{
	return sqlite3_last_insert_rowid(db->sqlite);
}

const char *mm_db_text(sqlite3_stmt *stmt, int column)
{
	const unsigned char *text = sqlite3_column_text(stmt, column);

	return text == NULL ? "" : (const char *)text;
}
