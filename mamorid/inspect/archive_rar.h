#ifndef MM_INSPECT_ARCHIVE_RAR_H
#define MM_INSPECT_ARCHIVE_RAR_H

#include <stdbool.h>
#include <stddef.h>

/* What the headers of a RAR archive say. */
struct mm_rar {
	bool encrypted;		/* its headers, or a member */
	bool old;		/* packed by a method before RAR 2.9 */
	bool split;		/* a member goes on in another volume */
	unsigned int version;	/* 20 for RAR 2.0, ... */
};

/* Where the first archive with a sound main header lies, say in a
 * self-extracting program; len when there is none. */
size_t mm_rar_find(const unsigned char *data, size_t len);

/* Read the headers of an archive of version 1.5 to 4, or 5. */
struct mm_rar mm_rar_read(const unsigned char *data, size_t len);

#endif
