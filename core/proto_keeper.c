/*
 * keeper.sock: what the gate has recorded.
 */
#include "core/proto.h"

#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/proto_list.h"
#include "core/wire.h"

enum record_tag {
	TAG_VERSION = 1,
	TAG_TRACE = 2,
	TAG_SENDER = 3,
	TAG_RECIPIENT = 4,
	TAG_ACCOUNT = 5,
	TAG_DIRECTION = 6,
	TAG_REASON = 7,
	TAG_QUARANTINE = 8,
	TAG_BODY_OFFSET = 9,
	TAG_FINDINGS = 10,
	TAG_NOTICE = 11,	/* a nested list */
	TAG_VARIANT = 12,
	TAG_DONE = 13,
};

enum notice_tag {
	TAG_NOTICE_KIND = 1, /* of an older version: see add_notice() */
	TAG_NOTICE_TO = 2,
	TAG_NOTICE_NAME = 4,
	TAG_NOTICE_ABOUT = 5,
};

static int put_notice(struct mm_buf *buf, const struct mm_notice *notice)
{
	struct mm_buf list;
	int r;

	mm_buf_init(&list, MM_LIST_MAX);
	if ((r = mm_wire_put_str(&list, TAG_NOTICE_NAME, notice->name)) == 0 &&
	    (r = mm_wire_put_str(&list, TAG_NOTICE_TO, notice->to)) == 0 &&
	    (r = mm_wire_put_str(&list, TAG_NOTICE_ABOUT, notice->about)) == 0)
		r = mm_wire_put(buf, TAG_NOTICE, list.data, list.len);
	mm_buf_clear(&list);
	return r;
}

int mm_record_encode(struct mm_buf *buf, const struct mm_record *record)
{
	size_t i;
	int r;

	if ((r = mm_wire_put_num(buf, TAG_VERSION, MM_PROTO_VERSION)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_TRACE, record->trace)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_SENDER, record->sender)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_ACCOUNT, record->account)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_DIRECTION, record->direction)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_REASON, record->reason)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_DONE, record->done)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_QUARANTINE, record->quarantine)) <
		    0 ||
	    (r = mm_wire_put_num(buf, TAG_BODY_OFFSET, record->body_offset)) <
		    0 ||
	    (r = mm_wire_put(buf, TAG_FINDINGS, record->findings,
			     record->findings_len)) < 0)
		return r;
	for (i = 0; i < record->nrecipients && r == 0; i++)
		r = mm_wire_put_str(buf, TAG_RECIPIENT, record->recipients[i]);
	for (i = 0; i < record->nnotices && r == 0; i++)
		r = put_notice(buf, &record->notices[i]);
	if (r == 0 && record->variant_len > 0)
		r = mm_wire_put(buf, TAG_VARIANT, record->variant,
				record->variant_len);
	return r;
}

static int get_notice(const struct mm_wire *list, struct mm_notice *notice,
		      bool *old_r)
{
	struct mm_wire in = *list, field;
	uint16_t tag;
	int r;

	*old_r = false;
	while ((r = mm_wire_next(&in, &tag, &field)) > 0) {
		if (tag == TAG_NOTICE_KIND)
			*old_r = true;
		else if (tag == TAG_NOTICE_TO)
			r = mm_wire_get_str(&field, MM_TEXT_MAX, &notice->to);
		else if (tag == TAG_NOTICE_NAME)
			r = mm_list_name(&field, &notice->name);
		else if (tag == TAG_NOTICE_ABOUT)
			r = mm_wire_get_str(&field, MM_NOTICE_TEXT_MAX,
					    &notice->about);
		if (r < 0)
			return r;
	}
	if (r == 0 && (notice->to == NULL || (notice->name == NULL && !*old_r)))
		r = MM_ERR_FORMAT;
	return r;
}

static int add_recipient(const struct mm_wire *field, struct mm_record *record)
{
	int r = mm_list_grow((void **)&record->recipients, record->nrecipients,
			     sizeof(*record->recipients), MM_RECIPIENTS_MAX);

	if (r < 0)
		return r;
	return mm_wire_get_str(field, MM_TEXT_MAX,
			       &record->recipients[record->nrecipients++]);
}

/* A record that an older version has stored has notices with a number in the
 * name's place. They are in the outbox since then and left out here. */
static int add_notice(const struct mm_wire *field, struct mm_record *record)
{
	bool old;
	int r = mm_list_grow((void **)&record->notices, record->nnotices,
			     sizeof(*record->notices), MM_RECIPIENTS_MAX);

	if (r < 0 || (r = get_notice(field, &record->notices[record->nnotices],
				     &old)) < 0)
		return r;
	record->nnotices += !old;
	return 0;
}

static int get_record_field(uint16_t tag, const struct mm_wire *field,
			    void *out)
{
	struct mm_record *record = out;
	uint64_t num = 0;
	int r;

	switch (tag) {
	case TAG_VERSION:
		return mm_list_version(field, &record->version);
	case TAG_TRACE:
		return mm_wire_get_str(field, MM_TRACE_MAX, &record->trace);
	case TAG_SENDER:
		return mm_wire_get_str(field, MM_TEXT_MAX, &record->sender);
	case TAG_RECIPIENT:
		return add_recipient(field, record);
	case TAG_ACCOUNT:
		return mm_wire_get_str(field, MM_TEXT_MAX, &record->account);
	case TAG_DIRECTION:
		return mm_wire_get_str(field, MM_TEXT_MAX, &record->direction);
	case TAG_REASON:
		return mm_wire_get_str(field, MM_TEXT_MAX, &record->reason);
	case TAG_DONE:
		return mm_wire_get_str(field, MM_TEXT_MAX, &record->done);
	case TAG_QUARANTINE:
		r = mm_wire_get_num(field, 0, 1, &num);
		record->quarantine = num == 1;
		return r;
	case TAG_BODY_OFFSET:
		return mm_wire_get_num(field, 0, INT32_MAX,
				       &record->body_offset);
	case TAG_FINDINGS:
		record->findings = (const char *)field->pos;
		record->findings_len = mm_wire_left(field);
		return 0;
	case TAG_NOTICE:
		return add_notice(field, record);
	case TAG_VARIANT:
		record->variant = (const char *)field->pos;
		record->variant_len = mm_wire_left(field);
		return 0;
	default:
		return 0;
	}
}

int mm_record_decode(const void *data, size_t len, struct mm_record *record_r)
{
	int r;

	memset(record_r, 0, sizeof(*record_r));
	r = mm_list_each(data, len, get_record_field, record_r);
	if (r < 0)
		return r;
	if (record_r->version == 0 || record_r->trace == NULL ||
	    record_r->sender == NULL || record_r->direction == NULL ||
	    record_r->reason == NULL)
		return MM_ERR_FORMAT;
	return 0;
}

void mm_record_clear(struct mm_record *record)
{
	free(record->recipients);
	free(record->notices);
	memset(record, 0, sizeof(*record));
}
