#ifndef MM_KEEPER_VAULT_CENSUS_H
#define MM_KEEPER_VAULT_CENSUS_H

#include "mamorid/keeper/db.h"

/* How many mailboxes a domain had on a day, "YYYY-MM-DD". */
struct mm_census {
	const char *domain;
	int64_t accounts;
	int64_t postmasters; /* of them, named postmaster */
	int64_t contracted; /* 0: no number was agreed on */
};

/* In an open transaction: keep one count, in place of an older one. */
MM_CHECK int mm_census_put(struct mm_db *db, const char *day,
			   const struct mm_census *census);

/* Each count of a day, of one domain unless that is NULL. visit returns 0 to
 * go on. 0, an error, or what visit returned. */
MM_CHECK int
mm_census_list(struct mm_db *db, const char *day, const char *domain,
	       int (*visit)(void *arg, const struct mm_census *census),
	       void *arg);

#endif
