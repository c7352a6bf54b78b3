#ifndef MM_INSPECT_OFFICE_OLE_H
#define MM_INSPECT_OFFICE_OLE_H

#include "mamorid/inspect/walk.h"

/* Macros and embedded objects in a compound file: documents of Office 97 to
 * 2003, macro projects and objects of newer ones, Outlook messages. */
void mm_office_ole(struct mm_walk *walk, const struct mm_item *item);

#endif
