/*
 * Control requests and rows as (name, value) texts, and error answers. Used
 * by the keeper, mamorictl and the daemon's own channel, all of which may be
 * older or newer than their peer: names that a reader does not know are the
 * reader's to ignore.
 */
#include "core/proto.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/frame.h"
#include "core/text.h"
#include "core/wire.h"

/* Of a list of pairs. */
#define TAG_PAIR 201u
/* Of one pair. */
#define TAG_NAME 1u
#define TAG_VALUE 2u
/* Of an error list. */
#define TAG_ERROR 202u

int mm_pair_put(struct mm_buf *buf, const char *name, const char *value)
{
	struct mm_buf pair;
	int r;

	if (value == NULL)
		return 0;
	if (*name == '\0' || strlen(name) > MM_TRACE_MAX ||
	    strlen(value) > MM_TEXT_MAX)
		return MM_ERR_LIMIT;
	mm_buf_init(&pair, 2 * MM_TEXT_MAX);
	if ((r = mm_wire_put_str(&pair, TAG_NAME, name)) == 0 &&
	    (r = mm_wire_put_str(&pair, TAG_VALUE, value)) == 0)
		r = mm_wire_put(buf, TAG_PAIR, pair.data, pair.len);
	mm_buf_clear(&pair);
	return r;
}

int mm_pair_put_cut(struct mm_buf *buf, const char *name, const char *value)
{
	char cut[MM_TEXT_MAX + 1];
	const size_t len = value == NULL ? 0 : mm_text_fit(value, MM_TEXT_MAX);

	if (value == NULL || value[len] == '\0')
		return mm_pair_put(buf, name, value);
	memcpy(cut, value, len);
	cut[len] = '\0';
	return mm_pair_put(buf, name, cut);
}

int mm_pair_put_num(struct mm_buf *buf, const char *name, uint64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, value);
	return mm_pair_put(buf, name, text);
}

static int decode_pair(struct mm_wire *in, struct mm_pair *pair)
{
	struct mm_wire field;
	uint16_t tag;
	int r;

	while ((r = mm_wire_next(in, &tag, &field)) == 1) {
		r = 0;
		if (tag == TAG_NAME)
			r = mm_wire_get_str(&field, MM_TRACE_MAX, &pair->name);
		else if (tag == TAG_VALUE)
			r = mm_wire_get_str(&field, MM_TEXT_MAX, &pair->value);
		if (r < 0)
			return r;
	}
	if (r == 0 && (pair->name == NULL || *pair->name == '\0' ||
		       pair->value == NULL))
		r = MM_ERR_FORMAT;
	return r;
}

int mm_pairs_decode(const void *data, size_t len, struct mm_pairs *pairs_r)
{
	struct mm_wire in, field;
	uint16_t tag;
	int r;

	memset(pairs_r, 0, sizeof(*pairs_r));
	mm_wire_init(&in, data, len);
	while ((r = mm_wire_next(&in, &tag, &field)) == 1) {
		if (tag != TAG_PAIR)
			continue;
		if (pairs_r->count == MM_PAIRS_MAX)
			return MM_ERR_LIMIT;
		if (pairs_r->list == NULL)
			pairs_r->list = calloc(MM_PAIRS_MAX,
					       sizeof(*pairs_r->list));
		if (pairs_r->list == NULL)
			return MM_ERR_NOMEM;
		r = decode_pair(&field, &pairs_r->list[pairs_r->count]);
		if (r < 0)
			return r;
		pairs_r->count++;
	}
	return r;
}

void mm_pairs_clear(struct mm_pairs *pairs)
{
	free(pairs->list);
	memset(pairs, 0, sizeof(*pairs));
}

const char *mm_pairs_get(const struct mm_pairs *pairs, const char *name)
{
	size_t i;

	for (i = 0; i < pairs->count; i++)
		if (strcmp(pairs->list[i].name, name) == 0)
			return pairs->list[i].value;
	return NULL;
}

int mm_send_error(int fd, uint32_t id, const char *text, mm_deadline deadline)
{
	char cut[MM_TEXT_MAX + 1];
	struct mm_buf payload;
	int r;

	(void)snprintf(cut, sizeof(cut), "%s", text);
	mm_buf_init(&payload, MM_FRAME_MAX);
	if ((r = mm_wire_put_str(&payload, TAG_ERROR, cut)) == 0)
		r = mm_frame_send(fd, MM_FRAME_ERROR, id, &payload, NULL, 0,
				  deadline);
	mm_buf_clear(&payload);
	return r;
}

const char *mm_error_text(const struct mm_buf *payload)
{
	const char *text = NULL;
	struct mm_wire in, field;
	uint16_t tag;

	mm_wire_init(&in, payload->data, payload->len);
	while (mm_wire_next(&in, &tag, &field) == 1)
		if (tag == TAG_ERROR &&
		    mm_wire_get_str(&field, MM_TEXT_MAX, &text) == 0)
			return text;
	return "the peer gave no reason";
}
