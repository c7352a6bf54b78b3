#ifndef MM_MAMORICTL_WHEN_H
#define MM_MAMORICTL_WHEN_H

#include <stdint.h>

/* A time that people write, as seconds since the epoch: an age (90s, 15m, 2h,
 * 3d, 1w before now), a local date or date and time (2026-01-31,
 * "2026-01-31 23:59", with or without seconds), or @SECONDS.
 * 0 or MM_ERR_INVALID. */
int mm_when_read(const char *text, int64_t *when_r)
	__attribute__((warn_unused_result));

#endif
