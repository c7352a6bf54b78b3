#ifndef MM_KEEPER_OUTBOX_LIMIT_H
#define MM_KEEPER_OUTBOX_LIMIT_H

#include <stdint.h>

#include "core/conf.h"
#include "mamorid/keeper/db.h"

/*
 * How many notices leave. In each window of notices.window a mailbox gets
 * notices.per_recipient of them and all together get notices.total; what is
 * above is counted, and when the window ends the mailbox gets one summary.
 * (T): in an open transaction.
 */

/* (T) A notice to a mailbox is to be added: 1 (counted: add it), 0 (above a
 * limit: counted for the summary) or an error. */
MM_CHECK int mm_outbox_admit(struct mm_db *db, const struct mm_conf *conf,
			     const char *to, int64_t now);

/* End at most most windows that are over, and add their summaries. Begins and
 * commits itself. The number of windows ended, or an error. */
MM_CHECK int mm_outbox_end_windows(struct mm_db *db, const struct mm_conf *conf,
				   int64_t now, unsigned int most);

#endif
