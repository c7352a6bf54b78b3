/*
 * Macros and embedded objects in compound files (MS-DOC, MS-XLS, MS-PPT,
 * MS-OVBA, MS-OLEDS, MS-OXMSG). Process: inspector (as users.inspector, in its
 * jail), and one-shot mode. Must never trust a length in the data, nor read a
 * stream again and again because many entries name it.
 */
#include "mamorid/inspect/office_ole.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/err.h"
#include "core/text.h"
#include "mamorid/inspect/bytes.h"
#include "mamorid/inspect/fact.h"
#include "mamorid/inspect/name.h"
#include "mamorid/inspect/office_word.h"
#include "mamorid/inspect/ole.h"
#include "mamorid/xalloc.h"

#define READS 4u	/* times the file's length, over all streams */

struct compound {
	struct mm_walk *walk;
	const struct mm_item *item;
	struct mm_ole *ole;
	uint64_t budget;
};

static void macro(struct compound *file, const char *detail)
{
	mm_walk_find(file->walk, file->item, MM_KIND_MACRO, detail);
}

/* MS-XLS 2.4.28: the kind of a sheet is its sixth byte. */
static bool is_macro_sheet(uint16_t type, const unsigned char *data,
			   size_t size)
{
	if (type == 0x0085)
		return size >= 6 && data[5] == 1;
	return type == 0x0809 && size >= 4 && mm_le16(data + 2) == 0x0040;
}

/* MS-XLS 2.4.271: a link whose path has U+0003 between service and topic. A
 * service with a dot is a class: an OLE link. */
static bool is_dde_link(uint16_t type, const unsigned char *data, size_t size)
{
	size_t step, i;

	if (type != 0x01ae || size < 6)
		return false;
	step = (data[4] & 1) != 0 ? 2 : 1;
	for (i = 5; size - i >= step; i += step) {
		if (data[i] == 3 && (step == 1 || data[i + 1] == 0))
			return true;
		if (data[i] == '.')
			return false;
	}
	return false;
}

static void workbook(struct compound *file, const unsigned char *data,
		     size_t len)
{
	const uint16_t encrypted = 0x002f;
	size_t pos = 0;

	while (len - pos >= 4) {
		uint16_t type = mm_le16(data + pos);
		size_t size = mm_le16(data + pos + 2);

		pos += 4;
		if (size > len - pos || type == encrypted)
			return;
		if (is_macro_sheet(type, data + pos, size))
			macro(file, "macro: xlm");
		if (is_dde_link(type, data + pos, size))
			macro(file, "macro: dde");
		pos += size;
	}
}

static void word_document(struct compound *file, const unsigned char *data,
			  size_t len)
{
	if (mm_office_word_dde(data, len))
		macro(file, "macro: dde");
	if (mm_office_word_basic(data, len))
		macro(file, "macro: wordbasic");
}

static void word_table(struct compound *file, const unsigned char *data,
		       size_t len)
{
	if (mm_office_word_template(data, len))
		macro(file, "macro: remote template");
}

static const unsigned char *find(const unsigned char *pos,
				 const unsigned char *end, const char *record)
{
	return memmem(pos, (size_t)(end - pos), record, 8);
}

/* Records by their whole header, wherever they are (MS-PPT 2.4.11, 2.6.1,
 * 2.10.27, 2.10.10). */
static void presentation(struct compound *file, const unsigned char *data,
			 size_t len)
{
	static const char vba[] = "\2\0\0\4\x0c\0\0\0";
	static const char action[] = "\0\0\xf3\x0f\x10\0\0\0";
	static const char embedded[] = "\0\0\xcd\x0f\x08\0\0\0";
	static const char control[] = "\0\0\xfb\x0f\4\0\0\0";
	const unsigned char *end = data + len;
	const unsigned char *pos;

	for (pos = data; (pos = find(pos, end, vba)) != NULL; pos += 8)
		if (end - pos >= 16 && mm_le32(pos + 12) != 0)
			macro(file, "macro: vba");
	for (pos = data; (pos = find(pos, end, action)) != NULL; pos += 8)
		if (end - pos > 16 && (pos[16] == 1 || pos[16] == 2))
			macro(file, "macro: action");
	if (find(data, end, embedded) != NULL)
		macro(file, "macro: ole object");
	if (find(data, end, control) != NULL)
		macro(file, "macro: activex");
}

/* A package: the name of the file in it comes first (MS-OLEDS 2.3.6 and what
 * the packager writes there). */
static void package(struct compound *file, const unsigned char *data,
		    size_t len)
{
	const char *name = "";

	if (len > 6 && memchr(data + 6, '\0', len - 6) != NULL)
		name = (const char *)data + 6;
	mm_fact(file->walk, file->item, MM_KIND_MACRO, "macro: ole object",
		name);
	mm_name_member(file->walk, file->item, name);
}

/* An object elsewhere: a URL moniker in the stream that describes the link
 * (MS-OSHARED 2.3.7.6; CVE-2017-0199). */
static void link_stream(struct compound *file, const unsigned char *data,
			size_t len)
{
	static const unsigned char url_moniker[] = {
		0xe0, 0xc9, 0xea, 0x79, 0xf9, 0xba, 0xce, 0x11,
		0x8c, 0x82, 0x00, 0xaa, 0x00, 0x4b, 0xa9, 0x0b,
	};

	if (memmem(data, len, url_moniker, sizeof(url_moniker)) != NULL)
		macro(file, "macro: remote object");
}

/* The file name of an attachment in an Outlook message, UTF-16 or bytes. */
static void attachment_name(struct compound *file, const unsigned char *data,
			    size_t len)
{
	char name[256];
	size_t used = 0;

	for (size_t i = 0; i < len && used < sizeof(name) - 1; i++)
		if (data[i] != '\0')
			name[used++] = (char)data[i];
	name[used] = '\0';
	mm_name_member(file->walk, file->item, name);
}

static const struct {
	const char *name;
	void (*look)(struct compound *file, const unsigned char *data,
		     size_t len);
} streams[] = {
	{ "Workbook", workbook },
	{ "Book", workbook },
	{ "WordDocument", word_document },
	{ "0Table", word_table },
	{ "1Table", word_table },
	{ "PowerPoint Document", presentation },
	{ "\1Ole10Native", package },
	{ "\1Ole", link_stream },
	{ "__substg1.0_3707001F", attachment_name },
	{ "__substg1.0_3707001E", attachment_name },
	{ "__substg1.0_3704001F", attachment_name },
	{ "__substg1.0_3704001E", attachment_name },
};

static void look_at_stream(struct compound *file, size_t i,
			   const struct mm_ole_entry *entry)
{
	uint64_t size = entry->size < file->item->len ? entry->size
						      : file->item->len;
	unsigned char *data;
	size_t k, len;

	for (k = 0; k < sizeof(streams) / sizeof(streams[0]); k++)
		if (strcasecmp(entry->name, streams[k].name) == 0)
			break;
	if (k == sizeof(streams) / sizeof(streams[0]) ||
	    size > file->budget || size == 0)
		return;
	file->budget -= size;
	data = mm_xcalloc((size_t)size, 1);
	len = mm_ole_read(file->ole, i, 0, data, (size_t)size);
	streams[k].look(file, data, len);
	free(data);
}

/* Storages and streams that tell by their names. */
static void look_at_name(struct compound *file,
			 const struct mm_ole_entry *entry)
{
	struct mm_ole_entry parent;

	if (strcasecmp(entry->name, "VBA") == 0 ||
	    strcasecmp(entry->name, "_VBA_PROJECT") == 0 ||
	    strcasecmp(entry->name, "_VBA_PROJECT_CUR") == 0)
		macro(file, "macro: vba");
	else if (strcasecmp(entry->name, "\3OCXNAME") == 0)
		macro(file, "macro: activex");
	else if (entry->type == MM_OLE_STORAGE &&
		 mm_text_has_prefix(entry->name, "MBD") &&
		 strlen(entry->name) == 11)
		macro(file, "macro: ole object");
	else if (entry->type == MM_OLE_STORAGE && entry->name[0] == '_' &&
		 entry->parent != MM_OLE_NONE &&
		 mm_ole_get(file->ole, entry->parent, &parent) &&
		 strcasecmp(parent.name, "ObjectPool") == 0)
		macro(file, "macro: ole object");
}

void mm_office_ole(struct mm_walk *walk, const struct mm_item *item)
{
	struct compound file = {
		.walk = walk,
		.item = item,
		.budget = (uint64_t)item->len * READS,
	};
	struct mm_ole_entry entry;

	if (mm_ole_open(&file.ole, item->data, item->len) < 0)
		return;
	for (size_t i = 0; i < mm_ole_count(file.ole); i++) {
		if (mm_walk_stopped(walk, item->leaf))
			break;
		if (!mm_ole_get(file.ole, i, &entry))
			continue;
		look_at_name(&file, &entry);
		if (entry.type == MM_OLE_STREAM)
			look_at_stream(&file, i, &entry);
	}
	mm_ole_close(&file.ole);
}
