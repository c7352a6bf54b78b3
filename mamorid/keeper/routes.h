#ifndef MM_KEEPER_ROUTES_H
#define MM_KEEPER_ROUTES_H

#include "mamorid/keeper/keeper.h"

/*
 * What Exim must know of the shared settings, as files that it looks things up
 * in (mamori-exim(7)); a reader finds all of the old lines or all of the new.
 *
 *	exim/gateway_domains	DOMAIN: HOST, for lsearch
 *	exim/relay_hosts	"NETWORK": DOMAIN ..., for iplsearch
 *	gate/relay_hosts	the same for the gates (mamorid/gate/relays.h)
 */
#define MM_ROUTES_LATE \
	"done, but Exim's files cannot be written; tried again every minute"
#define MM_ROUTES_MAX (16u << 20)

/* Write them all, below the folder around the settings. 0, or an error after
 * which some may be the old ones. */
MM_CHECK int mm_routes_write(struct mm_settings_store *store,
			     struct mm_settings_tree *tree);

/* The same, logged; what fails is tried again by mm_routes_retry(). True when
 * they are written. */
bool mm_routes_update(struct mm_keeper *keeper);
void mm_routes_retry(struct mm_keeper *keeper);

/* Does a change of this domain's settings change the files? To be asked before
 * and after it; other levels never matter. */
bool mm_routes_matter(struct mm_keeper *keeper, enum mm_level level,
		      const char *name);

#endif
