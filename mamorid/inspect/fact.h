#ifndef MM_INSPECT_FACT_H
#define MM_INSPECT_FACT_H

#include "mamorid/inspect/walk.h"

/* A fact about a named thing: "executable: pe (setup.exe)". what is the text
 * before the name; NULL or "" as name leaves it and the parentheses out. Long
 * names keep both ends. Many findings of a kind at one part tell no more than
 * a few: the rest is dropped, without an effect on the verdict. Not for the
 * kinds that decide it. */
void mm_fact(struct mm_walk *walk, const struct mm_item *item,
	     enum mm_kind kind, const char *what, const char *name);

/* The item's own name, "" for a layer that only has that of the attachment
 * around it. */
const char *mm_fact_name(struct mm_walk *walk, const struct mm_item *item);

#endif
