/*
 * The directory of a compound file (MS-CFB 2.6): a list of entries that form a
 * tree.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never visit an entry of the tree twice.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/err.h"
#include "mamorid/inspect/bytes.h"
#include "mamorid/inspect/ole_private.h"

#define ENTRY_SIZE 128u
#define NAME_BYTES 64u
#define ENTRIES_MAX 65536u

static const unsigned char *raw(const struct mm_ole *ole, size_t i)
{
	return ole->dir + i * ENTRY_SIZE;
}

uint32_t mm_ole_start(const struct mm_ole *ole, size_t i)
{
	return i < ole->dir_count ? mm_le32(raw(ole, i) + 116) : UINT32_MAX;
}

struct pending {
	uint32_t entry;
	size_t parent;
};

/* Siblings are a binary tree, children hang below their storage. Each entry
 * adds at most three to the stack, and counts once. */
static int read_tree(struct mm_ole *ole)
{
	struct pending *stack;
	size_t count = 0;

	stack = calloc(3 * ole->dir_count + 1, sizeof(*stack));
	if (stack == NULL)
		return MM_ERR_NOMEM;
	stack[count++] = (struct pending){ mm_le32(raw(ole, 0) + 76), 0 };
	while (count > 0) {
		const struct pending here = stack[--count];
		const unsigned char *entry;

		if (here.entry >= ole->dir_count || here.entry == 0 ||
		    ole->parents[here.entry] != MM_OLE_NONE)
			continue;
		ole->parents[here.entry] = here.parent;
		entry = raw(ole, here.entry);
		stack[count++] = (struct pending){ mm_le32(entry + 68),
						   here.parent };
		stack[count++] = (struct pending){ mm_le32(entry + 72),
						   here.parent };
		stack[count++] = (struct pending){ mm_le32(entry + 76),
						   here.entry };
	}
	free(stack);
	return 0;
}

int mm_ole_read_dir(struct mm_ole *ole, uint32_t sector)
{
	size_t max = ole->len;
	size_t len;

	if (max > (size_t)ENTRIES_MAX * ENTRY_SIZE)
		max = (size_t)ENTRIES_MAX * ENTRY_SIZE;
	if ((ole->dir = calloc(1, max)) == NULL)
		return MM_ERR_NOMEM;
	len = mm_ole_chain_read(ole, sector, false, 0, ole->dir, max);
	ole->dir_count = len / ENTRY_SIZE;
	if (ole->dir_count == 0)
		return MM_ERR_FORMAT;
	ole->parents = calloc(ole->dir_count, sizeof(*ole->parents));
	if (ole->parents == NULL)
		return MM_ERR_NOMEM;
	for (size_t i = 0; i < ole->dir_count; i++)
		ole->parents[i] = MM_OLE_NONE;
	return read_tree(ole);
}

size_t mm_ole_count(const struct mm_ole *ole)
{
	return ole->dir_count;
}

/* One UTF-16 unit; halves of a pair come out one by one, which is no harm for
 * names that are only compared. */
static size_t put_utf8(char *out, unsigned int unit)
{
	if (unit < 0x80) {
		out[0] = (char)unit;
		return 1;
	}
	if (unit < 0x800) {
		out[0] = (char)(0xc0 | unit >> 6);
		out[1] = (char)(0x80 | (unit & 0x3f));
		return 2;
	}
	out[0] = (char)(0xe0 | unit >> 12);
	out[1] = (char)(0x80 | (unit >> 6 & 0x3f));
	out[2] = (char)(0x80 | (unit & 0x3f));
	return 3;
}

static void get_name(const unsigned char *entry, char *name)
{
	size_t bytes = mm_le16(entry + NAME_BYTES);
	size_t len = 0;

	if (bytes > NAME_BYTES - 2)
		bytes = NAME_BYTES - 2;
	for (size_t i = 0; i + 1 < bytes; i += 2) {
		const unsigned int unit = mm_le16(entry + i);

		if (unit == 0)
			break;
		len += put_utf8(name + len, unit);
	}
	name[len] = '\0';
}

bool mm_ole_get(const struct mm_ole *ole, size_t i,
		struct mm_ole_entry *entry_r)
{
	const unsigned char *entry;

	if (i >= ole->dir_count)
		return false;
	entry = raw(ole, i);
	if (entry[66] != MM_OLE_STORAGE && entry[66] != MM_OLE_STREAM &&
	    entry[66] != MM_OLE_ROOT)
		return false;
	memset(entry_r, 0, sizeof(*entry_r));
	get_name(entry, entry_r->name);
	entry_r->type = (enum mm_ole_type)entry[66];
	/* The upper half means nothing with small sectors. */
	entry_r->size = ole->shift == 9 ? mm_le32(entry + 120)
					: mm_le64(entry + 120);
	entry_r->parent = ole->parents[i];
	memcpy(entry_r->clsid, entry + 80, sizeof(entry_r->clsid));
	return true;
}

size_t mm_ole_find(const struct mm_ole *ole, size_t parent, const char *name)
{
	struct mm_ole_entry entry;

	for (size_t i = 0; i < ole->dir_count; i++)
		if (mm_ole_get(ole, i, &entry) && entry.type != MM_OLE_ROOT &&
		    (parent == MM_OLE_NONE || entry.parent == parent) &&
		    strcasecmp(entry.name, name) == 0)
			return i;
	return MM_OLE_NONE;
}

size_t mm_ole_read(const struct mm_ole *ole, size_t i, uint64_t offset,
		   unsigned char *out, size_t len)
{
	struct mm_ole_entry entry;

	if (!mm_ole_get(ole, i, &entry) || entry.type != MM_OLE_STREAM ||
	    offset >= entry.size)
		return 0;
	if (len > entry.size - offset)
		len = (size_t)(entry.size - offset);
	return mm_ole_chain_read(ole, mm_ole_start(ole, i),
				 entry.size < ole->mini_cutoff, offset, out,
				 len);
}
