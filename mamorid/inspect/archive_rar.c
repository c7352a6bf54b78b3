/*
 * Reads the headers of RAR archives, for what libarchive does not tell:
 * encryption, volumes, and methods that it does not know.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never trust a length in the data.
 */
#include "mamorid/inspect/archive_rar.h"

#include <stdint.h>
#include <string.h>

#include <zlib.h>

#include "mamorid/inspect/bytes.h"

/* RAR 1.5 to 4 */
#define RAR4_MAIN 0x73u
#define RAR4_FILE 0x74u
#define RAR4_END 0x7bu
#define RAR4_MAIN_ENCRYPTED 0x0080u
#define RAR4_FILE_SPLIT 0x0003u
#define RAR4_FILE_ENCRYPTED 0x0004u
#define RAR4_LARGE 0x0100u
#define RAR4_LONG_BLOCK 0x8000u
#define RAR4_STORED 0x30u
#define RAR4_SUPPORTED 29u
/* RAR 5 */
#define RAR5_MAIN 1u
#define RAR5_FILE 2u
#define RAR5_SERVICE 3u
#define RAR5_ENCRYPTION 4u
#define RAR5_END 5u
#define RAR5_HAS_EXTRA 1u
#define RAR5_HAS_DATA 2u
#define RAR5_SPLIT 0x18u
#define RAR5_EXTRA_CRYPT 1u
#define HEADERS_MAX 100000u

static const unsigned char rar4[] = { 'R', 'a', 'r', '!', 0x1a, 7, 0 };
static const unsigned char rar5[] = { 'R', 'a', 'r', '!', 0x1a, 7, 1, 0 };

static bool begins(const unsigned char *data, size_t len,
		   const unsigned char *magic, size_t magic_len)
{
	return len >= magic_len && memcmp(data, magic, magic_len) == 0;
}

static bool rar4_block_sound(const unsigned char *block, size_t len)
{
	size_t size;

	if (len < 7 || (size = mm_le16(block + 5)) < 7 || size > len)
		return false;
	return (crc32(0, block + 2, (uInt)(size - 2)) & 0xffff) ==
	       mm_le16(block);
}

/* What follows a block's header: the packed bytes of a member. */
static uint64_t rar4_data_size(const unsigned char *block, size_t size)
{
	const unsigned int flags = mm_le16(block + 3);
	uint64_t add;

	if ((flags & RAR4_LONG_BLOCK) == 0 || size < 11)
		return 0;
	add = mm_le32(block + 7);
	if (block[2] == RAR4_FILE && (flags & RAR4_LARGE) != 0 && size >= 36)
		add |= (uint64_t)mm_le32(block + 32) << 32;
	return add;
}

static void rar4_file(struct mm_rar *rar, const unsigned char *block,
		      size_t size)
{
	const unsigned int flags = mm_le16(block + 3);

	if (size < 32)
		return;
	if ((flags & RAR4_FILE_ENCRYPTED) != 0)
		rar->encrypted = true;
	if ((flags & RAR4_FILE_SPLIT) != 0)
		rar->split = true;
	if (block[25] != RAR4_STORED && block[24] < RAR4_SUPPORTED) {
		rar->old = true;
		rar->version = block[24];
	}
}

static void rar4_read(struct mm_rar *rar, const unsigned char *data,
		      size_t len)
{
	size_t pos = sizeof(rar4);

	for (unsigned int n = 0; n < HEADERS_MAX && len - pos >= 7; n++) {
		const unsigned char *block = data + pos;
		const unsigned int flags = mm_le16(block + 3);
		const size_t size = mm_le16(block + 5);
		uint64_t add;

		if (size < 7 || size > len - pos || block[2] == RAR4_END)
			return;
		if (block[2] == RAR4_MAIN && (flags & RAR4_MAIN_ENCRYPTED)) {
			rar->encrypted = true;
			return;
		}
		if (block[2] == RAR4_FILE)
			rar4_file(rar, block, size);
		add = rar4_data_size(block, size);
		pos += size;
		if (add > len - pos)
			return;
		pos += (size_t)add;
	}
}

/* Numbers of seven bits a byte. False at the end, or when it is too long. */
static bool get_vint(const unsigned char *data, size_t len, size_t *pos,
		     uint64_t *value_r)
{
	*value_r = 0;
	for (unsigned int shift = 0; shift < 63 && *pos < len; shift += 7) {
		const unsigned char byte = data[(*pos)++];

		*value_r |= (uint64_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0)
			return true;
	}
	return false;
}

struct block5 {
	uint64_t type;
	uint64_t flags;
	const unsigned char *extra;
	size_t extra_len;
	uint64_t data_size;
	size_t size;		/* of the header, checksum included */
};

static bool get_block5(const unsigned char *data, size_t len,
		       struct block5 *block)
{
	uint64_t size;
	uint64_t extra = 0;
	size_t pos = 4;
	size_t end;

	memset(block, 0, sizeof(*block));
	if (!get_vint(data, len, &pos, &size) || size > len - pos)
		return false;
	end = pos + (size_t)size;
	block->size = end;
	if (!get_vint(data, end, &pos, &block->type) ||
	    !get_vint(data, end, &pos, &block->flags))
		return false;
	if ((block->flags & RAR5_HAS_EXTRA) != 0 &&
	    !get_vint(data, end, &pos, &extra))
		return false;
	if ((block->flags & RAR5_HAS_DATA) != 0 &&
	    !get_vint(data, end, &pos, &block->data_size))
		return false;
	if (extra > end - pos)
		return false;
	block->extra = data + end - (size_t)extra;
	block->extra_len = (size_t)extra;
	return true;
}

static bool extra_encrypted(const struct block5 *block)
{
	size_t pos = 0;

	while (pos < block->extra_len) {
		uint64_t size;
		uint64_t type;
		size_t start;

		if (!get_vint(block->extra, block->extra_len, &pos, &size) ||
		    size > block->extra_len - pos)
			return false;
		start = pos;
		if (!get_vint(block->extra, block->extra_len, &pos, &type))
			return false;
		if (type == RAR5_EXTRA_CRYPT)
			return true;
		pos = start + (size_t)size;
	}
	return false;
}

static void rar5_read(struct mm_rar *rar, const unsigned char *data,
		      size_t len)
{
	size_t pos = sizeof(rar5);
	struct block5 block;

	rar->version = 50;
	for (unsigned int n = 0; n < HEADERS_MAX &&
	     get_block5(data + pos, len - pos, &block); n++) {
		if (block.type == RAR5_ENCRYPTION) {
			rar->encrypted = true;
			return;
		}
		if (block.type == RAR5_END)
			return;
		if (block.type == RAR5_FILE) {
			rar->encrypted |= extra_encrypted(&block);
			rar->split |= (block.flags & RAR5_SPLIT) != 0;
		}
		pos += block.size;
		if (block.data_size > len - pos)
			return;
		pos += (size_t)block.data_size;
	}
}

/* The first header is whole, and of a kind that stands first. */
static bool sound(const unsigned char *data, size_t len)
{
	const size_t start = sizeof(rar5);
	struct block5 block;

	if (begins(data, len, rar4, sizeof(rar4)))
		return len > 9 && data[9] == RAR4_MAIN &&
		       rar4_block_sound(data + 7, len - 7);
	if (!begins(data, len, rar5, sizeof(rar5)) ||
	    !get_block5(data + start, len - start, &block))
		return false;
	return (block.type == RAR5_MAIN || block.type == RAR5_ENCRYPTION) &&
	       crc32(0, data + start + 4, (uInt)(block.size - 4)) ==
		       mm_le32(data + start);
}

size_t mm_rar_find(const unsigned char *data, size_t len)
{
	const unsigned char *end = data + len;
	const unsigned char *pos = data;

	while ((pos = memmem(pos, (size_t)(end - pos), rar4, 6)) != NULL) {
		if (sound(pos, (size_t)(end - pos)))
			return (size_t)(pos - data);
		pos++;
	}
	return len;
}

struct mm_rar mm_rar_read(const unsigned char *data, size_t len)
{
	struct mm_rar rar = { 0 };

	if (begins(data, len, rar4, sizeof(rar4)))
		rar4_read(&rar, data, len);
	else if (begins(data, len, rar5, sizeof(rar5)))
		rar5_read(&rar, data, len);
	return rar;
}
