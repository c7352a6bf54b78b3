/*
 * Connections of the keeper: reading requests without ever waiting for a peer.
 * Keeper, uid mamori-keeper. A peer that sends anything but what the table in
 * client_rules.c permits is disconnected; must never read beyond a rule's
 * bounds nor keep a passed descriptor.
 */
#include "mamorid/keeper/client.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/keeper/client_read.h"
#include "mamorid/keeper/outbox_serve.h"
#include "mamorid/keeper/settings_rights.h"
#include "mamorid/log.h"

/* A gate has two connections; a few more than the gates there may be. */
#define CLIENTS_MAX 2200u
#define CONTROL_MAX 64u
#define ACCEPTS_AT_ONCE 16u
#define REQUEST_MS 5000
#define IDLE_CONTROL_MS 60000
/* Gates and the courier have something to say when they connect. */
#define IDLE_KEEPER_MS 10000

/* Clients that send without an answer are looked at together. */
#define REST_MS 250
#define FRAMES_AT_ONCE 200u

/* Of peers that are not root: each uid, and all. The rest is root's. */
#define UID_MAX 8u
#define OTHERS_MAX 40u

static void unlink_client(struct mm_client *client)
{
	struct mm_client **link = &client->keeper->clients;

	while (*link != NULL && *link != client)
		link = &(*link)->next;
	if (*link == client)
		*link = client->next;
}

void mm_client_close(struct mm_client *client, const char *why)
{
	struct mm_listener *listener = client->listener;

	if (why != NULL)
		mm_log(MM_LOG_WARN, "client-closed", NULL, "why", why, "uid",
		       MM_NUM(client->uid), NULL);
	mm_outbox_client_gone(client);
	mm_loop_remove(&client->keeper->loop, &client->watch);
	unlink_client(client);
	listener->clients--;
	listener->watch.events = POLLIN;
	mm_frame_clear(&client->request);
	mm_close(&client->watch.fd);
	free(client);
}

/* How long the next request may take to begin. The courier that has a row
 * speaks with Exim meanwhile, as long as that takes. */
static mm_deadline idle_deadline(const struct mm_client *client)
{
	if (client->listener->control)
		return mm_deadline_in(IDLE_CONTROL_MS);
	return client->keeper->courier == client
		       ? MM_DEADLINE_NONE
		       : mm_deadline_in(IDLE_KEEPER_MS);
}

/* Ready for the next request. */
static void rewind_client(struct mm_client *client)
{
	client->state = MM_CLIENT_READING;
	client->have = 0;
	client->want = 0;
	client->rule = NULL;
	client->wants_item = false;
	client->waits_for = 0;
	client->watch.events = POLLIN;
	client->watch.deadline = idle_deadline(client);
	mm_frame_clear(&client->request);
}

/* One answer at a time fits any socket buffer: a peer for which it does not
 * has sent requests without reading answers. */
static void sent(struct mm_client *client, int r)
{
	if (r < 0)
		mm_client_close(client, r == MM_ERR_CLOSED
						? NULL
						: "does not read its answers");
	else
		rewind_client(client);
}

void mm_client_answer(struct mm_client *client, uint16_t type,
		      const struct mm_buf *payload, const int *fds,
		      unsigned int nfds)
{
	sent(client, mm_frame_send(client->watch.fd, type, client->request.id,
				   payload, fds, nfds, mm_deadline_in(0)));
}

void mm_client_fail(struct mm_client *client, const char *text)
{
	sent(client, mm_send_error(client->watch.fd, client->request.id, text,
				   mm_deadline_in(0)));
}

void mm_client_park(struct mm_client *client, int64_t ms,
		    void (*timed_out)(struct mm_client *client))
{
	client->state = MM_CLIENT_PARKED;
	client->watch.events = POLLRDHUP;
	client->watch.deadline = ms < 0 ? MM_DEADLINE_NONE : mm_deadline_in(ms);
	client->timed_out = timed_out;
}

static void read_request(struct mm_client *client)
{
	const bool fresh = client->have == 0;
	int r;

	r = mm_client_read(client);

	if (r == MM_ERR_CLOSED)
		mm_client_close(client, NULL);
	else if (r < 0)
		mm_client_close(client, r == MM_ERR_DENIED
						? "request not permitted"
						: mm_err_text(r));
	else if (r == 1)
		client->rule->handle(client);
	else if (fresh && client->have > 0)
		/* From its first byte on, a request has this long. */
		client->watch.deadline = mm_deadline_in(REQUEST_MS);
}

/* On control.sock a customer may do this as often as he likes. */
static void log_silent(const struct mm_client *client)
{
	static struct mm_log_limit limit;
	uint64_t missed;

	if (!client->listener->control && mm_log_due(&limit, &missed))
		mm_log(MM_LOG_WARN, "client-closed", NULL, "why",
		       "says nothing", "uid", MM_NUM(client->uid), "missed",
		       MM_NUM(missed), NULL);
}

void mm_client_rest(struct mm_client *client)
{
	rewind_client(client);
	client->state = MM_CLIENT_RESTING;
	client->watch.events = 0;
	client->keeper->rests++;
	client->watch.deadline = /* the same for all */
	        (mm_now_ms() / REST_MS + 1) * REST_MS;
}

/* What has come during the rest. A handler may free the client: only when it
 * rests again is it known to be there. */
static void read_on(struct mm_client *client)
{
	struct mm_keeper *keeper = client->keeper;
	uint64_t before;
	unsigned int i;

	for (i = 0; i < FRAMES_AT_ONCE; i++) {
		before = keeper->rests;
		client->state = MM_CLIENT_READING;
		client->watch.events = POLLIN;
		client->watch.deadline = MM_DEADLINE_NONE;
		read_request(client);
		if (keeper->rests == before)
			return;
	}
}

void mm_client_drain(struct mm_keeper *keeper)
{
	struct mm_client *client, *next;

	for (client = keeper->clients; client != NULL; client = next) {
		next = client->next;
		if ((client->rights & MM_RIGHT_RECORD) != 0 &&
		    client->state != MM_CLIENT_PARKED)
			read_on(client);
	}
}

static void client_ready(struct mm_loop_watch *watch, short revents)
{
	struct mm_client *client = watch->owner;

	if (client->state == MM_CLIENT_PARKED) {
		if (revents != 0)
			mm_client_close(client, NULL);
		else
			client->timed_out(client);
	} else if (client->state == MM_CLIENT_RESTING) {
		read_on(client);
	} else if (revents != 0) {
		read_request(client);
	} else if (client->have > 0) {
		mm_client_close(client, "too slow with a request");
	} else {
		log_silent(client);
		mm_client_close(client, NULL);
	}
}

static void welcome(struct mm_listener *listener, int fd, uid_t uid,
		    unsigned int rights, const char *login)
{
	struct mm_keeper *keeper = listener->keeper;
	struct mm_client *client = calloc(1, sizeof(*client));

	if (client == NULL) {
		(void)close(fd);
		return;
	}
	client->watch.fd = fd;
	client->watch.ready = client_ready;
	client->watch.owner = client;
	client->keeper = keeper;
	client->listener = listener;
	client->uid = uid;
	client->rights = rights;
	memcpy(client->login, login, strlen(login) + 1);
	mm_frame_init(&client->request);
	if (mm_loop_add(&keeper->loop, &client->watch) < 0) {
		(void)close(fd);
		free(client);
		return;
	}
	client->next = keeper->clients;
	keeper->clients = client;
	rewind_client(client);
	if (++listener->clients >= listener->max)
		listener->watch.events = 0;
}

/* Is there room for one more of this uid? Root always has some. */
static bool has_room(const struct mm_listener *listener, uid_t uid)
{
	const struct mm_client *client;
	unsigned int same = 0, others = 0;

	for (client = listener->keeper->clients; client != NULL;
	     client = client->next) {
		if (client->listener != listener ||
		    (client->rights & MM_RIGHT_CONTROL) != 0)
			continue;
		others++;
		same += client->uid == uid;
	}
	return same < UID_MAX && others < OTHERS_MAX;
}

/* The rights of a new connection; login tells a customer's. Anybody may
 * connect to control.sock: who is nobody there is not logged, so that no
 * customer can fill the log. */
static unsigned int admit(struct mm_listener *listener, int fd, uid_t *uid_r,
			  char *login)
{
	struct mm_keeper *keeper = listener->keeper;
	unsigned int rights;

	*login = '\0';
	if (mm_peer_uid(fd, uid_r) < 0)
		return 0;
	rights = mm_client_rights(&keeper->role->users, listener->control,
				  *uid_r, geteuid());
	if (rights == 0 && listener->control && has_room(listener, *uid_r))
		rights = mm_settings_admit(keeper, *uid_r, login);
	if (rights == 0)
		mm_log(listener->control ? MM_LOG_DEBUG : MM_LOG_WARN,
		       "peer-refused", NULL, "uid", MM_NUM(*uid_r), "socket",
		       listener->control ? MM_CONTROL_SOCK : MM_KEEPER_SOCK,
		       NULL);
	return rights;
}

static void listener_ready(struct mm_loop_watch *watch, short revents)
{
	struct mm_listener *listener = watch->owner;
	char login[MM_LOGIN_SIZE];
	unsigned int i, rights;
	uid_t uid = (uid_t)-1;
	int fd;

	(void)revents;
	for (i = 0; i < ACCEPTS_AT_ONCE && listener->clients < listener->max;
	     i++) {
		fd = accept4(watch->fd, NULL, NULL,
			     SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			break;
		rights = admit(listener, fd, &uid, login);
		if (rights != 0)
			welcome(listener, fd, uid, rights, login);
		else
			(void)close(fd);
	}
}

int mm_listener_start(struct mm_listener *listener, struct mm_keeper *keeper,
		      int fd, bool control)
{
	memset(listener, 0, sizeof(*listener));
	listener->watch.fd = fd;
	listener->watch.events = POLLIN;
	listener->watch.deadline = MM_DEADLINE_NONE;
	listener->watch.ready = listener_ready;
	listener->watch.owner = listener;
	listener->keeper = keeper;
	listener->control = control;
	listener->max = control ? CONTROL_MAX : CLIENTS_MAX;
	return fd < 0 ? 0 : mm_loop_add(&keeper->loop, &listener->watch);
}
