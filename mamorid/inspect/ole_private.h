#ifndef MM_INSPECT_OLE_PRIVATE_H
#define MM_INSPECT_OLE_PRIVATE_H

#include "mamorid/inspect/ole.h"

#define MM_OLE_MINI_SHIFT 6u
#define MM_OLE_MINI_SIZE 64u

struct mm_ole {
	const unsigned char *data;
	size_t len;
	unsigned int shift;	/* of a sector's size */
	size_t sectors;
	uint32_t mini_cutoff;	/* smaller streams lie in the mini stream */
	uint32_t *fat;
	size_t fat_count, fat_size;
	uint32_t *minifat;
	size_t minifat_count;
	uint32_t *mini;		/* sectors of the mini stream */
	size_t mini_count;
	unsigned char *dir;
	size_t dir_count;
	size_t *parents;
};

/* The sector after this one in its chain. */
uint32_t mm_ole_next(const struct mm_ole *ole, uint32_t sector);

/* The first sector of an entry. */
uint32_t mm_ole_start(const struct mm_ole *ole, size_t i);

int mm_ole_read_dir(struct mm_ole *ole, uint32_t sector);

size_t mm_ole_chain_read(const struct mm_ole *ole, uint32_t sector, bool mini,
			 uint64_t offset, unsigned char *out, size_t len);

#endif
