/*
 * Reads the records of ZIP files (APPNOTE 4.3): end records, directories and
 * local headers, each for itself.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never trust a length in the data.
 */
#include "mamorid/inspect/zip_dir.h"

#include <string.h>

#include "mamorid/inspect/bytes.h"

#define LOCAL_SIZE 30u
#define CENTRAL_SIZE 46u
#define END_SIZE 22u
#define LOCATOR_SIZE 20u
#define END64_SIZE 56u
#define IN_ZIP64 0xffffffffu

static const unsigned char local_mark[] = { 'P', 'K', 3, 4 };
static const unsigned char central_mark[] = { 'P', 'K', 1, 2 };
static const unsigned char end_mark[] = { 'P', 'K', 5, 6 };
static const unsigned char end64_mark[] = { 'P', 'K', 6, 6 };
static const unsigned char locator_mark[] = { 'P', 'K', 6, 7 };

static bool marked(const unsigned char *data, size_t len, uint64_t at,
		   const unsigned char *mark, size_t size)
{
	return at <= len && len - at >= size &&
	       memcmp(data + at, mark, 4) == 0;
}

struct dirs {
	const unsigned char *data;
	size_t len;
	struct mm_zip_dir *list;
	size_t count;
	size_t last;		/* record of the file, 0: not met yet */
};

/* A directory begins with a member's record; one without members matters to
 * nobody. */
static void add(struct dirs *dirs, uint64_t begin, uint64_t shift,
		size_t record, bool given)
{
	if (dirs->count >= MM_ZIP_DIRS_MAX || begin >= record ||
	    !marked(dirs->data, record, begin, central_mark, CENTRAL_SIZE))
		return;
	for (size_t i = 0; i < dirs->count; i++)
		if (dirs->list[i].begin == begin &&
		    dirs->list[i].shift == shift)
			return;
	dirs->list[dirs->count++] = (struct mm_zip_dir){
		.begin = (size_t)begin,
		.end = record,
		.shift = (size_t)shift,
		.record = record,
		.own = record == dirs->last && given,
	};
}

/* end is where the directory must end if it stands right before its record. */
static void add_readings(struct dirs *dirs, uint64_t offset, uint64_t size,
			 size_t end, size_t record)
{
	add(dirs, offset, 0, record, true);
	if (size > end)
		return;
	/* What stands before the archive has moved the directory. */
	if (end - size >= offset)
		add(dirs, end - size, end - size - offset, record, false);
	add(dirs, end - size, 0, record, false);
}

static void add_end64(struct dirs *dirs, size_t record)
{
	size_t at;
	uint64_t offset;

	if (record < LOCATOR_SIZE)
		return;
	at = record - LOCATOR_SIZE;
	if (!marked(dirs->data, dirs->len, at, locator_mark, LOCATOR_SIZE))
		return;
	offset = mm_le64(dirs->data + at + 8);
	/* As given, or right before the locator. */
	if (!marked(dirs->data, at, offset, end64_mark, END64_SIZE) &&
	    at >= END64_SIZE)
		offset = at - END64_SIZE;
	if (marked(dirs->data, at, offset, end64_mark, END64_SIZE))
		add_readings(dirs, mm_le64(dirs->data + offset + 48),
			     mm_le64(dirs->data + offset + 40),
			     (size_t)offset, record);
}

size_t mm_zip_dirs(const unsigned char *data, size_t len,
		   struct mm_zip_dir list[MM_ZIP_DIRS_MAX])
{
	struct dirs dirs = { .data = data, .len = len, .list = list };
	size_t pos = len;

	/* From the end, as every program looks for it. */
	while (pos >= 4 && dirs.count < MM_ZIP_DIRS_MAX) {
		const unsigned char *p = memrchr(data, 'P', pos - 3);

		if (p == NULL)
			break;
		pos = (size_t)(p - data) + 3;
		if (marked(data, len, pos - 3, end_mark, END_SIZE)) {
			if (dirs.last == 0)
				dirs.last = pos - 3;
			add_readings(&dirs, mm_le32(p + 16), mm_le32(p + 12),
				     pos - 3, pos - 3);
			add_end64(&dirs, pos - 3);
		}
	}
	return dirs.count;
}

/* Sizes above 4 GB, or said to be, stand in an extra field (APPNOTE 4.5.3). */
static void get_zip64(const unsigned char *extra, size_t len,
		      struct mm_zip_member *member, uint64_t *offset)
{
	size_t pos = 0;

	while (len - pos >= 4) {
		const size_t size = mm_le16(extra + pos + 2);
		const unsigned char *field = extra + pos + 4;
		uint64_t *const values[] = {
			member->unpacked == IN_ZIP64 ? &member->unpacked
						     : NULL,
			member->packed == IN_ZIP64 ? &member->packed : NULL,
			offset != NULL && *offset == IN_ZIP64 ? offset : NULL,
		};
		size_t used = 0;

		if (size > len - pos - 4)
			return;
		pos += 4 + size;
		if (mm_le16(field - 4) != 1)
			continue;
		for (size_t i = 0; i < 3; i++) {
			if (values[i] == NULL || size - used < 8)
				continue;
			*values[i] = mm_le64(field + used);
			member->zip64 = true;
			used += 8;
		}
		return;
	}
}

bool mm_zip_central(const unsigned char *data, size_t len,
		    const struct mm_zip_dir *dir, size_t *pos,
		    struct mm_zip_member *member)
{
	const size_t end = dir->end < len ? dir->end : len;
	const unsigned char *record = data + *pos;
	uint64_t offset;
	size_t name;
	size_t extra;
	size_t left;

	if (!marked(data, end, *pos, central_mark, CENTRAL_SIZE))
		return false;
	left = end - *pos - CENTRAL_SIZE;
	name = mm_le16(record + 28);
	extra = mm_le16(record + 30);
	if (name > left || extra > left - name)
		return false;
	memset(member, 0, sizeof(*member));
	member->flags = mm_le16(record + 8);
	member->method = mm_le16(record + 10);
	member->packed = mm_le32(record + 20);
	member->unpacked = mm_le32(record + 24);
	member->name = record + CENTRAL_SIZE;
	member->name_len = name;
	offset = mm_le32(record + 42);
	get_zip64(record + CENTRAL_SIZE + name, extra, member, &offset);
	member->header = offset < len && dir->shift < len - offset
			 ? (size_t)offset + dir->shift : len;
	left = CENTRAL_SIZE + name + extra + mm_le16(record + 32);
	*pos = left < end - *pos ? *pos + left : end;
	return true;
}

bool mm_zip_local(const unsigned char *data, size_t len, size_t offset,
		  bool need_signature, struct mm_zip_member *member)
{
	const unsigned char *header;
	size_t name;
	size_t extra;
	size_t left;

	if (offset > len || len - offset < LOCAL_SIZE ||
	    (need_signature && memcmp(data + offset, local_mark, 4) != 0))
		return false;
	header = data + offset;
	left = len - offset - LOCAL_SIZE;
	name = mm_le16(header + 26);
	extra = mm_le16(header + 28);
	if (name > left || extra > left - name)
		return false;
	memset(member, 0, sizeof(*member));
	member->header = offset;
	member->data = offset + LOCAL_SIZE + name + extra;
	member->flags = mm_le16(header + 6);
	member->method = mm_le16(header + 8);
	member->packed = mm_le32(header + 18);
	member->unpacked = mm_le32(header + 22);
	member->name = header + LOCAL_SIZE;
	member->name_len = name;
	get_zip64(header + LOCAL_SIZE + name, extra, member, NULL);
	return true;
}
