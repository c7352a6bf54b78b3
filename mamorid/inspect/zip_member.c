/*
 * Unpacks one member of a ZIP file at a place, by a method and with a size
 * that the caller has chosen among what the headers say.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never unpack more than the walk has room for.
 */
#include "mamorid/inspect/zip_member.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "mamorid/inspect/archive_read.h"
#include "mamorid/inspect/bytes.h"
#include "mamorid/inspect/limits.h"
#include "mamorid/xalloc.h"

#define CHUNK ((size_t)64 << 10)
#define STORED 0u
#define DEFLATED 8u

char *mm_zip_name(const struct mm_zip_member *member)
{
	char *name = mm_xcalloc(member->name_len + 1, 1);

	/* A NUL cuts it, as it does for most programs. */
	memcpy(name, member->name, member->name_len);
	return name;
}

struct output {
	unsigned char *data;
	size_t len;
	size_t size;
};

/* Room for more output. False when a limit ends the walk. */
static bool grow(struct mm_walk *walk, const struct mm_item *item,
		 struct output *out)
{
	unsigned char *more;
	size_t size;

	if (out->len > mm_walk_room(walk)) {
		mm_walk_stop(walk, item->leaf, MM_LIMIT_UNPACKED);
		return false;
	}
	if (mm_walk_stopped(walk, item->leaf))
		return false;
	if (out->size - out->len >= CHUNK)
		return true;
	size = out->size < CHUNK ? 2 * CHUNK : 2 * out->size;
	if ((more = realloc(out->data, size)) == NULL) {
		mm_walk_stop(walk, item->leaf, MM_LIMIT_MEMORY);
		return false;
	}
	out->data = more;
	out->size = size;
	return true;
}

static enum mm_zip_result push(struct mm_walk *walk,
			       const struct mm_item *item,
			       const struct mm_zip_member *member,
			       struct output *out, bool whole)
{
	char *name;
	bool ok;

	if (out->len == 0) {
		free(out->data);
		return whole ? MM_ZIP_WHOLE : MM_ZIP_NOTHING;
	}
	name = mm_zip_name(member);
	ok = mm_walk_push_take(walk, item, name, out->data, out->len);
	free(name);
	if (!ok)
		return MM_ZIP_STOPPED;
	return whole ? MM_ZIP_WHOLE : MM_ZIP_PART;
}

/* The size does not matter: the packed data says where it ends. */
static enum mm_zip_result inflate_member(struct mm_walk *walk,
					 const struct mm_item *item,
					 const struct mm_zip_member *member,
					 size_t left, uint64_t *effort)
{
	struct output out = { 0 };
	z_stream stream = { 0 };
	int rc = Z_OK;

	if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
		return MM_ZIP_NOTHING;
	stream.next_in = (unsigned char *)item->data + member->data;
	stream.avail_in = (uInt)left;
	while (rc == Z_OK) {
		size_t before;

		if (!grow(walk, item, &out)) {
			(void)inflateEnd(&stream);
			free(out.data);
			return MM_ZIP_STOPPED;
		}
		before = out.size - out.len;
		stream.next_out = out.data + out.len;
		stream.avail_out = (uInt)before;
		rc = inflate(&stream, Z_NO_FLUSH);
		out.len += before - stream.avail_out;
		if (rc == Z_OK && stream.avail_out == before &&
		    stream.avail_in == 0)
			break;
	}
	*effort -= left - stream.avail_in;
	(void)inflateEnd(&stream);
	return push(walk, item, member, &out, rc == Z_STREAM_END);
}

/* Stored data of unknown size goes to the next header, or to the end. */
static size_t stored_size(const unsigned char *data, size_t left)
{
	static const char marks[][5] = { "PK\7\10", "PK\1\2", "PK\3\4" };
	size_t size = left;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		const unsigned char *p = memmem(data, size, marks[i], 4);

		if (p != NULL)
			size = (size_t)(p - data);
	}
	return size;
}

static enum mm_zip_result copy_member(struct mm_walk *walk,
				      const struct mm_item *item,
				      const struct mm_zip_member *member,
				      size_t left, uint64_t *effort)
{
	const unsigned char *data = item->data + member->data;
	const bool whole = member->packed <= left;
	struct output out = { 0 };
	size_t len = whole ? (size_t)member->packed : left;

	if (member->packed == 0 && (member->flags & MM_ZIP_DESCRIPTOR) != 0)
		len = stored_size(data, left);
	if (len > mm_walk_room(walk)) {
		mm_walk_stop(walk, item->leaf, MM_LIMIT_UNPACKED);
		return MM_ZIP_STOPPED;
	}
	*effort -= len;
	out.len = len;
	if (len > 0 && (out.data = calloc(1, len)) == NULL)
		return MM_ZIP_NOTHING;
	if (len > 0)
		memcpy(out.data, data, len);
	return push(walk, item, member, &out, whole);
}

enum mm_zip_result mm_zip_unpack(struct mm_walk *walk,
				 const struct mm_item *item,
				 const struct mm_zip_member *member, bool sure,
				 uint64_t *effort)
{
	size_t left;

	if (member->data >= item->len)
		return MM_ZIP_NOTHING;
	left = item->len - member->data;
	if (left > *effort)
		left = (size_t)*effort;
	if (left > UINT32_MAX)
		left = UINT32_MAX;
	if (member->method == STORED)
		return copy_member(walk, item, member, left, effort);
	if (member->method == DEFLATED)
		return inflate_member(walk, item, member, left, effort);
	if (!mm_archive_zip_method(member->method))
		return MM_ZIP_UNSUPPORTED;
	if (member->packed < left)
		left = (size_t)member->packed;
	*effort -= left;
	return mm_archive_unpack_zip(walk, item, member, left, sure)
	       ? MM_ZIP_WHOLE : MM_ZIP_REPORTED;
}
