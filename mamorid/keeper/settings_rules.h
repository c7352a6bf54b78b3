#ifndef MM_KEEPER_SETTINGS_RULES_H
#define MM_KEEPER_SETTINGS_RULES_H

#include "core/settings.h"
#include "mamorid/keeper/keeper.h"

/* May somebody of this role switch the rule for the address, "@domain" or, for
 * the server, ""? The rule must be in the preset that is in force there.
 * name NULL stands for all rules that values has switches for. 0, or
 * MM_ERR_INVALID with the reason in why; MM_ERR_NOMEM. */
MM_CHECK int mm_settings_may_switch(struct mm_keeper *keeper, int role,
				    const char *address, const char *name,
				    const struct mm_settings *values,
				    struct mm_buf *why);

#endif
