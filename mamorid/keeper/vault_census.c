/*
 * Counts of mailboxes, for billing. Keeper, uid mamori-keeper. SQL is allowed
 * in vault*.c, outbox.c and db.c only, so that the state can move to another
 * store without touching the rest.
 */
#include "mamorid/keeper/vault_census.h"

int mm_census_put(struct mm_db *db, const char *day,
		  const struct mm_census *census)
{
	return mm_db_run(db,
			 "INSERT OR REPLACE INTO census(day, domain, accounts,"
			 " postmasters, contracted)"
			 " VALUES(?1, ?2, ?3, ?4, ?5)",
			 "ssiii", day, census->domain, census->accounts,
			 census->postmasters, census->contracted);
}

int mm_census_list(struct mm_db *db, const char *day, const char *domain,
		   int (*visit)(void *arg, const struct mm_census *census),
		   void *arg)
{
	struct mm_census census;
	sqlite3_stmt *stmt;
	int r;

	r = mm_db_start(db, &stmt,
			"SELECT domain, accounts, postmasters, contracted"
			" FROM census WHERE day = ?1 AND"
			" (?2 IS NULL OR domain = ?2) ORDER BY domain",
			"ss", day, domain);
	if (r < 0)
		return r;
	while ((r = mm_db_step(db, stmt)) == 1) {
		census.domain = mm_db_text(stmt, 0);
		census.accounts = sqlite3_column_int64(stmt, 1);
		census.postmasters = sqlite3_column_int64(stmt, 2);
		census.contracted = sqlite3_column_int64(stmt, 3);
		if ((r = visit(arg, &census)) != 0)
			break;
	}
	mm_db_end(stmt);
	return r;
}
