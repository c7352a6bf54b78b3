/*
 * Unpacks members of ZIP files by the newer methods: a file with this member
 * alone is put together for libarchive.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never take over sizes that it has not checked.
 */
#include <stdlib.h>
#include <string.h>

#include "mamorid/inspect/archive_read.h"

#define LOCAL_SIZE 30u
#define END_SIZE 22u
#define BZIP2 12u
#define LZMA 14u
#define ZSTD 93u
#define XZ 95u
#define PPMD 98u
#define LZMA_END_MARK 0x0002u

bool mm_archive_zip_method(unsigned int method)
{
	return method == BZIP2 || method == LZMA || method == ZSTD ||
	       method == XZ || method == PPMD;
}

static void put_le(unsigned char *out, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		out[i] = (unsigned char)(value >> (8 * i));
}

bool mm_archive_unpack_zip(struct mm_walk *walk, const struct mm_item *item,
			   const struct mm_zip_member *member,
			   size_t packed_len, bool sure)
{
	const size_t head = LOCAL_SIZE + member->name_len;
	const size_t size = head + packed_len + END_SIZE;
	unsigned char *file = calloc(size, 1);
	bool whole;

	if (file == NULL) {
		mm_walk_find(walk, item, MM_KIND_ERROR, "no memory");
		return false;
	}
	memcpy(file, "PK\3\4", 4);
	put_le(file + 4, 63, 2);
	put_le(file + 6, member->flags & LZMA_END_MARK, 2);
	put_le(file + 8, member->method, 2);
	put_le(file + 18, packed_len, 4);
	put_le(file + 22, member->unpacked, 4);
	put_le(file + 26, member->name_len, 2);
	memcpy(file + LOCAL_SIZE, member->name, member->name_len);
	memcpy(file + head, item->data + member->data, packed_len);
	memcpy(file + head + packed_len, "PK\5\6", 4);
	whole = mm_archive_unpack(walk, item, MM_FORMAT_ZIP, sure, file, size);
	free(file);
	return whole;
}
