#ifndef MM_INSPECT_OLE_H
#define MM_INSPECT_OLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * The directory of a compound file (MS-CFB), as Office wrote until 2003, and
 * the streams in it. Damaged files are read as far as they go; no work is more
 * than a few times the file's length.
 */
struct mm_ole;

#define MM_OLE_NAME_MAX 96u	/* 31 UTF-16 units as UTF-8, and a NUL */
#define MM_OLE_NONE ((size_t)-1)

enum mm_ole_type {
	MM_OLE_STORAGE = 1,
	MM_OLE_STREAM = 2,
	MM_OLE_ROOT = 5,
};

struct mm_ole_entry {
	char name[MM_OLE_NAME_MAX];	/* UTF-8 */
	enum mm_ole_type type;
	uint64_t size;		/* as claimed; of a stream */
	size_t parent;		/* the storage it lies in, or MM_OLE_NONE */
	unsigned char clsid[16];
};

/* Open a file that data holds, which must outlive *ole_r. 0, or
 * MM_ERR_FORMAT when there is no directory, or MM_ERR_NOMEM. */
MM_CHECK int mm_ole_open(struct mm_ole **ole_r, const unsigned char *data,
			 size_t len);

/* Accepts a pointer to NULL and sets it to NULL. */
void mm_ole_close(struct mm_ole **ole);

/* Entries from 0; unused ones are among them, and false then. */
size_t mm_ole_count(const struct mm_ole *ole);
bool mm_ole_get(const struct mm_ole *ole, size_t i,
		struct mm_ole_entry *entry_r);

/* The first stream or storage of this name in a storage, MM_OLE_NONE for
 * anywhere; letters' case does not count. MM_OLE_NONE when there is none. */
size_t mm_ole_find(const struct mm_ole *ole, size_t parent, const char *name);

/* Copy len bytes of a stream from offset. Returns how many there were. */
size_t mm_ole_read(const struct mm_ole *ole, size_t i, uint64_t offset,
		   unsigned char *out, size_t len);

#endif
