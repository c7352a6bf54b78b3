#ifndef MM_KEEPER_ROUTES_H
#define MM_KEEPER_ROUTES_H

#include "mamorid/keeper/keeper.h"

/*
 * What Exim must know of the domains' settings, as files that it looks up:
 *
 *   state_dir/exim/gateway_domains   example.test: mail.example.test
 *   state_dir/exim/relay_hosts       "192.0.2.1": example.test
 *   state_dir/gate/relay_hosts       the same, for the gates
 */
#define MM_ROUTES_FILE_MAX (16u << 20)

/* Write them anew, each as a whole, where they have changed. A failure is
 * logged, and what was written before stays in force. */
void mm_routes_write(struct mm_keeper *keeper);

/* Does this setting stand in them? */
bool mm_routes_has(enum mm_setting i);

#endif
