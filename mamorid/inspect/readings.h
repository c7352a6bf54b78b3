#ifndef MM_INSPECT_READINGS_H
#define MM_INSPECT_READINGS_H

#include "mamorid/inspect/walk.h"

/*
 * The other readings of a message: what mail clients make of it where they
 * differ from GMime. Each body that comes out and was not there before is
 * queued; a difference in what users would see or save is a finding.
 */
void mm_readings(struct mm_walk *walk, const unsigned char *data, size_t len);

/* An analyzer: a message inside of something else, and text in UTF-16. */
void mm_readings_analyze(struct mm_walk *walk, const struct mm_item *item);

#endif
