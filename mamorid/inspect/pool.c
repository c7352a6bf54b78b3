/*
 * The leader of one generation of scanners: loads the signatures, starts the
 * workers, and replaces those that die or hang.
 * Process: pool, root when the daemon is: it makes jails.
 * Must never look at a message, and never put signatures into service that
 * miss the canary.
 */
#include "mamorid/inspect/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/channel.h"
#include "mamorid/generation.h"
#include "mamorid/inspect/huge_pages.h"
#include "mamorid/inspect/inspect.h"
#include "mamorid/log.h"
#include "mamorid/sizes.h"

/* How often deadlines are looked at; nobody wakes the pool for them. */
#define TICK_MS 500

static void on_child(int sig)
{
	(void)sig;	/* ppoll() returns, that is all */
}

static void set_signals(sigset_t *open_r)
{
	const struct sigaction child = { .sa_handler = on_child };
	sigset_t blocked;

	/* The end of the channel tells the pool to leave. */
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigemptyset(&blocked);
	(void)sigaddset(&blocked, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &blocked, open_r) < 0 ||
	    sigaction(SIGCHLD, &child, NULL) < 0)
		mm_fatal("pool", "signals: %s", strerror(errno));
	(void)sigdelset(open_r, SIGCHLD);
}

static void tell(const struct mm_role *role, uint16_t type,
		 const struct mm_buf *pairs)
{
	int r = mm_channel_send(role->channel, type, 0, pairs);

	if (r < 0 && r != MM_ERR_CLOSED)
		mm_log(MM_LOG_WARN, "channel", NULL, "reason", mm_err_text(r),
		       NULL);
}

static void tell_refused(const struct mm_role *role, const char *reason)
{
	struct mm_buf pairs;

	mm_buf_init(&pairs, MM_CHANNEL_MAX);
	if (mm_pair_put_num(&pairs, "generation", role->generation) == 0 &&
	    mm_pair_put(&pairs, "reason", reason) == 0)
		tell(role, MM_CHANNEL_REFUSED, &pairs);
	mm_buf_clear(&pairs);
}

/* What holds for every worker. */
static uint32_t common_layers(const struct mm_pool *pool)
{
	uint32_t layers = UINT32_MAX;

	for (size_t i = 0; i < pool->count; i++)
		layers &= pool->workers[i].slot->layers;
	return layers;
}

static void tell_ready(const struct mm_pool *pool)
{
	const struct mm_engine *engine = pool->engine;
	char names[MM_JAIL_NAMES_MAX];
	struct mm_buf pairs;

	mm_buf_init(&pairs, MM_CHANNEL_MAX);
	if (mm_pair_put_num(&pairs, "generation",
			    pool->role->generation) == 0 &&
	    mm_pair_put_num(&pairs, "workers", pool->count) == 0 &&
	    mm_pair_put_num(&pairs, "signatures",
			    mm_engine_signatures(engine)) == 0 &&
	    mm_pair_put_num(&pairs, "signatures_time",
		(uint64_t)mm_engine_signatures_time(engine)) == 0 &&
	    mm_pair_put(&pairs, "sandbox",
			mm_jail_names(common_layers(pool), names)) == 0)
		tell(pool->role, MM_CHANNEL_READY, &pairs);
	mm_buf_clear(&pairs);
}

static void tell_workers(const struct mm_pool *pool)
{
	struct mm_buf pairs;

	mm_buf_init(&pairs, MM_CHANNEL_MAX);
	if (mm_pair_put_num(&pairs, "generation",
			    pool->role->generation) == 0 &&
	    mm_pair_put_num(&pairs, "idle",
			    mm_pool_workers_in(pool, MM_SLOT_IDLE)) == 0 &&
	    mm_pair_put_num(&pairs, "busy",
			    mm_pool_workers_in(pool, MM_SLOT_BUSY)) == 0 &&
	    mm_pair_put_num(&pairs, "crashed", pool->crashed) == 0 &&
	    mm_pair_put_num(&pairs, "killed", pool->killed) == 0)
		tell(pool->role, MM_CHANNEL_WORKERS, &pairs);
	mm_buf_clear(&pairs);
}

static void retire(struct mm_pool *pool)
{
	pool->retiring = true;
	mm_close(&pool->retire[1]);
}

/* The master's word, or its end. */
static void read_channel(struct mm_pool *pool)
{
	struct mm_frame frame;
	int r;

	mm_frame_init(&frame);
	while ((r = mm_channel_recv(pool->role->channel, &frame)) == 1) {
		if (frame.type == MM_CHANNEL_RETIRE)
			retire(pool);
		mm_frame_clear(&frame);
		mm_frame_init(&frame);
	}
	if (r < 0)
		retire(pool);
	mm_frame_clear(&frame);
}

/* Once round: wait for the channel, an exit, or the tick. True if a worker has
 * ended. */
static bool turn(struct mm_pool *pool, const sigset_t *open, int64_t wait_ms)
{
	struct pollfd fds[2] = {
		{ .fd = pool->retiring ? -1 : pool->role->channel,
		  .events = POLLIN },
		{ .fd = pool->logs[0], .events = POLLIN },
	};
	const struct timespec wait = {
		.tv_sec = wait_ms / 1000,
		.tv_nsec = (wait_ms % 1000) * 1000000,
	};

	if (ppoll(fds, 2, &wait, open) < 0 && errno != EINTR)
		mm_fatal("pool", "poll: %s", strerror(errno));
	if (!pool->retiring && fds[0].revents != 0)
		read_channel(pool);
	mm_pool_logs_forward(pool);
	mm_pool_workers_watch(pool);
	return mm_pool_workers_reap(pool);
}

/* Until all workers have found the canary. False when one did not. */
static bool wait_ready(struct mm_pool *pool, const sigset_t *open)
{
	char reason[MM_SLOT_TEXT];

	while (!pool->retiring) {
		if (mm_pool_workers_in(pool, MM_SLOT_IDLE) +
		    mm_pool_workers_in(pool, MM_SLOT_BUSY) == pool->count)
			return true;
		if (!turn(pool, open, 5))
			continue;
		for (size_t i = 0; i < pool->count; i++) {
			struct mm_pool_worker *worker = &pool->workers[i];

			if (worker->pid != 0)
				continue;
			memcpy(reason, worker->slot->reason, sizeof(reason));
			reason[sizeof(reason) - 1] = '\0';
			tell_refused(pool->role, reason[0] != '\0' ? reason
				     : "a scanner did not start");
			return false;
		}
	}
	return true;
}

static void run(struct mm_pool *pool, const sigset_t *open)
{
	while (!pool->retiring || mm_pool_workers_alive(pool) > 0) {
		if (!turn(pool, open, TICK_MS))
			mm_pool_workers_start(pool);
		else if (!pool->retiring)
			tell_workers(pool);
	}
}

/* A download that went wrong may leave a folder that loads, and protects from
 * next to nothing. */
static int check_count(const struct mm_role *role,
		       const struct mm_engine *engine, struct mm_buf *error)
{
	const struct mm_conf *conf = role->conf;
	uint32_t fresh = mm_engine_signatures(engine);
	int r;

	if (!mm_generation_shrunk(role->serving, fresh,
				  conf->signatures_shrink))
		return 0;
	r = mm_buf_printf(error, "%s: only %u signatures, %llu are in service "
			  "(signatures.shrink)", conf->signatures_folder,
			  fresh, (unsigned long long)role->serving);
	return r < 0 ? r : MM_ERR_INVALID;
}

static int load(const struct mm_role *role, struct mm_engine **engine_r)
{
	struct mm_buf error;
	int r;

	mm_buf_init(&error, MM_TEXT_MAX);
	r = mm_engine_load(role->conf, role->conf->signatures_folder, engine_r,
			   &error);
	if (r == 0 && (r = check_count(role, *engine_r, &error)) < 0)
		mm_engine_free(engine_r);
	if (r < 0)
		tell_refused(role, error.len > 0 ? mm_buf_str(&error)
						 : mm_err_text(r));
	mm_buf_clear(&error);
	return r;
}

int mm_pool_main(const struct mm_role *role)
{
	struct mm_pool pool = { .role = role, .retire = { -1, -1 },
				.logs = { -1, -1 } };
	sigset_t open;
	int status = 0;

	(void)umask(077);
	set_signals(&open);
	mm_inspect_init();
	if (load(role, &pool.engine) < 0)
		return 1;
	mm_huge_pages_collapse();
	if (pipe2(pool.retire, O_CLOEXEC) < 0)
		mm_fatal("pool", "pipe: %s", strerror(errno));
	mm_pool_logs_open(&pool);
	mm_pool_jails_open(&pool);
	mm_pool_workers_init(&pool, mm_sizes(role->conf).inspectors);
	mm_pool_workers_start(&pool);
	if (wait_ready(&pool, &open)) {
		tell_ready(&pool);
	} else {
		retire(&pool);
		status = 1;
	}
	run(&pool, &open);
	mm_pool_logs_close(&pool);
	mm_pool_jails_close(&pool);
	free(pool.workers);
	mm_engine_free(&pool.engine);
	return status;
}
