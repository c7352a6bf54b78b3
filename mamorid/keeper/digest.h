#ifndef MM_KEEPER_DIGEST_H
#define MM_KEEPER_DIGEST_H

#include <stdint.h>

#include "core/conf.h"
#include "core/settings_read.h"
#include "mamorid/keeper/db.h"

/*
 * Digests: once a day, at notices.digest_hour of local time, one notice of
 * what was quarantined. A domain's administrator (settings admin_address,
 * admin_notices) is told of all of it; a mailbox (quarantine.digest), each day
 * or on Mondays, of its own spam alone: viruses are for operators.
 */

/* Add the digests that have become due, once, whatever happens to the process;
 * those of a time before the first call never. Nothing for who has nothing in
 * quarantine. Begins and commits itself. The number added, or an error. */
MM_CHECK int mm_digest_run(struct mm_db *db, const struct mm_conf *conf,
			   struct mm_settings_tree *tree, int64_t now);

/* The same at once, of the last day or week until now, for a domain and its
 * mailboxes or, with "", for all; the daily ones come all the same. */
MM_CHECK int mm_digest_now(struct mm_db *db, struct mm_settings_tree *tree,
			   const char *domain, int64_t now);

/* The last time, not after now, at which digests are due. */
int64_t mm_digest_moment(int64_t now, int hour);

#endif
