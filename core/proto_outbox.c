/*
 * keeper.sock: what the courier works off, and what has become of it.
 */
#include "core/proto.h"

#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/proto_list.h"
#include "core/wire.h"

enum outbox_tag { TAG_VERSION = 1 };

enum item_tag {
	TAG_ID = 2,
	TAG_KIND = 3,
	TAG_ITEM_TRACE = 4,
	TAG_TO = 5,
	TAG_ITEM_SENDER = 6,
	TAG_CREATED = 8,
	TAG_RECORD = 9,
	TAG_ITEM_NOTICE = 10,
	TAG_LANGUAGE = 11,
	TAG_TEMPLATE = 12,
	TAG_FACTS = 13,
	TAG_ALLOWED = 14,
};

enum done_tag {
	TAG_DONE_ID = 2,
	TAG_OUTCOME = 3,
	TAG_TEXT = 4,
	TAG_LEFT = 5,		/* a nested list */
};

enum left_tag { TAG_LEFT_TO = 1, TAG_LEFT_OUTCOME = 2, TAG_LEFT_TEXT = 3 };

/* ---- items ----------------------------------------------------------- */

int mm_outbox_item_encode(struct mm_buf *buf, const struct mm_outbox_item *item)
{
	int r;

	if ((r = mm_wire_put_num(buf, TAG_VERSION, MM_PROTO_VERSION)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_ID, item->id)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_KIND, item->kind)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_ITEM_TRACE, item->trace)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_TO, item->to)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_ITEM_SENDER, item->sender)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_ITEM_NOTICE, item->notice)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_LANGUAGE, item->language)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_TEMPLATE, item->text)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_CREATED, (uint64_t)item->created)) <
		    0 ||
	    (r = mm_wire_put_str(buf, TAG_ALLOWED, item->allowed)) < 0 ||
	    (r = mm_wire_put(buf, TAG_FACTS, item->facts, item->facts_len)) < 0)
		return r;
	return mm_wire_put(buf, TAG_RECORD, item->record, item->record_len);
}

static int get_item_field(uint16_t tag, const struct mm_wire *field, void *out)
{
	struct mm_outbox_item *item = out;
	uint64_t num = 0;
	int r;

	switch (tag) {
	case TAG_VERSION:
		return mm_list_version(field, &item->version);
	case TAG_ID:
		return mm_wire_get_num(field, 1, INT64_MAX, &item->id);
	case TAG_KIND:
		r = mm_wire_get_num(field, MM_OUTBOX_NOTICE, MM_OUTBOX_VARIANT,
				    &num);
		item->kind = (enum mm_outbox_kind)num;
		return r;
	case TAG_ITEM_TRACE:
		return mm_wire_get_str(field, MM_TRACE_MAX, &item->trace);
	case TAG_TO:
		return mm_wire_get_str(field, MM_TEXT_MAX, &item->to);
	case TAG_ITEM_SENDER:
		return mm_wire_get_str(field, MM_TEXT_MAX, &item->sender);
	case TAG_ITEM_NOTICE:
		return mm_list_name(field, &item->notice);
	case TAG_LANGUAGE:
		return mm_wire_get_str(field, MM_TRACE_MAX, &item->language);
	case TAG_TEMPLATE:
		return mm_wire_get_str(field, MM_NOTICE_TEXT_MAX, &item->text);
	case TAG_ALLOWED:
		return mm_wire_get_str(field, MM_ALLOWED_MAX, &item->allowed);
	case TAG_FACTS:
		item->facts = (const char *)field->pos;
		item->facts_len = mm_wire_left(field);
		return 0;
	case TAG_CREATED:
		r = mm_wire_get_num(field, 0, INT64_MAX, &num);
		item->created = (int64_t)num;
		return r;
	case TAG_RECORD:
		item->record = (const char *)field->pos;
		item->record_len = mm_wire_left(field);
		return 0;
	default:
		return 0;
	}
}

int mm_outbox_item_decode(const void *data, size_t len,
			  struct mm_outbox_item *item_r)
{
	int r;

	memset(item_r, 0, sizeof(*item_r));
	r = mm_list_each(data, len, get_item_field, item_r);
	if (r < 0)
		return r;
	if (item_r->version == 0 || item_r->id == 0 || item_r->kind == 0 ||
	    item_r->trace == NULL || item_r->to == NULL ||
	    item_r->sender == NULL ||
	    (item_r->kind == MM_OUTBOX_NOTICE && item_r->notice == NULL))
		return MM_ERR_FORMAT;
	return 0;
}

/* ---- outcomes -------------------------------------------------------- */

static int put_left(struct mm_buf *buf, const struct mm_outbox_left *left)
{
	struct mm_buf list;
	int r;

	mm_buf_init(&list, 4 * MM_TEXT_MAX);
	if ((r = mm_wire_put_str(&list, TAG_LEFT_TO, left->to)) == 0 &&
	    (r = mm_wire_put_num(&list, TAG_LEFT_OUTCOME, left->outcome)) ==
		    0 &&
	    (r = mm_wire_put_str(&list, TAG_LEFT_TEXT, left->text)) == 0)
		r = mm_wire_put(buf, TAG_LEFT, list.data, list.len);
	mm_buf_clear(&list);
	return r;
}

int mm_outbox_done_encode(struct mm_buf *buf, const struct mm_outbox_done *done)
{
	size_t i;
	int r;

	if ((r = mm_wire_put_num(buf, TAG_VERSION, MM_PROTO_VERSION)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_DONE_ID, done->id)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_OUTCOME, done->outcome)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_TEXT, done->text)) < 0)
		return r;
	for (i = 0; i < done->nleft && r == 0; i++)
		r = put_left(buf, &done->left[i]);
	return r;
}

static int get_left(const struct mm_wire *list, struct mm_outbox_left *left)
{
	struct mm_wire in = *list, field;
	uint64_t num = 0;
	uint16_t tag;
	int r;

	while ((r = mm_wire_next(&in, &tag, &field)) > 0) {
		if (tag == TAG_LEFT_TO)
			r = mm_wire_get_str(&field, MM_TEXT_MAX, &left->to);
		else if (tag == TAG_LEFT_OUTCOME)
			r = mm_wire_get_num(&field, MM_OUTBOX_RETRY,
					    MM_OUTBOX_REFUSED, &num);
		else if (tag == TAG_LEFT_TEXT)
			r = mm_wire_get_str(&field, MM_TEXT_MAX, &left->text);
		if (r < 0)
			return r;
	}
	left->outcome = (enum mm_outbox_outcome)num;
	return r == 0 && (left->to == NULL || num == 0) ? MM_ERR_FORMAT : r;
}

static int get_done_field(uint16_t tag, const struct mm_wire *field, void *out)
{
	struct mm_outbox_done *done = out;
	uint64_t num = 0;
	int r;

	switch (tag) {
	case TAG_VERSION:
		return mm_list_version(field, &done->version);
	case TAG_DONE_ID:
		return mm_wire_get_num(field, 1, INT64_MAX, &done->id);
	case TAG_OUTCOME:
		r = mm_wire_get_num(field, MM_OUTBOX_SENT, MM_OUTBOX_REFUSED,
				    &num);
		done->outcome = (enum mm_outbox_outcome)num;
		return r;
	case TAG_TEXT:
		return mm_wire_get_str(field, MM_TEXT_MAX, &done->text);
	case TAG_LEFT:
		r = mm_list_grow((void **)&done->left, done->nleft,
				 sizeof(*done->left), MM_OUTBOX_RCPTS_MAX);
		return r < 0 ? r : get_left(field, &done->left[done->nleft++]);
	default:
		return 0;
	}
}

int mm_outbox_done_decode(const void *data, size_t len,
			  struct mm_outbox_done *done_r)
{
	int r;

	memset(done_r, 0, sizeof(*done_r));
	r = mm_list_each(data, len, get_done_field, done_r);
	if (r == 0 && (done_r->version == 0 || done_r->id == 0 ||
		       done_r->outcome == 0))
		return MM_ERR_FORMAT;
	return r;
}

void mm_outbox_done_clear(struct mm_outbox_done *done)
{
	free(done->left);
	memset(done, 0, sizeof(*done));
}
