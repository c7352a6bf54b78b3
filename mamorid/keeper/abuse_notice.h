#ifndef MM_KEEPER_ABUSE_NOTICE_H
#define MM_KEEPER_ABUSE_NOTICE_H

#include "mamorid/keeper/abuse_hold.h"

/* Queue a notice to the operator: who passed which limit, and the command
 * that ends the hold; "" when there is none. Failing is logged. */
void mm_abuse_tell(struct mm_keeper *keeper, const struct mm_abuse_who *who,
		   const char *reason, const char *unhold);

#endif
