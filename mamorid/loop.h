#ifndef MM_MAMORID_LOOP_H
#define MM_MAMORID_LOOP_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "core/deadline.h"

/*
 * A poll() loop for roles that serve many peers at a time. A watch lives
 * inside its owner's structure; the loop keeps only a pointer.
 */
struct mm_loop_watch {
	int fd; /* -1: a timer only */
	short events; /* POLLIN, POLLOUT, POLLRDHUP; may be 0 */
	mm_deadline deadline; /* MM_DEADLINE_NONE for none */

	/* Called when fd is ready, or with revents 0 when the deadline has
	 * passed: then it must set a new deadline or remove the watch. It may
	 * add and remove any watch, and free its own owner after removing. */
	void (*ready)(struct mm_loop_watch *watch, short revents);
	void *owner;
};

struct mm_loop {
	struct mm_loop_watch **list;
	size_t count;
	size_t size;
	bool stop;
};

/* An empty loop that owns nothing. */
void mm_loop_init(struct mm_loop *loop);

/* Forget all watches; their descriptors stay open. */
void mm_loop_clear(struct mm_loop *loop);

/* Watch until removed; the caller keeps *watch alive. 0 or MM_ERR_NOMEM. */
MM_CHECK int mm_loop_add(struct mm_loop *loop, struct mm_loop_watch *watch);

/* Stop watching. Safe from inside ready(); unknown watches are ignored. */
void mm_loop_remove(struct mm_loop *loop, struct mm_loop_watch *watch);

/* Serve until loop->stop is set or nothing is left to watch. 0 or
 * MM_ERR_NOMEM, MM_ERR_SYS. */
MM_CHECK int mm_loop_run(struct mm_loop *loop);

#endif
