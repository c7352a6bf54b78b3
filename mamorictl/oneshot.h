#ifndef MM_MAMORICTL_ONESHOT_H
#define MM_MAMORICTL_ONESHOT_H

struct mm_ctl;

/* Scan the operands by `mamorid scan` on ctl->engine, a folder of signatures,
 * without a daemon, and print each answer. Returns the exit status. */
int mm_oneshot_scan(struct mm_ctl *ctl);

#endif
