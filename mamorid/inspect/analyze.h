#ifndef MM_INSPECT_ANALYZE_H
#define MM_INSPECT_ANALYZE_H

#include "mamorid/inspect/walk.h"

/* Show an item to every analyzer. Called for each layer that libclamav opens,
 * while it is open, and for each part that it did not open. An analyzer adds
 * facts and pushes what it unpacks; it must bound its own work by the item's
 * length and mm_walk_stopped(). */
void mm_analyze(struct mm_walk *walk, const struct mm_item *item);

/* libclamav lists a member of an archive: its name and unpacked size. */
void mm_analyze_member(struct mm_walk *walk, const struct mm_item *archive,
		       const char *member, uint64_t size);

#endif
