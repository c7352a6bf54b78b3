/*
 * keeper.sock: recipients with their DSN parameters.
 */
#include "core/proto_variant.h"

#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/proto_list.h"
#include "core/wire.h"

enum variant_tag {
	TAG_VERSION = 1,
	TAG_OPTIONS = 2,
	TAG_RCPT = 3,	/* a nested list */
};

enum rcpt_tag { TAG_ADDRESS = 1, TAG_RCPT_OPTIONS = 2 };

static int put_rcpt(struct mm_buf *buf, const struct mm_rcpt *rcpt)
{
	struct mm_buf list;
	int r;

	mm_buf_init(&list, 4 * MM_TEXT_MAX);
	if ((r = mm_wire_put_str(&list, TAG_ADDRESS, rcpt->address)) == 0 &&
	    (r = mm_wire_put_str(&list, TAG_RCPT_OPTIONS, rcpt->options)) == 0)
		r = mm_wire_put(buf, TAG_RCPT, list.data, list.len);
	mm_buf_clear(&list);
	return r;
}

int mm_variant_encode(struct mm_buf *buf, const struct mm_variant *variant)
{
	size_t i;
	int r;

	if ((r = mm_wire_put_num(buf, TAG_VERSION, MM_PROTO_VERSION)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_OPTIONS, variant->options)) < 0)
		return r;
	for (i = 0; i < variant->count && r == 0; i++)
		r = put_rcpt(buf, &variant->rcpts[i]);
	return r;
}

static int get_rcpt(const struct mm_wire *list, struct mm_rcpt *rcpt)
{
	struct mm_wire in = *list, field;
	uint16_t tag;
	int r;

	while ((r = mm_wire_next(&in, &tag, &field)) > 0) {
		if (tag == TAG_ADDRESS)
			r = mm_wire_get_str(&field, MM_TEXT_MAX,
					    &rcpt->address);
		else if (tag == TAG_RCPT_OPTIONS)
			r = mm_wire_get_str(&field, MM_TEXT_MAX,
					    &rcpt->options);
		if (r < 0)
			return r;
	}
	return r == 0 && rcpt->address == NULL ? MM_ERR_FORMAT : r;
}

static int add_rcpt(const struct mm_wire *field, struct mm_variant *variant)
{
	int r = mm_list_grow((void **)&variant->rcpts, variant->count,
			     sizeof(*variant->rcpts), MM_RECIPIENTS_MAX);

	return r < 0 ? r : get_rcpt(field, &variant->rcpts[variant->count++]);
}

int mm_variant_decode(const void *data, size_t len,
		      struct mm_variant *variant_r)
{
	struct mm_wire in, field;
	uint16_t tag;
	int r;

	memset(variant_r, 0, sizeof(*variant_r));
	mm_wire_init(&in, data, len);
	while ((r = mm_wire_next(&in, &tag, &field)) > 0) {
		if (tag == TAG_VERSION)
			r = mm_list_version(&field, &variant_r->version);
		else if (tag == TAG_OPTIONS)
			r = mm_wire_get_str(&field, MM_TEXT_MAX,
					    &variant_r->options);
		else if (tag == TAG_RCPT)
			r = add_rcpt(&field, variant_r);
		if (r < 0)
			return r;
	}
	if (r == 0 && (variant_r->version == 0 || variant_r->count == 0))
		return MM_ERR_FORMAT;
	return r;
}

void mm_variant_clear(struct mm_variant *variant)
{
	free(variant->rcpts);
	memset(variant, 0, sizeof(*variant));
}

bool mm_variant_is_options(const char *options)
{
	const char *pos;

	if (options == NULL)
		return true;
	for (pos = options; *pos != '\0'; pos++)
		if (*pos == ' ' ? pos[1] == ' ' || pos[1] == '\0' ||
					  pos == options
				: *pos < '!' || *pos > '~')
			return false;
	return true;
}
