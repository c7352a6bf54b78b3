/*
 * The poll() loop of roles that serve many peers. Any role, its uid. It never
 * reads or writes a watched descriptor itself.
 */
#include "mamorid/loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"

void mm_loop_init(struct mm_loop *loop)
{
	memset(loop, 0, sizeof(*loop));
}

void mm_loop_clear(struct mm_loop *loop)
{
	free(loop->list);
	mm_loop_init(loop);
}

int mm_loop_add(struct mm_loop *loop, struct mm_loop_watch *watch)
{
	struct mm_loop_watch **list;
	size_t size;

	if (loop->count == loop->size) {
		size = loop->size == 0 ? 16 : loop->size * 2;
		list = reallocarray(loop->list, size, sizeof(*list));
		if (list == NULL)
			return MM_ERR_NOMEM;
		loop->list = list;
		loop->size = size;
	}
	loop->list[loop->count++] = watch;
	return 0;
}

/* The slot is only emptied: a dispatch under way goes by slot numbers. */
void mm_loop_remove(struct mm_loop *loop, struct mm_loop_watch *watch)
{
	size_t i;

	for (i = 0; i < loop->count; i++)
		if (loop->list[i] == watch)
			loop->list[i] = NULL;
}

static void compact(struct mm_loop *loop)
{
	size_t i, n = 0;

	for (i = 0; i < loop->count; i++)
		if (loop->list[i] != NULL)
			loop->list[n++] = loop->list[i];
	loop->count = n;
}

static mm_deadline fill(const struct mm_loop *loop, struct pollfd *pfds)
{
	mm_deadline first = MM_DEADLINE_NONE;
	size_t i;

	for (i = 0; i < loop->count; i++) {
		pfds[i].fd = loop->list[i]->fd;
		pfds[i].events = loop->list[i]->events;
		pfds[i].revents = 0;
		if (loop->list[i]->deadline < first)
			first = loop->list[i]->deadline;
	}
	return first;
}

static void dispatch(struct mm_loop *loop, const struct pollfd *pfds, size_t n)
{
	const int64_t now = mm_now_ms();
	struct mm_loop_watch *watch;
	size_t i;

	for (i = 0; i < n && !loop->stop; i++) {
		if ((watch = loop->list[i]) == NULL)
			continue;
		if (watch->fd >= 0 && pfds[i].revents != 0)
			watch->ready(watch, pfds[i].revents);
		else if (watch->deadline <= now)
			watch->ready(watch, 0);
	}
}

int mm_loop_run(struct mm_loop *loop)
{
	struct pollfd *pfds = NULL, *grown;
	mm_deadline first;
	int n, r = 0;

	while (!loop->stop) {
		compact(loop);
		if (loop->count == 0)
			break;
		grown = reallocarray(pfds, loop->count, sizeof(*pfds));
		if (grown == NULL) {
			r = MM_ERR_NOMEM;
			break;
		}
		pfds = grown;
		first = fill(loop, pfds);
		n = poll(pfds, (nfds_t)loop->count, mm_deadline_left(first));
		if (n < 0 && errno != EINTR) {
			r = MM_ERR_SYS;
			break;
		}
		if (n >= 0)
			dispatch(loop, pfds, loop->count);
	}
	free(pfds);
	return r;
}
