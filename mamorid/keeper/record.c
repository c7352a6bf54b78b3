/*
 * Recording what a verdict rests on: the quarantined copy and the notices.
 * Keeper, uid mamori-keeper. All of it is on disk before the answer, or none
 * of it. Never parses MIME; the message is bytes here.
 */
#include "mamorid/keeper/record.h"

#include <errno.h>
#include <string.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/text.h"
#include "mamorid/keeper/client.h"
#include "mamorid/keeper/effect.h"
#include "mamorid/keeper/outbox.h"
#include "mamorid/keeper/outbox_limit.h"
#include "mamorid/keeper/outbox_serve.h"
#include "mamorid/keeper/outbox_variant.h"
#include "mamorid/keeper/record_text.h"
#include "mamorid/log.h"

/* A record travels on inside an outbox item, which is bounded too. */
#define RECORD_MAX (MM_LIST_MAX - 65536u)

/* Pairs are bounded. */
#define ABOUT_MAX 50u

/* One request in the works. */
struct job {
	struct mm_vault *vault;
	struct mm_buf bytes;
	struct mm_record record;
	struct mm_variant variant; /* none without recipients */
	struct mm_store_parts parts;
	struct mm_record_text text;
	unsigned char key[MM_HASH_LEN];
	char hash[MM_STORE_HASH_SIZE];
	uint64_t size;
	int64_t now;
	bool told; /* an earlier record has given the notices */
};

/* Is the message itself to be stored? */
static bool has_file(const struct job *job)
{
	return job->record.quarantine || job->variant.count > 0;
}

static int open_job(struct job *job, const int fds[3], const char **text_r)
{
	size_t len, body;
	int r;

	*text_r = "record not accepted";
	if ((r = mm_check_memfd(fds[0], RECORD_MAX, &len)) < 0 ||
	    (r = mm_read_fd(fds[0], 0, &job->bytes)) < 0 ||
	    (r = mm_record_decode(job->bytes.data, job->bytes.len,
				  &job->record)) < 0)
		return r;
	*text_r = "headers not accepted";
	if ((r = mm_check_memfd(fds[1], MM_HEADER_MAX, &len)) < 0)
		return r;
	*text_r = "body not accepted";
	/* A mail above the budgets is kept all the same: it would be deferred
	 * for ever otherwise. The disk reserve is what bounds it. */
	if ((r = mm_check_body(fds[2], INT64_MAX, &body)) < 0)
		return r;
	if (job->record.body_offset > body)
		return MM_ERR_INVALID;
	job->parts = (struct mm_store_parts){
		.headers = fds[1],
		.headers_len = len,
		.body = fds[2],
		.body_offset = job->record.body_offset,
		.body_len = body - job->record.body_offset,
	};
	*text_r = "variant not accepted";
	if (job->record.variant_len > 0 &&
	    (r = mm_variant_decode(job->record.variant,
				   job->record.variant_len, &job->variant)) <
		    0)
		return r;
	*text_r = "findings not accepted";
	return mm_record_text_fill(&job->text, &job->record);
}

/* Whose mail a notice is about, as the lines of {list}. */
static int put_about(struct mm_buf *facts, const char *about)
{
	char line[MM_ADDRESS_MAX + 1];
	size_t len, count = 0;
	int r = 0;

	for (; about != NULL && *about != '\0' && r == 0 && count < ABOUT_MAX;
	     about += len + (about[len] == '\n'), count++) {
		len = strcspn(about, "\n");
		if (len >= sizeof(line))
			continue;
		memcpy(line, about, len);
		line[len] = '\0';
		r = mm_pair_put(facts, "list", line);
	}
	return r;
}

static int add_notice(struct job *job, int64_t id,
		      const struct mm_notice *notice)
{
	struct mm_buf facts;
	int r;

	r = mm_outbox_admit(job->vault->db, job->vault->conf, notice->to,
			    job->now);
	if (r != 1)
		return r;
	mm_buf_init(&facts, MM_LIST_MAX);
	if ((r = put_about(&facts, notice->about)) == 0)
		r = mm_outbox_add_notice(job->vault->db, id, notice->name,
					 notice->to,
					 facts.len > 0 ? &facts : NULL,
					 job->now);
	mm_buf_clear(&facts);
	return r;
}

/* Notices only to addresses that can be written into an SMTP command. A bad
 * one must not hold up the mail itself. */
static int add_notices(struct job *job, int64_t id)
{
	const struct mm_record *rec = &job->record;
	size_t i;
	int r = 0;

	for (i = 0; i < rec->nnotices && r >= 0; i++) {
		const char *to = rec->notices[i].to;

		if (!mm_address_is_plain(to)) {
			mm_log(MM_LOG_WARN, "notice-skipped", rec->trace, "to",
			       to, NULL);
			continue;
		}
		r = add_notice(job, id, &rec->notices[i]);
	}
	return r < 0 ? r : 0;
}

static int add_rows(struct job *job, int64_t *id_r)
{
	const struct mm_vault_new item = {
		.record = &job->record,
		.bytes = job->bytes.data,
		.len = job->bytes.len,
		.key = job->key,
		.sender_text = job->text.from,
		.subject = job->text.subject,
		.detail = mm_buf_str(&job->text.detail),
		.hash = job->record.quarantine ? job->hash : NULL,
		.size = job->size,
		.now = job->now,
	};
	int r;

	if ((r = mm_vault_add(job->vault, &item, id_r)) < 0)
		return r;
	if (!job->told && (r = add_notices(job, *id_r)) < 0)
		return r;
	if (job->variant.count > 0 &&
	    (r = mm_outbox_add_variant(job->vault->db, *id_r, &job->variant,
				       job->hash, job->size, job->now)) < 0)
		return r;
	return mm_vault_forget(job->vault, *id_r);
}

/* The transaction: rows and notices together. */
static int commit_rows(struct job *job, int64_t *id_r)
{
	struct mm_db *db = job->vault->db;
	int r;

	if ((r = mm_db_begin(db)) < 0)
		return r;
	if ((r = add_rows(job, id_r)) < 0 || (r = mm_db_commit(db)) < 0)
		mm_db_rollback(db);
	return r;
}

/* Rows were not committed: the file goes, unless other rows have it. */
static void undo_file(struct job *job)
{
	const int saved = errno;

	if (has_file(job) &&
	    mm_vault_uses(job->vault, job->hash) == 0 &&
	    mm_store_remove(job->vault->store, job->hash) < 0)
		mm_log(MM_LOG_WARN, "quarantine-sweep", job->record.trace,
		       "error", mm_err_text(MM_ERR_SYS), NULL);
	errno = saved;
}

static int store_job(struct job *job, struct mm_record_result *result,
		     const char **text_r)
{
	int r;

	*text_r = "message cannot be read";
	if ((r = mm_effect_key(&job->record, &job->parts, job->key)) < 0)
		return r;
	*text_r = "state cannot be read";
	r = mm_vault_effect(job->vault, job->key, job->record.quarantine,
			    job->now, &result->id);
	if (r < 0)
		return r;
	result->duplicate = r == 1;
	if (result->duplicate)
		return 0;
	job->told = result->id != 0;
	*text_r = "quarantine cannot be written";
	if (has_file(job) &&
	    (r = mm_store_put(job->vault->store, &job->parts, job->hash,
			      &job->size)) < 0) {
		if (r == MM_ERR_LIMIT)
			*text_r = "quarantine: the disk reserve is reached";
		return r;
	}
	*text_r = "state cannot be written";
	if ((r = commit_rows(job, &result->id)) < 0)
		undo_file(job);
	else
		mm_vault_sweep(job->vault);
	return r;
}

static void log_job(const struct job *job,
		    const struct mm_record_result *result)
{
	mm_log(MM_LOG_INFO, "recorded", job->record.trace, "record",
	       MM_NUM(result->id), "reason", job->record.reason, "direction",
	       job->record.direction, "duplicate",
	       result->duplicate ? "yes" : "no", "quarantine",
	       job->record.quarantine ? "yes" : "no", "bytes",
	       MM_NUM(job->size), "recipients", MM_NUM(job->record.nrecipients),
	       "variant", job->variant.count > 0 ? "yes" : "no", "notices",
	       MM_NUM(job->record.nnotices), NULL);
}

int mm_record_store(struct mm_vault *vault, const int fds[3], int64_t now,
		    struct mm_record_result *result_r, const char **text_r)
{
	struct job job = { .vault = vault, .now = now };
	int r;

	memset(result_r, 0, sizeof(*result_r));
	mm_buf_init(&job.bytes, RECORD_MAX);
	mm_record_text_init(&job.text);
	if ((r = open_job(&job, fds, text_r)) == 0)
		r = store_job(&job, result_r, text_r);
	if (r == 0)
		log_job(&job, result_r);
	else
		mm_log(MM_LOG_ERROR, "record-failed", job.record.trace, "what",
		       *text_r, "error", mm_err_text(r), NULL);
	mm_record_text_clear(&job.text);
	mm_variant_clear(&job.variant);
	mm_record_clear(&job.record);
	mm_buf_clear(&job.bytes);
	return r;
}

void mm_record_handle(struct mm_client *client)
{
	struct mm_keeper *keeper = client->keeper;
	struct mm_record_result result;
	struct mm_buf payload;
	const char *text = "";

	if (mm_record_store(&keeper->vault, client->request.fds,
			    mm_keeper_now(), &result, &text) < 0) {
		mm_client_fail(client, text);
		return;
	}
	mm_buf_init(&payload, 1024);
	if (mm_pair_put_num(&payload, "id", (uint64_t)result.id) < 0 ||
	    mm_pair_put_num(&payload, "duplicate", result.duplicate) < 0)
		mm_client_close(client, "out of memory");
	else
		mm_client_answer(client, MM_FRAME_RECORDED, &payload, NULL, 0);
	mm_buf_clear(&payload);
	mm_outbox_pump(keeper);
}
