/*
 * Gate: talks to Exim's module, one message at a time, blocking code. As
 * users.gate it may connect to inspect.sock and keeper.sock and read the
 * configuration. Must never parse MIME or write state.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/frame.h"
#include "mamorid/gate/history_client.h"
#include "mamorid/gate/presets.h"
#include "mamorid/gate/request.h"
#include "mamorid/log.h"
#include "mamorid/role.h"
#include "mamorid/xalloc.h"

/* The module sends its request at once after connecting. */
#define REQUEST_MS 10000
/* A gate is replaced after this many mails, so that nothing ever piles up. */
#define MAILS_MAX 20000u
/* What the keeper has not taken is offered again after this. */
#define HISTORY_MS 1000

/* Exim asks about mails: their envelopes are taken as true. Root asks what
 * would be done, and cannot make anything happen. A private instance has one
 * uid for all. */
static bool may_ask(const struct mm_users *users, uid_t uid, bool dry_run)
{
	if (dry_run)
		return uid == 0 || (!users->root && uid == geteuid());
	return uid == users->exim.uid || uid == geteuid();
}

static int open_request(const struct mm_gate *gate, struct mm_request *request,
			struct mm_frame *frame, uid_t uid)
{
	int r = mm_request_open(request, frame);

	if (r == 0 &&
	    !may_ask(&gate->users, uid,
		     (request->scan.flags & MM_SCAN_DRY_RUN) != 0))
		r = MM_ERR_DENIED;
	return r;
}

static void serve(const struct mm_gate *gate, int fd, uid_t uid)
{
	struct mm_request request;
	struct mm_frame frame;
	int r;

	mm_frame_init(&frame);
	r = mm_frame_recv(fd, &frame, 0, 2, mm_deadline_in(REQUEST_MS));
	if (r == MM_ERR_CLOSED) {
		/* Somebody only looked whether we are there. */
		mm_frame_clear(&frame);
		return;
	}
	memset(&request, 0, sizeof(request));
	request.headers = request.body = -1;
	if (r == 0)
		r = open_request(gate, &request, &frame, uid);
	if (r < 0) {
		mm_log(MM_LOG_WARN, "scan-request-refused", NULL, "reason",
		       mm_err_text(r), NULL);
		if (mm_send_error(fd, frame.id, mm_err_text(r),
				  mm_deadline_in(REQUEST_MS)) < 0)
			mm_log(MM_LOG_DEBUG, "error-unsent", NULL, NULL);
	} else {
		(void)!mm_request_serve(gate, &request, fd, frame.id);
	}
	mm_request_clear(&request);
	mm_frame_clear(&frame);
}

static bool is_admitted(const struct mm_users *users, int fd, uid_t *uid_r)
{
	if (mm_peer_uid(fd, uid_r) < 0)
		return false;
	if (may_ask(users, *uid_r, false) || may_ask(users, *uid_r, true))
		return true;
	mm_log(MM_LOG_WARN, "peer-refused", NULL, "socket", MM_SCAN_SOCK, "uid",
	       MM_NUM(*uid_r), NULL);
	return false;
}

static bool accept_one(const struct mm_gate *gate)
{
	int fd = accept4(gate->role->listen, NULL, NULL,
			 SOCK_CLOEXEC | SOCK_NONBLOCK);
	uid_t uid;

	if (fd < 0) {
		if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
			mm_fatal("accept", "%s", strerror(errno));
		return false;
	}
	if (is_admitted(&gate->role->users, fd, &uid))
		serve(gate, fd, uid);
	mm_close(&fd);
	return true;
}

static void watch(int epoll, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	if (fd >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		mm_fatal("epoll", "%s", strerror(errno));
}

static void tell_settings(const char *line)
{
	mm_log(MM_LOG_ERROR, "settings-unreadable", NULL, "error", line, NULL);
}

static struct mm_settings_tree *open_settings(const struct mm_role *role)
{
	char *path = mm_xasprintf("%s/settings", role->conf->state_dir);
	struct mm_settings_tree *tree = mm_settings_tree_open(
		path, role->users.keeper.uid, tell_settings);

	if (tree == NULL)
		mm_fatal("out-of-memory", "settings");
	free(path);
	return tree;
}

static void open_relays(struct mm_gate *gate, struct mm_relays *relays)
{
	char *path = mm_xasprintf("%s/gate/relay_hosts",
				  gate->role->conf->state_dir);

	mm_relays_init(relays, path);
	gate->relays = relays;
	free(path);
}

static void find_users(struct mm_gate *gate)
{
	const struct mm_conf *conf = gate->role->conf;

	mm_uids_find(&conf->users_web, "users-web", &gate->users.web);
	mm_uids_find(&conf->users_dovecot, "users-dovecot",
		     &gate->users.dovecot);
	mm_uids_find(&conf->users_lists, "users-lists", &gate->users.lists);
}

/* The server's preset before the first mail: a broken one is told at once. */
static void load_preset(struct mm_gate *gate)
{
	struct mm_settings_view view;

	mm_settings_view(gate->tree, "", &view);
	(void)mm_presets_of(gate->presets, &view);
	mm_settings_view_clear(&view);
}

int mm_gate_main(const struct mm_role *role)
{
	const char *dir = role->conf->run_dir;
	struct mm_gate gate = { .role = role, .users = role->users };
	struct mm_relays relays;
	struct mm_presets presets;
	struct mm_history_client history;
	struct epoll_event event;
	unsigned int served = 0;
	bool left = false; /* is some history unsent? */
	int epoll, n;

	mm_priv_drop(&role->users, &role->users.gate);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		mm_fatal("privilege", "no_new_privs: %s", strerror(errno));
	find_users(&gate);
	mm_domains_init(&gate.domains, role->conf);
	open_relays(&gate, &relays);
	mm_presets_init(&presets, role->conf);
	gate.presets = &presets;
	gate.tree = open_settings(role);
	load_preset(&gate);
	gate.inspect_path = mm_xasprintf("%s/" MM_INSPECT_SOCK, dir);
	gate.keeper_path = mm_xasprintf("%s/" MM_KEEPER_SOCK, dir);
	mm_history_client_init(&history, gate.keeper_path);
	gate.history = &history;
	if ((epoll = epoll_create1(EPOLL_CLOEXEC)) < 0)
		mm_fatal("epoll", "%s", strerror(errno));
	/* Exclusive: one connection wakes one gate, not all of them. */
	watch(epoll, role->listen, EPOLLIN | EPOLLEXCLUSIVE);
	watch(epoll, role->channel, EPOLLIN | EPOLLRDHUP);
	while (served < MAILS_MAX) {
		n = epoll_wait(epoll, &event, 1, left ? HISTORY_MS : -1);
		if (n < 0 && errno != EINTR)
			mm_fatal("epoll", "%s", strerror(errno));
		if (n <= 0) {
			left = mm_history_client_flush(&history);
			continue;
		}
		if (event.data.fd == role->channel)
			break;
		served += accept_one(&gate);
		left = history.pending.len > 0;
	}
	mm_history_client_close(&history);
	mm_domains_clear(&gate.domains);
	mm_relays_clear(&relays);
	mm_presets_clear(&presets);
	mm_settings_tree_close(gate.tree);
	free(gate.inspect_path);
	free(gate.keeper_path);
	mm_close(&epoll);
	return 0;
}
