#ifndef MM_TEST_INSPECT_ZIP_SAMPLES_H
#define MM_TEST_INSPECT_ZIP_SAMPLES_H

/*
 * ZIP files of which every field can be told to lie.
 */
#include "tests/unit/inspect/archive_samples.h"

/* One header's view of a member; what is 0 is the truth. */
struct smp_view {
	int method;		/* 8, 0 as -1 */
	long packed;		/* 0 as -1 */
	unsigned int flags;
};

struct smp_member {
	const char *name;
	int method;		/* what really is: 0 or 8 */
	bool descriptor;	/* sizes behind the data */
	bool unlisted;		/* not in the directory */
	bool no_signature;	/* of its local header */
	bool zip64;		/* sizes in the extra field */
	struct smp_view local;
	struct smp_view central;
};

struct smp_zip {
	struct mm_buf file;
	struct mm_buf dir;
	unsigned int count;
};

static UNUSED void smp_zip_init(struct smp_zip *zip)
{
	mm_buf_init(&zip->file, MAIL_MAX);
	mm_buf_init(&zip->dir, MAIL_MAX);
	zip->count = 0;
}

static UNUSED void smp_deflate(struct mm_buf *out, const void *data,
			       size_t len)
{
	unsigned char space[65536];
	z_stream stream = { 0 };
	int rc = Z_OK;

	assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8,
				      Z_DEFAULT_STRATEGY), Z_OK);
	stream.next_in = (unsigned char *)data;
	stream.avail_in = (uInt)len;
	while (rc == Z_OK) {
		stream.next_out = space;
		stream.avail_out = sizeof(space);
		rc = deflate(&stream, Z_FINISH);
		smp_put(out, space, sizeof(space) - stream.avail_out);
	}
	assert_int_equal(rc, Z_STREAM_END);
	(void)deflateEnd(&stream);
}

static UNUSED void smp_zip_view(struct mm_buf *out,
				const struct smp_member *member,
				const struct smp_view *view, size_t packed,
				const struct mm_buf *data, bool local)
{
	int method = view->method == 0 ? member->method
		     : view->method < 0 ? 0 : view->method;
	bool later = member->descriptor && local;

	smp_le(out, 20, 2);
	smp_le(out, view->flags | (member->descriptor ? 8 : 0), 2);
	smp_le(out, (uint64_t)method, 2);
	smp_le(out, 0, 4);
	smp_le(out, later ? 0 : smp_crc(data->data, data->len), 4);
	if (view->packed != 0)
		packed = view->packed < 0 ? 0 : (size_t)view->packed;
	smp_le(out, member->zip64 ? UINT32_MAX : later ? 0 : packed, 4);
	smp_le(out, member->zip64 ? UINT32_MAX : later ? 0 : data->len, 4);
	smp_le(out, strlen(member->name), 2);
	smp_le(out, member->zip64 ? 20 : 0, 2);
}

static UNUSED void smp_zip_extra(struct mm_buf *out,
				 const struct smp_member *member,
				 size_t packed, size_t len)
{
	if (!member->zip64)
		return;
	smp_le(out, 1, 2);
	smp_le(out, 16, 2);
	smp_le(out, len, 8);
	smp_le(out, packed, 8);
}

static UNUSED void smp_zip_add(struct smp_zip *zip,
			       const struct smp_member *member,
			       const struct mm_buf *data)
{
	const size_t at = zip->file.len;
	struct mm_buf packed;

	mm_buf_init(&packed, MAIL_MAX);
	if (member->method == 8)
		smp_deflate(&packed, data->data, data->len);
	else
		smp_put(&packed, data->data, data->len);
	smp_put(&zip->file, member->no_signature ? "PK\0\0" : "PK\3\4", 4);
	smp_zip_view(&zip->file, member, &member->local, packed.len, data,
		     true);
	smp_put(&zip->file, member->name, strlen(member->name));
	smp_zip_extra(&zip->file, member, packed.len, data->len);
	smp_put(&zip->file, packed.data, packed.len);
	if (member->descriptor) {
		smp_put(&zip->file, "PK\7\10", 4);
		smp_le(&zip->file, smp_crc(data->data, data->len), 4);
		smp_le(&zip->file, packed.len, 4);
		smp_le(&zip->file, data->len, 4);
	}
	if (!member->unlisted) {
		smp_put(&zip->dir, "PK\1\2\x14\0", 6);
		smp_zip_view(&zip->dir, member, &member->central, packed.len,
			     data, false);
		smp_le(&zip->dir, 0, 6);
		smp_le(&zip->dir, 0, 4);
		smp_le(&zip->dir, at, 4);
		smp_put(&zip->dir, member->name, strlen(member->name));
		smp_zip_extra(&zip->dir, member, packed.len, data->len);
		zip->count++;
	}
	mm_buf_clear(&packed);
}

/* The end record, with a directory size and offset of so much more or less
 * than they are. */
static UNUSED void smp_zip_end(struct smp_zip *zip, long size, long offset)
{
	const long at = (long)zip->file.len;

	smp_put(&zip->file, zip->dir.data, zip->dir.len);
	smp_put(&zip->file, "PK\5\6\0\0\0\0", 8);
	smp_le(&zip->file, zip->count, 2);
	smp_le(&zip->file, zip->count, 2);
	smp_le(&zip->file, (uint64_t)((long)zip->dir.len + size), 4);
	smp_le(&zip->file, (uint64_t)(at + offset), 4);
	smp_le(&zip->file, 0, 2);
	mm_buf_clear(&zip->dir);
}

/* A file with this one member. */
static UNUSED void smp_zip_one(struct mm_buf *out,
			       const struct smp_member *member,
			       const struct mm_buf *data)
{
	struct smp_zip zip;

	smp_zip_init(&zip);
	smp_zip_add(&zip, member, data);
	smp_zip_end(&zip, 0, 0);
	*out = zip.file;
}

#endif
