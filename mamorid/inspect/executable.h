#ifndef MM_INSPECT_EXECUTABLE_H
#define MM_INSPECT_EXECUTABLE_H

#include <stddef.h>

#include "mamorid/inspect/walk.h"

/* What kind of program these bytes begin, "pe", "elf", "lnk", ..., or NULL. */
const char *mm_executable_type(const unsigned char *data, size_t len);

/* Analyzer: programs by their content, whatever they are called. */
void mm_executable_analyze(struct mm_walk *walk, const struct mm_item *item);

/* A member's path that tells what the archive is, say an Android package. */
void mm_executable_member(struct mm_walk *walk, const struct mm_item *archive,
			  const char *member);

#endif
