#ifndef MM_INSPECT_ARCHIVE_LHA_H
#define MM_INSPECT_ARCHIVE_LHA_H

#include <stdbool.h>
#include <stddef.h>

/* Is this the header of a member, of level 0 to 3, and whole? */
bool mm_lha_header(const unsigned char *data, size_t len);

/* Where the first such header lies, say in a self-extracting program, not
 * before offset; len when there is none. */
size_t mm_lha_find(const unsigned char *data, size_t len, size_t offset);

#endif
