#ifndef MM_INSPECT_POOL_H
#define MM_INSPECT_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "mamorid/inspect/worker.h"

/* One worker as its pool sees it. */
struct mm_pool_worker {
	pid_t pid;		/* 0: none */
	struct mm_slot *slot;
	int64_t started_ms;
	int64_t start_at_ms;	/* not before: throttling */
	int64_t wait_ms;
	bool killed;		/* by us, past its deadline */
};

struct mm_pool {
	const struct mm_role *role;
	struct mm_engine *engine;
	char *jails;		/* folder of this pool's jails */
	struct mm_pool_worker *workers;
	size_t count;
	int retire[2];		/* workers leave when [1] is closed */
	int logs[2];		/* the workers' log lines: written to [1] */
	uint32_t lost_lines;
	uint32_t crashed;
	uint32_t killed;
	bool retiring;
};

/* Make the folder of this pool's jails and remove those of dead pools.
 * mm_fatal() on failure. */
void mm_pool_jails_open(struct mm_pool *pool);
void mm_pool_jails_close(struct mm_pool *pool);

/* The way of the workers' log lines. mm_fatal() on failure. */
void mm_pool_logs_open(struct mm_pool *pool);
void mm_pool_logs_close(struct mm_pool *pool);

/* Hand to the master what the workers have written. */
void mm_pool_logs_forward(struct mm_pool *pool);

/* Memory shared with each worker. mm_fatal() on failure. */
void mm_pool_workers_init(struct mm_pool *pool, size_t count);

/* Start the missing workers that are due. */
void mm_pool_workers_start(struct mm_pool *pool);

/* Take the exits of workers in. True if there was one. */
bool mm_pool_workers_reap(struct mm_pool *pool);

/* Kill those that are past their deadline. */
void mm_pool_workers_watch(struct mm_pool *pool);

size_t mm_pool_workers_in(const struct mm_pool *pool,
			  enum mm_slot_state state);
size_t mm_pool_workers_alive(const struct mm_pool *pool);

#endif
