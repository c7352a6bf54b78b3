#ifndef MM_KEEPER_VAULT_PURGE_H
#define MM_KEEPER_VAULT_PURGE_H

#include "mamorid/keeper/vault.h"

/* Drop all that is kept for an address (lower case; tagged forms with it) or
 * for all addresses of a domain: quarantined mail, notices and releases that
 * have not gone out, and the memory of mails seen. In one transaction. 0 or an
 * error. */
MM_CHECK int mm_vault_purge_address(struct mm_vault *vault,
				    const char *address);
MM_CHECK int mm_vault_purge_domain(struct mm_vault *vault, const char *domain);

#endif
