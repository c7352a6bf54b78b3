/*
 * One worker: takes a connection from inspect.sock, answers its requests, and
 * waits for the next one.
 * Process: inspector, as users.inspector in its jail.
 * Must never answer for a message that it did not look at, and never wait for
 * a silent peer.
 */
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/frame.h"
#include "mamorid/inspect/canary.h"
#include "mamorid/inspect/inspect.h"
#include "mamorid/inspect/worker.h"
#include "mamorid/log.h"
#include "mamorid/title.h"

/* A fresh worker takes over after so many connections: what a mail may have
 * done to this one does not last. */
#define SERVED_MAX 1000u
#define PEER_MS 2000	/* how long a peer may be silent */
#define INSPECT_FDS 2u
#define LARGE_MESSAGE (4u << 20)
#define LONG_SCAN_MS 200u

static bool may_ask(const struct mm_users *users, uid_t uid)
{
	return uid == 0 || uid == users->gate.uid ||
	       uid == users->courier.uid ||
	       (!users->root && uid == geteuid());
}

static mm_deadline scan_deadline(const struct mm_worker *worker,
				 mm_deadline asked)
{
	mm_deadline own = mm_deadline_in(
		(int64_t)worker->role->conf->limits_scan_time * 1000);

	return asked < own ? asked : own;
}

/* Copy the message out of the passed descriptors. 0 or a negative code with
 * the reason for the peer. */
static int take_source(const struct mm_worker *worker,
		       const struct mm_frame *frame,
		       const struct mm_inspect_request *req,
		       struct mm_source *source, const char **why_r)
{
	size_t header_size;
	size_t body_size;
	int r;

	*why_r = "header descriptor refused";
	r = mm_check_memfd(frame->fds[0], MM_HEADER_MAX, &header_size);
	if (r < 0)
		return r;
	*why_r = "body descriptor refused";
	if ((r = mm_check_body(frame->fds[1], SIZE_MAX, &body_size)) < 0)
		return r;
	*why_r = "message cannot be read";
	return mm_source_from_fds(source, frame->fds[0], header_size,
				  frame->fds[1], req->body_offset, body_size,
				  worker->role->conf->limits_message_size);
}

static int send_findings(int conn, uint32_t id,
			 const struct mm_findings *findings)
{
	struct mm_buf buf;
	int fd = -1;
	int r;

	mm_buf_init(&buf, MM_LIST_MAX);
	if ((r = mm_findings_encode(&buf, findings)) < 0)
		goto out;
	if ((fd = mm_sealed_memfd("findings", buf.data, buf.len)) < 0) {
		r = fd;
		goto out;
	}
	r = mm_frame_send(conn, MM_FRAME_FINDINGS, id, NULL, &fd, 1,
			  mm_deadline_in(PEER_MS));
out:
	mm_close(&fd);
	mm_buf_clear(&buf);
	return r;
}

static void log_result(const char *trace, const struct mm_findings *findings)
{
	const char *detail = findings->count > 0 ? findings->list[0].detail
						 : "";

	mm_log(MM_LOG_INFO, "inspected", trace, "verdict",
	       mm_verdict_name(findings->verdict), "size",
	       MM_NUM(findings->size), "parts", MM_NUM(findings->parts),
	       "findings", MM_NUM(findings->count), "first", detail, "ms",
	       MM_NUM(findings->scan_ms), NULL);
}

static int inspect(const struct mm_worker *worker, int conn,
		   const struct mm_frame *frame,
		   const struct mm_inspect_request *req)
{
	struct mm_slot *slot = worker->slot;
	struct mm_source source = { 0 };
	struct mm_report report;
	mm_deadline deadline;
	const char *why;
	bool large;
	int r;

	mm_report_init(&report);
	deadline = scan_deadline(worker, req->deadline);
	(void)snprintf(slot->trace, sizeof(slot->trace), "%s",
		       req->trace != NULL ? req->trace : "");
	slot->deadline_ms = deadline;
	slot->state = MM_SLOT_BUSY;
	if ((r = take_source(worker, frame, req, &source, &why)) == 0) {
		mm_inspect(worker->engine, worker->role->conf, &source,
			   deadline, &report);
		log_result(slot->trace, &report.findings);
		r = send_findings(conn, frame->id, &report.findings);
	} else {
		mm_log(MM_LOG_WARN, "inspect-refused", slot->trace, "reason",
		       why, NULL);
		r = mm_send_error(conn, frame->id, why,
				  mm_deadline_in(PEER_MS));
	}
	slot->state = MM_SLOT_IDLE;
	large = source.len > LARGE_MESSAGE ||
		report.findings.scan_ms > LONG_SCAN_MS;
	mm_source_clear(&source);
	mm_report_clear(&report);
	/* Memory is kept for the next small message, not hundreds of MB. */
	if (large)
		(void)malloc_trim(0);
	return r;
}

/* One request. 0 to go on with this peer. */
static int serve(const struct mm_worker *worker, int conn)
{
	struct mm_inspect_request req;
	struct mm_frame frame;
	int r;

	mm_frame_init(&frame);
	if ((r = mm_frame_recv(conn, &frame, MM_FRAME_MAX, INSPECT_FDS,
			       mm_deadline_in(PEER_MS))) < 0)
		goto out;
	if (frame.type != MM_FRAME_INSPECT || frame.nfds != INSPECT_FDS)
		r = MM_ERR_FORMAT;
	else
		r = mm_inspect_request_decode(frame.payload.data,
					      frame.payload.len, &req);
	if (r < 0) {
		mm_log(MM_LOG_WARN, "inspect-refused", NULL, "reason",
		       mm_err_text(r), NULL);
		/* The stream is given up in any case. */
		if (mm_send_error(conn, frame.id, "not a valid request",
				  mm_deadline_in(PEER_MS)) == 0)
			r = MM_ERR_FORMAT;
		goto out;
	}
	r = inspect(worker, conn, &frame, &req);
out:
	mm_frame_clear(&frame);
	return r;
}

static bool retiring(const struct mm_worker *worker)
{
	struct pollfd fd = { .fd = worker->retire_fd, .events = POLLIN };

	return poll(&fd, 1, 0) > 0;
}

/* Is there a request before the peer has been silent for too long? Its first
 * one is waited for even by a worker that is to leave: a mail that loses two
 * inspectors counts as one that crashes them. */
static bool next_request(const struct mm_worker *worker, int conn, bool first)
{
	struct pollfd fds[2] = {
		{ .fd = conn, .events = POLLIN },
		{ .fd = first ? -1 : worker->retire_fd, .events = POLLIN },
	};
	mm_deadline deadline = mm_deadline_in(PEER_MS);
	int n;

	do {
		n = poll(fds, 2, mm_deadline_left(deadline));
	} while (n < 0 && errno == EINTR);
	return n > 0 && fds[0].revents != 0;
}

static void serve_peer(const struct mm_worker *worker, int conn)
{
	uid_t uid = (uid_t)-1;
	bool first = true;

	if (mm_peer_uid(conn, &uid) < 0 ||
	    !may_ask(&worker->role->users, uid)) {
		mm_log(MM_LOG_WARN, "peer-refused", NULL, "uid", MM_NUM(uid),
		       NULL);
		return;
	}
	while (next_request(worker, conn, first) && serve(worker, conn) == 0 &&
	       !retiring(worker))
		first = false;
}

/* An epoll set of the listening socket and the retire pipe; exclusive, so that
 * a connection wakes one worker and not all of them. */
static int make_epoll(const struct mm_worker *worker)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLEXCLUSIVE };
	int set = epoll_create1(EPOLL_CLOEXEC);

	event.data.fd = worker->role->listen;
	if (set < 0 || epoll_ctl(set, EPOLL_CTL_ADD, worker->role->listen,
				 &event) < 0)
		mm_fatal("epoll", "%s", strerror(errno));
	event.events = EPOLLIN;
	event.data.fd = worker->retire_fd;
	if (epoll_ctl(set, EPOLL_CTL_ADD, worker->retire_fd, &event) < 0)
		mm_fatal("epoll", "%s", strerror(errno));
	return set;
}

static void accept_loop(const struct mm_worker *worker, int set)
{
	struct epoll_event event;
	unsigned int served = 0;
	int conn;
	int n;

	while (!retiring(worker) && served < SERVED_MAX) {
		n = epoll_wait(set, &event, 1, -1);
		if (n < 0 && errno != EINTR)
			mm_fatal("epoll", "%s", strerror(errno));
		if (n <= 0 || event.data.fd != worker->role->listen)
			continue;
		conn = accept4(worker->role->listen, NULL, NULL,
			       SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (conn < 0)
			continue;
		serve_peer(worker, conn);
		mm_close(&conn);
		served++;
	}
}

static uint32_t enter_jail(const struct mm_worker *worker)
{
	const struct mm_conf *conf = worker->role->conf;
	const struct mm_jail jail = {
		.path = worker->jail,
		.users = &worker->role->users,
		.file_max = UINT64_C(2000) << 20,
		.tmpfs_size = 2 * conf->limits_message_size +
			      2 * conf->limits_unpacked_size + (64u << 20),
		.memory = 4 * conf->limits_message_size +
			  4 * conf->limits_unpacked_size + (512u << 20),
	};
	const char *inside;
	uint32_t layers = mm_jail_enter(&jail, &inside);

	if (mm_engine_set_tmpdir(worker->engine, inside) < 0)
		mm_fatal("jail", "no memory for the temporary folder");
	return layers;
}

int mm_inspector_main(const struct mm_worker *worker)
{
	struct mm_slot *slot = worker->slot;
	pid_t pool = getppid();
	struct mm_buf error;
	int set;
	int r;

	mm_title_set("inspector");
	set = make_epoll(worker);
	slot->layers = enter_jail(worker);
	if (getppid() != pool)
		return 1;
	mm_buf_init(&error, MM_TEXT_MAX);
	r = mm_canary_check(worker->engine, worker->role->conf, &error);
	if (r < 0) {
		(void)snprintf(slot->reason, sizeof(slot->reason), "%s",
			       error.len > 0 ? mm_buf_str(&error)
					     : mm_err_text(r));
		slot->state = MM_SLOT_REFUSED;
		mm_buf_clear(&error);
		return 1;
	}
	mm_buf_clear(&error);
	slot->state = MM_SLOT_IDLE;
	accept_loop(worker, set);
	return 0;
}
