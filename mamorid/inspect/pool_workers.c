/*
 * The workers of one pool: started, watched, replaced.
 * Process: pool (root when the daemon is).
 * Must never believe what a worker writes into its slot beyond its own fate.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/deadline.h"
#include "core/fdutil.h"
#include "mamorid/inspect/pool.h"
#include "mamorid/log.h"
#include "mamorid/xalloc.h"

/* libclamav has no cancel and overshoots its own limit by up to 1.2 s. */
#define KILL_MARGIN_MS 3000
/* A jail and the canary take milliseconds. */
#define START_MAX_MS 60000
/* A worker that dies younger than this is started again with a pause. */
#define YOUNG_MS 5000
#define PAUSE_MIN_MS 100
#define PAUSE_MAX_MS 10000

void mm_pool_workers_init(struct mm_pool *pool, size_t count)
{
	pool->workers = mm_xcalloc(count, sizeof(*pool->workers));
	pool->count = count;
	for (size_t i = 0; i < count; i++) {
		void *page = mmap(NULL, sizeof(struct mm_slot),
				  PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

		if (page == MAP_FAILED)
			mm_fatal("pool", "mmap: %s", strerror(errno));
		pool->workers[i].slot = page;
	}
}

/* In the child: nothing of the pool's stays open but what the worker has to
 * use. The sanitizer reports to standard error. */
static void take_descriptors(struct mm_pool *pool)
{
#ifndef __SANITIZE_ADDRESS__
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (null < 0 || dup2(null, fd) < 0)
			mm_fatal("worker", "/dev/null: %s", strerror(errno));
	mm_close(&null);
#endif
	mm_log_init(pool->logs[1], "inspector",
		    (enum mm_log_level)pool->role->conf->log_level);
	(void)close(pool->role->channel);
	(void)close(pool->logs[0]);
	(void)close(pool->retire[1]);
}

/* In the child: a worker sees no other worker's slot, and the end of the
 * retire pipe only when the pool closes it. */
static void run_worker(struct mm_pool *pool, size_t i, const char *jail)
{
	struct mm_worker worker = {
		.role = pool->role,
		.engine = pool->engine,
		.slot = pool->workers[i].slot,
		.jail = jail,
		.retire_fd = pool->retire[0],
		.heap = mallinfo2().arena,
	};
	sigset_t none;

	take_descriptors(pool);
	for (size_t k = 0; k < pool->count; k++)
		if (k != i)
			(void)munmap(pool->workers[k].slot,
				     sizeof(struct mm_slot));
	(void)signal(SIGCHLD, SIG_DFL);
	(void)signal(SIGTERM, SIG_IGN);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	_exit(mm_inspector_main(&worker));
}

static void start(struct mm_pool *pool, size_t i)
{
	struct mm_pool_worker *worker = &pool->workers[i];
	char *jail = mm_xasprintf("%s/%zu", pool->jails, i);

	memset(worker->slot, 0, sizeof(*worker->slot));
	worker->killed = false;
	worker->started_ms = mm_now_ms();
	if (mm_jail_make(jail, &pool->role->users) < 0)
		mm_fatal("jail", "cannot make %s: %s", jail, strerror(errno));
	worker->pid = fork();
	if (worker->pid == 0)
		run_worker(pool, i, jail);
	if (worker->pid < 0) {
		mm_log(MM_LOG_ERROR, "worker-start", NULL, "reason",
		       strerror(errno), NULL);
		worker->pid = 0;
		worker->start_at_ms = mm_now_ms() + PAUSE_MAX_MS;
	}
	free(jail);
}

void mm_pool_workers_start(struct mm_pool *pool)
{
	for (size_t i = 0; i < pool->count && !pool->retiring; i++)
		if (pool->workers[i].pid == 0 &&
		    pool->workers[i].start_at_ms <= mm_now_ms())
			start(pool, i);
}

/* The next start waits longer each time a young worker dies by itself. One
 * that a mail has killed is replaced at once: a sender of such mails must not
 * slow down the others. */
static void throttle(struct mm_pool_worker *worker)
{
	int64_t now = mm_now_ms();

	if (now - worker->started_ms >= YOUNG_MS ||
	    worker->slot->state == MM_SLOT_BUSY)
		worker->wait_ms = 0;
	else if (worker->wait_ms == 0)
		worker->wait_ms = PAUSE_MIN_MS;
	else if (worker->wait_ms < PAUSE_MAX_MS)
		worker->wait_ms *= 2;
	worker->start_at_ms = now + worker->wait_ms;
}

static void log_end(const struct mm_pool_worker *worker, int status)
{
	char trace[MM_TRACE_MAX + 1];
	bool busy = worker->slot->state == MM_SLOT_BUSY;

	if (worker->slot->state == MM_SLOT_REFUSED)
		return;
	memcpy(trace, worker->slot->trace, sizeof(trace));
	trace[MM_TRACE_MAX] = '\0';
	mm_log(MM_LOG_ERROR, worker->killed ? "worker-killed"
					    : "worker-crashed",
	       busy ? trace : NULL, "worker", MM_NUM(worker->pid),
	       WIFSIGNALED(status) ? "signal" : "status",
	       MM_NUM(WIFSIGNALED(status) ? WTERMSIG(status)
					  : WEXITSTATUS(status)),
	       "busy", busy ? "yes" : "no", NULL);
}

static void ended(struct mm_pool *pool, size_t i, int status)
{
	struct mm_pool_worker *worker = &pool->workers[i];
	char *jail = mm_xasprintf("%s/%zu", pool->jails, i);

	mm_jail_remove(jail);
	free(jail);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		log_end(worker, status);
		if (worker->killed)
			pool->killed++;
		else
			pool->crashed++;
		throttle(worker);
	}
	worker->pid = 0;
}

bool mm_pool_workers_reap(struct mm_pool *pool)
{
	bool any = false;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (size_t i = 0; i < pool->count; i++) {
			if (pool->workers[i].pid != pid)
				continue;
			ended(pool, i, status);
			any = true;
		}
	}
	return any;
}

static bool hangs(const struct mm_pool_worker *worker, int64_t now)
{
	const int state = worker->slot->state;

	switch (state) {
	case MM_SLOT_STARTING:
		return now - worker->started_ms > START_MAX_MS;
	case MM_SLOT_BUSY:
		return worker->slot->deadline_ms <= now - KILL_MARGIN_MS;
	default:
		return false;
	}
}

void mm_pool_workers_watch(struct mm_pool *pool)
{
	int64_t now = mm_now_ms();

	for (size_t i = 0; i < pool->count; i++) {
		struct mm_pool_worker *worker = &pool->workers[i];

		if (worker->pid == 0 || worker->killed || !hangs(worker, now))
			continue;
		worker->killed = true;
		(void)kill(worker->pid, SIGKILL);
	}
}

size_t mm_pool_workers_in(const struct mm_pool *pool,
			  enum mm_slot_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < pool->count; i++)
		if (pool->workers[i].pid != 0 &&
		    pool->workers[i].slot->state == state)
			n++;
	return n;
}

size_t mm_pool_workers_alive(const struct mm_pool *pool)
{
	size_t n = 0;

	for (size_t i = 0; i < pool->count; i++)
		n += pool->workers[i].pid != 0;
	return n;
}
