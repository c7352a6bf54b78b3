/*
 * Reads compound files (MS-CFB): header, allocation tables, streams. The
 * directory is in ole_dir.c.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never follow a chain for longer than the file has sectors.
 */
#include "mamorid/inspect/ole.h"

#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "mamorid/inspect/bytes.h"
#include "mamorid/inspect/ole_private.h"

#define HEADER_SIZE 512u
#define HEADER_DIFAT 76u
#define HEADER_DIFAT_COUNT 109u
#define LAST_SECTOR 0xfffffffau	/* what is above has a meaning of its own */

static const unsigned char *sector_at(const struct mm_ole *ole, uint32_t sector)
{
	const size_t size = (size_t)1 << ole->shift;
	uint64_t at;

	if (sector >= LAST_SECTOR)
		return NULL;
	at = ((uint64_t)sector + 1) << ole->shift;
	if (at >= ole->len || ole->len - at < size)
		return NULL;
	return ole->data + at;
}

/* Bytes of a sector; the last one of a file may be cut. */
static size_t sector_left(const struct mm_ole *ole, uint32_t sector,
			  const unsigned char **data_r)
{
	const size_t size = (size_t)1 << ole->shift;
	uint64_t at;

	if (sector >= LAST_SECTOR)
		return 0;
	at = ((uint64_t)sector + 1) << ole->shift;
	if (at >= ole->len)
		return 0;
	*data_r = ole->data + at;
	return ole->len - at < size ? (size_t)(ole->len - at) : size;
}

static void add_fat_sector(struct mm_ole *ole, uint32_t sector)
{
	const unsigned char *data = sector_at(ole, sector);
	const size_t count = ((size_t)1 << ole->shift) / 4;

	/* A sector that is missing leaves a gap, lest the others shift. */
	for (size_t i = 0; i < count && ole->fat_count < ole->fat_size; i++)
		ole->fat[ole->fat_count++] =
			data != NULL ? mm_le32(data + 4 * i) : UINT32_MAX;
}

/* Where the allocation table lies: in the header, then in a chain. */
static void read_fat(struct mm_ole *ole)
{
	const size_t per_sector = ((size_t)1 << ole->shift) / 4;
	uint32_t next = mm_le32(ole->data + 68);
	size_t steps = 0;

	for (size_t i = 0; i < HEADER_DIFAT_COUNT; i++) {
		uint32_t at = mm_le32(ole->data + HEADER_DIFAT + 4 * i);

		if (at < LAST_SECTOR)
			add_fat_sector(ole, at);
	}
	while (ole->fat_count < ole->fat_size && steps++ <= ole->sectors) {
		const unsigned char *data = sector_at(ole, next);

		if (data == NULL)
			return;
		for (size_t i = 0; i + 1 < per_sector; i++) {
			uint32_t at = mm_le32(data + 4 * i);

			if (at < LAST_SECTOR)
				add_fat_sector(ole, at);
		}
		next = mm_le32(data + 4 * (per_sector - 1));
	}
}

uint32_t mm_ole_next(const struct mm_ole *ole, uint32_t sector)
{
	return sector < ole->fat_count ? ole->fat[sector] : UINT32_MAX;
}

/* The sectors of a chain, at most as many as the file has; malloc'd. */
static int get_chain(const struct mm_ole *ole, uint32_t sector,
		     uint32_t **chain_r, size_t *count_r)
{
	uint32_t *chain;
	size_t count = 0;

	*count_r = 0;
	if ((chain = calloc(ole->sectors + 1, sizeof(*chain))) == NULL)
		return MM_ERR_NOMEM;
	while (sector < LAST_SECTOR && count < ole->sectors) {
		chain[count++] = sector;
		sector = mm_ole_next(ole, sector);
	}
	*chain_r = chain;
	*count_r = count;
	return 0;
}

static int read_minifat(struct mm_ole *ole)
{
	const size_t per_sector = ((size_t)1 << ole->shift) / 4;
	uint32_t *chain = NULL;
	size_t count;
	int r;

	if ((r = get_chain(ole, mm_le32(ole->data + 60), &chain, &count)) < 0)
		return r;
	ole->minifat = calloc(count * per_sector + 1, sizeof(uint32_t));
	if (ole->minifat == NULL) {
		free(chain);
		return MM_ERR_NOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		const unsigned char *data = sector_at(ole, chain[i]);

		for (size_t k = 0; k < per_sector; k++)
			ole->minifat[ole->minifat_count++] = data == NULL
				? UINT32_MAX : mm_le32(data + 4 * k);
	}
	free(chain);
	return 0;
}

static int read_tables(struct mm_ole *ole)
{
	int r;

	ole->shift = mm_le16(ole->data + 30);
	if (ole->shift != 9 && ole->shift != 12)
		return MM_ERR_FORMAT;
	ole->mini_cutoff = mm_le32(ole->data + 56);
	ole->sectors = ole->len >> ole->shift;
	/* No more than one table entry a sector, up to a whole sector. */
	ole->fat_size = ole->sectors + ((size_t)1 << ole->shift) / 4;
	ole->fat = calloc(ole->fat_size, sizeof(*ole->fat));
	if (ole->fat == NULL)
		return MM_ERR_NOMEM;
	read_fat(ole);
	if ((r = read_minifat(ole)) < 0)
		return r;
	if ((r = mm_ole_read_dir(ole, mm_le32(ole->data + 48))) < 0)
		return r;
	return get_chain(ole, mm_ole_start(ole, 0), &ole->mini,
			 &ole->mini_count);
}

int mm_ole_open(struct mm_ole **ole_r, const unsigned char *data, size_t len)
{
	static const unsigned char magic[] = {
		0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1,
	};
	struct mm_ole *ole;
	int r;

	*ole_r = NULL;
	if (len < HEADER_SIZE || memcmp(data, magic, sizeof(magic)) != 0)
		return MM_ERR_FORMAT;
	if ((ole = calloc(1, sizeof(*ole))) == NULL)
		return MM_ERR_NOMEM;
	ole->data = data;
	ole->len = len;
	if ((r = read_tables(ole)) < 0)
		mm_ole_close(&ole);
	*ole_r = ole;
	return r;
}

void mm_ole_close(struct mm_ole **ole)
{
	if (*ole == NULL)
		return;
	free((*ole)->fat);
	free((*ole)->minifat);
	free((*ole)->mini);
	free((*ole)->dir);
	free((*ole)->parents);
	free(*ole);
	*ole = NULL;
}

/* 64 bytes of the stream that holds the small ones. */
static size_t mini_at(const struct mm_ole *ole, uint32_t sector,
		      const unsigned char **data_r)
{
	const uint64_t at = (uint64_t)sector << MM_OLE_MINI_SHIFT;
	const uint64_t index = at >> ole->shift;
	const size_t offset = (size_t)(at & ((1u << ole->shift) - 1));
	size_t left;

	if (sector >= LAST_SECTOR || index >= ole->mini_count)
		return 0;
	left = sector_left(ole, ole->mini[index], data_r);
	if (left <= offset)
		return 0;
	*data_r += offset;
	left -= offset;
	return left < MM_OLE_MINI_SIZE ? left : MM_OLE_MINI_SIZE;
}

size_t mm_ole_chain_read(const struct mm_ole *ole, uint32_t sector, bool mini,
			 uint64_t offset, unsigned char *out, size_t len)
{
	const size_t unit = mini ? MM_OLE_MINI_SIZE : (size_t)1 << ole->shift;
	const size_t max = mini ? ole->minifat_count : ole->sectors;
	size_t done = 0;

	for (size_t steps = 0; steps <= max && done < len; steps++) {
		const unsigned char *data = NULL;
		size_t left = mini ? mini_at(ole, sector, &data)
				   : sector_left(ole, sector, &data);

		if (left == 0)
			break;
		if (offset < left) {
			left -= (size_t)offset;
			if (left > len - done)
				left = len - done;
			memcpy(out + done, data + offset, left);
			done += left;
			offset = 0;
		} else {
			offset -= left < unit ? left : unit;
		}
		if (!mini)
			sector = mm_ole_next(ole, sector);
		else
			sector = sector < ole->minifat_count
				 ? ole->minifat[sector] : UINT32_MAX;
	}
	return done;
}
