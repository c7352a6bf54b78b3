/*
 * The master: root, and therefore it does as little as possible. It binds
 * sockets, starts roles, writes their log lines, watches the signatures. It
 * must never read a message.
 */
#include "mamorid/master.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/deadline.h"
#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/generation.h"
#include "mamorid/log.h"
#include "mamorid/logsink.h"
#include "mamorid/master_channel.h"
#include "mamorid/place.h"
#include "mamorid/proc.h"
#include "mamorid/sizes.h"
#include "mamorid/watch.h"

/* After this long a role that was asked to leave is killed. A gate has a mail,
 * whose client would have to send it again. All of them together stay below the
 * service manager's patience (TimeoutStopSec). */
#define GATES_MS 30000
#define LEAVE_MS 10000

struct master {
	struct mm_conf *conf;
	const char *conf_path;
	int log_to_stderr;
	struct mm_users users;
	struct mm_place place;
	struct mm_procs procs;
	struct mm_master_view view;
	struct mm_watch watch;
	int signals;
	bool keeper_next; /* leaves when the courier has */
	bool stop;
};

static int open_signals(void)
{
	static const int wanted[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP };
	sigset_t set;
	size_t i;
	int fd;

	sigemptyset(&set);
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		sigaddset(&set, wanted[i]);
	fd = sigprocmask(SIG_BLOCK, &set, NULL) < 0
		     ? -1
		     : signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		mm_fatal("signals", "signalfd: %s", strerror(errno));
	(void)signal(SIGPIPE, SIG_IGN);
	return fd;
}

static void leave_all(struct master *m, enum mm_proc_role role)
{
	size_t i;

	for (i = 0; i < m->procs.count; i++)
		if (m->procs.list[i].role == role)
			mm_proc_leave(&m->procs.list[i]);
}

/* After the courier: what Exim has taken from it and the keeper does not know
 * of would be sent again by the next one. */
static void keeper_leaves(struct master *m)
{
	if (!m->keeper_next ||
	    mm_procs_running(&m->procs, MM_PROC_COURIER) > 0)
		return;
	m->keeper_next = false;
	leave_all(m, MM_PROC_KEEPER);
}

/* Read the configuration again; a mistake leaves everything as it is. */
static void reread(struct master *m)
{
	struct mm_conf fresh;
	struct mm_buf error;

	mm_buf_init(&error, 4096);
	if (mm_conf_read(&fresh, m->conf_path, &error) < 0) {
		mm_log(MM_LOG_ERROR, "config-refused", NULL, "reason",
		       mm_buf_str(&error), NULL);
		mm_buf_clear(&error);
		(void)mm_logsink_open(m->conf, m->log_to_stderr);
		return;
	}
	mm_conf_clear(&fresh);
	(void)mm_logsink_open(m->conf, m->log_to_stderr);
	mm_log(MM_LOG_INFO, "config-reread", NULL, "file", m->conf_path, NULL);
	leave_all(m, MM_PROC_GATE);
	leave_all(m, MM_PROC_COURIER);
	m->keeper_next = true;
	keeper_leaves(m);
	(void)mm_generations_reload(&m->view.gens);
}

static void reap(struct master *m)
{
	struct mm_proc *proc;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		/* Its last words are still in the channel. */
		mm_master_drain(&m->view, pid);
		proc = mm_procs_reaped(&m->procs, pid, status);
		if (proc != NULL && proc->role == MM_PROC_POOL && !m->stop)
			mm_generations_ended(&m->view.gens, proc);
		keeper_leaves(m);
	}
}

static void take_signals(struct master *m)
{
	struct signalfd_siginfo info;

	while (read(m->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGHUP && !m->stop)
			reread(m);
		else if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
			m->stop = true;
	}
	reap(m);
}

static int smaller(int a, int b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

/* Wait for signals, channels and the signature folder, then serve them. */
static void turn(struct master *m, int wait_ms)
{
	struct pollfd fds[MM_PROC_MAX + 2];
	struct mm_proc *proc[MM_PROC_MAX];
	nfds_t n = 0, i;

	for (i = 0; i < m->procs.count; i++) {
		if (m->procs.list[i].channel < 0)
			continue;
		proc[n] = &m->procs.list[i];
		fds[n] = (struct pollfd){ .fd = proc[n]->channel,
					  .events = POLLIN };
		n++;
	}
	fds[n] = (struct pollfd){ .fd = m->signals, .events = POLLIN };
	fds[n + 1] = (struct pollfd){ .fd = m->watch.fd, .events = POLLIN };
	if (poll(fds, n + 2, wait_ms) < 0 && errno != EINTR)
		mm_fatal("poll", "%s", strerror(errno));
	for (i = 0; i < n; i++)
		if (fds[i].revents != 0)
			mm_master_serve(&m->view, proc[i]);
	take_signals(m);
}

static void start_all(struct master *m)
{
	const struct mm_sizes sizes = mm_sizes(m->conf);
	struct mm_procs *procs = &m->procs;
	uint64_t i;

	procs->conf_path = m->conf_path;
	procs->listen[MM_PROC_KEEPER] = m->place.keeper;
	procs->listen[MM_PROC_COURIER] = -1;
	procs->listen[MM_PROC_GATE] = m->place.scan;
	procs->listen[MM_PROC_POOL] = m->place.inspect;
	procs->control = m->place.control;
	(void)mm_procs_add(procs, MM_PROC_KEEPER, 0);
	(void)mm_procs_add(procs, MM_PROC_COURIER, 0);
	for (i = 0; i < sizes.gates; i++)
		(void)mm_procs_add(procs, MM_PROC_GATE, 0);
	mm_generations_init(&m->view.gens, procs,
			    m->conf->signatures_reload ==
				    MM_CONF_RELOAD_SERIAL);
	(void)mm_generations_reload(&m->view.gens);
}

/* Have all of a role leave, and kill those that have not after so long. */
static void stop_role(struct master *m, enum mm_proc_role role, int64_t ms)
{
	mm_deadline deadline = mm_deadline_in(ms);
	size_t i;

	for (i = 0; i < m->procs.count; i++)
		if (m->procs.list[i].role == role)
			m->procs.list[i].wanted = false;
	leave_all(m, role);
	while (mm_procs_running(&m->procs, role) > 0) {
		if (mm_deadline_left(deadline) == 0) {
			mm_log(MM_LOG_WARN, "role-killed", NULL, "name",
			       mm_proc_name(role), NULL);
			mm_procs_kill(&m->procs, role, SIGKILL);
			deadline = MM_DEADLINE_NONE;
		}
		turn(m, mm_deadline_left(deadline));
	}
}

/* What is under way is finished, so whoever is needed leaves later: the courier
 * needs all others (Exim asks a gate about what it injects), gates need the
 * keeper and scanners. */
static void stop_all(struct master *m)
{
	mm_log(MM_LOG_INFO, "stopping", NULL, NULL);
	stop_role(m, MM_PROC_COURIER, LEAVE_MS);
	stop_role(m, MM_PROC_GATE, GATES_MS);
	stop_role(m, MM_PROC_KEEPER, LEAVE_MS);
	stop_role(m, MM_PROC_POOL, LEAVE_MS);
	mm_log(MM_LOG_INFO, "stopped", NULL, NULL);
}

int mm_master_main(struct mm_conf *conf, const char *conf_path,
		   int log_to_stderr)
{
	struct master *m = calloc(1, sizeof(*m));
	const char *missing;
	int wait;

	if (m == NULL)
		mm_fatal("out-of-memory", "no memory to start");
	m->conf = conf;
	m->conf_path = conf_path;
	m->log_to_stderr = log_to_stderr;
	mm_log_init_sink("master", (enum mm_log_level)conf->log_level,
			 mm_logsink_put);
	if (mm_logsink_open(conf, log_to_stderr) < 0)
		mm_log(MM_LOG_ERROR, "log-file", NULL, "file", conf->log_file,
		       "reason", strerror(errno), NULL);
	if (mm_users_resolve(conf, &m->users, &missing) < 0)
		mm_fatal("users", "user %s of %s does not exist", missing,
			 conf_path);
	mm_place_open(conf, &m->users, &m->place);
	m->signals = open_signals();
	m->view.procs = &m->procs;
	m->view.status.started = (int64_t)time(NULL);
	mm_watch_open(&m->watch, conf->signatures_folder,
		      (int64_t)conf->signatures_settle * 1000);
	mm_log(MM_LOG_INFO, "started", NULL, "version", MM_VERSION, "config",
	       conf_path, NULL);
	start_all(m);
	while (!m->stop) {
		wait = smaller(mm_procs_start(&m->procs),
			       mm_watch_wait(&m->watch));
		turn(m, wait);
		if (mm_watch_due(&m->watch) && !m->stop)
			(void)mm_generations_reload(&m->view.gens);
	}
	stop_all(m);
	mm_watch_close(&m->watch);
	mm_place_close(conf, &m->place);
	free(m);
	return 0;
}
