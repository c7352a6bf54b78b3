#ifndef MM_KEEPER_DB_H
#define MM_KEEPER_DB_H

#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "core/buf.h"
#include "core/deadline.h"

/*
 * The keeper's SQLite files. Statements exist only in db.c, db_*.c, vault*.c,
 * outbox.c and history*.c: whoever moves the state to another store has these
 * to replace.
 *
 * Failures are logged here, where SQLite's text is; they come back as
 * MM_ERR_SYS with errno ENOSPC (disk full), EBUSY or EIO.
 */
struct mm_db;

/* A kind of file. */
struct mm_db_schema {
	int64_t version; /* the newest that this program knows */
	const char *setup; /* statements for each connection */
	const char *create; /* makes what is missing and sets the version */
	const char *const *upgrades; /* [n]: from version n + 1 to n + 2; each
				      * begins and commits; NULL: none */
};

/* keeper.sqlite: every commit is on disk when it returns. */
extern const struct mm_db_schema mm_db_state;

/* Open or create a file of this kind, set it up, bring an older one up to
 * date, create missing tables. 0,
 * MM_ERR_VERSION (made by a newer version), MM_ERR_NOMEM, MM_ERR_SYS. Close
 * with mm_db_close(). */
MM_CHECK int mm_db_open(struct mm_db **db_r, const char *path,
			const struct mm_db_schema *schema);

/* Open a file of this very version as it is; nothing is written. Errors as
 * mm_db_open(). */
MM_CHECK int mm_db_open_to_read(struct mm_db **db_r, const char *path,
				const struct mm_db_schema *schema);
void mm_db_close(struct mm_db **db);

/* Statements end with MM_ERR_TIMEOUT after this; MM_DEADLINE_NONE: never. */
void mm_db_until(struct mm_db *db, mm_deadline deadline);

/* One transaction at a time. */
MM_CHECK int mm_db_begin(struct mm_db *db);
MM_CHECK int mm_db_commit(struct mm_db *db);

/* Undo; harmless when no transaction is open. Keeps errno. */
void mm_db_rollback(struct mm_db *db);

/* Prepare sql (a string literal: statements are cached by its address) and
 * bind one value for each letter of types: i int64_t, s const char * (NULL
 * allowed), b const void * and size_t. Values must live until mm_db_end().
 * The same sql must not be started again before its mm_db_end(). */
MM_CHECK int mm_db_start(struct mm_db *db, sqlite3_stmt **stmt_r,
			 const char *sql, const char *types, ...);

/* 1 with a row, 0 at the end, or an error. */
MM_CHECK int mm_db_step(struct mm_db *db, sqlite3_stmt *stmt);
void mm_db_end(sqlite3_stmt *stmt);

/* Run a statement without rows. */
MM_CHECK int mm_db_run(struct mm_db *db, const char *sql, const char *types,
		       ...);

/* The first column of the first row: 1, 0 (no row or NULL), or an error. */
MM_CHECK int mm_db_get(struct mm_db *db, int64_t *num_r, const char *sql,
		       const char *types, ...);

/* Of the last change: rows changed; the id of the row inserted. */
int64_t mm_db_changes(struct mm_db *db);
int64_t mm_db_inserted(struct mm_db *db);

/* A text column, "" for NULL; valid until the next step or end. */
const char *mm_db_text(sqlite3_stmt *stmt, int column);

#endif
