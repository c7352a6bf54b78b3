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

/* ?1 the address or NULL, ?2 its local part with the separator of tags, ?3
 * the domain. */
static const char find_row[] =
	"SELECT id FROM quarantine WHERE domain = ?3 AND"
	" (?1 IS NULL OR recipient = ?1 OR"
	" substr(recipient, 1, length(?2)) = ?2) LIMIT 1";
static const char find_outbox[] =
	"SELECT id FROM outbox WHERE"
	" lower(substr(recipient, -length(?3) - 1)) = '@' || ?3 AND"
	" (?1 IS NULL OR lower(recipient) = ?1 OR"
	" lower(substr(recipient, 1, length(?2))) = ?2) LIMIT 1";

static const char drop_envelope[] =
	"DELETE FROM envelope WHERE"
	" lower(substr(recipient, -length(?3) - 1)) = '@' || ?3 AND"
	" (?1 IS NULL OR lower(recipient) = ?1 OR"
	" lower(substr(recipient, 1, length(?2))) = ?2)";
static const char find_empty[] =
	"SELECT outbox FROM variant v WHERE NOT EXISTS"
	" (SELECT 1 FROM envelope e WHERE e.outbox = v.outbox) LIMIT 1";

struct whom {
	const char *address;
	char *tagged;
	const char *domain;
};

/* One at a time, so that budgets and files are settled as always. */
static int drop_rows(struct mm_vault *vault, const struct whom *whom)
{
	int64_t id, record = 0;
	int r;

	while ((r = mm_db_get(vault->db, &id, find_row, "sss", whom->address,
			      whom->tagged, whom->domain)) == 1) {
		if ((r = mm_db_get(vault->db, &record,
				   "SELECT record FROM quarantine"
				   " WHERE id = ?1",
				   "i", id)) < 0 ||
		    (r = mm_vault_drop(vault, id, "account deleted")) < 0 ||
		    (r = mm_db_run(vault->db,
				   "DELETE FROM effect WHERE record = ?1 AND"
				   " NOT EXISTS (SELECT 1 FROM quarantine"
				   " WHERE record = ?1)",
				   "i", record)) < 0)
			return r;
	}
	return r;
}

static int drop_item(struct mm_vault *vault, int64_t id)
{
	int64_t record = 0;
	int r;

	if ((r = mm_db_get(vault->db, &record,
			   "SELECT record FROM outbox WHERE id = ?1", "i",
			   id)) < 0 ||
	    (r = mm_outbox_drop(vault->db, id)) < 0)
		return r;
	return mm_vault_forget(vault, record);
}

static int drop_outbox(struct mm_vault *vault, const struct whom *whom)
{
	int64_t id;
	int r;

	while ((r = mm_db_get(vault->db, &id, find_outbox, "sss",
			      whom->address, whom->tagged,
			      whom->domain)) == 1)
		if ((r = drop_item(vault, id)) < 0)
			return r;
	if (r < 0 || (r = mm_db_run(vault->db, drop_envelope, "sss",
				    whom->address, whom->tagged,
				    whom->domain)) < 0)
		return r;
	while ((r = mm_db_get(vault->db, &id, find_empty, "")) == 1)
		if ((r = drop_item(vault, id)) < 0)
			return r;
	return r;
}

static int purge(struct mm_vault *vault, const struct whom *whom)
{
	int r;

	if ((r = mm_db_begin(vault->db)) < 0)
		return r;
	if ((r = drop_rows(vault, whom)) < 0 ||
	    (r = drop_outbox(vault, whom)) < 0 ||
	    (r = mm_db_commit(vault->db)) < 0) {
		mm_db_rollback(vault->db);
		return r;
	}
	mm_vault_sweep(vault);
	return 0;
}

int mm_vault_purge_address(struct mm_vault *vault, const char *address)
{
	struct whom whom = { .address = address,
			     .domain = mm_address_domain(address) };
	int r;

	if (whom.domain == NULL)
		return MM_ERR_INVALID;
	whom.tagged = mm_xasprintf("%.*s+", (int)(whom.domain - address - 1),
				   address);
	r = purge(vault, &whom);
	free(whom.tagged);
	return r;
}

int mm_vault_purge_domain(struct mm_vault *vault, const char *domain)
{
	struct whom whom = { .domain = domain };

	return purge(vault, &whom);
}
