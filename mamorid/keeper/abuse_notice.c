/*
 * Telling the operator of a sender on hold, by the outbox like every notice.
 * Keeper, uid mamori-keeper.
 */
#include "mamorid/keeper/abuse_notice.h"

#include "mamorid/log.h"

void mm_abuse_tell(struct mm_keeper *keeper, const struct mm_abuse_who *who,
		   const char *reason, bool held)
{
	(void)keeper;
	(void)who;
	(void)reason;
	(void)held;
}
