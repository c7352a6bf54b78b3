/*
 * The history's part in the keeper: frames of gates, and what people ask.
 * Keeper, uid mamori-keeper. Must never answer about a mail before the
 * permission table has been asked.
 */
#include "mamorid/keeper/history_serve.h"

#include <string.h>

#include "core/address.h"
#include "core/err.h"
#include "core/text.h"
#include "mamorid/keeper/abuse.h"
#include "mamorid/keeper/history_read.h"
#include "mamorid/keeper/history_row.h"
#include "mamorid/keeper/rows.h"
#include "mamorid/keeper/settings_control.h"
#include "mamorid/log.h"

#define TIDY_SECONDS 60
#define LIMIT_DEFAULT 100
#define LIMIT_MAX 10000
#define ANSWER_MAX (MM_LIST_MAX - 65536u)

/* A frame that cannot be read costs its sender the connection; the next one
 * comes over a new one. */
void mm_history_handle(struct mm_client *client)
{
	struct mm_keeper *keeper = client->keeper;
	const struct mm_buf *payload = &client->request.payload;
	struct mm_history mail;
	int r = mm_history_decode(payload->data, payload->len, &mail);

	if (r == 0) {
		mm_history_add(&keeper->history, &mail, mm_keeper_now());
		mm_abuse_mail(keeper, &mail);
	}
	mm_history_clear(&mail);
	if (r < 0)
		mm_client_close(client, mm_err_text(r));
	else
		mm_client_rest(client);
}

static void flush_ready(struct mm_loop_watch *watch, short revents)
{
	struct mm_keeper *keeper = watch->owner;

	(void)revents;
	watch->deadline = MM_DEADLINE_NONE;
	mm_history_flush(&keeper->history);
}

static void tidy_ready(struct mm_loop_watch *watch, short revents)
{
	struct mm_keeper *keeper = watch->owner;

	(void)revents;
	watch->deadline = mm_deadline_in(TIDY_SECONDS * 1000);
	mm_history_tidy(&keeper->history, mm_keeper_now());
}

int mm_history_start(struct mm_keeper *keeper)
{
	int r;

	keeper->flush = (struct mm_loop_watch){
		.fd = -1,
		.deadline = MM_DEADLINE_NONE,
		.ready = flush_ready,
		.owner = keeper,
	};
	keeper->tidy = (struct mm_loop_watch){
		.fd = -1,
		.deadline = mm_deadline_in(0),
		.ready = tidy_ready,
		.owner = keeper,
	};
	keeper->history.timer = &keeper->flush;
	if ((r = mm_loop_add(&keeper->loop, &keeper->flush)) < 0)
		return r;
	return mm_loop_add(&keeper->loop, &keeper->tidy);
}

/* ---- questions ------------------------------------------------------- */

/* Pairs are read-only: a copy in lower case that the answer outlives. */
static const char *get_lower(const struct mm_pairs *pairs, const char *name,
			     struct mm_buf *low)
{
	const char *text = mm_pairs_get(pairs, name);

	if (text == NULL || mm_buf_puts(low, text) < 0)
		return NULL;
	mm_text_lower(low->data);
	return low->data;
}

struct wanted {
	const struct mm_history_scope *scope;
	struct mm_buf *rows;
};

static int add_copy(void *context, const struct mm_vault_row *row)
{
	struct wanted *wanted = context;
	struct mm_buf pairs;
	int r;

	if (!mm_history_shows(wanted->scope, row->recipient,
			      mm_address_domain(row->recipient)))
		return 0;
	mm_buf_init(&pairs, MM_FRAME_MAX);
	if ((r = mm_pair_put(&pairs, "row", "quarantine")) == 0 &&
	    (r = mm_rows_text(&pairs, "trace", row->trace)) == 0 &&
	    (r = mm_pair_put_num(&pairs, "id", (uint64_t)row->id)) == 0 &&
	    (r = mm_rows_text(&pairs, "recipient", row->recipient)) == 0 &&
	    (r = mm_rows_text(&pairs, "reason", row->reason)) == 0 &&
	    (r = mm_pair_put_num(&pairs, "until", (uint64_t)row->until)) == 0)
		r = mm_rows_add(wanted->rows, &pairs);
	mm_buf_clear(&pairs);
	return r;
}

/* The copies of each mail that was found. */
static int add_copies(struct mm_keeper *keeper,
		      const struct mm_history_why *why)
{
	struct wanted wanted = { why->scope, why->rows };
	const struct mm_vault_visitor visitor = { add_copy, &wanted };
	size_t i;
	int r = 0;

	for (i = 0; i < why->count && r == 0; i++)
		r = mm_vault_traced(&keeper->vault, why->found[i].trace,
				    &visitor);
	return r;
}

static void fail(struct mm_client *client, int r)
{
	mm_client_fail(client, r == MM_ERR_LIMIT
				       ? "too many rows: ask for fewer"
			       : r == MM_ERR_TIMEOUT
				       ? "too many mails to look at: name a "
					 "shorter time, or a recipient"
				       : "the history cannot be read");
}

void mm_why_handle(struct mm_client *client)
{
	struct mm_settings_request request;
	struct mm_history_scope scope;
	struct mm_buf rows, name;
	const char *id;
	struct mm_history_why why;
	int r;

	if (!mm_settings_request(client, &request))
		return;
	mm_buf_init(&rows, ANSWER_MAX);
	mm_buf_init(&name, MM_TEXT_MAX);
	scope.level = request.level;
	scope.name = get_lower(&request.pairs, "name", &name);
	id = mm_pairs_get(&request.pairs, "id");
	if (id == NULL ||
	    (scope.name == NULL && scope.level != MM_LEVEL_SERVER))
		mm_client_fail(client, "malformed request");
	else if ((r = mm_history_why(&client->keeper->history, id, &scope,
				     &rows, &why)) < 0 ||
		 (r = add_copies(client->keeper, &why)) < 0)
		fail(client, r);
	else if (why.count == 0)
		mm_client_fail(client, "no mail with this id is known");
	else
		mm_rows_answer(client, &rows, -1);
	mm_buf_clear(&rows);
	mm_buf_clear(&name);
	mm_pairs_clear(&request.pairs);
}

static int get_num(const struct mm_pairs *pairs, const char *name, uint64_t max,
		   int64_t *num)
{
	const char *text = mm_pairs_get(pairs, name);
	uint64_t value;

	if (text == NULL)
		return 0;
	if (mm_text_number(text, 0, max, &value) < 0)
		return MM_ERR_INVALID;
	*num = (int64_t)value;
	return 0;
}

void mm_history_list_handle(struct mm_client *client)
{
	struct mm_history_filter filter = { .until = INT64_MAX,
					    .limit = LIMIT_DEFAULT };
	struct mm_settings_request request;
	struct mm_buf rows, low[4];
	size_t i;
	int r;

	if (!mm_settings_request(client, &request))
		return;
	mm_buf_init(&rows, ANSWER_MAX);
	for (i = 0; i < 4; i++)
		mm_buf_init(&low[i], MM_TEXT_MAX);
	filter.scope.level = request.level;
	filter.scope.name = get_lower(&request.pairs, "name", &low[0]);
	filter.recipient = get_lower(&request.pairs, "recipient", &low[1]);
	filter.sender = get_lower(&request.pairs, "sender", &low[2]);
	filter.account = get_lower(&request.pairs, "account", &low[3]);
	filter.verdict = mm_pairs_get(&request.pairs, "verdict");
	if (get_num(&request.pairs, "since", INT64_MAX / 2, &filter.since) <
		    0 ||
	    get_num(&request.pairs, "until", INT64_MAX / 2, &filter.until) <
		    0 ||
	    get_num(&request.pairs, "limit", LIMIT_MAX, &filter.limit) < 0 ||
	    (filter.scope.name == NULL &&
	     filter.scope.level != MM_LEVEL_SERVER))
		mm_client_fail(client, "since, until and limit are numbers, "
				       "limit at most 10000");
	else if ((r = mm_history_list(&client->keeper->history, &filter,
				      &rows)) < 0)
		fail(client, r);
	else
		mm_rows_answer(client, &rows, -1);
	mm_buf_clear(&rows);
	for (i = 0; i < 4; i++)
		mm_buf_clear(&low[i]);
	mm_pairs_clear(&request.pairs);
}
