/*
 * Opens winmail.dat (MS-OXTNEF). Process: inspector (as users.inspector, in
 * its jail), and one-shot mode. Must never trust a length in the data.
 */
#include "mamorid/inspect/tnef.h"

#include <stdlib.h>
#include <string.h>

#include "mamorid/inspect/bytes.h"
#include "mamorid/inspect/readings_charset.h"
#include "mamorid/inspect/tnef_rtf.h"
#include "mamorid/xalloc.h"

#define SIGNATURE 0x223e9f78u
#define HEAD 6u /* signature and key */
#define ATTRIBUTE_HEAD 9u /* level, id, type, length */
#define CHECKSUM 2u
#define NAME_BYTES_MAX 1024u

/* Attributes (MS-OXTNEF 2.1.3.2). */
#define ATT_ATTACH_DATA 0x800fu
#define ATT_ATTACH_TITLE 0x8010u
#define ATT_ATTACH_REND 0x9002u
#define ATT_MESSAGE_PROPS 0x9003u
#define ATT_ATTACH_PROPS 0x9005u

/* Properties (MS-OXPROPS) and their types (MS-OXCDATA 2.11.1). */
#define PROP_RTF 0x1009u
#define PROP_HTML 0x1013u
#define PROP_ATTACH_DATA 0x3701u
#define PROP_ATTACH_NAME 0x3704u
#define PROP_ATTACH_LONG_NAME 0x3707u
#define PROP_NAMED 0x8000u
#define TYPE_MULTI 0x1000u
#define TYPE_OBJECT 0x0du
#define TYPE_STRING 0x1eu
#define TYPE_UNICODE 0x1fu
#define TYPE_BINARY 0x102u
#define GUID_LEN 16u

struct bytes {
	const unsigned char *data;
	size_t len;
};

/* An attachment: its data often comes before its name. */
struct attachment {
	struct bytes data;
	struct bytes object; /* the same as a property */
	char *name;
};

struct tnef {
	struct mm_walk *walk;
	const struct mm_item *item;
	struct attachment attachment;
};

/* The first len bytes, or what there is of them. */
static struct bytes cut(struct bytes *from, size_t len)
{
	struct bytes head = { from->data, len < from->len ? len : from->len };

	from->data += head.len;
	from->len -= head.len;
	return head;
}

static uint32_t cut_u32(struct bytes *from)
{
	const struct bytes head = cut(from, 4);

	return head.len == 4 ? mm_le32(head.data) : 0;
}

static void set_name(struct attachment *attachment, const struct bytes *value,
		     bool wide)
{
	const size_t max = value->len < NAME_BYTES_MAX ? value->len
						       : NAME_BYTES_MAX;
	unsigned char *text = NULL;
	size_t len = 0;

	if (wide)
		text = mm_charset_utf16_le(value->data, max, &len);
	free(attachment->name);
	attachment->name = mm_xcalloc((text != NULL ? len : max) + 1, 1);
	memcpy(attachment->name, text != NULL ? text : value->data,
	       text != NULL ? len : max);
	free(text);
}

static void push(struct tnef *tnef, const struct bytes *value, const char *name)
{
	unsigned char *copy;

	if (value->len == 0 || mm_walk_stopped(tnef->walk, tnef->item->leaf))
		return;
	copy = mm_xcalloc(value->len, 1);
	memcpy(copy, value->data, value->len);
	(void)mm_walk_push_take(tnef->walk, tnef->item, name, copy, value->len);
}

static void end_attachment(struct tnef *tnef)
{
	struct attachment *attachment = &tnef->attachment;
	const char *name = attachment->name != NULL &&
					   attachment->name[0] != '\0'
				   ? attachment->name
				   : NULL;

	push(tnef, &attachment->data, name);
	/* Which of the two is shown is up to the client. */
	push(tnef, &attachment->object, name);
	free(attachment->name);
	*attachment = (struct attachment){ .name = NULL };
}

static void push_rtf(struct tnef *tnef, const struct bytes *value)
{
	unsigned char *rtf;
	size_t len;

	rtf = mm_tnef_rtf(value->data, value->len, mm_walk_room(tnef->walk),
			  &len);
	if (rtf != NULL && len > 0)
		(void)mm_walk_push_take(tnef->walk, tnef->item, "body.rtf", rtf,
					len);
	else
		free(rtf);
}

static void take_value(struct tnef *tnef, uint32_t type, uint32_t id,
		       struct bytes value)
{
	switch (id) {
	case PROP_RTF:
		push_rtf(tnef, &value);
		break;
	case PROP_HTML:
		push(tnef, &value, "body.html");
		break;
	case PROP_ATTACH_DATA:
		/* An object has the id of its interface in front. */
		if (type == TYPE_OBJECT)
			(void)cut(&value, GUID_LEN);
		tnef->attachment.object = value;
		break;
	case PROP_ATTACH_NAME:
	case PROP_ATTACH_LONG_NAME:
		if (id == PROP_ATTACH_LONG_NAME ||
		    tnef->attachment.name == NULL)
			set_name(&tnef->attachment, &value,
				 type == TYPE_UNICODE);
		break;
	}
}

/* Bytes of a value of fixed size, with padding; 0: of variable size. */
static size_t fixed_size(uint32_t type)
{
	switch (type) {
	case 2:
	case 3:
	case 4:
	case 0x0a:
	case 0x0b:
		return 4;
	case 5:
	case 6:
	case 7:
	case 0x14:
	case 0x40:
		return 8;
	case 0x48:
		return GUID_LEN;
	default:
		return 0;
	}
}

/* A property's own name (MS-OXTNEF 2.1.3.4.1). */
static void skip_name(struct bytes *from)
{
	(void)cut(from, GUID_LEN);
	if (cut_u32(from) == 0) {
		(void)cut(from, 4);
	} else {
		const uint32_t len = cut_u32(from);

		(void)cut(from, ((size_t)len + 3) / 4 * 4);
	}
}

static void take_properties(struct tnef *tnef, struct bytes from)
{
	uint32_t count = cut_u32(&from);

	for (; count > 0 && from.len >= 4 &&
	       !mm_walk_stopped(tnef->walk, tnef->item->leaf);
	     count--) {
		const uint32_t tag = cut_u32(&from);
		const uint32_t id = tag >> 16;
		const uint32_t type = tag & 0xffff & ~TYPE_MULTI;
		const size_t size = fixed_size(type);
		uint32_t values = 1;

		if (id >= PROP_NAMED)
			skip_name(&from);
		if ((tag & TYPE_MULTI) != 0 || size == 0)
			values = cut_u32(&from);
		for (; values > 0 && from.len > 0; values--) {
			const size_t len = size > 0 ? size : cut_u32(&from);
			struct bytes value = cut(&from, (len + 3) / 4 * 4);

			if (value.len > len)
				value.len = len;
			take_value(tnef, type, id, value);
		}
	}
}

static void take_attribute(struct tnef *tnef, uint32_t id, struct bytes value)
{
	switch (id) {
	case ATT_ATTACH_REND:
		end_attachment(tnef);
		break;
	case ATT_ATTACH_DATA:
		tnef->attachment.data = value;
		break;
	case ATT_ATTACH_TITLE:
		set_name(&tnef->attachment, &value, false);
		break;
	case ATT_MESSAGE_PROPS:
	case ATT_ATTACH_PROPS:
		take_properties(tnef, value);
		break;
	}
}

void mm_tnef_analyze(struct mm_walk *walk, const struct mm_item *item)
{
	struct tnef tnef = { .walk = walk, .item = item };
	struct bytes left = { item->data, item->len };

	if (item->len < HEAD || mm_le32(item->data) != SIGNATURE)
		return;
	(void)cut(&left, HEAD);
	while (left.len >= ATTRIBUTE_HEAD &&
	       !mm_walk_stopped(walk, item->leaf)) {
		const struct bytes head = cut(&left, ATTRIBUTE_HEAD);
		const uint32_t id = mm_le16(head.data + 1);
		const struct bytes value = cut(&left, mm_le32(head.data + 5));

		(void)cut(&left, CHECKSUM);
		take_attribute(&tnef, id, value);
	}
	end_attachment(&tnef);
}
