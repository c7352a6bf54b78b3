#ifndef MM_TEST_INSPECT_OFFICE_SAMPLES_H
#define MM_TEST_INSPECT_OFFICE_SAMPLES_H

/*
 * Compound files (MS-CFB) with the streams that a test wants, small ones in
 * the mini stream.
 */
#include "tests/unit/inspect/archive_samples.h"

struct smp_stream {
	const char *name;	/* ASCII */
	const void *data;
	size_t len;
};

#define SMP_SECTOR 512u
#define SMP_STREAMS 7u
#define SMP_SECTORS_MAX 128u	/* one sector of the allocation table */
#define SMP_END 0xfffffffeu
#define SMP_FREE 0xffffffffu

struct smp_ole {
	struct mm_buf body;	/* all sectors */
	uint32_t fat[SMP_SECTORS_MAX];
};

/* Append data as sectors of their own; the number of the first. */
static UNUSED uint32_t smp_ole_add(struct smp_ole *ole, const void *data,
				   size_t len)
{
	uint32_t first = (uint32_t)(ole->body.len / SMP_SECTOR);

	if (len == 0)
		return SMP_END;
	smp_put(&ole->body, data, len);
	while (ole->body.len % SMP_SECTOR != 0)
		smp_le(&ole->body, 0, 1);
	assert_true(ole->body.len / SMP_SECTOR <= SMP_SECTORS_MAX);
	for (size_t i = first; i < ole->body.len / SMP_SECTOR; i++)
		ole->fat[i] = (uint32_t)i + 1;
	ole->fat[ole->body.len / SMP_SECTOR - 1] = SMP_END;
	return first;
}

static UNUSED void smp_ole_entry(struct mm_buf *dir, const char *name,
				 unsigned int type, uint32_t right,
				 uint32_t child, uint32_t start, size_t size)
{
	const size_t begin = dir->len;

	for (size_t i = 0; i < 32; i++)
		smp_le(dir, i < strlen(name) ? (unsigned char)name[i] : 0, 2);
	smp_le(dir, 2 * strlen(name) + 2, 2);
	smp_le(dir, type, 1);
	smp_le(dir, 1, 1);
	smp_le(dir, SMP_FREE, 4);
	smp_le(dir, right, 4);
	smp_le(dir, child, 4);
	while (dir->len < begin + 116)
		smp_le(dir, 0, 1);
	smp_le(dir, start, 4);
	smp_le(dir, size, 8);
}

static UNUSED void smp_ole_header(struct mm_buf *out, uint32_t fat,
				  uint32_t dir, uint32_t minifat)
{
	smp_put(out, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
	for (int i = 0; i < 16; i++)
		smp_le(out, 0, 1);
	smp_le(out, 0x3e, 2);
	smp_le(out, 3, 2);
	smp_le(out, 0xfffe, 2);
	smp_le(out, 9, 2);
	smp_le(out, 6, 2);
	smp_le(out, 0, 6);
	smp_le(out, 0, 4);
	smp_le(out, 1, 4);
	smp_le(out, dir, 4);
	smp_le(out, 0, 4);
	smp_le(out, 4096, 4);
	smp_le(out, minifat, 4);
	smp_le(out, 1, 4);
	smp_le(out, SMP_END, 4);
	smp_le(out, 0, 4);
	smp_le(out, fat, 4);
	while (out->len < SMP_SECTOR)
		smp_le(out, 0xff, 1);
}

static UNUSED void smp_ole(struct mm_buf *out, const struct smp_stream *list,
			   size_t count)
{
	struct smp_ole ole = { 0 };
	struct mm_buf mini, minifat, dir;
	uint32_t start[SMP_STREAMS];
	uint32_t at[3];

	mm_buf_init(&ole.body, MAIL_MAX);
	mm_buf_init(&mini, MAIL_MAX);
	mm_buf_init(&minifat, MAIL_MAX);
	mm_buf_init(&dir, MAIL_MAX);
	assert_true(count <= SMP_STREAMS);
	for (size_t i = 0; i < count; i++) {
		if (list[i].len >= 4096) {
			start[i] = smp_ole_add(&ole, list[i].data,
					       list[i].len);
			continue;
		}
		start[i] = (uint32_t)(mini.len / 64);
		smp_put(&mini, list[i].data, list[i].len);
		while (mini.len % 64 != 0)
			smp_le(&mini, 0, 1);
		for (size_t k = minifat.len / 4 + 1; k < mini.len / 64; k++)
			smp_le(&minifat, k, 4);
		smp_le(&minifat, SMP_END, 4);
	}
	at[0] = smp_ole_add(&ole, mini.data, mini.len);
	at[1] = smp_ole_add(&ole, minifat.data, minifat.len);
	smp_ole_entry(&dir, "Root Entry", 5, SMP_FREE, 1, at[0], mini.len);
	for (size_t i = 0; i < count; i++)
		smp_ole_entry(&dir, list[i].name, 2,
			      i + 1 < count ? (uint32_t)i + 2 : SMP_FREE,
			      SMP_FREE, start[i], list[i].len);
	at[2] = smp_ole_add(&ole, dir.data, dir.len);
	ole.fat[ole.body.len / SMP_SECTOR] = 0xfffffffd;
	mm_buf_init(out, MAIL_MAX);
	smp_ole_header(out, (uint32_t)(ole.body.len / SMP_SECTOR), at[2],
		       minifat.len > 0 ? at[1] : SMP_END);
	smp_put(out, ole.body.data, ole.body.len);
	for (size_t i = 0; i < SMP_SECTORS_MAX; i++)
		smp_le(out, i <= ole.body.len / SMP_SECTOR ? ole.fat[i]
							   : SMP_FREE, 4);
	mm_buf_clear(&ole.body);
	mm_buf_clear(&mini);
	mm_buf_clear(&minifat);
	mm_buf_clear(&dir);
}

#endif
