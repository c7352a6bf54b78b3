#ifndef MM_MAMORID_MASTER_CHANNEL_H
#define MM_MAMORID_MASTER_CHANNEL_H

#include "mamorid/generation.h"
#include "mamorid/proc.h"
#include "mamorid/status.h"

/* What the roles' packets may change. */
struct mm_master_view {
	struct mm_procs *procs;
	struct mm_generations gens;
	struct mm_status status;
};

/* Take the packets of one role. One that breaks the protocol, or sends what
 * its role may not, is killed and started anew. */
void mm_master_serve(struct mm_master_view *view, struct mm_proc *proc);

/* Take what a process that has ended left in its channel. */
void mm_master_drain(struct mm_master_view *view, pid_t pid);

#endif
