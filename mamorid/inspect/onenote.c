/*
 * OneNote sections (MS-ONESTORE): a note with a picture of a button above an
 * embedded script. Process: inspector (as users.inspector, in its jail), and
 * one-shot mode. Must never trust the size of an object.
 */
#include "mamorid/inspect/onenote.h"

#include <string.h>

#include "mamorid/inspect/bytes.h"
#include "mamorid/inspect/name.h"
#include "mamorid/xalloc.h"

#define GUID 16u
#define HEADER 36u	/* GUID, length, unused, reserved */
#define NAME_UNITS 128u

/* {7B5C52E4-D88C-4DA7-AEB1-5378D02996D3} */
static const unsigned char section[GUID] = {
	0xe4, 0x52, 0x5c, 0x7b, 0x8c, 0xd8, 0xa7, 0x4d,
	0xae, 0xb1, 0x53, 0x78, 0xd0, 0x29, 0x96, 0xd3,
};

/* FileDataStoreObject, {BDE316E7-2665-4511-A4C4-8D4D0B7A9EAC} */
static const unsigned char file_data[GUID] = {
	0xe7, 0x16, 0xe3, 0xbd, 0x65, 0x26, 0x11, 0x45,
	0xa4, 0xc4, 0x8d, 0x4d, 0x0b, 0x7a, 0x9e, 0xac,
};

static const unsigned char *find(const unsigned char *pos,
				 const unsigned char *end)
{
	return memmem(pos, (size_t)(end - pos), file_data, GUID);
}

static void push_files(struct mm_walk *walk, const struct mm_item *item)
{
	const unsigned char *end = item->data + item->len;
	const unsigned char *pos = item->data;

	while ((pos = find(pos, end)) != NULL &&
	       !mm_walk_stopped(walk, item->leaf)) {
		unsigned char *copy;
		uint64_t size;

		if ((size_t)(end - pos) < HEADER)
			return;
		size = mm_le64(pos + GUID);
		pos += HEADER;
		if (size > (size_t)(end - pos))
			size = (size_t)(end - pos);
		if (size == 0)
			continue;
		copy = mm_xcalloc((size_t)size, 1);
		memcpy(copy, pos, (size_t)size);
		if (!mm_walk_push_take(walk, item, NULL, copy, (size_t)size))
			return;
		pos += size;
	}
}

/* Can this stand in a file name? Pairs of printable ASCII tell a name from
 * numbers well enough. */
static bool is_name_unit(const unsigned char *unit)
{
	return unit[1] != 0 ||
	       (unit[0] >= ' ' && strchr("\"*/:<>?\\|", unit[0]) == NULL);
}

/* The UTF-16 text around a dot, if it is the name of a program; floor is where
 * the text before it ended. Returns the end of the text. */
static const unsigned char *look_at_name(struct mm_walk *walk,
					 const struct mm_item *item,
					 const unsigned char *floor,
					 const unsigned char *dot)
{
	const unsigned char *begin = dot, *end = dot;
	const unsigned char *last = item->data + item->len;
	char name[2 * NAME_UNITS + 1];
	size_t len = 0;

	while (begin - floor >= 2 && (size_t)(dot - begin) < 2 * NAME_UNITS &&
	       is_name_unit(begin - 2))
		begin -= 2;
	while (last - end >= 2 && (size_t)(end - dot) < 2 * NAME_UNITS &&
	       is_name_unit(end))
		end += 2;
	for (; begin < end; begin += 2)
		name[len++] = begin[1] == 0 && begin[0] < 0x7f
			? (char)begin[0] : '?';
	name[len] = '\0';
	mm_name_member(walk, item, name);
	return end;
}

static void look_at_names(struct mm_walk *walk, const struct mm_item *item)
{
	const unsigned char *end = item->data + item->len;
	const unsigned char *floor = item->data;
	const unsigned char *pos = item->data;

	while ((pos = memchr(pos, '.', (size_t)(end - pos))) != NULL) {
		if (end - pos >= 6 && pos[1] == 0 && pos[2] > ' ' &&
		    pos[3] == 0 && pos[4] > ' ' && pos[5] == 0)
			floor = pos = look_at_name(walk, item, floor, pos);
		else
			pos++;
	}
}

void mm_onenote_analyze(struct mm_walk *walk, const struct mm_item *item)
{
	if (item->len < GUID || memcmp(item->data, section, GUID) != 0)
		return;
	look_at_names(walk, item);
	push_files(walk, item);
}
