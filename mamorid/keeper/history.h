#ifndef MM_KEEPER_HISTORY_H
#define MM_KEEPER_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/conf.h"
#include "core/deadline.h"
#include "core/proto_history.h"
#include "mamorid/keeper/db.h"
#include "mamorid/loop.h"

/*
 * What became of each mail: one SQLite file a day (UTC), so that a day goes by
 * unlinking. It is a help for people and never worth a mail: nothing here
 * reports an error to whom it serves, and what cannot be kept is logged once.
 * Times are seconds since the epoch.
 */
#define MM_DAY_SIZE 11u /* "2026-01-31" and a NUL */

struct mm_history_store {
	const struct mm_conf *conf;
	char *folder;
	struct mm_db *db; /* of the day that is written, or NULL */
	char day[MM_DAY_SIZE];
	uint32_t serial; /* of rows of one second */
	bool open; /* a transaction: its rows are not on disk */
	bool stopped; /* disk or size: nothing is kept now */
	int64_t checked; /* when room was last looked for */
	uint64_t lost; /* mails, while stopped */
	struct mm_loop_watch *timer; /* set when something waits to be
				      * written; may be NULL */
	mm_deadline deadline; /* of a question, else none */
};

/* A question takes the keeper no longer than this. */
#define MM_HISTORY_ASK_MS 1000

extern const struct mm_db_schema mm_db_history;

/* A day that is over, opened to drop something from it. */
extern const struct mm_db_schema mm_db_history_past;

/* What parties of a mail there are, beside its recipients 0, 1, ... */
#define MM_PARTY_ACCOUNT (-1)
#define MM_PARTY_SENDER (-2)

enum mm_party_flag {
	MM_PARTY_LOCAL = 1,
	MM_PARTY_COPY = 2,
	MM_PARTY_VARIANT = 4,
};

/* Make state_dir/history. Failing is logged and stops the history. Close with
 * mm_history_close(), which writes out what is left. */
void mm_history_open(struct mm_history_store *store,
		     const struct mm_conf *conf);
void mm_history_close(struct mm_history_store *store);

/* Keep one frame's worth. It is on disk after mm_history_flush(). */
void mm_history_add(struct mm_history_store *store,
		    const struct mm_history *mail, int64_t now);

/* Something more happened to a mail: "notice-sent", ... who may be "". Does
 * nothing when store is NULL. */
void mm_history_event(struct mm_history_store *store, const char *trace,
		      const char *kind, const char *who, const char *text,
		      int64_t now);

/* Write out. */
void mm_history_flush(struct mm_history_store *store);

/* Once in a while: drop days that are older than history.keep, and the oldest
 * ones above history.max_size; see whether there is room again. */
void mm_history_tidy(struct mm_history_store *store, int64_t now);

/* Everything about an address ("u@d") or a domain ("d", address NULL) goes,
 * from each day. A mail goes with the last of its parties that are here. 0 or
 * an error: then it is to be asked for again. */
MM_CHECK int mm_history_purge(struct mm_history_store *store,
			      const char *address, const char *domain);

/* Visit the days there are, newest first, each with its file opened to read,
 * or also to write; visit returns 0 to go on. Flushes before. 0, an error of
 * its own, MM_ERR_TIMEOUT (store->deadline), or what visit returned. A file
 * that cannot be opened is passed over. */
MM_CHECK int mm_history_days(struct mm_history_store *store, bool write,
			     int (*visit)(void *context, struct mm_db *db,
					  const char *day),
			     void *context);

/* The day of a time, and the first second of a day (-1: not a day's name). */
void mm_history_day(int64_t when, char day_r[MM_DAY_SIZE]);
int64_t mm_history_day_start(const char *day);

/* A row's id has its time in it: the seconds of the day, then a serial. */
#define MM_HISTORY_SERIAL_BITS 24

#endif
