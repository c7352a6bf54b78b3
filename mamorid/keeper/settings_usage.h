#ifndef MM_KEEPER_SETTINGS_USAGE_H
#define MM_KEEPER_SETTINGS_USAGE_H

#include "mamorid/keeper/keeper.h"

/* Keep the day's count of mailboxes, once a day, and log the domains that
 * have more than was agreed on. */
void mm_usage_daily(struct mm_keeper *keeper);

#endif
