/*
 * The history of a mailbox goes with it. Keeper, uid mamori-keeper. SQL is
 * allowed in history*.c, vault*.c, outbox.c and db*.c only.
 */
#include "mamorid/keeper/history.h"

#include <stdlib.h>

#include "core/address.h"
#include "core/err.h"
#include "mamorid/xalloc.h"

struct whom {
	const char *address;
	char *tagged; /* first and last of its addresses with tags */
	char *beyond;
	const char *domain;
};

/* ?1 the address, ?2 and ?3 bounds of its tags, ?4 the domain */
static const char gone_address[] =
	"INSERT OR IGNORE INTO gone SELECT mail FROM party WHERE"
	" address = ?1 OR (address > ?2 AND address < ?3 AND domain = ?4)";
static const char drop_address[] =
	"DELETE FROM party WHERE address = ?1 OR"
	" (address > ?2 AND address < ?3 AND domain = ?4)";

static int drop_parties(struct mm_db *db, const struct whom *whom)
{
	int r;

	if (whom->address == NULL) {
		if ((r = mm_db_run(db,
				   "INSERT OR IGNORE INTO gone SELECT mail"
				   " FROM party WHERE domain = ?1 AND"
				   " domain != ''",
				   "s", whom->domain)) < 0)
			return r;
		return mm_db_run(db,
				 "DELETE FROM party WHERE domain = ?1 AND"
				 " domain != ''",
				 "s", whom->domain);
	}
	if ((r = mm_db_run(db, gone_address, "ssss", whom->address,
			   whom->tagged, whom->beyond, whom->domain)) < 0)
		return r;
	return mm_db_run(db, drop_address, "ssss", whom->address, whom->tagged,
			 whom->beyond, whom->domain);
}

static int drop_events(struct mm_db *db, const struct whom *whom)
{
	int r = mm_db_run(db,
			  "DELETE FROM event WHERE trace IN (SELECT m.trace"
			  " FROM gone g CROSS JOIN mail m ON m.id = g.mail"
			  " WHERE"
			  " NOT EXISTS (SELECT 1 FROM party p WHERE"
			  " p.mail = m.id AND p.domain != ''))",
			  "");

	if (r < 0)
		return r;
	return mm_db_run(db,
			 "DELETE FROM event WHERE lower(who) = ?1 OR"
			 " (?1 IS NULL AND"
			 " lower(substr(who, -length(?2) - 1)) = '@' || ?2)",
			 "ss", whom->address, whom->domain);
}

/* Mails that nobody here has any more, and the account's name in the rest. */
static int drop_mails(struct mm_db *db)
{
	int r;

	if ((r = mm_db_run(db,
			   "DELETE FROM mail WHERE id IN (SELECT mail FROM"
			   " gone) AND NOT EXISTS (SELECT 1 FROM party p"
			   " WHERE p.mail = mail.id AND p.domain != '')",
			   "")) < 0 ||
	    (r = mm_db_run(db,
			   "DELETE FROM party WHERE mail IN (SELECT mail FROM"
			   " gone) AND NOT EXISTS (SELECT 1 FROM mail m"
			   " WHERE m.id = party.mail)",
			   "")) < 0 ||
	    (r = mm_db_run(db,
			   "UPDATE mail SET account = '', login = '' WHERE"
			   " account != '' AND id IN (SELECT mail FROM gone)"
			   " AND NOT EXISTS (SELECT 1 FROM party p WHERE"
			   " p.mail = mail.id AND p.n = -1)",
			   "")) < 0)
		return r;
	return mm_db_run(db, "DELETE FROM gone", "");
}

static int purge_day(void *context, struct mm_db *db, const char *day)
{
	const struct whom *whom = context;
	int r;

	(void)day;
	if ((r = mm_db_run(db,
			   "CREATE TEMP TABLE IF NOT EXISTS gone("
			   "mail INTEGER PRIMARY KEY)",
			   "")) < 0 ||
	    (r = mm_db_begin(db)) < 0)
		return r;
	if ((r = drop_parties(db, whom)) < 0 ||
	    (r = drop_events(db, whom)) < 0 || (r = drop_mails(db)) < 0 ||
	    (r = mm_db_commit(db)) < 0)
		mm_db_rollback(db);
	return r;
}

int mm_history_purge(struct mm_history_store *store, const char *address,
		     const char *domain)
{
	struct whom whom = { .address = address, .domain = domain };
	int r;

	if (address != NULL) {
		whom.domain = mm_address_domain(address);
		if (whom.domain == NULL)
			return MM_ERR_INVALID;
		/* A comma is what comes next after a plus. */
		whom.tagged = mm_xasprintf(
			"%.*s+", (int)(whom.domain - address - 1), address);
		whom.beyond = mm_xasprintf(
			"%.*s,", (int)(whom.domain - address - 1), address);
	}
	r = mm_history_days(store, true, purge_day, &whom);
	free(whom.tagged);
	free(whom.beyond);
	return r;
}
