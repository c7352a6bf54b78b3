#ifndef MM_KEEPER_SETTINGS_PURGE_H
#define MM_KEEPER_SETTINGS_PURGE_H

#include "core/settings.h"
#include "mamorid/keeper/keeper.h"

/* Delete a file of settings, and with an account or a domain everything that
 * is kept for it: quarantine, outbox, and what logins own of it. The next
 * owner of the address inherits nothing. 1, 0 (there were no settings), or an
 * error: then it is to be asked for again. */
MM_CHECK int mm_settings_purge(struct mm_keeper *keeper, enum mm_level level,
			       const char *name);

#endif
