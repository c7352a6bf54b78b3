#ifndef MM_INSPECT_ZIP_H
#define MM_INSPECT_ZIP_H

#include "mamorid/inspect/walk.h"

/* Analyzer: ZIP files that libclamav reads in one way only, where others read
 * them in another: several directories, members that no directory names,
 * headers that disagree; and methods that libclamav does not know. */
void mm_zip_analyze(struct mm_walk *walk, const struct mm_item *item);

#endif
