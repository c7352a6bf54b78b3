#ifndef MM_MAMORICTL_QUARANTINE_H
#define MM_MAMORICTL_QUARANTINE_H

#include "mamorictl/ctl.h"
#include "mamorictl/out.h"

/* Leave of a row what fits a line on a terminal. */
void mm_quarantine_shorten(struct mm_pairs *row);

/* Have one mail scanned again and delivered, and tell what the daemon said of
 * it. An exit status. */
int mm_quarantine_release(const struct mm_ctl *ctl, const char *id);

#endif
