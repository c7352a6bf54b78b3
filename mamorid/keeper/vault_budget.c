/*
 * Budgets of the quarantine: bytes a mailbox, a domain and the server use, and
 * dropping the oldest. Keeper, uid mamori-keeper. SQL is allowed in vault*.c,
 * outbox.c and db.c only. Must never drop what was just recorded: its sender
 * has been told that it is kept.
 */
#include "mamorid/keeper/vault_budget.h"

#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/text.h"
#include "mamorid/log.h"
#include "mamorid/xalloc.h"

static int charge(struct mm_db *db, const char *scope, const char *hash,
		  int64_t size)
{
	int64_t rows = 0;
	int r;

	if ((r = mm_db_run(db,
			   "INSERT INTO share(scope, hash, rows)"
			   " VALUES(?1, ?2, 1) ON CONFLICT DO UPDATE"
			   " SET rows = rows + 1",
			   "ss", scope, hash)) < 0 ||
	    (r = mm_db_get(db, &rows,
			   "SELECT rows FROM share WHERE scope = ?1 AND"
			   " hash = ?2",
			   "ss", scope, hash)) < 0)
		return r;
	if (rows > 1)
		return 0;
	return mm_db_run(db,
			 "INSERT INTO usage(scope, bytes) VALUES(?1, ?2)"
			 " ON CONFLICT DO UPDATE SET bytes = bytes + ?2",
			 "si", scope, size);
}

/* 1 when the scope no longer uses the file. */
static int discharge(struct mm_db *db, const char *scope, const char *hash,
		     int64_t size)
{
	int r;

	if ((r = mm_db_run(db,
			   "UPDATE share SET rows = rows - 1 WHERE scope = ?1"
			   " AND hash = ?2",
			   "ss", scope, hash)) < 0 ||
	    (r = mm_db_run(db,
			   "DELETE FROM share WHERE scope = ?1 AND hash = ?2"
			   " AND rows <= 0",
			   "ss", scope, hash)) < 0)
		return r;
	if (mm_db_changes(db) == 0)
		return 0;
	if ((r = mm_db_run(db,
			   "UPDATE usage SET bytes = bytes - ?2 WHERE"
			   " scope = ?1",
			   "si", scope, size)) < 0 ||
	    (r = mm_db_run(db,
			   "DELETE FROM usage WHERE scope = ?1 AND bytes <= 0",
			   "s", scope)) < 0)
		return r;
	return 1;
}

/* The names under which the bytes of a mailbox and its domain are kept. */
static char *account_scope(const char *recipient)
{
	char *scope = mm_xasprintf("account %s", recipient);

	mm_text_lower(scope);
	return scope;
}

static char *domain_scope(const char *recipient)
{
	const char *domain = mm_address_domain(recipient);
	char *scope = mm_xasprintf("domain %s", domain == NULL ? "" : domain);

	mm_text_lower(scope);
	return scope;
}

int mm_budget_charge(struct mm_vault *vault, const char *recipient,
		     const char *hash, int64_t size)
{
	char *account = account_scope(recipient);
	char *domain = domain_scope(recipient);
	int r;

	if ((r = charge(vault->db, account, hash, size)) == 0 &&
	    (r = charge(vault->db, domain, hash, size)) == 0)
		r = charge(vault->db, "total", hash, size);
	free(account);
	free(domain);
	return r;
}

int mm_budget_discharge(struct mm_vault *vault, const char *recipient,
			const char *hash, int64_t size)
{
	char *account = account_scope(recipient);
	char *domain = domain_scope(recipient);
	int r;

	if ((r = discharge(vault->db, account, hash, size)) >= 0 &&
	    (r = discharge(vault->db, domain, hash, size)) >= 0)
		r = discharge(vault->db, "total", hash, size);
	if (r == 1)
		r = mm_db_run(vault->db,
			      "INSERT OR IGNORE INTO trash(hash) VALUES(?1)",
			      "s", hash);
	free(account);
	free(domain);
	return r;
}

int mm_budget_used(struct mm_vault *vault, const char *scope, int64_t *bytes_r)
{
	int r;

	*bytes_r = 0;
	r = mm_db_get(vault->db, bytes_r,
		      "SELECT bytes FROM usage WHERE scope = ?1", "s", scope);
	return r < 0 ? r : 0;
}

/* Drop oldest rows of a scope until it holds. oldest takes the record to be
 * spared and the scope's name without its kind. */
static int trim(struct mm_vault *vault, const char *scope, const char *oldest,
		const char *name, int64_t record, uint64_t budget)
{
	int64_t used, id;
	int r;

	while ((r = mm_budget_used(vault, scope, &used)) == 0 && used > 0 &&
	       (uint64_t)used > budget) {
		r = mm_db_get(vault->db, &id, oldest, "is", record, name);
		if (r < 0)
			return r;
		if (r == 0) {
			mm_log(MM_LOG_WARN, "quarantine-over-budget", NULL,
			       "scope", scope, "bytes", MM_NUM(used), "budget",
			       MM_NUM(budget), NULL);
			return 0;
		}
		if ((r = mm_vault_drop(vault, id, "budget")) < 0)
			return r;
	}
	return r;
}

int mm_budget_trim(struct mm_vault *vault, int64_t record,
		   const char *recipient)
{
	static const char of_account[] =
		"SELECT id FROM quarantine WHERE record != ?1 AND"
		" recipient = ?2 ORDER BY id LIMIT 1";
	static const char of_domain[] =
		"SELECT id FROM quarantine WHERE record != ?1 AND"
		" domain = ?2 ORDER BY id LIMIT 1";
	static const char of_all[] =
		"SELECT id FROM quarantine WHERE record != ?1 AND ?2 IS NULL"
		" ORDER BY id LIMIT 1";
	const struct mm_conf *conf = vault->conf;
	char *account, *domain;
	int r;

	if (recipient == NULL)
		return trim(vault, "total", of_all, NULL, record,
			    conf->quarantine_total_budget);
	account = account_scope(recipient);
	domain = domain_scope(recipient);
	r = trim(vault, account, of_account, account + strlen("account "),
		 record, conf->quarantine_account_budget);
	if (r == 0)
		r = trim(vault, domain, of_domain, domain + strlen("domain "),
			 record, conf->quarantine_domain_budget);
	free(account);
	free(domain);
	return r;
}
