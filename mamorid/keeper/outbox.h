#ifndef MM_KEEPER_OUTBOX_H
#define MM_KEEPER_OUTBOX_H

#include <stdint.h>

#include "core/proto.h"
#include "mamorid/keeper/db.h"
#include "mamorid/keeper/store.h"

/*
 * What the courier has to inject. A row stays until the mail server has taken
 * it. Times are seconds since the epoch. (T): in an open transaction, as in
 * vault.h.
 */
#define MM_OUTBOX_FIRST_RETRY 60
#define MM_OUTBOX_LAST_RETRY 3600
#define MM_OUTBOX_GIVE_UP (5 * 86400)

/* (T) Add a notice by a template's name: of a record, or with record 0 of the
 * facts alone: encoded mm_pairs, values by placeholder; NULL for none. */
MM_CHECK int mm_outbox_add_notice(struct mm_db *db, int64_t record,
				  const char *notice, const char *to,
				  const struct mm_buf *facts, int64_t now);

/* Add the release of a quarantine row: 1, 0 (is there already), or an
 * error. */
MM_CHECK int mm_outbox_add_release(struct mm_db *db, int64_t record,
				   int64_t quarantine, const char *to,
				   int64_t now);

/* (T) The quarantine row is going: drop its release. */
MM_CHECK int mm_outbox_forget_release(struct mm_db *db, int64_t quarantine);

struct mm_outbox_row {
	int64_t id;
	enum mm_outbox_kind kind;
	int64_t record;
	int64_t quarantine; /* 0: none */
	int64_t tries;
	int64_t queued; /* when the row was added */
	int64_t happened; /* when its mail was recorded */
	char *notice; /* the template's name; "" for a release */
	char *to;
	char *trace;
	char *sender; /* the mail's envelope sender */
	char hash[MM_STORE_HASH_SIZE]; /* of the file to inject, else "" */
	struct mm_buf bytes; /* a notice's record, encoded */
	struct mm_buf facts; /* what it tells instead */
};

/* The row that has been due longest: 1 and *row_r, else 0 and the time the
 * next one is due (INT64_MAX: none), or an error. Clear *row_r always. */
MM_CHECK int mm_outbox_next(struct mm_db *db, int64_t now,
			    struct mm_outbox_row *row_r, int64_t *due_r);

/* A row by id: 1, 0 or an error. Clear *row_r always. */
MM_CHECK int mm_outbox_get(struct mm_db *db, int64_t id,
			   struct mm_outbox_row *row_r);
void mm_outbox_row_clear(struct mm_outbox_row *row);

/* Seconds to wait after so many tries: doubling between the two bounds. */
int64_t mm_outbox_backoff(int64_t tries);

/* Put a row back: one more try is counted, and it is due at that time. */
MM_CHECK int mm_outbox_later(struct mm_db *db, int64_t id, int64_t due,
			     const char *reply);

/* (T) Drop a row. */
MM_CHECK int mm_outbox_drop(struct mm_db *db, int64_t id);

struct mm_outbox_usage {
	int64_t rows;
	int64_t oldest; /* when the oldest was added; 0: none */
	int64_t retrying; /* rows tried at least once */
};

MM_CHECK int mm_outbox_usage(struct mm_db *db, struct mm_outbox_usage *usage_r);

#endif
