#ifndef MM_INSPECT_TNEF_H
#define MM_INSPECT_TNEF_H

#include "mamorid/inspect/walk.h"

/* An analyzer: what Outlook packs into winmail.dat (MS-OXTNEF): attachments,
 * embedded messages, and the HTML and RTF bodies. */
void mm_tnef_analyze(struct mm_walk *walk, const struct mm_item *item);

#endif
