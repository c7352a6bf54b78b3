#ifndef MM_INSPECT_PARTS_H
#define MM_INSPECT_PARTS_H

#include <stdbool.h>

#include "mamorid/inspect/engine.h"
#include "mamorid/inspect/mime.h"

/* The part of the mail whose decoded content this layer is, preferably one that
 * was not met before: its index, or -1. */
int mm_parts_match(struct mm_mail *mail, const struct mm_layer *layer,
		   const unsigned char *data);

/* May a part of this type have headers of a mail? Reports have fields of their
 * own (RFC 3464, 8098, 5965); what else is in one is found with the
 * readings. */
bool mm_parts_may_be_mail(const char *mime_type);

#endif
