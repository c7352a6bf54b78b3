#ifndef MM_MAMORICTL_FALSE_ALARM_H
#define MM_MAMORICTL_FALSE_ALARM_H

#include "mamorictl/ctl.h"
#include "mamorictl/out.h"

/* List the quarantined mails that hold one of the operands, virus names, and
 * nothing but virus names among allowed (rows of "value"), and have them
 * scanned again and released if that is wanted: with --yes, or asked on a
 * terminal. What has anything else in it the new scan keeps back. An exit
 * status. */
int mm_false_alarm_release(struct mm_ctl *ctl, const struct mm_rows *allowed);

#endif
