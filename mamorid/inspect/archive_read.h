#ifndef MM_INSPECT_ARCHIVE_READ_H
#define MM_INSPECT_ARCHIVE_READ_H

#include "mamorid/inspect/format.h"
#include "mamorid/inspect/walk.h"
#include "mamorid/inspect/zip_dir.h"

/* Unpack an archive, or one compressed file, of this format and push what it
 * holds as children of item; data lies within item, say behind the program
 * that unpacks it. Finds what is encrypted, and what cannot be opened.
 * sure: the content is of this format, or else a failure at its very begin
 * only means that it is not. True when all of it came out. */
bool mm_archive_unpack(struct mm_walk *walk, const struct mm_item *item,
		       enum mm_format format, bool sure,
		       const unsigned char *data, size_t len);

/* Is this method of ZIP known here, and not to libclamav? */
bool mm_archive_zip_method(unsigned int method);

/* Unpack one member of a ZIP file, packed_len bytes from its data on. sure and
 * result as above. */
bool mm_archive_unpack_zip(struct mm_walk *walk, const struct mm_item *item,
			   const struct mm_zip_member *member,
			   size_t packed_len, bool sure);

#endif
