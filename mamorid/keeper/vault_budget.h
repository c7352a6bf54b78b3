#ifndef MM_KEEPER_VAULT_BUDGET_H
#define MM_KEEPER_VAULT_BUDGET_H

#include "mamorid/keeper/vault.h"

/* How much quarantine an account, a domain and the server use. A file counts
 * once in each scope, however many rows of the scope share it. All of these
 * want an open transaction. For vault.c. */

/* A row for recipient (lower case) uses or no longer uses the file. */
MM_CHECK int mm_budget_charge(struct mm_vault *vault, const char *recipient,
			      const char *hash, int64_t size);
MM_CHECK int mm_budget_discharge(struct mm_vault *vault, const char *recipient,
				 const char *hash, int64_t size);

/* Drop the oldest rows of recipient's account and domain (NULL: of the whole
 * server) until the budgets hold, never those of record: what was just
 * accepted is not lost again. */
MM_CHECK int mm_budget_trim(struct mm_vault *vault, int64_t record,
			    const char *recipient);

/* Bytes of a scope. 0 or an error. */
MM_CHECK int mm_budget_used(struct mm_vault *vault, const char *scope,
			    int64_t *bytes_r);

#endif
