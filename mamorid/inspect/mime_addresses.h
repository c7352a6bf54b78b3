#ifndef MM_INSPECT_MIME_ADDRESSES_H
#define MM_INSPECT_MIME_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>

/* Do the lines that look like address headers (To, Cc, ...), in the message
 * and in those within, hold more than 4 MB? GMime makes objects of forty times
 * their size of them. */
bool mm_mime_too_many_addresses(const unsigned char *data, size_t len);

#endif
