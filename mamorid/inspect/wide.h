#ifndef MM_INSPECT_WIDE_H
#define MM_INSPECT_WIDE_H

#include <stddef.h>

/* Text in UTF-16, as told by a byte order mark or NULs beside the first
 * characters, as len / 2 ASCII bytes, "?" for the rest. NULL for all other
 * bytes. Caller frees. */
unsigned char *mm_wide_narrow(const unsigned char *data, size_t len);

#endif
