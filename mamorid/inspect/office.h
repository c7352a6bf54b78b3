#ifndef MM_INSPECT_OFFICE_H
#define MM_INSPECT_OFFICE_H

#include "mamorid/inspect/walk.h"

/* Analyzer: macros, DDE, remote templates and embedded objects in documents of
 * every Office format, whatever they are called. */
void mm_office_analyze(struct mm_walk *walk, const struct mm_item *item);

/* The detail for an alert of libclamav about macros, in the words of the
 * analyzer; NULL for other alerts. */
const char *mm_office_alert(const char *name);

#endif
