/*
 * A ZIP file of plain form: read by its directory, and written anew.
 * Process: inspector (as users.inspector, in its jail). Pure functions.
 * Must never copy a byte that no member owns.
 */
#include "mamorid/inspect/clean_package.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <zlib.h>

#include "core/err.h"
#include "mamorid/inspect/bytes.h"
#include "mamorid/xalloc.h"

#define LOCAL_SIZE 30u
#define CENTRAL_SIZE 46u
#define END_SIZE 22u
#define STORED 0u
#define DEFLATED 8u
#define CHUNK ((size_t)64 << 10)

static bool is_plain_name(const struct mm_zip_member *member)
{
	return member->name_len > 0 && member->name[0] != '/' &&
	       memchr(member->name, '\0', member->name_len) == NULL &&
	       memchr(member->name, '\\', member->name_len) == NULL;
}

/* Both headers must tell the same. */
static bool is_plain(const struct mm_package *package,
		     struct mm_zip_member *central)
{
	struct mm_zip_member local;

	if (!is_plain_name(central) || central->zip64 ||
	    (central->flags & MM_ZIP_ENCRYPTED) != 0 ||
	    !mm_zip_local(package->data, package->len, central->header, true,
			  &local) || local.zip64 ||
	    local.method != central->method ||
	    local.flags != central->flags ||
	    local.name_len != central->name_len ||
	    memcmp(local.name, central->name, local.name_len) != 0 ||
	    central->packed > package->len - local.data)
		return false;
	central->data = local.data;
	return (local.flags & MM_ZIP_DESCRIPTOR) != 0 ||
	       (local.packed == central->packed &&
		local.unpacked == central->unpacked);
}

static int compare(const void *a, const void *b)
{
	const struct mm_package_member *const *x = a, *const *y = b;

	return strcasecmp((*x)->name, (*y)->name);
}

/* False when two members have one name. */
static bool sort(struct mm_package *package)
{
	package->sorted = mm_xcalloc(package->count + 1,
				     sizeof(*package->sorted));
	for (size_t i = 0; i < package->count; i++)
		package->sorted[i] = &package->members[i];
	qsort(package->sorted, package->count, sizeof(*package->sorted),
	      compare);
	for (size_t i = 1; i < package->count; i++)
		if (compare(&package->sorted[i - 1], &package->sorted[i]) == 0)
			return false;
	return true;
}

static size_t count_members(const struct mm_package *package,
			    const struct mm_zip_dir *dir)
{
	struct mm_zip_member member;
	size_t pos = dir->begin;
	size_t count = 0;

	while (mm_zip_central(package->data, package->len, dir, &pos, &member))
		count++;
	return count;
}

int mm_package_open(struct mm_package *package, const void *data, size_t len,
		    size_t max, uint64_t room)
{
	struct mm_zip_dir dirs[MM_ZIP_DIRS_MAX];
	struct mm_zip_member zip;
	size_t pos, count;

	*package = (struct mm_package){
		.data = data, .len = len, .room = room,
	};
	if (len < LOCAL_SIZE || memcmp(data, "PK\3\4", 4) != 0 ||
	    mm_zip_dirs(data, len, dirs) == 0 || !dirs[0].own ||
	    dirs[0].shift != 0)
		return MM_ERR_INVALID;
	count = count_members(package, &dirs[0]);
	if (count > max || count >= UINT16_MAX)
		return MM_ERR_LIMIT;
	package->members = mm_xcalloc(count + 1, sizeof(*package->members));
	pos = dirs[0].begin;
	for (size_t record = pos;
	     mm_zip_central(data, len, &dirs[0], &pos, &zip); record = pos) {
		struct mm_package_member *member =
			&package->members[package->count];

		if (!is_plain(package, &zip))
			return MM_ERR_INVALID;
		member->zip = zip;
		member->record = record;
		member->name = mm_xcalloc(zip.name_len + 1, 1);
		memcpy(member->name, zip.name, zip.name_len);
		package->count++;
	}
	return pos == dirs[0].end && sort(package) ? 0 : MM_ERR_INVALID;
}

void mm_package_close(struct mm_package *package)
{
	for (size_t i = 0; i < package->count; i++) {
		free(package->members[i].name);
		free(package->members[i].new_name);
		mm_buf_clear(&package->members[i].content);
	}
	free(package->members);
	free(package->sorted);
	memset(package, 0, sizeof(*package));
}

struct mm_package_member *mm_package_find(struct mm_package *package,
					  const char *name)
{
	struct mm_package_member key = { .name = (char *)name };
	struct mm_package_member *wanted = &key;
	struct mm_package_member **found;

	found = bsearch(&wanted, package->sorted, package->count,
			sizeof(*package->sorted), compare);
	return found == NULL ? NULL : *found;
}

static int inflate_into(struct mm_package *package,
			const struct mm_zip_member *zip, struct mm_buf *out)
{
	unsigned char *space = mm_xcalloc(CHUNK, 1);
	z_stream stream = { 0 };
	int rc = Z_OK;
	int r = 0;

	if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) {
		free(space);
		return MM_ERR_NOMEM;
	}
	stream.next_in = (unsigned char *)package->data + zip->data;
	stream.avail_in = (uInt)zip->packed;
	while (rc == Z_OK && r == 0) {
		size_t got;

		stream.next_out = space;
		stream.avail_out = CHUNK;
		rc = inflate(&stream, Z_NO_FLUSH);
		got = CHUNK - stream.avail_out;
		if (got > package->room) {
			r = MM_ERR_LIMIT;
			break;
		}
		package->room -= got;
		r = mm_buf_put(out, space, got);
	}
	(void)inflateEnd(&stream);
	free(space);
	if (r == 0 && rc != Z_STREAM_END)
		r = MM_ERR_INVALID;
	return r;
}

int mm_package_read(struct mm_package *package,
		    const struct mm_package_member *member, struct mm_buf *out)
{
	const struct mm_zip_member *zip = &member->zip;

	if (member->changed)
		return mm_buf_put(out, member->content.data,
				  member->content.len);
	if (zip->method == DEFLATED)
		return inflate_into(package, zip, out);
	if (zip->method != STORED)
		return MM_ERR_INVALID;
	if (zip->packed > package->room)
		return MM_ERR_LIMIT;
	package->room -= zip->packed;
	return mm_buf_put(out, package->data + zip->data,
			  (size_t)zip->packed);
}

void mm_package_change(struct mm_package_member *member,
		       struct mm_buf *content)
{
	mm_buf_clear(&member->content);
	member->content = *content;
	member->changed = true;
	mm_buf_init(content, content->max);
}

/* ---- writing ---------------------------------------------------------- */

static void put16(unsigned char *pos, size_t value)
{
	pos[0] = (unsigned char)value;
	pos[1] = (unsigned char)(value >> 8);
}

static void put32(unsigned char *pos, size_t value)
{
	put16(pos, value);
	put16(pos + 2, value >> 16);
}

static int deflate_into(const struct mm_buf *content, struct mm_buf *out)
{
	unsigned char *space = mm_xcalloc(CHUNK, 1);
	z_stream stream = { 0 };
	int rc = Z_OK;
	int r = 0;

	if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
			 -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
		free(space);
		return MM_ERR_NOMEM;
	}
	stream.next_in = (unsigned char *)content->data;
	stream.avail_in = (uInt)content->len;
	while (rc == Z_OK && r == 0) {
		stream.next_out = space;
		stream.avail_out = CHUNK;
		rc = deflate(&stream, Z_FINISH);
		r = mm_buf_put(out, space, CHUNK - stream.avail_out);
	}
	(void)deflateEnd(&stream);
	free(space);
	return r;
}

/* The fields that both headers have, from the flags on. Sizes stand in front of
 * the data: there is no descriptor behind it. */
static void put_fields(unsigned char *pos,
		       const struct mm_package *package,
		       const struct mm_package_member *member, size_t packed)
{
	const unsigned char *record = package->data + member->record;
	const char *content = mm_buf_str(&member->content);
	size_t crc = mm_le32(record + 16);
	size_t size = mm_le32(record + 24);

	if (member->changed) {
		crc = crc32(0, (const unsigned char *)content,
			    (uInt)member->content.len);
		size = member->content.len;
	}
	put16(pos, member->zip.flags & ~MM_ZIP_DESCRIPTOR);
	put16(pos + 2, member->changed ? DEFLATED : member->zip.method);
	memcpy(pos + 4, record + 12, 4);	/* time */
	put32(pos + 8, crc);
	put32(pos + 12, packed);
	put32(pos + 16, size);
}

static const char *name_of(const struct mm_package_member *member)
{
	return member->new_name != NULL ? member->new_name : member->name;
}

/* Local header and data. Extra fields go: they tell of times and of owners. */
static int put_local(const struct mm_package *package,
		     const struct mm_package_member *member,
		     size_t *packed_r, struct mm_buf *out)
{
	const struct mm_zip_member *zip = &member->zip;
	unsigned char head[LOCAL_SIZE] = { 'P', 'K', 3, 4, 20 };
	const size_t name_len = strlen(name_of(member));
	struct mm_buf packed;
	int r = 0;

	mm_buf_init(&packed, out->max);
	if (member->changed)
		r = deflate_into(&member->content, &packed);
	*packed_r = member->changed ? packed.len : (size_t)zip->packed;
	put_fields(head + 6, package, member, *packed_r);
	put16(head + 26, name_len);
	if (r == 0 && (r = mm_buf_put(out, head, sizeof(head))) == 0 &&
	    (r = mm_buf_put(out, name_of(member), name_len)) == 0)
		r = member->changed
		    ? mm_buf_put(out, packed.data, packed.len)
		    : mm_buf_put(out, package->data + zip->data, *packed_r);
	mm_buf_clear(&packed);
	return r;
}

static int put_central(const struct mm_package *package,
		       const struct mm_package_member *member, size_t packed,
		       size_t offset, struct mm_buf *out)
{
	unsigned char head[CENTRAL_SIZE];
	const size_t name_len = strlen(name_of(member));
	int r;

	memcpy(head, package->data + member->record, sizeof(head));
	put_fields(head + 8, package, member, packed);
	put16(head + 28, name_len);
	memset(head + 30, 0, 6);	/* extra, comment, disk */
	put32(head + 42, offset);
	r = mm_buf_put(out, head, sizeof(head));
	return r < 0 ? r : mm_buf_put(out, name_of(member), name_len);
}

int mm_package_write(const struct mm_package *package, struct mm_buf *out)
{
	unsigned char end[END_SIZE] = { 'P', 'K', 5, 6 };
	const size_t begin = out->len;
	struct mm_buf dir;
	size_t count = 0;
	int r = 0;

	mm_buf_init(&dir, out->max);
	for (size_t i = 0; i < package->count && r == 0; i++) {
		const struct mm_package_member *member = &package->members[i];
		const size_t offset = out->len - begin;
		size_t packed;

		if (member->dropped)
			continue;
		count++;
		if (offset >= UINT32_MAX)
			r = MM_ERR_LIMIT;
		else if ((r = put_local(package, member, &packed, out)) == 0)
			r = put_central(package, member, packed, offset, &dir);
	}
	put16(end + 8, count);
	put16(end + 10, count);
	put32(end + 12, dir.len);
	put32(end + 16, out->len - begin);
	if (r == 0 && out->len - begin >= UINT32_MAX)
		r = MM_ERR_LIMIT;
	if (r == 0 && (r = mm_buf_put(out, dir.data, dir.len)) == 0)
		r = mm_buf_put(out, end, sizeof(end));
	mm_buf_clear(&dir);
	return r;
}
