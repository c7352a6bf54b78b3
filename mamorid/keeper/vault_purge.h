#ifndef MM_KEEPER_VAULT_PURGE_H
#define MM_KEEPER_VAULT_PURGE_H

#include "mamorid/keeper/vault.h"

/* Which tagged addresses belong to an untagged one. */
struct mm_purge_tags {
	const char *separator; /* one character, or "" for none at all */
	/* Is a tagged address (lower case) a mailbox, alias or list of its
	 * own? NULL: never. */
	bool (*is_own)(void *arg, const char *address);
	void *arg;
};

/* Drop all that is kept for an address (lower case; tagged forms with it) or
 * for all addresses of a domain: quarantined mail, notices and releases that
 * have not gone out, and the memory of mails seen. In one transaction. 0 or an
 * error. */
MM_CHECK int mm_vault_purge_address(struct mm_vault *vault,
				    const char *address,
				    const struct mm_purge_tags *tags);
MM_CHECK int mm_vault_purge_domain(struct mm_vault *vault, const char *domain);

#endif
