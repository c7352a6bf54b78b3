#ifndef MM_INSPECT_WORKER_H
#define MM_INSPECT_WORKER_H

#include <stdatomic.h>
#include <stdint.h>

#include "core/proto.h"
#include "mamorid/inspect/engine.h"
#include "mamorid/role.h"
#include "mamorid/sandbox.h"

enum mm_slot_state {
	MM_SLOT_STARTING,
	MM_SLOT_IDLE,
	MM_SLOT_BUSY,
	MM_SLOT_REFUSED,	/* reason says why; the worker leaves */
};

#define MM_SLOT_TEXT 256u

/* What one worker and its pool share: a page of its own for each worker. The
 * worker may be in hostile hands: the pool believes nothing but its texts'
 * size. */
struct mm_slot {
	_Atomic uint32_t state;
	_Atomic uint32_t layers;	/* enum mm_jail_layer */
	_Atomic int64_t deadline_ms;	/* of the scan under way */
	char trace[MM_TRACE_MAX + 1];	/* of the scan under way */
	char reason[MM_SLOT_TEXT];
};

/* What a worker gets from its pool. */
struct mm_worker {
	const struct mm_role *role;
	struct mm_engine *engine;
	struct mm_slot *slot;
	const char *jail;	/* a folder of its own */
	int retire_fd;		/* readable or hung up: leave when idle */
	size_t heap;		/* its size when the worker began */
};

/* The whole life of a worker, from the jail on. Returns its exit status. */
int mm_inspector_main(const struct mm_worker *worker);

#endif
