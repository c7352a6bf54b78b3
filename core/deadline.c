/*
 * Deadlines instead of time-outs: nested waits share one end.
 */
#include "core/deadline.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <time.h>

#include "core/err.h"

int64_t mm_now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

mm_deadline mm_deadline_in(int64_t ms)
{
	int64_t now = mm_now_ms();

	if (ms < 0)
		ms = 0;
	return ms > INT64_MAX - now ? MM_DEADLINE_NONE : now + ms;
}

int mm_deadline_left(mm_deadline deadline)
{
	int64_t left;

	if (deadline == MM_DEADLINE_NONE)
		return -1;
	left = deadline - mm_now_ms();
	if (left < 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

int mm_wait_fd(int fd, short events, mm_deadline deadline)
{
	struct pollfd pfd = { .fd = fd, .events = events };
	int n;

	do {
		n = poll(&pfd, 1, mm_deadline_left(deadline));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return MM_ERR_SYS;
	return n == 0 ? MM_ERR_TIMEOUT : 0;
}
