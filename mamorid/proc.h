#ifndef MM_MAMORID_PROC_H
#define MM_MAMORID_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The master's table of role processes: start, stop, and start again with
 * throttling when one keeps dying. */

enum mm_proc_role {
	MM_PROC_KEEPER,
	MM_PROC_COURIER,
	MM_PROC_GATE,
	MM_PROC_POOL,
	MM_PROC_ROLES
};

struct mm_proc {
	enum mm_proc_role role;
	pid_t pid;		/* 0: not running */
	int channel;		/* -1: none, or asked to leave */
	uint32_t generation;	/* pool only */
	uint64_t serving;	/* pool only: signatures in service beside it */
	bool wanted;		/* start again when it ends */
	unsigned int restarts;	/* since the master started */
	int64_t started_ms;
	int64_t start_at_ms;	/* when to start; a time in the past: now */
	int64_t backoff_ms;
};

#define MM_PROC_MAX 1100u

struct mm_procs {
	struct mm_proc list[MM_PROC_MAX];
	size_t count;
	const char *conf_path;
	int listen[MM_PROC_ROLES];	/* -1: none */
	int control;			/* the keeper's second socket */
};

const char *mm_proc_name(enum mm_proc_role role);

/* Add a process that is to run; it starts with the next mm_procs_start().
 * NULL when the table is full. */
struct mm_proc *mm_procs_add(struct mm_procs *procs, enum mm_proc_role role,
			     uint32_t generation);

/* Start what is wanted, not running and due. Returns the milliseconds until
 * the next is due, -1 for none. */
int mm_procs_start(struct mm_procs *procs);

/* A process has ended: mark it, set its next start. NULL if it is none of the
 * table. Logs unless it was asked to leave. */
struct mm_proc *mm_procs_reaped(struct mm_procs *procs, pid_t pid, int status);

/* Ask one to finish what it does and leave: closes its channel. */
void mm_proc_leave(struct mm_proc *proc);

/* How many of a role are running. */
size_t mm_procs_running(const struct mm_procs *procs, enum mm_proc_role role);

/* Send a signal to all of a role that run. */
void mm_procs_kill(const struct mm_procs *procs, enum mm_proc_role role,
		   int sig);

#endif
