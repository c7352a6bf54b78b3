/*
 * Reads ZIP files in every way that programs do. A member on which directory
 * and local header agree is left to libclamav; every other reading of it, and
 * every local header that no directory names, is unpacked here.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never unpack more packed bytes than a few times the file.
 */
#include "mamorid/inspect/zip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mamorid/inspect/analyze.h"
#include "mamorid/inspect/limits.h"
#include "mamorid/inspect/zip_dir.h"
#include "mamorid/inspect/zip_member.h"
#include "mamorid/xalloc.h"

#define EFFORT_FACTOR 4u
#define EFFORT_MIN ((uint64_t)16 << 20)
#define END_MAX ((size_t)22 + 65535)

struct reading {
	struct mm_zip_member member;
	bool listed;		/* a directory names it */
};

struct range {
	size_t begin, end;
};

struct zip {
	struct mm_walk *walk;
	const struct mm_item *item;
	bool at_front;		/* not behind something else */
	bool listed;		/* there is a directory */
	bool disagree;
	struct reading *readings;
	size_t count, size;
	struct range *known;	/* what libclamav reads, and records */
	size_t known_count, known_size;
	uint64_t effort;
};

/* False when there are more members than the limit allows. */
static bool room_for_one(struct zip *zip)
{
	if (zip->known_count + zip->count <
	    2 * mm_walk_conf(zip->walk)->limits_parts)
		return true;
	mm_walk_stop(zip->walk, zip->item->leaf, MM_LIMIT_PARTS);
	return false;
}

static void *grown(void *list, size_t *size, size_t unit)
{
	const size_t count = *size == 0 ? 16 : 2 * *size;
	void *more = mm_xcalloc(count, unit);

	if (*size > 0)
		memcpy(more, list, *size * unit);
	free(list);
	*size = count;
	return more;
}

static void add_known(struct zip *zip, size_t begin, size_t end)
{
	if (zip->known_count == zip->known_size)
		zip->known = grown(zip->known, &zip->known_size,
				   sizeof(*zip->known));
	zip->known[zip->known_count++] = (struct range){ begin, end };
}

static void add_reading(struct zip *zip, const struct mm_zip_member *member,
			bool listed)
{
	if (zip->count == zip->size)
		zip->readings = grown(zip->readings, &zip->size,
				      sizeof(*zip->readings));
	zip->readings[zip->count++] = (struct reading){ *member, listed };
}

/* Methods that libclamav unpacks: stored, imploded, deflated (32K and 64K),
 * bzip2. */
static bool known_method(unsigned int method)
{
	return method == 0 || method == 6 || method == 8 || method == 9 ||
	       method == 12;
}

/* Do both headers tell the same of where the data ends and what it is? */
static bool agree(const struct mm_zip_member *central,
		  const struct mm_zip_member *local)
{
	if (central->method != local->method ||
	    ((central->flags ^ local->flags) & MM_ZIP_ENCRYPTED) != 0)
		return false;
	if (central->packed == local->packed &&
	    central->unpacked == local->unpacked)
		return true;
	return (local->flags & MM_ZIP_DESCRIPTOR) != 0 && local->packed == 0;
}

/* Both readings of a member that a directory names. */
static void take_listed(struct zip *zip, const struct mm_zip_dir *dir,
			struct mm_zip_member *central)
{
	const struct mm_item *item = zip->item;
	struct mm_zip_member local;
	bool same;

	same = mm_zip_local(item->data, item->len, central->header, true,
			    &local);
	/* Some programs do not look whether there is a header. */
	if (!same && (!dir->own ||
		      !mm_zip_local(item->data, item->len, central->header,
				    false, &local)))
		return;
	central->data = local.data;
	same = same && agree(central, &local);
	/* libclamav takes the sizes of ZIP64 by their word, 4 GB. */
	if (same && dir->own && zip->at_front && !central->zip64 &&
	    !local.zip64 &&
	    (known_method(local.method) ||
	     (local.flags & MM_ZIP_ENCRYPTED) != 0)) {
		uint64_t end = central->packed < item->len - local.data
			       ? local.data + central->packed : item->len;

		add_known(zip, local.header, (size_t)end);
		return;
	}
	zip->disagree |= !same;
	add_reading(zip, central, true);
	if (!same)
		add_reading(zip, &local, true);
}

static bool read_dir(struct zip *zip, const struct mm_zip_dir *dir)
{
	struct mm_zip_member member;
	size_t pos = dir->begin;

	while (mm_zip_central(zip->item->data, zip->item->len, dir, &pos,
			      &member)) {
		if (!room_for_one(zip) ||
		    mm_walk_stopped(zip->walk, zip->item->leaf))
			return false;
		take_listed(zip, dir, &member);
	}
	add_known(zip, dir->begin, pos);
	return true;
}

/* Does this lie in a member, say in an archive that is stored as it is? */
static bool is_known(const struct zip *zip, size_t at)
{
	for (size_t i = 0; i < zip->known_count; i++)
		if (zip->known[i].begin <= at && at < zip->known[i].end)
			return true;
	return false;
}

/* Local headers in bytes that nobody has read. */
static bool read_gap(struct zip *zip, size_t pos, size_t end)
{
	const unsigned char *data = zip->item->data;
	struct mm_zip_member member;

	while (end - pos >= 4) {
		const unsigned char *p = memmem(data + pos, end - pos,
						"PK\3\4", 4);

		if (p == NULL)
			return true;
		pos = (size_t)(p - data);
		if (!mm_zip_local(data, zip->item->len, pos, true, &member)) {
			pos += 4;
			continue;
		}
		if (!room_for_one(zip))
			return false;
		add_reading(zip, &member, false);
		/* A stored archive in this one is not a part of it, if the
		 * size is right: behind it there is another record. */
		if (member.data <= end && member.packed <= end - member.data &&
		    end - member.data - member.packed >= 2 &&
		    memcmp(data + member.data + member.packed, "PK", 2) == 0)
			pos = member.data + (size_t)member.packed;
		else
			pos = member.data < end ? member.data : end;
	}
	return true;
}

static int by_begin(const void *a, const void *b)
{
	const struct range *left = a;
	const struct range *right = b;

	return (left->begin > right->begin) - (left->begin < right->begin);
}

static bool read_gaps(struct zip *zip)
{
	size_t pos = 0;

	if (zip->known_count > 0)
		qsort(zip->known, zip->known_count, sizeof(*zip->known),
		      by_begin);
	for (size_t i = 0; i < zip->known_count; i++) {
		if (zip->known[i].begin > pos &&
		    !read_gap(zip, pos, zip->known[i].begin))
			return false;
		if (zip->known[i].end > pos)
			pos = zip->known[i].end;
	}
	return pos >= zip->item->len || read_gap(zip, pos, zip->item->len);
}

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* The same data, method and size; a listed one before one that is not. */
static int by_place(const void *a, const void *b)
{
	const struct reading *left = a;
	const struct reading *right = b;
	int r;

	if ((r = compare(left->member.data, right->member.data)) != 0 ||
	    (r = compare(left->member.method, right->member.method)) != 0 ||
	    (r = compare(left->member.flags & MM_ZIP_ENCRYPTED,
			 right->member.flags & MM_ZIP_ENCRYPTED)) != 0 ||
	    (r = compare(left->member.packed, right->member.packed)) != 0)
		return r;
	return (int)right->listed - (int)left->listed;
}

static bool is_same(const struct reading *a, const struct reading *b)
{
	return a->member.data == b->member.data &&
	       a->member.method == b->member.method &&
	       ((a->member.flags ^ b->member.flags) & MM_ZIP_ENCRYPTED) == 0 &&
	       (a->member.packed == b->member.packed ||
		a->member.method == 8);
}

static void report(struct zip *zip, const struct reading *reading,
		   enum mm_zip_result result)
{
	char detail[64];

	/* Leftovers that no program would show may be anything. */
	if (zip->listed && !reading->listed)
		return;
	if (result == MM_ZIP_UNSUPPORTED)
		snprintf(detail, sizeof(detail),
			 MM_LIMIT_UNSUPPORTED "zip method %u",
			 reading->member.method);
	else
		snprintf(detail, sizeof(detail), MM_LIMIT_DAMAGED "zip");
	mm_walk_find(zip->walk, zip->item, MM_KIND_LIMIT, detail);
}

static bool unpack(struct zip *zip, const struct reading *reading)
{
	const struct mm_zip_member *member = &reading->member;
	enum mm_zip_result result;
	char *name;

	if (mm_walk_stopped(zip->walk, zip->item->leaf))
		return false;
	name = mm_zip_name(member);
	mm_analyze_member(zip->walk, zip->item, name, member->unpacked);
	free(name);
	if ((member->flags & MM_ZIP_ENCRYPTED) != 0) {
		if (reading->listed || !zip->listed)
			mm_walk_find(zip->walk, zip->item, MM_KIND_ENCRYPTED,
				     "encrypted: zip");
		return true;
	}
	if (zip->effort == 0) {
		mm_walk_stop(zip->walk, zip->item->leaf,
			     MM_LIMIT_OVERLAP);
		return false;
	}
	result = mm_zip_unpack(zip->walk, zip->item, member,
			       reading->listed || !zip->listed, &zip->effort);
	if (result == MM_ZIP_STOPPED)
		return false;
	if (result != MM_ZIP_WHOLE && result != MM_ZIP_REPORTED)
		report(zip, reading, result);
	else if (result == MM_ZIP_WHOLE && zip->at_front && zip->listed &&
		 !reading->listed)
		/* Behind something else it may be of another file there. */
		zip->disagree = true;
	return true;
}

static void unpack_all(struct zip *zip)
{
	if (zip->count == 0)
		return;
	qsort(zip->readings, zip->count, sizeof(*zip->readings), by_place);
	for (size_t i = 0; i < zip->count; i++) {
		if (i > 0 && is_same(&zip->readings[i - 1], &zip->readings[i]))
			continue;
		if (!unpack(zip, &zip->readings[i]))
			return;
	}
	if (zip->disagree && !zip->item->joined)
		mm_walk_find(zip->walk, zip->item, MM_KIND_AMBIGUOUS,
			     "ambiguous: zip headers disagree");
}

/* Behind something else: a picture, a text. libclamav finds those in
 * programs. */
static bool is_behind(const struct mm_item *item)
{
	size_t len = item->len < END_MAX ? item->len : END_MAX;
	const unsigned char *end = item->data + item->len;
	const unsigned char *pos = end - len + 2;

	if (strncmp(item->type, "msexe", 5) == 0 ||
	    strcmp(item->type, "mail") == 0)
		return false;
	/* The rarest letter of the mark. */
	for (; (pos = memchr(pos, 5, (size_t)(end - pos))) != NULL; pos++)
		if (end - pos >= 2 && memcmp(pos - 2, "PK\5\6", 4) == 0)
			return true;
	return false;
}

void mm_zip_analyze(struct mm_walk *walk, const struct mm_item *item)
{
	struct zip zip = {
		.walk = walk,
		.item = item,
		.effort = EFFORT_FACTOR * (uint64_t)item->len + EFFORT_MIN,
	};
	struct mm_zip_dir dirs[MM_ZIP_DIRS_MAX];
	size_t count;

	if (item->len < 22)
		return;
	zip.at_front = memcmp(item->data, "PK\3\4", 4) == 0;
	if (!zip.at_front && !is_behind(item))
		return;
	count = mm_zip_dirs(item->data, item->len, dirs);
	if (!zip.at_front && count == 0)
		return;
	zip.listed = count > 0;
	for (size_t i = 0; i < count; i++)
		if (!is_known(&zip, dirs[i].record) &&
		    !read_dir(&zip, &dirs[i]))
			goto out;
	if (read_gaps(&zip))
		unpack_all(&zip);
out:
	free(zip.readings);
	free(zip.known);
}
