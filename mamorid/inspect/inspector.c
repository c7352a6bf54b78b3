/*
 * One worker: takes a connection from inspect.sock, answers its requests, and
 * waits for the next one.
 * Process: inspector, as users.inspector in its jail.
 * Must never answer for a message that it did not look at, and never wait for
 * a silent peer.
 */
#include <errno.h>
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
#include "mamorid/inspect/inspector_job.h"
#include "mamorid/inspect/rewrite_serve.h"
#include "mamorid/inspect/worker.h"
#include "mamorid/log.h"
#include "mamorid/title.h"

/* A fresh worker takes over after so many connections: what a mail may have
 * done to this one does not last. */
#define SERVED_MAX 1000u
#define INSPECT_FDS 2u
#define LONG_SCAN_MS 200u

static bool may_ask(const struct mm_users *users, uid_t uid)
{
	return uid == 0 || uid == users->gate.uid ||
	       uid == users->courier.uid ||
	       (!users->root && uid == geteuid());
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
			  mm_deadline_in(MM_PEER_MS));
out:
	mm_close(&fd);
	mm_buf_clear(&buf);
	return r;
}

static void log_result(const char *trace, const struct mm_findings *findings)
{
	const char *detail = findings->count > 0 ? findings->list[0].detail
						 : "";

	/* Of a mail in which nothing is, the gate's "verdict" says enough. */
	mm_log(findings->verdict == MM_VERDICT_CLEAN && findings->count == 0
		       ? MM_LOG_DEBUG
		       : MM_LOG_INFO,
	       "inspected", trace, "verdict",
	       mm_verdict_name(findings->verdict), "size",
	       MM_NUM(findings->size), "parts", MM_NUM(findings->parts),
	       "findings", MM_NUM(findings->count), "first", detail, "ms",
	       MM_NUM(findings->scan_ms), NULL);
}

static mm_deadline scan_deadline(const struct mm_inspect_request *req)
{
	mm_deadline longest = req->scan_ms > 0 ? mm_deadline_in(req->scan_ms)
					       : MM_DEADLINE_NONE;

	return longest < req->deadline ? longest : req->deadline;
}

static int inspect(const struct mm_worker *worker, int conn,
		   const struct mm_frame *frame,
		   const struct mm_inspect_request *req)
{
	struct mm_inspector_job job = {
		.worker = worker,
		.trace = req->trace,
		.header_fd = frame->fds[0],
		.body_fd = frame->fds[1],
		.body_offset = req->body_offset,
		.deadline = scan_deadline(req),
	};
	struct mm_source source;
	struct mm_report report;
	const char *why;
	int r;

	mm_report_init(&report);
	mm_inspector_job_begin(&job);
	if ((r = mm_inspector_job_source(&job, &source, &why)) == 0) {
		mm_engine_allow(worker->engine, req->allowed);
		mm_inspect(worker->engine, worker->role->conf, &source,
			   job.deadline, &report);
		mm_engine_allow(worker->engine, NULL);
		log_result(req->trace, &report.findings);
		r = send_findings(conn, frame->id, &report.findings);
	} else {
		r = mm_inspector_job_refuse(req->trace, conn, frame->id,
					    "inspect-refused", why);
	}
	job.large |= report.findings.scan_ms > LONG_SCAN_MS;
	mm_source_clear(&source);
	mm_report_clear(&report);
	mm_inspector_job_end(&job);
	return r;
}

/* A frame that is none, of a peer that may have many. */
static void log_refused(int r)
{
	static struct mm_log_limit limit;
	uint64_t missed;

	if (mm_log_due(&limit, &missed))
		mm_log(MM_LOG_WARN, "inspect-refused", NULL, "reason",
		       mm_err_text(r), "missed", MM_NUM(missed), NULL);
}

/* One request, whose form alone is known to be right. */
static int serve_frame(const struct mm_worker *worker, int conn,
		       struct mm_frame *frame)
{
	struct mm_inspect_request req;
	int r = MM_ERR_FORMAT;

	if (frame->type == MM_FRAME_REWRITE)
		return mm_rewrite_serve(worker, conn, frame);
	if (frame->type == MM_FRAME_INSPECT && frame->nfds == INSPECT_FDS)
		r = mm_inspect_request_decode(frame->payload.data,
					      frame->payload.len, &req);
	if (r == 0)
		return inspect(worker, conn, frame, &req);
	log_refused(r);
	/* The stream is given up in any case. */
	if (mm_send_error(conn, frame->id, "not a valid request",
			  mm_deadline_in(MM_PEER_MS)) == 0)
		r = MM_ERR_FORMAT;
	return r;
}

/* One request. 0 to go on with this peer. */
static int serve(const struct mm_worker *worker, int conn)
{
	struct mm_frame frame;
	int r;

	mm_frame_init(&frame);
	r = mm_frame_recv(conn, &frame, MM_FRAME_MAX, MM_REWRITE_FDS,
			  mm_deadline_in(MM_PEER_MS));
	if (r == 0)
		r = serve_frame(worker, conn, &frame);
	else if (r != MM_ERR_CLOSED)
		log_refused(r);
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
	mm_deadline deadline = mm_deadline_in(MM_PEER_MS);
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
