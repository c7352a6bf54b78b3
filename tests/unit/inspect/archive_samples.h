#ifndef MM_TEST_INSPECT_ARCHIVE_SAMPLES_H
#define MM_TEST_INSPECT_ARCHIVE_SAMPLES_H

/*
 * Archives that no free tool writes, put together byte by byte, and files that
 * are compressed by libarchive's filters.
 */
#include <zlib.h>

#include "tests/unit/inspect/fixture.h"

static UNUSED void smp_put(struct mm_buf *out, const void *data, size_t len)
{
	assert_int_equal(mm_buf_put(out, data, len), 0);
}

#define SMP_TEXT(text) text, sizeof(text) - 1

/* A number of size bytes, little-endian. */
static UNUSED void smp_le(struct mm_buf *out, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)(value >> (8 * i));

		smp_put(out, &byte, 1);
	}
}

static UNUSED uint32_t smp_crc(const void *data, size_t len)
{
	return (uint32_t)crc32(0, data, (uInt)len);
}

/* data in a compressed file: "gzip", "bzip2", "xz", "lzma", "zstd", ... */
static UNUSED void smp_filter(struct mm_buf *out, const char *filter,
			      const void *data, size_t len)
{
	struct archive *ar = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	char *space = mm_xcalloc(len + 65536, 1);
	size_t used = 0;

	assert_int_equal(archive_write_set_format_raw(ar), 0);
	assert_int_equal(archive_write_add_filter_by_name(ar, filter), 0);
	assert_int_equal(archive_write_set_bytes_in_last_block(ar, 1), 0);
	assert_int_equal(archive_write_open_memory(ar, space, len + 65536,
						   &used), 0);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_pathname(entry, "data");
	assert_int_equal(archive_write_header(ar, entry), 0);
	assert_int_equal(archive_write_data(ar, data, len), (la_ssize_t)len);
	assert_int_equal(archive_write_close(ar), 0);
	archive_entry_free(entry);
	archive_write_free(ar);
	mm_buf_init(out, MAIL_MAX);
	smp_put(out, space, used);
	free(space);
}

/* EICAR so that nobody meets it without unpacking. */
static UNUSED void smp_payload(struct mm_buf *out)
{
	struct mm_buf eicar;

	fix_eicar(&eicar);
	smp_filter(out, "gzip", eicar.data, eicar.len);
	mm_buf_clear(&eicar);
}

struct smp_rar {
	unsigned int main_flags;
	unsigned int file_flags;
	unsigned int version;	/* 20 */
	unsigned int method;	/* 0x30: stored */
};

static UNUSED void smp_rar4_block(struct mm_buf *out, unsigned int type,
				  unsigned int flags,
				  const struct mm_buf *rest)
{
	struct mm_buf block;

	mm_buf_init(&block, 4096);
	smp_le(&block, type, 1);
	smp_le(&block, flags, 2);
	smp_le(&block, 7 + rest->len, 2);
	smp_put(&block, rest->data, rest->len);
	smp_le(out, smp_crc(block.data, block.len) & 0xffff, 2);
	smp_put(out, block.data, block.len);
	mm_buf_clear(&block);
}

/* RAR 1.5 to 4, one member */
static UNUSED void smp_rar4(struct mm_buf *out, const struct smp_rar *how,
			    const char *name, const struct mm_buf *data)
{
	struct mm_buf rest;

	mm_buf_init(out, MAIL_MAX);
	mm_buf_init(&rest, 4096);
	smp_put(out, SMP_TEXT("Rar!\x1a\7\0"));
	smp_le(&rest, 0, 6);
	smp_rar4_block(out, 0x73, how->main_flags, &rest);
	mm_buf_reset(&rest);
	smp_le(&rest, data->len, 4);
	smp_le(&rest, data->len, 4);
	smp_le(&rest, 2, 1);
	smp_le(&rest, smp_crc(data->data, data->len), 4);
	smp_le(&rest, 0, 4);
	smp_le(&rest, how->version, 1);
	smp_le(&rest, how->method, 1);
	smp_le(&rest, strlen(name), 2);
	smp_le(&rest, 0x20, 4);
	smp_put(&rest, name, strlen(name));
	smp_rar4_block(out, 0x74, 0x8000 | how->file_flags, &rest);
	smp_put(out, data->data, data->len);
	mm_buf_reset(&rest);
	smp_rar4_block(out, 0x7b, 0x4000, &rest);
	mm_buf_clear(&rest);
}

static UNUSED void smp_vint(struct mm_buf *out, uint64_t value)
{
	for (; value > 127; value >>= 7)
		smp_le(out, (value & 127) | 128, 1);
	smp_le(out, value, 1);
}

static UNUSED void smp_rar5_block(struct mm_buf *out,
				  const struct mm_buf *body)
{
	struct mm_buf sized;

	mm_buf_init(&sized, 4096);
	smp_vint(&sized, body->len);
	smp_put(&sized, body->data, body->len);
	smp_le(out, smp_crc(sized.data, sized.len), 4);
	smp_put(out, sized.data, sized.len);
	mm_buf_clear(&sized);
}

enum smp_lock { SMP_OPEN, SMP_LOCK_MEMBER, SMP_LOCK_ALL };

/* type, flags, packed size, file flags (a folder), size, mode, method, system,
 * name */
static UNUSED void smp_rar5_folder(struct mm_buf *out, const char *mode)
{
	struct mm_buf body;

	mm_buf_init(&body, 4096);
	smp_put(&body, SMP_TEXT("\2\2\0\1\0"));
	smp_put(&body, mode, 3);
	smp_put(&body, SMP_TEXT("\0\1\6folder"));
	smp_rar5_block(out, &body);
	mm_buf_clear(&body);
}

static UNUSED void smp_rar5(struct mm_buf *out, enum smp_lock lock,
			    const char *name, const struct mm_buf *data)
{
	struct mm_buf body;

	mm_buf_init(out, MAIL_MAX);
	mm_buf_init(&body, 4096);
	smp_put(out, SMP_TEXT("Rar!\x1a\7\1\0"));
	if (lock == SMP_LOCK_ALL) {
		/* type, flags, version, encryption flags, count, salt */
		smp_put(&body, SMP_TEXT("\4\0\0\0\xf"));
		smp_put(&body, SMP_TEXT("0123456789abcdef"));
		smp_rar5_block(out, &body);
		smp_put(out, SMP_TEXT("what is left looks like noise"));
		mm_buf_clear(&body);
		return;
	}
	smp_put(&body, SMP_TEXT("\1\0\0"));
	smp_rar5_block(out, &body);
	mm_buf_reset(&body);
	smp_rar5_folder(out, "\xed\x83\1");
	smp_rar5_folder(out, "\x90\x80\0");
	smp_vint(&body, 2);
	smp_vint(&body, lock == SMP_LOCK_MEMBER ? 3 : 2);
	if (lock == SMP_LOCK_MEMBER)
		smp_vint(&body, 37);
	smp_vint(&body, data->len);
	smp_vint(&body, 4);
	smp_vint(&body, data->len);
	smp_vint(&body, 0x20);
	smp_le(&body, smp_crc(data->data, data->len), 4);
	smp_vint(&body, 0);
	smp_vint(&body, 1);
	smp_vint(&body, strlen(name));
	smp_put(&body, name, strlen(name));
	if (lock == SMP_LOCK_MEMBER) {
		/* size, type, version, flags, count, salt, vector */
		smp_put(&body, SMP_TEXT("\x24\1\0\0\xf"));
		smp_put(&body, SMP_TEXT("0123456789abcdef0123456789abcdef"));
	}
	smp_rar5_block(out, &body);
	smp_put(out, data->data, data->len);
	mm_buf_reset(&body);
	smp_put(&body, SMP_TEXT("\5\0\0"));
	smp_rar5_block(out, &body);
	mm_buf_clear(&body);
}

static UNUSED unsigned int smp_crc16(const char *data, size_t len)
{
	unsigned int crc = 0;

	for (size_t i = 0; i < len; i++) {
		crc ^= (unsigned char)data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xa001 : 0);
	}
	return crc;
}

/* A member of an LHA archive, stored; level 0 or 2. */
static UNUSED void smp_lha(struct mm_buf *out, unsigned int level,
			   const char *method, const char *name,
			   const struct mm_buf *data)
{
	struct mm_buf head;
	unsigned int sum = 0;

	mm_buf_init(out, MAIL_MAX);
	mm_buf_init(&head, 4096);
	smp_put(&head, method, 5);
	smp_le(&head, data->len, 4);
	smp_le(&head, data->len, 4);
	smp_le(&head, 0, 4);
	smp_le(&head, 0x20, 1);
	smp_le(&head, level, 1);
	if (level == 0) {
		smp_le(&head, strlen(name), 1);
		smp_put(&head, name, strlen(name));
		smp_le(&head, 0, 2);
		for (size_t i = 0; i < head.len; i++)
			sum += (unsigned char)head.data[i];
		smp_le(out, head.len, 1);
		smp_le(out, sum & 255, 1);
	} else {
		smp_le(&head, 0, 2);
		smp_le(&head, 'U', 1);
		/* The header's own sum, then the name. */
		smp_le(&head, 5, 2);
		smp_le(&head, 0, 3);
		smp_le(&head, 3 + strlen(name), 2);
		smp_le(&head, 1, 1);
		smp_put(&head, name, strlen(name));
		smp_le(&head, 0, 2);
		smp_le(out, 2 + head.len, 2);
	}
	smp_put(out, head.data, head.len);
	if (level == 2) {
		sum = smp_crc16(out->data, out->len);
		out->data[27] = (char)sum;
		out->data[28] = (char)(sum >> 8);
	}
	smp_put(out, data->data, data->len);
	smp_le(out, 0, 1);
	mm_buf_clear(&head);
}

/* Enough of a Windows program to be taken for one, then what it carries. */
static UNUSED void smp_program(struct mm_buf *out, const struct mm_buf *tail)
{
	unsigned char head[1024] = { 'M', 'Z' };

	head[0x3c] = 0x40;
	memcpy(head + 0x40, "PE\0\0\x4c\1\1\0", 8);
	head[0x54] = 0xe0;
	head[0x56] = 2;
	head[0x57] = 1;
	memcpy(head + 0x58, "\x0b\1", 2);
	mm_buf_init(out, MAIL_MAX);
	smp_put(out, head, sizeof(head));
	smp_put(out, tail->data, tail->len);
}

#endif
