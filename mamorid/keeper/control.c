/*
 * control.sock: what operators ask about the quarantine. Keeper, uid
 * mamori-keeper; only root's connections get here. Must never change the state
 * for a request that it does not understand fully.
 */
#include "mamorid/keeper/control.h"

#include <stdio.h>
#include <string.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/text.h"
#include "mamorid/keeper/client.h"
#include "mamorid/keeper/digest.h"
#include "mamorid/keeper/outbox.h"
#include "mamorid/keeper/outbox_serve.h"
#include "mamorid/keeper/rows.h"
#include "mamorid/log.h"

#define LIMIT_DEFAULT 100
#define LIMIT_MAX 10000

/* The request's pairs; answers itself when they are malformed. */
static int get_pairs(struct mm_client *client, struct mm_pairs *pairs_r)
{
	const struct mm_buf *payload = &client->request.payload;
	int r = mm_pairs_decode(payload->data, payload->len, pairs_r);

	if (r < 0) {
		mm_pairs_clear(pairs_r);
		mm_client_fail(client, "malformed request");
	}
	return r;
}

/* A number of the request, preset if it is absent. */
static int get_num(const struct mm_pairs *pairs, const char *name, uint64_t max,
		   int64_t preset, int64_t *num_r)
{
	const char *text = mm_pairs_get(pairs, name);
	uint64_t num;

	*num_r = preset;
	if (text == NULL)
		return 0;
	if (mm_text_number(text, 0, max, &num) < 0)
		return MM_ERR_INVALID;
	*num_r = (int64_t)num;
	return 0;
}

/* The id of a request about one row; answers itself when there is none. */
static int get_id(struct mm_client *client, int64_t *id_r)
{
	struct mm_pairs pairs;
	int r = get_pairs(client, &pairs);

	if (r < 0)
		return r;
	r = get_num(&pairs, "id", INT64_MAX, 0, id_r);
	mm_pairs_clear(&pairs);
	if (r < 0 || *id_r == 0) {
		mm_client_fail(client, "a quarantine id is a positive number");
		return MM_ERR_INVALID;
	}
	return 0;
}

static void fail(struct mm_client *client, int r)
{
	mm_client_fail(client,
		       r == MM_ERR_NOTFOUND ? "no quarantined mail has this id"
		       : r == MM_ERR_LIMIT
			       ? "too many rows: ask for fewer"
			       : "the quarantine cannot be read or written");
}

/* A number the peer may show as a time. */
static int put_time(struct mm_buf *pairs, const char *name, int64_t when)
{
	return mm_pair_put_num(pairs, name, when < 0 ? 0 : (uint64_t)when);
}

static int add_row(void *context, const struct mm_vault_row *row)
{
	struct mm_buf pairs;
	int r;

	mm_buf_init(&pairs, MM_FRAME_MAX);
	if ((r = mm_pair_put_num(&pairs, "id", (uint64_t)row->id)) == 0 &&
	    (r = mm_rows_text(&pairs, "recipient", row->recipient)) == 0 &&
	    (r = mm_rows_text(&pairs, "sender", row->sender)) == 0 &&
	    (r = mm_rows_text(&pairs, "from", row->sender_text)) == 0 &&
	    (r = mm_rows_text(&pairs, "subject", row->subject)) == 0 &&
	    (r = mm_rows_text(&pairs, "reason", row->reason)) == 0 &&
	    (r = mm_rows_text(&pairs, "detail", row->detail)) == 0 &&
	    (r = mm_rows_text(&pairs, "direction", row->direction)) == 0 &&
	    (r = mm_rows_text(&pairs, "account", row->account)) == 0 &&
	    (r = mm_pair_put_num(&pairs, "size", (uint64_t)row->size)) == 0 &&
	    (r = put_time(&pairs, "created", row->created)) == 0 &&
	    (r = put_time(&pairs, "until", row->until)) == 0 &&
	    (r = mm_rows_text(&pairs, "trace", row->trace)) == 0)
		r = mm_rows_add(context, &pairs);
	mm_buf_clear(&pairs);
	return r;
}

static int get_filter(const struct mm_pairs *pairs,
		      struct mm_vault_filter *filter)
{
	int r;

	filter->recipient = mm_pairs_get(pairs, "recipient");
	filter->sender = mm_pairs_get(pairs, "sender");
	filter->reason = mm_pairs_get(pairs, "reason");
	if ((r = get_num(pairs, "since", INT64_MAX, 0, &filter->since)) < 0 ||
	    (r = get_num(pairs, "until", INT64_MAX, INT64_MAX,
			 &filter->until)) < 0 ||
	    (r = get_num(pairs, "limit", LIMIT_MAX, LIMIT_DEFAULT,
			 &filter->limit)) < 0)
		return r;
	return get_num(pairs, "offset", INT64_MAX, 0, &filter->offset);
}

void mm_control_list(struct mm_client *client)
{
	struct mm_vault_filter filter;
	struct mm_pairs pairs;
	struct mm_buf rows;
	const struct mm_vault_visitor visitor = { add_row, &rows };
	int r;

	if (get_pairs(client, &pairs) < 0)
		return;
	mm_buf_init(&rows, MM_LIST_MAX);
	if (get_filter(&pairs, &filter) < 0)
		mm_client_fail(client, "since, until, limit and offset are "
				       "numbers, limit at most 10000");
	else if ((r = mm_vault_list(&client->keeper->vault, &filter,
				    &visitor)) < 0)
		fail(client, r);
	else
		mm_rows_answer(client, &rows, -1);
	mm_buf_clear(&rows);
	mm_pairs_clear(&pairs);
}

struct shown {
	struct mm_keeper *keeper;
	struct mm_buf rows;
	int message;
};

static int show_row(void *context, const struct mm_vault_row *row)
{
	struct shown *shown = context;

	shown->message = mm_store_get(&shown->keeper->store, row->hash);
	if (shown->message < 0)
		mm_log(MM_LOG_ERROR, "quarantine-file-missing", row->trace,
		       "row", MM_NUM(row->id), NULL);
	return add_row(&shown->rows, row);
}

void mm_control_show(struct mm_client *client)
{
	struct shown shown = { .keeper = client->keeper, .message = -1 };
	const struct mm_vault_visitor visitor = { show_row, &shown };
	int64_t id;
	int r;

	if (get_id(client, &id) < 0)
		return;
	mm_buf_init(&shown.rows, MM_LIST_MAX);
	if ((r = mm_vault_find(&client->keeper->vault, id, &visitor)) < 0)
		fail(client, r);
	else
		mm_rows_answer(client, &shown.rows, shown.message);
	mm_buf_clear(&shown.rows);
	mm_close(&shown.message);
}

struct release {
	char to[MM_ADDRESS_MAX + 1];
	char trace[MM_TRACE_MAX + 1];
	int64_t record;
	bool plain;
};

static int note_row(void *context, const struct mm_vault_row *row)
{
	struct release *release = context;

	release->record = row->record;
	release->plain = mm_address_is_plain(row->recipient);
	(void)snprintf(release->trace, sizeof(release->trace), "%s",
		       row->trace);
	if (release->plain)
		memcpy(release->to, row->recipient, strlen(row->recipient) + 1);
	return 0;
}

/* Only queued here. The courier has the message scanned again and injects
 * nothing that is infected, so a release can still be refused: logged. */
void mm_control_release(struct mm_client *client)
{
	struct mm_keeper *keeper = client->keeper;
	struct release release = { .record = 0 };
	const struct mm_vault_visitor visitor = { note_row, &release };
	int64_t id;
	int r;

	if (get_id(client, &id) < 0)
		return;
	if ((r = mm_vault_find(&keeper->vault, id, &visitor)) < 0) {
		fail(client, r);
		return;
	}
	if (!release.plain) {
		mm_client_fail(client, "mail to such an address cannot be "
				       "released: its recipient is not a plain "
				       "mail address");
		return;
	}
	r = mm_outbox_add_release(keeper->db, release.record, id, release.to,
				  mm_keeper_now());
	if (r < 0) {
		fail(client, r);
		return;
	}
	if (r == 1)
		mm_history_event(&keeper->history, release.trace,
				 "release-queued", release.to, "",
				 mm_keeper_now());
	mm_log(MM_LOG_INFO, "release-queued", release.trace, "row",
	       MM_NUM(id), "to", release.to, "uid", MM_NUM(client->uid), NULL);
	mm_rows_answer_text(client,
			    r == 1 ? "queued for release"
				   : "is queued for release already",
			    id);
	mm_outbox_pump(keeper);
}

void mm_control_delete(struct mm_client *client)
{
	struct mm_keeper *keeper = client->keeper;
	int64_t id;
	int r;

	if (get_id(client, &id) < 0)
		return;
	if ((r = mm_db_begin(keeper->db)) == 0 &&
	    (r = mm_vault_drop(&keeper->vault, id, "deleted")) == 1)
		r = mm_db_commit(keeper->db) < 0 ? MM_ERR_SYS : 1;
	if (r != 1)
		mm_db_rollback(keeper->db);
	if (r == 1)
		mm_vault_sweep(&keeper->vault);
	if (r == 1)
		mm_rows_answer_text(client, "deleted", id);
	else
		fail(client, r == 0 ? MM_ERR_NOTFOUND : r);
}

void mm_control_digest(struct mm_client *client)
{
	struct mm_keeper *keeper = client->keeper;
	struct mm_pairs pairs;
	const char *domain;
	char text[64];
	int r;

	if (get_pairs(client, &pairs) < 0)
		return;
	domain = mm_pairs_get(&pairs, "domain");
	r = mm_digest_now(keeper->db, keeper->tree,
			  domain == NULL ? "" : domain, mm_keeper_now());
	mm_pairs_clear(&pairs);
	if (r < 0) {
		mm_client_fail(client, "the state cannot be read or written");
		return;
	}
	(void)snprintf(text, sizeof(text), "%d queued", r);
	mm_rows_answer_text(client, text, -1);
	mm_outbox_pump(keeper);
}
