/*
 * Which quarantine files are still used, and removing the others. Keeper, uid
 * mamori-keeper. SQL is allowed in vault*.c, outbox.c and db.c only. Must
 * never remove a file that a committed row uses.
 */
#include "mamorid/keeper/vault.h"

#include <errno.h>
#include <string.h>

#include "core/err.h"
#include "mamorid/log.h"

/* A few at a time, so that a large clean-up does not hold up the mail. */
#define SWEEP_MAX 1000u

int mm_vault_uses(struct mm_vault *vault, const char *hash)
{
	int64_t rows;
	int r;

	r = mm_db_get(vault->db, &rows,
		      "SELECT rows FROM share WHERE scope = 'total' AND"
		      " hash = ?1",
		      "s", hash);
	if (r != 0)
		return r;
	return mm_db_get(vault->db, &rows,
			 "SELECT outbox FROM variant WHERE hash = ?1 LIMIT 1",
			 "s", hash);
}

/* One hash from the trash: 1, 0 (empty) or an error. */
static int next_trash(struct mm_vault *vault, char hash_r[MM_STORE_HASH_SIZE])
{
	sqlite3_stmt *stmt;
	const char *text;
	int r;

	r = mm_db_start(vault->db, &stmt, "SELECT hash FROM trash LIMIT 1", "");
	if (r < 0)
		return r;
	if ((r = mm_db_step(vault->db, stmt)) == 1) {
		text = mm_db_text(stmt, 0);
		memset(hash_r, 0, MM_STORE_HASH_SIZE);
		memcpy(hash_r, text, strnlen(text, MM_STORE_HASH_SIZE - 1));
	}
	mm_db_end(stmt);
	return r;
}

void mm_vault_sweep(struct mm_vault *vault)
{
	char hash[MM_STORE_HASH_SIZE];
	unsigned int i;
	int r = 0;

	for (i = 0; i < SWEEP_MAX; i++) {
		if ((r = next_trash(vault, hash)) <= 0)
			break;
		/* The same content may have come again meanwhile. */
		if ((r = mm_vault_uses(vault, hash)) < 0 ||
		    (r == 0 && (r = mm_store_remove(vault->store, hash)) < 0) ||
		    (r = mm_db_run(vault->db,
				   "DELETE FROM trash WHERE hash = ?1", "s",
				   hash)) < 0)
			break;
	}
	if (r < 0)
		mm_log(MM_LOG_WARN, "quarantine-sweep", NULL, "error",
		       mm_err_text(r), NULL);
}

static int wanted(void *context, const char *hash)
{
	return mm_vault_uses(context, hash);
}

int mm_vault_clean(struct mm_vault *vault)
{
	mm_vault_sweep(vault);
	return mm_store_clean(vault->store, wanted, vault);
}
