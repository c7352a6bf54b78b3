#ifndef MM_CORE_DEADLINE_H
#define MM_CORE_DEADLINE_H

#include <stdint.h>

/* A point on CLOCK_MONOTONIC in milliseconds, so it is the same in every
 * process of this machine and may travel in a request. */
typedef int64_t mm_deadline;	/* the one typedef: a number with a unit */

/* Never passes. */
#define MM_DEADLINE_NONE INT64_MAX

/* Now, in milliseconds of CLOCK_MONOTONIC. */
int64_t mm_now_ms(void);

/* The deadline ms milliseconds from now; ms below 0 counts as 0. */
mm_deadline mm_deadline_in(int64_t ms);

/* Milliseconds left for poll(): 0 once passed, -1 for MM_DEADLINE_NONE. */
int mm_deadline_left(mm_deadline deadline);

/* Wait until fd shows one of events (POLLIN, POLLOUT).
 * Returns 0, MM_ERR_TIMEOUT or MM_ERR_SYS. A hung-up peer counts as ready. */
int mm_wait_fd(int fd, short events, mm_deadline deadline)
	__attribute__((warn_unused_result));

#endif
