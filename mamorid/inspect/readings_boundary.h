#ifndef MM_INSPECT_READINGS_BOUNDARY_H
#define MM_INSPECT_READINGS_BOUNDARY_H

#include "mamorid/inspect/readings_header.h"

/* Tell sink of everything in the value of a Content-Type that some client takes
 * for the boundary. Returns NULL when they all agree, or why they do not: a
 * constant. */
const char *mm_boundary_read(const unsigned char *value, size_t len,
			     const struct mm_boundary_sink *sink);

#endif
