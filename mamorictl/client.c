/*
 * Requests to the daemon's sockets, each by a deadline. What comes back is
 * checked like any other input: a memfd must be sealed and small enough.
 */
#include "mamorictl/client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/frame.h"
#include "core/wire.h"

#define ASK_MS 60000
#define QUEUE_POLL_MS 20
#define REQUEST_ID 1u

/* As mamorid binds them in run_dir. */
#define CONTROL_SOCK "control.sock"
#define SCAN_SOCK "scan.sock"

int mm_client_connect(const struct mm_ctl *ctl, const char *socket,
		      mm_deadline deadline)
{
	struct mm_buf path;
	int fd;

	mm_buf_init(&path, MM_TEXT_MAX);
	fd = mm_buf_printf(&path, "%s/%s", ctl->conf.run_dir, socket);
	if (fd < 0)
		return fd;
	for (;;) {
		fd = mm_unix_connect(mm_buf_str(&path));
		if (fd != MM_ERR_SYS || errno != EAGAIN ||
		    mm_deadline_left(deadline) == 0)
			break;
		/* There is nothing to poll for room in a listen queue. */
		(void)poll(NULL, 0, QUEUE_POLL_MS);
	}
	mm_buf_clear(&path);
	return fd;
}

int mm_client_complain(const struct mm_ctl *ctl, const char *socket, int r)
{
	const char *dir = ctl->conf.run_dir;

	if (r == MM_ERR_SYS && (errno == ENOENT || errno == ECONNREFUSED))
		return mm_ctl_error("mamorid is not running (no answer at "
				    "%s/%s)", dir, socket);
	return mm_ctl_error("cannot connect to %s/%s: %s", dir, socket,
			    mm_err_text(r));
}

/* Take the rows and the message out of an answer. A short one has its only
 * row as the payload. */
static int take_answer(struct mm_frame *frame, struct mm_rows *rows,
		       int *message_fd_r)
{
	int r = 0, rows_fd = mm_frame_take_fd(frame, 0);
	size_t size;

	if (rows_fd >= 0) {
		r = mm_check_memfd(rows_fd, MM_LIST_MAX, &size);
		if (r == 0)
			r = mm_read_fd(rows_fd, 0, &rows->bytes);
	} else if (frame->payload.len > 0) {
		r = mm_wire_put(&rows->bytes, MM_TAG_ROW, frame->payload.data,
				frame->payload.len);
	}
	if (r == 0)
		r = mm_rows_decode(rows);
	mm_close(&rows_fd);
	if (r == 0 && message_fd_r != NULL) {
		*message_fd_r = mm_frame_take_fd(frame, 1);
		if (*message_fd_r >= 0 &&
		    (r = mm_check_body(*message_fd_r, SIZE_MAX, &size)) < 0)
			mm_close(message_fd_r);
	}
	return r;
}

static int ask(const struct mm_ctl *ctl, uint16_t type,
	       const struct mm_buf *pairs, int passed, struct mm_rows *rows,
	       int *message_fd_r)
{
	const mm_deadline deadline = mm_deadline_in(ASK_MS);
	struct mm_frame frame;
	int fd, r;

	mm_buf_init(&rows->bytes, MM_LIST_MAX);
	rows->list = NULL;
	rows->count = 0;
	if (message_fd_r != NULL)
		*message_fd_r = -1;
	mm_frame_init(&frame);
	fd = mm_client_connect(ctl, CONTROL_SOCK, deadline);
	if (fd < 0)
		return mm_client_complain(ctl, CONTROL_SOCK, fd);
	if ((r = mm_frame_send(fd, type, REQUEST_ID, pairs, &passed,
			       passed < 0 ? 0 : 1,
			       deadline)) < 0 ||
	    (r = mm_frame_recv(fd, &frame, MM_FRAME_MAX, 2, deadline)) < 0)
		r = mm_ctl_error("mamorid gave no answer: %s", mm_err_text(r));
	else if (frame.type == MM_FRAME_ERROR)
		r = mm_ctl_error("%s", mm_error_text(&frame.payload));
	else if (frame.type != MM_FRAME_OK && frame.type != MM_FRAME_CTL_ROWS)
		r = mm_ctl_error("mamorid gave an unknown answer");
	else if ((r = take_answer(&frame, rows, message_fd_r)) < 0)
		r = mm_ctl_error("mamorid gave a bad answer: %s",
				 mm_err_text(r));
	mm_frame_clear(&frame);
	mm_close(&fd);
	return r;
}

int mm_client_ask(const struct mm_ctl *ctl, uint16_t type,
		  const struct mm_buf *pairs, struct mm_rows *rows,
		  int *message_fd_r)
{
	return ask(ctl, type, pairs, -1, rows, message_fd_r);
}

int mm_client_ask_fd(const struct mm_ctl *ctl, uint16_t type,
		     const struct mm_buf *pairs, int fd, struct mm_rows *rows)
{
	return ask(ctl, type, pairs, fd, rows, NULL);
}

/* The same request as that of Exim's module, but for a flag. */
static int send_scan(int fd, const struct mm_scan_request *req, int body_fd)
{
	int fds[2] = { -1, body_fd };
	struct mm_buf bytes;
	int r;

	mm_buf_init(&bytes, MM_REQUEST_MAX);
	if ((r = mm_scan_request_encode(&bytes, req)) == 0)
		r = fds[0] = mm_sealed_memfd("request", bytes.data, bytes.len);
	if (r >= 0)
		r = mm_frame_send(fd, MM_FRAME_SCAN, REQUEST_ID, NULL, fds, 2,
				  req->deadline);
	mm_close(&fds[0]);
	mm_buf_clear(&bytes);
	return r;
}

int mm_client_dry_run(const struct mm_ctl *ctl,
		      const struct mm_scan_request *req, int body_fd,
		      struct mm_rows *rows)
{
	struct mm_frame frame;
	int fd, r;

	mm_buf_init(&rows->bytes, MM_LIST_MAX);
	rows->list = NULL;
	rows->count = 0;
	mm_frame_init(&frame);
	fd = mm_client_connect(ctl, SCAN_SOCK, req->deadline);
	if (fd < 0)
		return mm_client_complain(ctl, SCAN_SOCK, fd);
	if ((r = send_scan(fd, req, body_fd)) < 0 ||
	    (r = mm_frame_recv(fd, &frame, MM_FRAME_MAX, 1, req->deadline)) < 0)
		r = mm_ctl_error("mamorid gave no answer: %s", mm_err_text(r));
	else if (frame.type == MM_FRAME_ERROR)
		r = mm_ctl_error("%s", mm_error_text(&frame.payload));
	else if (frame.type != MM_FRAME_STORY || frame.nfds != 1)
		r = mm_ctl_error("mamorid gave an unknown answer");
	else if ((r = take_answer(&frame, rows, NULL)) < 0)
		r = mm_ctl_error("mamorid gave a bad answer: %s",
				 mm_err_text(r));
	mm_frame_clear(&frame);
	mm_close(&fd);
	return r;
}

int mm_client_inspect(int fd, const struct mm_inspect_request *req,
		      int header_fd, int body_fd, mm_deadline deadline,
		      struct mm_buf *answer)
{
	const int fds[2] = { header_fd, body_fd };
	struct mm_frame frame;
	struct mm_buf payload;
	int r, findings_fd;
	size_t size;

	mm_frame_init(&frame);
	mm_buf_init(&payload, MM_FRAME_MAX);
	if ((r = mm_inspect_request_encode(&payload, req)) < 0 ||
	    (r = mm_frame_send(fd, MM_FRAME_INSPECT, REQUEST_ID, &payload, fds,
			       2, deadline)) < 0 ||
	    (r = mm_frame_recv(fd, &frame, MM_FRAME_MAX, 1, deadline)) < 0)
		goto out;
	if (frame.type == MM_FRAME_ERROR) {
		r = mm_buf_puts(answer, mm_error_text(&frame.payload));
		r = r < 0 ? r : MM_ERR_PEER;
		goto out;
	}
	findings_fd = mm_frame_take_fd(&frame, 0);
	r = frame.type == MM_FRAME_FINDINGS && findings_fd >= 0
		? 0 : MM_ERR_FORMAT;
	if (r == 0 &&
	    (r = mm_check_memfd(findings_fd, MM_LIST_MAX, &size)) == 0)
		r = mm_read_fd(findings_fd, 0, answer);
	mm_close(&findings_fd);
out:
	mm_buf_clear(&payload);
	mm_frame_clear(&frame);
	return r;
}

int mm_client_rewrite(int fd, int plan_fd, int header_fd, int body_fd,
		      mm_deadline deadline, struct mm_buf *answer,
		      int *new_body_r)
{
	const int fds[3] = { plan_fd, header_fd, body_fd };
	struct mm_frame frame;
	size_t size;
	int r;

	*new_body_r = -1;
	mm_frame_init(&frame);
	if ((r = mm_frame_send(fd, MM_FRAME_REWRITE, REQUEST_ID, NULL, fds, 3,
			       deadline)) < 0 ||
	    (r = mm_frame_recv(fd, &frame, MM_FRAME_MAX, 2, deadline)) < 0)
		goto out;
	if (frame.type == MM_FRAME_ERROR) {
		r = mm_buf_puts(answer, mm_error_text(&frame.payload));
		r = r < 0 ? r : MM_ERR_PEER;
	} else if (frame.type != MM_FRAME_REWRITTEN || frame.nfds != 2) {
		r = MM_ERR_FORMAT;
	} else if ((r = mm_check_memfd(frame.fds[0], MM_REWRITE_RESULT_MAX,
				       &size)) == 0 &&
		   (r = mm_check_memfd(frame.fds[1], SIZE_MAX, &size)) == 0 &&
		   (r = mm_read_fd(frame.fds[0], 0, answer)) == 0) {
		*new_body_r = mm_frame_take_fd(&frame, 1);
	}
out:
	mm_frame_clear(&frame);
	return r;
}
