#ifndef MM_KEEPER_ABUSE_HOLD_H
#define MM_KEEPER_ABUSE_HOLD_H

#include "core/address.h"
#include "mamorid/keeper/abuse_count.h"
#include "mamorid/keeper/keeper.h"

struct mm_abuse_who {
	char name[MM_ADDRESS_MAX + 1]; /* what is counted under */
	const char *login; /* authenticated or local; may be "" */
	bool account; /* the name is a mailbox's, not the login's */
};

/* When a hold of this sender ended, by hand or by itself: what was sent before
 * counts no more. 0: never. */
int64_t mm_abuse_forgiven(struct mm_keeper *keeper,
			  const struct mm_abuse_who *who);

/* Hold a sender that is not held yet, and tell the operator. */
void mm_abuse_hold(struct mm_keeper *keeper, const struct mm_abuse_who *who,
		   enum mm_abuse_kind kind, uint64_t sum, uint64_t limit);

#endif
