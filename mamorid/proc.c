/*
 * The master's children: each role is this binary, started anew with fork and
 * exec so that it shares no memory with the master. Descriptors are handed
 * over by fixed numbers.
 */
#include "mamorid/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/deadline.h"
#include "core/fdutil.h"
#include "mamorid/log.h"
#include "mamorid/spawn.h"

/* One that lived this long is healthy: no throttling. */
#define HEALTHY_MS 5000
#define BACKOFF_FIRST_MS 100
#define BACKOFF_MAX_MS 10000

const char *mm_proc_name(enum mm_proc_role role)
{
	static const char *const names[MM_PROC_ROLES] = {
		[MM_PROC_KEEPER] = "keeper",
		[MM_PROC_COURIER] = "courier",
		[MM_PROC_GATE] = "gate",
		[MM_PROC_POOL] = "pool",
	};

	return names[role];
}

struct mm_proc *mm_procs_add(struct mm_procs *procs, enum mm_proc_role role,
			     uint32_t generation)
{
	struct mm_proc *proc = NULL;
	size_t i;

	for (i = 0; i < procs->count && proc == NULL; i++)
		if (procs->list[i].pid == 0 && !procs->list[i].wanted)
			proc = &procs->list[i];
	if (proc == NULL && procs->count < MM_PROC_MAX)
		proc = &procs->list[procs->count++];
	if (proc == NULL)
		return NULL;
	*proc = (struct mm_proc){
		.role = role,
		.channel = -1,
		.generation = generation,
		.wanted = true,
		.backoff_ms = BACKOFF_FIRST_MS,
	};
	return proc;
}

/* In the child: descriptors to their numbers, then exec. Never returns. */
static void run_child(const struct mm_procs *procs, const struct mm_proc *proc,
		      int channel)
{
	const int from[3] = { channel, procs->listen[proc->role],
			      proc->role == MM_PROC_KEEPER ? procs->control
							   : -1 };
	char title[64], generation[16], serving[24];
	char *argv[] = { title,	       (char *)"-R",
			 (char *)mm_proc_name(proc->role),
			 (char *)"-c", (char *)procs->conf_path,
			 (char *)"-g", generation, (char *)"-m", serving,
			 NULL };
	sigset_t none;
	int moved[3];
	int i;

	(void)snprintf(title, sizeof(title), "mamorid: %s",
		       mm_proc_name(proc->role));
	(void)snprintf(generation, sizeof(generation), "%u", proc->generation);
	(void)snprintf(serving, sizeof(serving), "%llu",
		       (unsigned long long)proc->serving);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	/* First out of the way of the fixed numbers, then onto them. */
	for (i = 0; i < 3; i++)
		moved[i] = from[i] < 0 ? -1
				       : fcntl(from[i], F_DUPFD_CLOEXEC, 16);
	for (i = 0; i < 3; i++)
		if (moved[i] >= 0 && dup2(moved[i], MM_SPAWN_FD + i) < 0)
			_exit(127);
		else if (moved[i] < 0)
			(void)close(MM_SPAWN_FD + i);
	(void)execv("/proc/self/exe", argv);
	_exit(127);
}

static int start(struct mm_procs *procs, struct mm_proc *proc)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	pid = fork();
	if (pid == 0)
		run_child(procs, proc, pair[1]);
	mm_close(&pair[1]);
	if (pid < 0) {
		mm_close(&pair[0]);
		return -1;
	}
	proc->pid = pid;
	proc->channel = pair[0];
	proc->started_ms = mm_now_ms();
	mm_log(MM_LOG_DEBUG, "role-started", NULL, "name",
	       mm_proc_name(proc->role), "child", MM_NUM(pid), NULL);
	return 0;
}

static void back_off(struct mm_proc *proc)
{
	proc->start_at_ms = mm_now_ms() + proc->backoff_ms;
	proc->backoff_ms *= 2;
	if (proc->backoff_ms > BACKOFF_MAX_MS)
		proc->backoff_ms = BACKOFF_MAX_MS;
}

int mm_procs_start(struct mm_procs *procs)
{
	int64_t now = mm_now_ms(), wait, next = -1;
	struct mm_proc *proc;
	size_t i;

	for (i = 0; i < procs->count; i++) {
		proc = &procs->list[i];
		if (proc->pid != 0 || !proc->wanted)
			continue;
		if (proc->start_at_ms <= now && start(procs, proc) < 0) {
			mm_log(MM_LOG_ERROR, "role-start-failed", NULL, "name",
			       mm_proc_name(proc->role), "reason",
			       strerror(errno), NULL);
			back_off(proc);
		}
		wait = proc->start_at_ms - now;
		if (proc->pid == 0 && (next < 0 || wait < next))
			next = wait < 1 ? 1 : wait;
	}
	return next > 60000 ? 60000 : (int)next;
}

static void log_end(const struct mm_proc *proc, pid_t pid, int status)
{
	mm_log(MM_LOG_ERROR, "role-died", NULL, "name",
	       mm_proc_name(proc->role), "child", MM_NUM(pid),
	       WIFSIGNALED(status) ? "signal" : "status",
	       MM_NUM(WIFSIGNALED(status) ? WTERMSIG(status)
					  : WEXITSTATUS(status)),
	       "restart_in_ms",
	       MM_NUM(proc->wanted ? proc->start_at_ms - mm_now_ms() : -1),
	       NULL);
}

struct mm_proc *mm_procs_reaped(struct mm_procs *procs, pid_t pid, int status)
{
	struct mm_proc *proc = NULL;
	bool asked;
	size_t i;

	for (i = 0; i < procs->count && proc == NULL; i++)
		if (procs->list[i].pid == pid)
			proc = &procs->list[i];
	if (proc == NULL)
		return NULL;
	/* Status 0: it was asked to leave, or has served its time. */
	asked = proc->channel < 0 || status == 0;
	proc->pid = 0;
	mm_close(&proc->channel);
	if (asked) {
		proc->start_at_ms = 0;
		return proc;
	}
	if (mm_now_ms() - proc->started_ms >= HEALTHY_MS)
		proc->backoff_ms = BACKOFF_FIRST_MS;
	proc->restarts++;
	back_off(proc);
	log_end(proc, pid, status);
	return proc;
}

void mm_proc_leave(struct mm_proc *proc)
{
	mm_close(&proc->channel);
}

size_t mm_procs_running(const struct mm_procs *procs, enum mm_proc_role role)
{
	size_t i, running = 0;

	for (i = 0; i < procs->count; i++)
		running += procs->list[i].role == role &&
			   procs->list[i].pid != 0;
	return running;
}

void mm_procs_kill(const struct mm_procs *procs, enum mm_proc_role role,
		   int sig)
{
	size_t i;

	for (i = 0; i < procs->count; i++)
		if (procs->list[i].role == role && procs->list[i].pid != 0)
			(void)kill(procs->list[i].pid, sig);
}
