#ifndef MM_INSPECT_ARCHIVE_H
#define MM_INSPECT_ARCHIVE_H

#include "mamorid/inspect/format.h"
#include "mamorid/inspect/walk.h"

/* Analyzer: archives and compressed files that libclamav does not open, also
 * in self-extracting programs. */
void mm_archive_analyze(struct mm_walk *walk, const struct mm_item *item);

/*
 * Archives that libclamav opens mostly: not when they use a method that it
 * does not know, which it keeps to itself. They are kept until it is seen
 * whether it has opened all that it lists, and unpacked here if not.
 */
struct mm_kept;

struct mm_kept_list {
	struct mm_walk *walk;
	struct mm_kept *top;	/* the innermost */
};

/* A layer opens at a level of libclamav's. */
void mm_kept_layer(struct mm_kept_list *list, const struct mm_item *item,
		   unsigned int level, bool normalized);

/* The layer at this level lists a member. */
void mm_kept_member(struct mm_kept_list *list, unsigned int level,
		    uint64_t size, bool encrypted);

/* The scan is over. */
void mm_kept_end(struct mm_kept_list *list);

#endif
