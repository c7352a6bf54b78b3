#ifndef MM_INSPECT_OFFICE_RTF_H
#define MM_INSPECT_OFFICE_RTF_H

#include "mamorid/inspect/walk.h"

/* Does this begin as Word wants RTF to begin? Word asks for less than the
 * format does. */
bool mm_office_is_rtf(const unsigned char *data, size_t len);

/* Embedded objects, which are unpacked and pushed, DDE fields and remote
 * templates in RTF. data is the item's, or a copy of it. */
void mm_office_rtf(struct mm_walk *walk, const struct mm_item *item,
		   const unsigned char *data, size_t len);

#endif
