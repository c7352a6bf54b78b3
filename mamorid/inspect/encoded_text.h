#ifndef MM_INSPECT_ENCODED_TEXT_H
#define MM_INSPECT_ENCODED_TEXT_H

#include "mamorid/inspect/walk.h"

/*
 * Files that stand in plain text: uuencode (POSIX.1, also its base64 form),
 * yEnc, BinHex 4.0 (RFC 1741). Clients show them as attachments whatever the
 * header says.
 */

/* Does the line at pos begin one? Cheap: looks at the first letter first. */
bool mm_encoded_text_begins(const unsigned char *data, size_t len, size_t pos);

/* Decode what begins there, and queue it as unpacked from item. */
void mm_encoded_text_unpack(struct mm_walk *walk, const struct mm_item *item,
			    size_t pos);

/* An analyzer. */
void mm_encoded_text_analyze(struct mm_walk *walk, const struct mm_item *item);

#endif
