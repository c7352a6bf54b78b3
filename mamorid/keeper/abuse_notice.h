#ifndef MM_KEEPER_ABUSE_NOTICE_H
#define MM_KEEPER_ABUSE_NOTICE_H

#include "mamorid/keeper/abuse_hold.h"

/* Queue a notice to the operator: who passed which limit, and whether it is
 * held. Failing is logged. */
void mm_abuse_tell(struct mm_keeper *keeper, const struct mm_abuse_who *who,
		   const char *reason, bool held);

#endif
