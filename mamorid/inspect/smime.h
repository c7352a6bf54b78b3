#ifndef MM_INSPECT_SMIME_H
#define MM_INSPECT_SMIME_H

#include "mamorid/inspect/walk.h"

/* Once per process, before a jail is entered: OpenSSL reads its configuration
 * from the disk. */
void mm_smime_init(void);

/* An analyzer: the content that S/MIME signed-data carries inside (RFC 8551
 * 3.5.2), which most scanners take for a signature. */
void mm_smime_analyze(struct mm_walk *walk, const struct mm_item *item);

#endif
