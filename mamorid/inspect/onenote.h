#ifndef MM_INSPECT_ONENOTE_H
#define MM_INSPECT_ONENOTE_H

#include "mamorid/inspect/walk.h"

/* Analyzer: the files in a OneNote section, which are pushed, and the names of
 * those that run when they are opened. */
void mm_onenote_analyze(struct mm_walk *walk, const struct mm_item *item);

#endif
