#ifndef MM_INSPECT_MIME_BOUNDS_H
#define MM_INSPECT_MIME_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What a message may have of everything that costs a parser of MIME much more
 * than a byte for each byte: GMime and libclamav bound none of it. One pass
 * over the lines, before anybody takes the message apart. Which of them are
 * headers is not asked.
 */

/* The limit (limits.h) that data passes, or NULL. parts and headers are those
 * of the configuration. */
const char *mm_mime_bounds(const unsigned char *data, size_t len,
			   size_t parts, size_t headers);

/* So few lines that there cannot be more headers than that? */
bool mm_mime_few_lines(const unsigned char *data, size_t len, size_t headers);

#endif
