/*
 * control.sock: requests that need the master. Keeper, uid mamori-keeper. The
 * client is parked meanwhile; the loop never waits.
 */
#include <string.h>

#include "core/err.h"
#include "core/wire.h"
#include "mamorid/channel.h"
#include "mamorid/keeper/client.h"
#include "mamorid/keeper/control.h"
#include "mamorid/keeper/outbox.h"
#include "mamorid/keeper/rows.h"

#define MASTER_MS 3000

static int put_outbox(struct mm_keeper *keeper, struct mm_buf *rows)
{
	struct mm_outbox_usage usage;
	struct mm_buf pairs;
	int r;

	mm_buf_init(&pairs, MM_TEXT_MAX);
	if ((r = mm_outbox_usage(keeper->db, &usage)) == 0 &&
	    (r = mm_pair_put(&pairs, "row", "outbox")) == 0 &&
	    (r = mm_pair_put_num(&pairs, "rows", (uint64_t)usage.rows)) == 0 &&
	    (r = mm_pair_put_num(&pairs, "retrying",
				 (uint64_t)usage.retrying)) == 0 &&
	    (usage.oldest <= 0 ||
	     (r = mm_pair_put_num(&pairs, "oldest_time",
				  (uint64_t)usage.oldest)) == 0))
		r = mm_rows_add(rows, &pairs);
	mm_buf_clear(&pairs);
	return r;
}

static int put_quarantine(struct mm_keeper *keeper, struct mm_buf *rows)
{
	struct mm_vault_usage usage;
	struct mm_buf pairs;
	int r;

	mm_buf_init(&pairs, MM_TEXT_MAX);
	if ((r = mm_vault_usage(&keeper->vault, &usage)) == 0 &&
	    (r = mm_pair_put(&pairs, "row", "quarantine")) == 0 &&
	    (r = mm_pair_put_num(&pairs, "rows", (uint64_t)usage.rows)) == 0 &&
	    (r = mm_pair_put_num(&pairs, "bytes", (uint64_t)usage.bytes)) ==
		    0 &&
	    (usage.oldest <= 0 ||
	     (r = mm_pair_put_num(&pairs, "oldest_time",
				  (uint64_t)usage.oldest)) == 0))
		r = mm_rows_add(rows, &pairs);
	mm_buf_clear(&pairs);
	return r;
}

/* Our own rows, then what the master has sent (NULL: it did not answer). */
static void answer_status(struct mm_client *client, const struct mm_buf *master)
{
	struct mm_wire in, field;
	struct mm_buf rows;
	uint16_t tag;
	int r;

	mm_buf_init(&rows, MM_LIST_MAX);
	r = put_outbox(client->keeper, &rows);
	if (r == 0)
		r = put_quarantine(client->keeper, &rows);
	if (master != NULL)
		mm_wire_init(&in, master->data, master->len);
	while (r == 0 && master != NULL && mm_wire_next(&in, &tag, &field) == 1)
		if (tag == MM_TAG_ROW)
			r = mm_wire_put(&rows, tag, field.pos,
					mm_wire_left(&field));
	if (r < 0)
		mm_client_fail(client, "the state cannot be read");
	else
		mm_rows_answer(client, &rows, -1);
	mm_buf_clear(&rows);
}

static void status_timed_out(struct mm_client *client)
{
	answer_status(client, NULL);
}

static void reload_timed_out(struct mm_client *client)
{
	mm_client_fail(client, "the master does not answer");
}

static void ask_master(struct mm_client *client, uint16_t type,
		       void (*timed_out)(struct mm_client *client))
{
	struct mm_keeper *keeper = client->keeper;

	if (++keeper->serial == 0)
		keeper->serial = 1;
	if (mm_channel_send(keeper->role->channel, type, keeper->serial, NULL) <
	    0) {
		timed_out(client);
		return;
	}
	client->waits_for = keeper->serial;
	mm_client_park(client, MASTER_MS, timed_out);
}

void mm_control_status(struct mm_client *client)
{
	ask_master(client, MM_CHANNEL_STATUS, status_timed_out);
}

void mm_control_reload(struct mm_client *client)
{
	ask_master(client, MM_CHANNEL_RELOAD, reload_timed_out);
}

static void answer_reload(struct mm_client *client, const struct mm_buf *pairs)
{
	struct mm_buf rows;

	mm_buf_init(&rows, MM_LIST_MAX);
	if (mm_rows_add(&rows, pairs) < 0)
		mm_client_fail(client, "out of memory");
	else
		mm_rows_answer(client, &rows, -1);
	mm_buf_clear(&rows);
}

void mm_control_master(struct mm_keeper *keeper, struct mm_frame *frame)
{
	struct mm_client *client;

	for (client = keeper->clients; client != NULL; client = client->next)
		if (client->state == MM_CLIENT_PARKED && frame->id != 0 &&
		    client->waits_for == frame->id)
			break;
	/* Whoever asked may have left meanwhile. */
	if (client == NULL)
		return;
	if (frame->type == MM_CHANNEL_STATUS_ROWS &&
	    client->rule->type == MM_FRAME_CTL_STATUS)
		answer_status(client, &frame->payload);
	else if (frame->type == MM_CHANNEL_RELOADING &&
		 client->rule->type == MM_FRAME_CTL_RELOAD)
		answer_reload(client, &frame->payload);
}
