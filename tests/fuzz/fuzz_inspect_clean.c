/*
 * Any bytes can be cleaned or refused, and what was cleaned has nothing left
 * to clean. The first byte says whether the rest is a ZIP file, or the members
 * of one, with NULs between. Built with clang -fsanitize=fuzzer,address.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "mamorid/inspect/clean.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len);

#define MAX (1u << 20)

static void put(struct mm_buf *buf, const void *data, size_t len)
{
	if (mm_buf_put(buf, data, len) < 0)
		abort();
}

static void put_num(struct mm_buf *buf, size_t num, int bytes)
{
	for (; bytes > 0; bytes--, num >>= 8)
		put(buf, &(unsigned char){ (unsigned char)num }, 1);
}

/* The 26 bytes behind the marks of both headers. */
static void put_head(struct mm_buf *buf, const char *name, const void *data,
		     size_t len)
{
	put_num(buf, 20, 2);
	put_num(buf, 0, 8);
	put_num(buf, crc32(0, data, (unsigned int)len), 4);
	put_num(buf, len, 4);
	put_num(buf, len, 4);
	put_num(buf, strlen(name), 2);
	put_num(buf, 0, 2);
}

static void build(const unsigned char *data, size_t len, struct mm_buf *zip)
{
	static const char *const names[] = {
		"[Content_Types].xml", "xl/_rels/workbook.xml.rels",
		"xl/workbook.xml", "_rels/.rels", "ppt/slides/slide1.xml",
		"ppt/slides/_rels/slide1.xml.rels", "xl/macrosheets/a.xml",
		"word/vbaProject.bin", "word/_rels/vbaProject.bin.rels",
	};
	struct mm_buf dir;
	size_t count = 0, end;

	mm_buf_init(&dir, MAX);
	while (count < sizeof(names) / sizeof(names[0])) {
		const char *name = names[count++];
		const unsigned char *stop = len > 0 ? memchr(data, 0, len)
						    : NULL;
		size_t size = stop == NULL ? len : (size_t)(stop - data);
		size_t at = zip->len;

		put(zip, "PK\3\4", 4);
		put_head(zip, name, data, size);
		put(zip, name, strlen(name));
		put(zip, data, size);
		put(&dir, "PK\1\2\x14\0", 6);
		put_head(&dir, name, data, size);
		put_num(&dir, 0, 8);
		put_num(&dir, 0, 2);
		put_num(&dir, at, 4);
		put(&dir, name, strlen(name));
		size += stop != NULL;
		data += size;
		len -= size;
	}
	end = zip->len;
	put(zip, dir.data, dir.len);
	put(zip, "PK\5\6\0\0\0\0", 8);
	put_num(zip, count, 2);
	put_num(zip, count, 2);
	put_num(zip, dir.len, 4);
	put_num(zip, end, 4);
	put_num(zip, 0, 2);
	mm_buf_clear(&dir);
}

static int clean(const void *data, size_t len, struct mm_buf *out)
{
	const struct mm_clean_limits limits = {
		.unpacked = MAX, .members = 100, .deadline = INT64_MAX,
	};
	const char *why;

	mm_buf_init(out, MAX);
	return mm_clean(data, len, &limits, out, &why);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	struct mm_buf zip, once, twice;
	int r;

	if (len == 0 || len > 100000)
		return 0;
	mm_buf_init(&zip, MAX);
	if (data[0] == 0)
		put(&zip, data + 1, len - 1);
	else
		build(data + 1, len - 1, &zip);
	r = clean(mm_buf_str(&zip), zip.len, &once);
	if (r == 0) {
		if (clean(once.data, once.len, &twice) < 0 ||
		    twice.len != once.len ||
		    memcmp(once.data, twice.data, once.len) != 0)
			abort();
		mm_buf_clear(&twice);
	}
	mm_buf_clear(&once);
	mm_buf_clear(&zip);
	return 0;
}
