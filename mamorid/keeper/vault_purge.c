/*
 * Everything about a mailbox goes with it. Keeper, uid mamori-keeper. SQL is
 * allowed in vault*.c, outbox.c and db.c only, so that the state can move to
 * another store without touching the rest.
 */
#include "mamorid/keeper/vault_purge.h"

#include <stdlib.h>
#include <string.h>

#include "core/address.h"
#include "core/err.h"
#include "mamorid/keeper/outbox.h"
#include "mamorid/xalloc.h"

/* ?1 the address or NULL, ?2 its local part with the separator of tags or
 * NULL, ?3 the domain, ?4 the last row looked at. */
static const char find_row[] =
	"SELECT id, record, recipient FROM quarantine"
	" WHERE id > ?4 AND domain = ?3 AND"
	" (?1 IS NULL OR recipient = ?1 OR"
	" substr(recipient, 1, length(?2)) = ?2) ORDER BY id LIMIT 1";
static const char find_outbox[] =
	"SELECT id, record, lower(recipient) FROM outbox WHERE id > ?4 AND"
	" lower(substr(recipient, -length(?3) - 1)) = '@' || ?3 AND"
	" (?1 IS NULL OR lower(recipient) = ?1 OR"
	" lower(substr(recipient, 1, length(?2))) = ?2) ORDER BY id LIMIT 1";

static const char drop_windows[] =
	"DELETE FROM notice_window WHERE recipient = ?1 OR (?1 IS NULL AND"
	" substr(recipient, -length(?2) - 1) = '@' || ?2)";

struct whom {
	const char *address;
	char *tagged;
	const char *domain;
	const struct mm_purge_tags *tags;
};

struct found {
	int64_t id;
	int64_t record;
};

/* Has a tagged address an owner of its own? */
static bool is_others(const struct whom *whom, const char *recipient)
{
	return whom->address != NULL && whom->tags->is_own != NULL &&
	       strcmp(recipient, whom->address) != 0 &&
	       whom->tags->is_own(whom->tags->arg, recipient);
}

/* The next row that goes: 1, 0 or an error. */
static int next(struct mm_vault *vault, const char *sql,
		const struct whom *whom, struct found *found)
{
	sqlite3_stmt *stmt = NULL;
	bool others = true;
	int r = 1;

	while (r == 1 && others) {
		r = mm_db_start(vault->db, &stmt, sql, "sssi", whom->address,
				whom->tagged, whom->domain, found->id);
		if (r < 0)
			return r;
		if ((r = mm_db_step(vault->db, stmt)) == 1) {
			found->id = sqlite3_column_int64(stmt, 0);
			found->record = sqlite3_column_int64(stmt, 1);
			others = is_others(whom, mm_db_text(stmt, 2));
		}
		mm_db_end(stmt);
	}
	return r;
}

/* One at a time, so that budgets and files are settled as always. */
static int drop_rows(struct mm_vault *vault, const struct whom *whom)
{
	struct found row = { .id = 0 };
	int r;

	while ((r = next(vault, find_row, whom, &row)) == 1) {
		if ((r = mm_vault_drop(vault, row.id, "account deleted")) < 0 ||
		    (r = mm_db_run(vault->db,
				   "DELETE FROM effect WHERE record = ?1 AND"
				   " NOT EXISTS (SELECT 1 FROM quarantine"
				   " WHERE record = ?1)",
				   "i", row.record)) < 0)
			return r;
	}
	return r;
}

static int drop_outbox(struct mm_vault *vault, const struct whom *whom)
{
	struct found row = { .id = 0 };
	int r;

	while ((r = next(vault, find_outbox, whom, &row)) == 1) {
		if ((r = mm_outbox_drop(vault->db, row.id)) < 0 ||
		    (r = mm_vault_forget(vault, row.record)) < 0)
			return r;
	}
	return r;
}

static int purge(struct mm_vault *vault, const struct whom *whom)
{
	int r;

	if ((r = mm_db_begin(vault->db)) < 0)
		return r;
	if ((r = drop_rows(vault, whom)) < 0 ||
	    (r = drop_outbox(vault, whom)) < 0 ||
	    (r = mm_db_run(vault->db, drop_windows, "ss", whom->address,
			   whom->domain)) < 0 ||
	    (r = mm_db_commit(vault->db)) < 0) {
		mm_db_rollback(vault->db);
		return r;
	}
	mm_vault_sweep(vault);
	return 0;
}

int mm_vault_purge_address(struct mm_vault *vault, const char *address,
			   const struct mm_purge_tags *tags)
{
	struct whom whom = { .address = address,
			     .domain = mm_address_domain(address),
			     .tags = tags };
	int r;

	if (whom.domain == NULL)
		return MM_ERR_INVALID;
	if (*tags->separator != '\0')
		whom.tagged = mm_xasprintf("%.*s%c",
					   (int)(whom.domain - address - 1),
					   address, *tags->separator);
	r = purge(vault, &whom);
	free(whom.tagged);
	return r;
}

int mm_vault_purge_domain(struct mm_vault *vault, const char *domain)
{
	struct whom whom = { .domain = domain };

	return purge(vault, &whom);
}
