#ifndef MM_KEEPER_OUTBOX_VARIANT_H
#define MM_KEEPER_OUTBOX_VARIANT_H

#include <stdint.h>

#include "core/proto_variant.h"
#include "mamorid/keeper/db.h"
#include "mamorid/keeper/vault.h"

/*
 * Variants in the outbox: a row has some recipients of one stored message, and
 * is gone when each of them has got it or has it in quarantine. (T): in an
 * open transaction, as in vault.h.
 */

/* (T) Add rows for all recipients of a record's variant. */
MM_CHECK int mm_outbox_add_variant(struct mm_db *db, int64_t record,
				   const struct mm_variant *variant,
				   const char *hash, uint64_t size,
				   int64_t now);

/* Append the row's recipients that are left, as an encoded mm_variant: how
 * many, or an error. */
MM_CHECK int mm_outbox_variant_left(struct mm_db *db, int64_t row,
				    struct mm_buf *out);

/* (T) These have got it. all: nobody is left. */
MM_CHECK int mm_outbox_variant_sent(struct mm_db *db, int64_t row,
				    const struct mm_outbox_done *done);

/* (T) Exim does not take it for these any more: into quarantine, where an
 * operator finds it. done NULL: for all that are left. Returns how many. */
MM_CHECK int mm_outbox_variant_keep(struct mm_vault *vault, int64_t row,
				    int64_t record,
				    const struct mm_outbox_done *done,
				    int64_t now);

/* (T) A row goes: what belongs to it goes, too. */
MM_CHECK int mm_outbox_variant_drop(struct mm_db *db, int64_t row);

#endif
