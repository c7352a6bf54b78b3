/*
 * keeper.sock: what became of a mail.
 */
#include "core/proto_history.h"

#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/frame.h"
#include "core/proto_list.h"
#include "core/text.h"
#include "core/wire.h"

/* Texts and numbers in the order of the tables below. */
enum history_tag {
	TAG_VERSION = 1,
	TAG_TEXT = 2, /* 2 to 16 */
	TAG_NUM = 20, /* 20 to 29 */
	TAG_FINDINGS = 40,
	TAG_RECIPIENT = 41, /* a nested list */
};

enum recipient_tag {
	TAG_FLAGS = 1,
	TAG_PART = 2, /* 2 to 6 */
};

enum flag {
	FLAG_BOUNCE = 1,
	FLAG_HELD = 2,
	FLAG_LOCAL = 1,
	FLAG_COPY = 2,
	FLAG_VARIANT = 4,
	FLAGS = 7,
};

#define TEXTS 15u
#define NUMS 10u
#define PARTS 5u

static void texts_of(struct mm_history *h, const char **list[TEXTS])
{
	const char **const all[TEXTS] = {
		&h->trace,  &h->direction, &h->account, &h->login,
		&h->sender, &h->host,	   &h->helo,	&h->message_id,
		&h->from,   &h->subject,   &h->verdict, &h->action,
		&h->reason, &h->spam,	   &h->notices,
	};

	memcpy(list, all, sizeof(all));
}

static void parts_of(struct mm_history_recipient *one, const char **list[PARTS])
{
	const char **const all[PARTS] = { &one->address, &one->outcome,
					  &one->edits, &one->rules,
					  &one->notices };

	memcpy(list, all, sizeof(all));
}

/* An absent text and an empty one are the same. */
static int put_text(struct mm_buf *buf, uint16_t tag, const char *text)
{
	char cut[MM_HISTORY_TEXT_MAX + 1];
	size_t len;

	if (text == NULL || *text == '\0')
		return 0;
	len = mm_text_fit(text, MM_HISTORY_TEXT_MAX);
	memcpy(cut, text, len);
	cut[len] = '\0';
	return mm_wire_put_str(buf, tag, cut);
}

static int put_pair(struct mm_buf *buf, const char *name, const char *text)
{
	char cut[MM_HISTORY_TEXT_MAX + 1];
	const size_t len = mm_text_fit(text, MM_HISTORY_TEXT_MAX);

	memcpy(cut, text, len);
	cut[len] = '\0';
	return mm_pair_put(buf, name, cut);
}

int mm_history_put_finding(struct mm_buf *out, const struct mm_finding *finding)
{
	struct mm_buf row;
	int r;

	mm_buf_init(&row, 4 * MM_HISTORY_TEXT_MAX);
	if ((r = mm_pair_put(&row, "row", "finding")) == 0 &&
	    (r = mm_pair_put(&row, "kind", mm_kind_name(finding->kind))) == 0 &&
	    (r = put_pair(&row, "part", finding->part)) == 0 &&
	    (r = put_pair(&row, "name", finding->name)) == 0 &&
	    (r = put_pair(&row, "detail", finding->detail)) == 0)
		r = mm_wire_put(out, MM_TAG_ROW, row.data, row.len);
	mm_buf_clear(&row);
	return r;
}

static int put_mail(struct mm_buf *buf, const struct mm_history *history)
{
	const uint64_t nums[NUMS] = {
		history->uid,
		history->size,
		history->content,
		history->invalid,
		history->total,
		history->ms,
		(history->bounce ? FLAG_BOUNCE : 0u) |
			(history->held ? FLAG_HELD : 0u),
	};
	struct mm_history copy = *history;
	const char **texts[TEXTS];
	uint16_t i;
	int r = 0;

	texts_of(&copy, texts);
	for (i = 1; i < TEXTS && r == 0; i++)
		r = put_text(buf, (uint16_t)(TAG_TEXT + i), *texts[i]);
	for (i = 0; i < NUMS && r == 0; i++)
		if (nums[i] != 0)
			r = mm_wire_put_num(buf, (uint16_t)(TAG_NUM + 2 + i),
					    nums[i]);
	if (r == 0 && history->findings_len > 0)
		r = mm_wire_put(buf, TAG_FINDINGS, history->findings,
				history->findings_len);
	return r;
}

static int put_recipient(struct mm_buf *buf,
			 const struct mm_history_recipient *one)
{
	struct mm_history_recipient copy = *one;
	const char **parts[PARTS];
	struct mm_buf list;
	uint16_t i;
	int r;

	mm_buf_init(&list, (PARTS + 1) * (MM_HISTORY_TEXT_MAX + 16));
	parts_of(&copy, parts);
	r = mm_wire_put_num(&list, TAG_FLAGS,
			    (one->local ? FLAG_LOCAL : 0u) |
				    (one->copy ? FLAG_COPY : 0u) |
				    (one->variant ? FLAG_VARIANT : 0u));
	for (i = 0; i < PARTS && r == 0; i++)
		r = put_text(&list, (uint16_t)(TAG_PART + i), *parts[i]);
	if (r == 0)
		r = mm_wire_put(buf, TAG_RECIPIENT, list.data, list.len);
	mm_buf_clear(&list);
	return r;
}

int mm_history_encode(struct mm_buf *buf, const struct mm_history *history,
		      size_t first, size_t *next_r)
{
	size_t i;
	int r;

	*next_r = first;
	if ((r = mm_wire_put_num(buf, TAG_VERSION, MM_PROTO_VERSION)) < 0 ||
	    (r = put_text(buf, TAG_TEXT, history->trace)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_NUM, (uint64_t)history->time)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_NUM + 1, first)) < 0 ||
	    (first == 0 && (r = put_mail(buf, history)) < 0))
		return r;
	for (i = first; i < history->nrecipients; i++) {
		r = put_recipient(buf, &history->recipients[i]);
		if (r == MM_ERR_LIMIT && i > first)
			break;
		if (r < 0)
			return r;
	}
	*next_r = i;
	return 0;
}

static int get_nums(uint16_t tag, const struct mm_wire *field,
		    struct mm_history *h)
{
	uint64_t flags = 0, time = 0;
	uint64_t *const nums[NUMS] = { &time,	  &h->first,   &h->uid,
				       &h->size,  &h->content, &h->invalid,
				       &h->total, &h->ms,      &flags };
	uint64_t *num = nums[tag - TAG_NUM];
	const uint64_t max = num == &flags	  ? FLAGS
			     : num == &h->content ? UINT64_MAX
						  : INT64_MAX;
	int r;

	if (num == NULL)
		return 0;
	if ((r = mm_wire_get_num(field, 0, max, num)) < 0)
		return r;
	if (num == &time)
		h->time = (int64_t)time;
	if (num == &flags) {
		h->bounce = (flags & FLAG_BOUNCE) != 0;
		h->held = (flags & FLAG_HELD) != 0;
	}
	return 0;
}

/* Are these rows that an answer may hold? */
static int check_findings(const struct mm_wire *list)
{
	struct mm_wire in = *list, field;
	struct mm_pairs pairs;
	uint16_t tag;
	int r;

	if (mm_wire_left(list) > MM_HISTORY_FINDINGS_BYTES)
		return MM_ERR_LIMIT;
	while ((r = mm_wire_next(&in, &tag, &field)) > 0) {
		r = tag != MM_TAG_ROW
			    ? MM_ERR_FORMAT
			    : mm_pairs_decode(field.pos, mm_wire_left(&field),
					      &pairs);
		if (tag == MM_TAG_ROW)
			mm_pairs_clear(&pairs);
		if (r < 0)
			return r;
	}
	return r;
}

static int get_recipient(const struct mm_wire *list,
			 struct mm_history_recipient *one)
{
	struct mm_wire in = *list, field;
	const char **parts[PARTS];
	uint64_t flags = 0;
	uint16_t tag;
	size_t i;
	int r;

	parts_of(one, parts);
	for (i = 0; i < PARTS; i++)
		*parts[i] = "";
	while ((r = mm_wire_next(&in, &tag, &field)) > 0) {
		if (tag == TAG_FLAGS)
			r = mm_wire_get_num(&field, 0, FLAGS, &flags);
		else if (tag >= TAG_PART && tag < TAG_PART + PARTS)
			r = mm_wire_get_str(&field, MM_HISTORY_TEXT_MAX,
					    parts[tag - TAG_PART]);
		if (r < 0)
			return r;
	}
	one->local = (flags & FLAG_LOCAL) != 0;
	one->copy = (flags & FLAG_COPY) != 0;
	one->variant = (flags & FLAG_VARIANT) != 0;
	return r;
}

static int add_recipient(const struct mm_wire *field, struct mm_history *h)
{
	int r = mm_list_grow((void **)&h->recipients, h->nrecipients,
			     sizeof(*h->recipients), MM_FRAME_MAX);

	return r < 0 ? r
		     : get_recipient(field, &h->recipients[h->nrecipients++]);
}

static int get_field(uint16_t tag, const struct mm_wire *field,
		     struct mm_history *h, const char **texts[TEXTS])
{
	if (tag == TAG_VERSION)
		return mm_list_version(field, &h->version);
	if (tag >= TAG_TEXT && tag < TAG_TEXT + TEXTS)
		return mm_wire_get_str(field, MM_HISTORY_TEXT_MAX,
				       texts[tag - TAG_TEXT]);
	if (tag >= TAG_NUM && tag < TAG_NUM + NUMS)
		return get_nums(tag, field, h);
	if (tag == TAG_FINDINGS) {
		h->findings = (const char *)field->pos;
		h->findings_len = mm_wire_left(field);
		return check_findings(field);
	}
	return tag == TAG_RECIPIENT ? add_recipient(field, h) : 0;
}

int mm_history_decode(const void *data, size_t len,
		      struct mm_history *history_r)
{
	const char **texts[TEXTS];
	struct mm_wire in, field;
	uint16_t tag;
	size_t i;
	int r;

	memset(history_r, 0, sizeof(*history_r));
	texts_of(history_r, texts);
	for (i = 0; i < TEXTS; i++)
		*texts[i] = "";
	mm_wire_init(&in, data, len);
	while ((r = mm_wire_next(&in, &tag, &field)) > 0)
		if ((r = get_field(tag, &field, history_r, texts)) < 0)
			return r;
	if (r < 0)
		return r;
	return history_r->version == 0 || *history_r->trace == '\0'
		       ? MM_ERR_FORMAT
		       : 0;
}

void mm_history_clear(struct mm_history *history)
{
	free(history->recipients);
	memset(history, 0, sizeof(*history));
}
