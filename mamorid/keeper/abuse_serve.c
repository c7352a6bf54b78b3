/*
 * mamorictl abuse: who has sent how much. Keeper, uid mamori-keeper.
 */
#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/settings_hold.h"
#include "core/text.h"
#include "mamorid/keeper/abuse.h"
#include "mamorid/keeper/rows.h"
#include "mamorid/keeper/settings_control.h"
#include "mamorid/xalloc.h"

#define LIMIT_DEFAULT 20u
#define LIMIT_MAX 10000u

struct top {
	uint64_t sums[MM_ABUSE_KINDS];
	const char *who;
};

struct tops {
	struct top *list; /* LIMIT_MAX at most, sorted */
	size_t count;
	size_t most;
};

static int compare(const void *a, const void *b)
{
	const struct top *x = a, *y = b;
	const enum mm_abuse_kind kind = MM_ABUSE_RECIPIENTS;

	if (x->sums[kind] != y->sums[kind])
		return x->sums[kind] > y->sums[kind] ? -1 : 1;
	return strcmp(x->who, y->who);
}

/* Twice the room that is wanted: sorted and cut when it is full. */
static void cut(struct tops *tops)
{
	qsort(tops->list, tops->count, sizeof(*tops->list), compare);
	if (tops->count > tops->most)
		tops->count = tops->most;
}

static void add_top(void *context, const char *who,
		    const uint64_t sums[MM_ABUSE_KINDS])
{
	struct tops *tops = context;
	struct top *top;

	if (tops->count == 2 * tops->most)
		cut(tops);
	top = &tops->list[tops->count++];
	top->who = who;
	memcpy(top->sums, sums, sizeof(top->sums));
}

static int put_row(struct mm_buf *rows, const char *row, const char *who,
		   const uint64_t sums[MM_ABUSE_KINDS], const char *name,
		   uint64_t value)
{
	struct mm_buf pairs;
	int r, i;

	mm_buf_init(&pairs, 8192);
	if ((r = mm_pair_put(&pairs, "row", row)) == 0)
		r = mm_pair_put(&pairs, "sender", who);
	for (i = 0; i < MM_ABUSE_KINDS && r == 0; i++)
		r = mm_pair_put_num(&pairs, mm_abuse_name(i), sums[i]);
	if (r == 0 && (r = mm_pair_put_num(&pairs, name, value)) == 0)
		r = mm_rows_add(rows, &pairs);
	mm_buf_clear(&pairs);
	return r;
}

static int put_top(struct mm_keeper *keeper, struct mm_buf *rows,
		   const struct top *top)
{
	const bool account = strchr(top->who, '@') != NULL;
	struct mm_hold hold;

	mm_settings_hold(keeper->tree, account ? top->who : NULL, top->who,
			 mm_keeper_now(), &hold);
	return put_row(rows, "sender", top->who, top->sums, "held", hold.held);
}

static int answer(struct mm_keeper *keeper, size_t most, struct mm_buf *rows)
{
	const struct mm_conf *conf = keeper->role->conf;
	struct tops tops = { mm_xcalloc(2 * most, sizeof(struct top)), 0,
			     most };
	uint64_t limits[MM_ABUSE_KINDS];
	size_t i;
	int r;

	mm_abuse_limits(conf, limits);
	r = put_row(rows, "limits", NULL, limits, "window", conf->abuse_window);
	mm_abuse_each(keeper->abuse, mm_keeper_now(), add_top, &tops);
	cut(&tops);
	for (i = 0; i < tops.count && r == 0; i++)
		r = put_top(keeper, rows, &tops.list[i]);
	free(tops.list);
	return r;
}

void mm_abuse_handle(struct mm_client *client)
{
	struct mm_settings_request request;
	uint64_t most = LIMIT_DEFAULT;
	const char *text;
	struct mm_buf rows;

	if (!mm_settings_request(client, &request))
		return;
	mm_buf_init(&rows, MM_LIST_MAX);
	text = mm_pairs_get(&request.pairs, "limit");
	if (text != NULL && mm_text_number(text, 1, LIMIT_MAX, &most) < 0)
		mm_client_fail(client, "limit is a number, at most 10000");
	else if (answer(client->keeper, (size_t)most, &rows) < 0)
		mm_client_fail(client, "too many rows: ask for fewer");
	else
		mm_rows_answer(client, &rows, -1);
	mm_buf_clear(&rows);
	mm_pairs_clear(&request.pairs);
}
