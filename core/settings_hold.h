#ifndef MM_CORE_SETTINGS_HOLD_H
#define MM_CORE_SETTINGS_HOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/settings_read.h"

/* May this account or login send? The keys sending_hold* stand in the file of
 * an account or of a login. */
struct mm_hold {
	bool held;
	int64_t until; /* when it ends, or ended; 0: no time is given */
	char reason[256]; /* may be "" */
};

/* Look at both; either may be NULL or "". What cannot be read does not
 * hold. */
void mm_settings_hold(struct mm_settings_tree *tree, const char *account,
		      const char *login, int64_t now, struct mm_hold *hold_r);

#endif
