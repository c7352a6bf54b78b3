#ifndef MM_INSPECT_PARTS_H
#define MM_INSPECT_PARTS_H

#include "mamorid/inspect/engine.h"
#include "mamorid/inspect/mime.h"

/* The part of the mail whose decoded content this layer is, preferably one that
 * was not met before: its index, or -1. */
int mm_parts_match(struct mm_mail *mail, const struct mm_layer *layer,
		   const unsigned char *data);

#endif
