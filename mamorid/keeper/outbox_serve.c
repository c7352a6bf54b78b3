/*
 * Handing outbox rows to the courier, one at a time. Keeper, uid
 * mamori-keeper. Must never drop a row before the courier has told its fate.
 */
#include "mamorid/keeper/outbox_serve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/keeper/client.h"
#include "mamorid/keeper/outbox.h"
#include "mamorid/keeper/outbox_variant.h"
#include "mamorid/log.h"

/* Look again at least this often: the wall clock may be set. */
#define LOOK_AGAIN_MS 60000

static const char *kind_name(enum mm_outbox_kind kind)
{
	switch (kind) {
	case MM_OUTBOX_NOTICE:
		return "notice";
	case MM_OUTBOX_RELEASE:
		return "release";
	default:
		return "variant";
	}
}

static struct mm_client *waiting(struct mm_keeper *keeper)
{
	struct mm_client *client;

	for (client = keeper->clients; client != NULL; client = client->next)
		if (client->state == MM_CLIENT_PARKED && client->wants_item)
			return client;
	return NULL;
}

static const char *const languages[] = {
	[MM_NOTICE_LANGUAGE_DEFAULT] = NULL,
	[MM_NOTICE_LANGUAGE_JA] = "ja",
	[MM_NOTICE_LANGUAGE_EN] = "en",
};

/* Language and wording are the receiver's as they are set now. */
static int encode_item(struct mm_keeper *keeper,
		       const struct mm_outbox_row *row)
{
	const bool notice = row->kind == MM_OUTBOX_NOTICE;
	struct mm_outbox_item item = {
		.version = MM_PROTO_VERSION,
		.id = (uint64_t)row->id,
		.kind = row->kind,
		.trace = row->trace,
		.to = row->to,
		.sender = notice ? "" : row->sender,
		.notice = notice ? row->notice : NULL,
		.created = row->happened,
		.record = row->bytes.data,
		.record_len = row->kind == MM_OUTBOX_RELEASE ? 0
							     : row->bytes.len,
		.facts = row->facts.data,
		.facts_len = row->facts.len,
	};
	const struct mm_setting_value *own;
	struct mm_settings_view view = { 0 };
	struct mm_buf buf, allowed;
	int r;

	mm_buf_init(&allowed, MM_ALLOWED_MAX);
	if (!notice && (r = mm_settings_allowed(keeper->tree, &allowed)) < 0)
		return r;
	item.allowed = mm_buf_str(&allowed);

	if (notice) {
		mm_settings_view(keeper->tree, row->to, &view);
		own = mm_settings_value(&view, MM_SETTING_NOTICES, NULL);
		item.text = mm_conf_map_get(&own->map, row->notice);
		own = mm_settings_value(&view, MM_SETTING_NOTICE_LANGUAGE,
					NULL);
		item.language = languages[own->num];
	}
	mm_buf_init(&buf, MM_LIST_MAX);
	r = mm_outbox_item_encode(&buf, &item);
	mm_settings_view_clear(&view);
	mm_buf_clear(&allowed);
	if (r == 0)
		r = mm_sealed_memfd("outbox-item", buf.data, buf.len);
	mm_buf_clear(&buf);
	return r;
}

/* Hand a row out. A row that cannot be read waits like any other failure. */
static int hand_out(struct mm_keeper *keeper, struct mm_client *client,
		    struct mm_outbox_row *row)
{
	int fds[2] = { -1, -1 };
	int r;

	if (row->kind == MM_OUTBOX_VARIANT &&
	    (r = mm_outbox_variant_left(keeper->db, row->id, &row->bytes)) < 0)
		goto out;
	if ((r = fds[0] = encode_item(keeper, row)) < 0)
		goto out;
	if (row->kind != MM_OUTBOX_NOTICE &&
	    (r = fds[1] = mm_store_get(&keeper->store, row->hash)) < 0)
		goto out;
	r = 0;
	keeper->courier = client;
	keeper->in_flight = row->id;
	mm_client_answer(client, MM_FRAME_OUTBOX_ITEM, NULL, fds,
			 fds[1] >= 0 ? 2 : 1);
out:
	mm_close(&fds[0]);
	mm_close(&fds[1]);
	return r;
}

static void set_timer(struct mm_keeper *keeper, int64_t due)
{
	const int64_t seconds = due == INT64_MAX ? LOOK_AGAIN_MS
						 : due - mm_keeper_now();

	keeper->outbox.deadline = mm_deadline_in(seconds < LOOK_AGAIN_MS / 1000
							 ? seconds * 1000
							 : LOOK_AGAIN_MS);
}

void mm_outbox_pump(struct mm_keeper *keeper)
{
	struct mm_client *client = waiting(keeper);
	struct mm_outbox_row row;
	int64_t due;
	int r;

	keeper->outbox.deadline = MM_DEADLINE_NONE;
	if (keeper->in_flight == 0 && keeper->leaving)
		keeper->loop.stop = true;
	if (keeper->in_flight != 0 || client == NULL || keeper->leaving)
		return;
	r = mm_outbox_next(keeper->db, mm_keeper_now(), &row, &due);
	if (r == 1 && (r = hand_out(keeper, client, &row)) < 0) {
		mm_log(MM_LOG_ERROR, "outbox-unreadable", row.trace, "row",
		       MM_NUM(row.id), "error", mm_err_text(r), NULL);
		due = mm_keeper_now() + mm_outbox_backoff(row.tries + 1);
		r = mm_outbox_later(keeper->db, row.id, due, "unreadable");
		/* At once to the next row, or after a pause if even that
		 * failed. */
		due = r == 0 ? 0 : INT64_MAX;
	}
	if (keeper->in_flight == 0)
		set_timer(keeper, r < 0 ? INT64_MAX : due);
	mm_outbox_row_clear(&row);
}

void mm_outbox_wanted(struct mm_client *client)
{
	if (client->keeper->courier == client) {
		mm_client_fail(client, "the last row is not done yet");
		return;
	}
	client->wants_item = true;
	mm_client_park(client, -1, NULL);
	mm_outbox_pump(client->keeper);
}

/* Taken by the mail server: the row goes, and what was released too. */
static int settle_sent(struct mm_keeper *keeper,
		       const struct mm_outbox_row *row)
{
	int r;

	if ((r = mm_db_begin(keeper->db)) < 0)
		return r;
	if ((r = mm_outbox_drop(keeper->db, row->id)) < 0 ||
	    (row->quarantine != 0 &&
	     (r = mm_vault_drop(&keeper->vault, row->quarantine, "released")) <
		     0) ||
	    (r = mm_vault_forget(&keeper->vault, row->record)) < 0 ||
	    (r = mm_db_commit(keeper->db)) < 0) {
		mm_db_rollback(keeper->db);
		return r;
	}
	mm_vault_sweep(&keeper->vault);
	return 0;
}

/* Not to be tried again. A release leaves its mail in quarantine. */
static int settle_refused(struct mm_keeper *keeper,
			  const struct mm_outbox_row *row)
{
	int r;

	if ((r = mm_db_begin(keeper->db)) < 0)
		return r;
	if ((row->kind == MM_OUTBOX_VARIANT &&
	     (r = mm_outbox_variant_keep(&keeper->vault, row->id, row->record,
					 NULL, mm_keeper_now())) < 0) ||
	    (r = mm_outbox_drop(keeper->db, row->id)) < 0 ||
	    (r = mm_vault_forget(&keeper->vault, row->record)) < 0 ||
	    (r = mm_db_commit(keeper->db)) < 0)
		mm_db_rollback(keeper->db);
	return r;
}

/* "notice-sent", "release-refused", ... for the story of the mail. */
static void tell_history(struct mm_keeper *keeper,
			 const struct mm_outbox_row *row, const char *event,
			 const char *reply)
{
	char kind[64];

	(void)snprintf(kind, sizeof(kind), "%s%s", kind_name(row->kind),
		       event + strlen("outbox"));
	mm_history_event(&keeper->history, row->trace, kind, row->to, reply,
			 mm_keeper_now());
}

static int note_left(struct mm_keeper *keeper, const struct mm_outbox_row *row,
		     const struct mm_outbox_done *done, int64_t due)
{
	int r;

	if ((r = mm_outbox_variant_sent(keeper->db, row->id, done)) < 0 ||
	    (r = mm_outbox_variant_keep(&keeper->vault, row->id, row->record,
					done, mm_keeper_now())) < 0 ||
	    (r = mm_outbox_later(keeper->db, row->id, due,
				 done->left[0].text == NULL
					 ? ""
					 : done->left[0].text)) < 0)
		return r;
	return mm_db_commit(keeper->db);
}

/* A variant that Exim took, but not for all: the others stay. Those refused
 * for good go into quarantine. A row that nobody is left in goes. */
static int settle_left(struct mm_keeper *keeper,
		       const struct mm_outbox_row *row,
		       const struct mm_outbox_done *done)
{
	size_t i;
	int64_t wait = 0;
	int r;

	for (i = 0; i < done->nleft; i++) {
		if (done->left[i].outcome != MM_OUTBOX_REFUSED)
			wait = mm_outbox_backoff(row->tries + 1);
		mm_log(MM_LOG_WARN, "variant-left", row->trace, "row",
		       MM_NUM(row->id), "to", done->left[i].to, "kept",
		       done->left[i].outcome == MM_OUTBOX_REFUSED ? "yes"
								  : "no",
		       "reply",
		       done->left[i].text == NULL ? "" : done->left[i].text,
		       NULL);
		mm_history_event(&keeper->history, row->trace, "variant-left",
				 done->left[i].to,
				 done->left[i].text == NULL
					 ? ""
					 : done->left[i].text,
				 mm_keeper_now());
	}
	if ((r = mm_db_begin(keeper->db)) < 0)
		return r;
	if (wait == 0) {
		if ((r = mm_outbox_variant_keep(&keeper->vault, row->id,
						row->record, done,
						mm_keeper_now())) < 0 ||
		    (r = mm_outbox_drop(keeper->db, row->id)) < 0 ||
		    (r = mm_vault_forget(&keeper->vault, row->record)) < 0)
			goto out;
		r = mm_db_commit(keeper->db);
	} else {
		r = note_left(keeper, row, done, mm_keeper_now() + wait);
	}
out:
	if (r < 0)
		mm_db_rollback(keeper->db);
	else
		mm_vault_sweep(&keeper->vault);
	return r;
}

static int settle(struct mm_keeper *keeper, const struct mm_outbox_row *row,
		  const struct mm_outbox_done *done)
{
	const int64_t now = mm_keeper_now();
	const char *text = done->text == NULL ? "" : done->text;
	const char *event = "outbox-sent";
	enum mm_log_level level = MM_LOG_INFO;
	int64_t wait = 0;
	int r;

	if (done->outcome == MM_OUTBOX_SENT && done->nleft > 0) {
		r = settle_left(keeper, row, done);
	} else if (done->outcome == MM_OUTBOX_SENT) {
		r = settle_sent(keeper, row);
	} else if (done->outcome == MM_OUTBOX_REFUSED ||
		   now - row->queued >= MM_OUTBOX_GIVE_UP) {
		event = done->outcome == MM_OUTBOX_REFUSED ? "outbox-refused"
							   : "outbox-given-up";
		level = MM_LOG_WARN;
		r = settle_refused(keeper, row);
	} else {
		event = "outbox-retry";
		wait = mm_outbox_backoff(row->tries + 1);
		r = mm_outbox_later(keeper->db, row->id, now + wait, text);
	}
	if (r == 0)
		tell_history(keeper, row, event, text);
	if (r == 0)
		mm_log(level, event, row->trace, "kind", kind_name(row->kind),
		       "row", MM_NUM(row->id), "to", row->to, "wait",
		       MM_NUM(wait), "reply", text, NULL);
	return r;
}

void mm_outbox_done(struct mm_client *client)
{
	struct mm_keeper *keeper = client->keeper;
	const struct mm_buf *payload = &client->request.payload;
	struct mm_outbox_row row;
	struct mm_outbox_done done;
	int r;

	if (mm_outbox_done_decode(payload->data, payload->len, &done) < 0) {
		mm_outbox_done_clear(&done);
		mm_client_close(client, "malformed outbox answer");
		return;
	}
	if (keeper->courier != client ||
	    (int64_t)done.id != keeper->in_flight) {
		mm_outbox_done_clear(&done);
		mm_client_fail(client, "this row was not handed out to you");
		return;
	}
	/* A row that was deleted meanwhile is settled already. */
	r = mm_outbox_get(keeper->db, (int64_t)done.id, &row);
	if (r == 1)
		r = settle(keeper, &row, &done);
	mm_outbox_done_clear(&done);
	mm_outbox_row_clear(&row);
	keeper->courier = NULL;
	keeper->in_flight = 0;
	if (r < 0)
		mm_client_fail(client, "state cannot be written");
	else
		mm_client_answer(client, MM_FRAME_OK, NULL, NULL, 0);
	mm_outbox_pump(keeper);
}

/* The courier may have died of this very row: the first time it is due again
 * at once, then as after a failure, so that it cannot hold up the others. */
void mm_outbox_client_gone(struct mm_client *client)
{
	struct mm_keeper *keeper = client->keeper;
	const int64_t now = mm_keeper_now();
	struct mm_outbox_row row;

	if (keeper->courier != client)
		return;
	if (mm_outbox_get(keeper->db, keeper->in_flight, &row) == 1) {
		mm_log(MM_LOG_WARN, "outbox-returned", row.trace, "row",
		       MM_NUM(row.id), "tries", MM_NUM(row.tries), NULL);
		if (mm_outbox_later(
			    keeper->db, row.id,
			    row.tries == 0 ? now
					   : now + mm_outbox_backoff(row.tries),
			    "the courier went away") < 0)
			mm_log(MM_LOG_WARN, "outbox-returned", row.trace,
			       "error", "not counted as a try", NULL);
	}
	mm_outbox_row_clear(&row);
	keeper->courier = NULL;
	keeper->in_flight = 0;
	/* Another courier may be waiting; not from inside this one's end. */
	keeper->outbox.deadline = mm_deadline_in(0);
}

static void timer_ready(struct mm_loop_watch *watch, short revents)
{
	(void)revents;
	mm_outbox_pump(watch->owner);
}

int mm_outbox_start(struct mm_keeper *keeper)
{
	keeper->outbox = (struct mm_loop_watch){
		.fd = -1,
		.deadline = MM_DEADLINE_NONE,
		.ready = timer_ready,
		.owner = keeper,
	};
	return mm_loop_add(&keeper->loop, &keeper->outbox);
}
