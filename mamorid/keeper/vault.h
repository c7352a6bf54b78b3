#ifndef MM_KEEPER_VAULT_H
#define MM_KEEPER_VAULT_H

#include <stdint.h>

#include "core/conf.h"
#include "core/proto.h"
#include "mamorid/keeper/db.h"
#include "mamorid/keeper/hash.h"
#include "mamorid/keeper/store.h"

/*
 * Records and the quarantine's rows. Times are seconds since the epoch.
 * Functions marked (T) want an open transaction, so that their caller can join
 * several into one; afterwards mm_vault_sweep() removes the files.
 */
struct mm_history_store;

struct mm_vault {
	struct mm_db *db;
	struct mm_store *store;
	const struct mm_conf *conf;
	struct mm_history_store *history; /* told what goes; may be NULL */
};

/* A repeated message counts as the same for this long. */
#define MM_EFFECT_SECONDS 86400

/* What is to be recorded. All pointers are the caller's. */
struct mm_vault_new {
	const struct mm_record *record;
	const void *bytes; /* the record, encoded */
	size_t len;
	const unsigned char *key; /* MM_HASH_LEN bytes */
	const char *sender_text; /* From, Subject and virus names */
	const char *subject;
	const char *detail;
	const char *hash; /* of the stored file; NULL: no copy */
	uint64_t size;
	int64_t now;
};

/* One row with what its record says. Valid during the visit only. */
struct mm_vault_row {
	int64_t id;
	int64_t record;
	int64_t size;
	int64_t created;
	int64_t until;
	const char *recipient;
	const char *hash;
	const char *trace;
	const char *sender;
	const char *account;
	const char *direction;
	const char *reason;
	const char *sender_text;
	const char *subject;
	const char *detail;
};

/* NULL: any. recipient is an address, or "@domain". */
struct mm_vault_filter {
	const char *recipient;
	const char *sender;
	const char *reason;
	int64_t since;
	int64_t until;
	int64_t limit;
	int64_t offset;
};

struct mm_vault_usage {
	int64_t rows;
	int64_t bytes; /* on disk, each file once */
	int64_t oldest; /* 0: none */
};

/* What is done with each row: 0 to go on; anything else ends the visit and is
 * handed through. It must not start a list or a look-up itself. */
struct mm_vault_visitor {
	int (*visit)(void *context, const struct mm_vault_row *row);
	void *context;
};

/* Has the same effect been recorded within a day? 1 and its record, 0, or an
 * error. A record whose copies are gone does not count if a copy is wanted:
 * *record_r is then set and the answer 0. */
MM_CHECK int mm_vault_effect(struct mm_vault *vault, const void *key, bool copy,
			     int64_t now, int64_t *record_r);

/* (T) Add record, key and a row for each recipient; drop the oldest rows of
 * others where a budget is passed. */
MM_CHECK int mm_vault_add(struct mm_vault *vault,
			  const struct mm_vault_new *item, int64_t *record_r);

/* (T) Keep the file of a variant's outbox row for a recipient whom Exim refuses
 * it. 0 or an error. */
MM_CHECK int mm_vault_keep(struct mm_vault *vault, int64_t record,
			   int64_t outbox, const char *recipient, int64_t now);

/* (T) Drop a record that nothing refers to any more. */
MM_CHECK int mm_vault_forget(struct mm_vault *vault, int64_t record);

/* (T) Drop a row; why goes into the log. 1, 0 (no such row) or an error. */
MM_CHECK int mm_vault_drop(struct mm_vault *vault, int64_t id, const char *why);

/* Drop rows and keys whose time is over, at most limit rows, in a transaction
 * of its own. The number of rows dropped, or an error. */
MM_CHECK int mm_vault_expire(struct mm_vault *vault, int64_t now,
			     unsigned int limit);

/* Unlink the files that no row uses any more, after the commit. Failures are
 * logged; the files stay listed for the next time. */
void mm_vault_sweep(struct mm_vault *vault);

/* At start: remove what a crash has left. The number, or an error. */
MM_CHECK int mm_vault_clean(struct mm_vault *vault);

/* Does a row, here or in the outbox, use this file? 1, 0 or an error. */
MM_CHECK int mm_vault_uses(struct mm_vault *vault, const char *hash);

/* Newest first. 0, an error, or what visit() returned. */
MM_CHECK int mm_vault_list(struct mm_vault *vault,
			   const struct mm_vault_filter *filter,
			   const struct mm_vault_visitor *visitor);

/* One row by id: visited. MM_ERR_NOTFOUND, or as mm_vault_list(). */
MM_CHECK int mm_vault_find(struct mm_vault *vault, int64_t id,
			   const struct mm_vault_visitor *visitor);

/* The rows of one message, by its trace. As mm_vault_list(). */
MM_CHECK int mm_vault_traced(struct mm_vault *vault, const char *trace,
			     const struct mm_vault_visitor *visitor);

MM_CHECK int mm_vault_usage(struct mm_vault *vault,
			    struct mm_vault_usage *usage_r);

#endif
