/*
 * Variants in the outbox. Keeper, uid mamori-keeper. SQL is allowed in
 * vault*.c, outbox*.c and db*.c only. Must never lose a recipient: each one
 * is left, has got the mail, or has it in quarantine.
 */
#include "mamorid/keeper/outbox_variant.h"

#include <string.h>

#include "core/err.h"
#include "mamorid/keeper/outbox.h"
#include "mamorid/log.h"

static int add_row(struct mm_db *db, int64_t record,
		   const struct mm_variant *variant, const char *hash,
		   uint64_t size, int64_t now, int64_t *row_r)
{
	int r;

	/* No recipient in the row itself: purging one must not drop all. */
	r = mm_db_run(db,
		      "INSERT INTO outbox(kind, record, quarantine, recipient,"
		      " created, due, tries, reply)"
		      " VALUES(?1, ?2, 0, '', ?3, ?3, 0, '')",
		      "iii", (int64_t)MM_OUTBOX_VARIANT, record, now);
	if (r < 0)
		return r;
	*row_r = mm_db_inserted(db);
	return mm_db_run(db,
			 "INSERT INTO variant(outbox, hash, size, options)"
			 " VALUES(?1, ?2, ?3, ?4)",
			 "isis", *row_r, hash, (int64_t)size,
			 variant->options == NULL ? "" : variant->options);
}

int mm_outbox_add_variant(struct mm_db *db, int64_t record,
			  const struct mm_variant *variant, const char *hash,
			  uint64_t size, int64_t now)
{
	const struct mm_rcpt *rcpt;
	int64_t row = 0;
	size_t i;
	int r = 0;

	for (i = 0; i < variant->count && r == 0; i++) {
		if (i % MM_OUTBOX_RCPTS_MAX == 0)
			r = add_row(db, record, variant, hash, size, now,
				    &row);
		rcpt = &variant->rcpts[i];
		if (r == 0)
			r = mm_db_run(db,
				      "INSERT OR IGNORE INTO envelope(outbox,"
				      " recipient, options) VALUES(?1, ?2, ?3)",
				      "iss", row, rcpt->address,
				      rcpt->options == NULL ? ""
							    : rcpt->options);
	}
	return r;
}

static int encode_left(struct mm_db *db, sqlite3_stmt *stmt,
		       struct mm_buf *out, int *count_r)
{
	struct mm_rcpt rcpt;
	const struct mm_variant one = { .rcpts = &rcpt, .count = 1 };
	int r;

	/* A field list that is put behind another one joins it. */
	while ((r = mm_db_step(db, stmt)) == 1) {
		rcpt.address = mm_db_text(stmt, 0);
		rcpt.options = mm_db_text(stmt, 1);
		if ((r = mm_variant_encode(out, &one)) < 0)
			break;
		++*count_r;
	}
	return r;
}

static int put_options(struct mm_db *db, int64_t row, struct mm_buf *out)
{
	struct mm_variant head = { .options = "" };
	sqlite3_stmt *stmt;
	int r;

	r = mm_db_start(db, &stmt,
			"SELECT options FROM variant WHERE outbox = ?1", "i",
			row);
	if (r < 0)
		return r;
	if ((r = mm_db_step(db, stmt)) == 1) {
		head.options = mm_db_text(stmt, 0);
		r = mm_variant_encode(out, &head);
	}
	mm_db_end(stmt);
	return r;
}

int mm_outbox_variant_left(struct mm_db *db, int64_t row, struct mm_buf *out)
{
	sqlite3_stmt *stmt;
	int r, count = 0;

	if ((r = put_options(db, row, out)) < 0)
		return r;
	r = mm_db_start(db, &stmt,
			"SELECT recipient, options FROM envelope"
			" WHERE outbox = ?1 ORDER BY recipient",
			"i", row);
	if (r < 0)
		return r;
	r = encode_left(db, stmt, out, &count);
	mm_db_end(stmt);
	return r < 0 ? r : count;
}

int mm_outbox_variant_sent(struct mm_db *db, int64_t row,
			   const struct mm_outbox_done *done)
{
	size_t i;
	int r;

	if ((r = mm_db_run(db,
			   "UPDATE envelope SET sent = 1 WHERE outbox = ?1",
			   "i", row)) < 0)
		return r;
	for (i = 0; i < done->nleft && r == 0; i++)
		r = mm_db_run(db,
			      "UPDATE envelope SET sent = 0 WHERE outbox = ?1"
			      " AND recipient = ?2",
			      "is", row, done->left[i].to);
	if (r < 0)
		return r;
	return mm_db_run(db,
			 "DELETE FROM envelope WHERE outbox = ?1 AND sent = 1",
			 "i", row);
}

static int keep_one(struct mm_vault *vault, int64_t row, int64_t record,
		    const char *to, int64_t now)
{
	int r = mm_vault_keep(vault, record, row, to, now);

	if (r < 0)
		return r;
	return mm_db_run(vault->db,
			 "DELETE FROM envelope WHERE outbox = ?1 AND"
			 " recipient = ?2",
			 "is", row, to);
}

static int keep_all(struct mm_vault *vault, int64_t row, int64_t record,
		    int64_t now)
{
	struct mm_variant left;
	struct mm_buf bytes;
	size_t i;
	int r;

	memset(&left, 0, sizeof(left));
	mm_buf_init(&bytes, MM_LIST_MAX);
	if ((r = mm_outbox_variant_left(vault->db, row, &bytes)) > 0)
		r = mm_variant_decode(bytes.data, bytes.len, &left);
	for (i = 0; i < left.count && r == 0; i++)
		r = keep_one(vault, row, record, left.rcpts[i].address, now);
	if (r == 0)
		r = (int)left.count;
	mm_variant_clear(&left);
	mm_buf_clear(&bytes);
	return r;
}

int mm_outbox_variant_keep(struct mm_vault *vault, int64_t row,
			   int64_t record, const struct mm_outbox_done *done,
			   int64_t now)
{
	int r = 0, count = 0;
	size_t i;

	if (done == NULL)
		return keep_all(vault, row, record, now);
	for (i = 0; i < done->nleft && r == 0; i++) {
		if (done->left[i].outcome != MM_OUTBOX_REFUSED)
			continue;
		r = keep_one(vault, row, record, done->left[i].to, now);
		count++;
	}
	return r < 0 ? r : count;
}

int mm_outbox_variant_drop(struct mm_db *db, int64_t row)
{
	int r;

	if ((r = mm_db_run(db,
			   "INSERT OR IGNORE INTO trash(hash) SELECT hash FROM"
			   " variant WHERE outbox = ?1",
			   "i", row)) < 0 ||
	    (r = mm_db_run(db, "DELETE FROM variant WHERE outbox = ?1", "i",
			   row)) < 0)
		return r;
	return mm_db_run(db, "DELETE FROM envelope WHERE outbox = ?1", "i",
			 row);
}
