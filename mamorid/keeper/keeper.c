/*
 * The keeper: owner of all state. One process, uid mamori-keeper, one event
 * loop. It writes the quarantine and the outbox, and answers gates, the
 * courier and operators. Must never parse MIME, run a program, wait for a
 * peer, or acknowledge what is not on disk.
 */
#include "mamorid/keeper/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/err.h"
#include "mamorid/channel.h"
#include "mamorid/keeper/abuse.h"
#include "mamorid/keeper/client.h"
#include "mamorid/keeper/control.h"
#include "mamorid/keeper/digest.h"
#include "mamorid/keeper/history_serve.h"
#include "mamorid/keeper/outbox_limit.h"
#include "mamorid/keeper/outbox_serve.h"
#include "mamorid/keeper/settings_rights.h"
#include "mamorid/keeper/routes.h"
#include "mamorid/keeper/settings_usage.h"
#include "mamorid/log.h"
#include "mamorid/xalloc.h"

#define EXPIRY_MS 60000
/* Less than the master waits for its roles. */
#define LEAVE_MS 5000
#define EXPIRY_ROWS 500u
#define TIDY_FILES 200u

int64_t mm_keeper_now(void)
{
	return (int64_t)time(NULL);
}

static void channel_ready(struct mm_loop_watch *watch, short revents)
{
	struct mm_keeper *keeper = watch->owner;
	struct mm_frame frame;
	int r = MM_ERR_CLOSED;

	(void)revents;
	mm_frame_init(&frame);
	while (!keeper->leaving &&
	       (r = mm_channel_recv(watch->fd, &frame)) == 1)
		mm_control_master(keeper, &frame);
	mm_frame_clear(&frame);
	if (r == 0)
		return;
	/* The master is gone: what is acknowledged is on disk already. But
	 * what Exim takes at this moment would be injected again. */
	if (keeper->leaving || keeper->in_flight == 0)
		keeper->loop.stop = true;
	keeper->leaving = true;
	watch->fd = -1;
	watch->deadline = mm_deadline_in(LEAVE_MS);
}

/* Summaries of notices that were held back, and digests. */
static void sum_up(struct mm_keeper *keeper)
{
	const struct mm_conf *conf = keeper->role->conf;
	const int64_t window_ms = (int64_t)conf->notices_window * 1000;
	int count = mm_outbox_end_windows(keeper->db, conf, mm_keeper_now(),
					  EXPIRY_ROWS);

	if (count == (int)EXPIRY_ROWS)
		keeper->expiry.deadline = mm_deadline_in(100);
	else if (window_ms < EXPIRY_MS)
		keeper->expiry.deadline = mm_deadline_in(window_ms);
	if (mm_digest_run(keeper->db, conf, keeper->tree, mm_keeper_now()) >
		    0 ||
	    count > 0)
		mm_outbox_pump(keeper);
}

/* The rest of a large batch is taken soon, with requests in between. */
static void expiry_ready(struct mm_loop_watch *watch, short revents)
{
	struct mm_keeper *keeper = watch->owner;
	int count;

	(void)revents;
	count = mm_vault_expire(&keeper->vault, mm_keeper_now(), EXPIRY_ROWS);
	watch->deadline =
		mm_deadline_in(count == (int)EXPIRY_ROWS ? 100 : EXPIRY_MS);
	if (count > 0)
		mm_log(MM_LOG_INFO, "quarantine-expired", NULL, "rows",
		       MM_NUM(count), NULL);
	mm_usage_daily(keeper);
	mm_routes_retry(keeper);
	sum_up(keeper);
	if (mm_settings_store_tidy(&keeper->settings, TIDY_FILES) == 1)
		watch->deadline = mm_deadline_in(100);
}

/* Every connection may bring three descriptors. */
static void raise_limits(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		mm_log(MM_LOG_WARN, "limit", NULL, "error", strerror(errno),
		       NULL);
}

/* A role leaves when its channel ends, so that the master orders it. */
static void ignore_signals(void)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE };
	size_t i;

	for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)signal(ignored[i], SIG_IGN);
}

static void tell_settings(const char *line)
{
	mm_log(MM_LOG_ERROR, "settings-unreadable", NULL, "error", line, NULL);
}

static void open_settings(struct mm_keeper *keeper)
{
	const struct mm_users *users = &keeper->role->users;
	int r;

	keeper->settings.readers = users->readers;
	keeper->settings.gate = users->gate.gid;
	keeper->settings.set_group = users->root && users->keeper.nmore > 0;
	r = mm_settings_store_open(&keeper->settings,
				   keeper->role->conf->state_dir);
	if (r < 0)
		mm_fatal("state", "%s/settings: %s",
			 keeper->role->conf->state_dir, mm_err_text(r));
	keeper->tree = mm_settings_tree_open(keeper->settings.path, geteuid(),
					     tell_settings);
	if (keeper->tree == NULL)
		mm_fatal("state", "out of memory");
	mm_settings_users_init(keeper);
	(void)!mm_routes_update(keeper);
}

/* One keeper at a time: that of a master which was killed may still be at
 * work, and would lose the file that it is about to record. The descriptor
 * stays open for as long as the process lives. */
static void lock_state(const char *state_dir)
{
	int fd = open(state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
		mm_fatal("state", "%s is not free yet: %s", state_dir,
			 strerror(errno));
}

static void open_state(struct mm_keeper *keeper)
{
	const struct mm_conf *conf = keeper->role->conf;
	char *folder = mm_xasprintf("%s/quarantine", conf->state_dir);
	char *db = mm_xasprintf("%s/keeper.sqlite", conf->state_dir);
	int r;

	/* The master has made it; a private instance may do without. */
	(void)mkdir(conf->state_dir, 0700);
	lock_state(conf->state_dir);
	if ((r = mm_store_open(&keeper->store, folder,
			       conf->quarantine_disk_reserve)) < 0)
		mm_fatal("state", "%s: %s", folder, mm_err_text(r));
	if ((r = mm_db_open(&keeper->db, db, &mm_db_state)) < 0)
		mm_fatal("state", "%s: %s", db, mm_err_text(r));
	keeper->vault = (struct mm_vault){ .db = keeper->db,
					   .store = &keeper->store,
					   .conf = conf,
					   .history = &keeper->history };
	mm_history_open(&keeper->history, conf);
	if ((r = mm_vault_clean(&keeper->vault)) < 0)
		mm_log(MM_LOG_WARN, "quarantine-clean", NULL, "error",
		       mm_err_text(r), NULL);
	else if (r > 0)
		mm_log(MM_LOG_INFO, "quarantine-clean", NULL, "files",
		       MM_NUM(r), NULL);
	free(folder);
	free(db);
	open_settings(keeper);
	mm_abuse_start(keeper);
}

static int start(struct mm_keeper *keeper)
{
	const struct mm_role *role = keeper->role;
	int r;

	keeper->channel = (struct mm_loop_watch){
		.fd = role->channel,
		.events = POLLIN,
		.deadline = MM_DEADLINE_NONE,
		.ready = channel_ready,
		.owner = keeper,
	};
	keeper->expiry = (struct mm_loop_watch){
		.fd = -1,
		.deadline = mm_deadline_in(0),
		.ready = expiry_ready,
		.owner = keeper,
	};
	if ((r = mm_loop_add(&keeper->loop, &keeper->channel)) < 0 ||
	    (r = mm_loop_add(&keeper->loop, &keeper->expiry)) < 0 ||
	    (r = mm_outbox_start(keeper)) < 0 ||
	    (r = mm_history_start(keeper)) < 0 ||
	    (r = mm_listener_start(&keeper->listeners[0], keeper, role->listen,
				   false)) < 0)
		return r;
	return mm_listener_start(&keeper->listeners[1], keeper, role->control,
				 true);
}

int mm_keeper_main(const struct mm_role *role)
{
	struct mm_keeper keeper = { .role = role };
	int r;

	raise_limits();
	mm_priv_drop(&role->users, &role->users.keeper);
	ignore_signals();
	mm_loop_init(&keeper.loop);
	open_state(&keeper);
	if ((r = start(&keeper)) == 0) {
		mm_log(MM_LOG_INFO, "keeper-ready", NULL, NULL);
		r = mm_loop_run(&keeper.loop);
	}
	mm_client_drain(&keeper);
	while (keeper.clients != NULL)
		mm_client_close(keeper.clients, NULL);
	if (r < 0)
		mm_log(MM_LOG_ERROR, "keeper-loop", NULL, "error",
		       mm_err_text(r), NULL);
	mm_abuse_stop(&keeper);
	mm_history_close(&keeper.history);
	mm_db_close(&keeper.db);
	mm_store_close(&keeper.store);
	mm_settings_tree_close(keeper.tree);
	mm_settings_store_close(&keeper.settings);
	mm_loop_clear(&keeper.loop);
	return r < 0 ? 1 : 0;
}
