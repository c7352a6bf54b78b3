/*
 * One question to the daemon: connect, send, wait for the answer, by one
 * deadline. Runs in Exim's receiving process as Exim's user; raises no
 * signal, starts no thread and keeps nothing open.
 */
#include "exim_local_scan/client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/frame.h"

/* A full backlog cannot be waited for with poll(): try again this often. */
#define RETRY_MS 20

void mm_answer_init(struct mm_answer *answer)
{
	memset(answer, 0, sizeof(*answer));
	mm_buf_init(&answer->bytes, MM_LIST_MAX);
	answer->body_fd = -1;
}

void mm_answer_clear(struct mm_answer *answer)
{
	mm_scan_verdict_clear(&answer->verdict);
	mm_buf_clear(&answer->bytes);
	mm_close(&answer->body_fd);
}

static int connect_by(const char *path, mm_deadline deadline)
{
	int left, fd;

	for (;;) {
		fd = mm_unix_connect(path);
		if (fd != MM_ERR_SYS || (errno != EAGAIN && errno != EINTR))
			return fd;
		left = mm_deadline_left(deadline);
		if (left == 0)
			return MM_ERR_TIMEOUT;
		(void)poll(NULL, 0, left > 0 && left < RETRY_MS ? left
								: RETRY_MS);
	}
}

/* The encoded request as a memfd, or an error. */
static int request_memfd(const struct mm_scan_request *req)
{
	struct mm_buf buf;
	int r;

	mm_buf_init(&buf, MM_REQUEST_MAX);
	if ((r = mm_scan_request_encode(&buf, req)) == 0)
		r = mm_sealed_memfd("mamori-scan", buf.data, buf.len);
	mm_buf_clear(&buf);
	return r;
}

static int read_verdict(struct mm_frame *frame, struct mm_answer *answer)
{
	size_t size;
	int r;

	if (frame->nfds < 1)
		return MM_ERR_FORMAT;
	if ((r = mm_check_memfd(frame->fds[0], MM_LIST_MAX, &size)) < 0 ||
	    (r = mm_read_fd(frame->fds[0], 0, &answer->bytes)) < 0 ||
	    (r = mm_scan_verdict_decode(answer->bytes.data, answer->bytes.len,
					&answer->verdict)) < 0)
		return r;
	answer->body_fd = mm_frame_take_fd(frame, 1);
	return 0;
}

static int receive(int fd, uint32_t id, mm_deadline deadline,
		   struct mm_answer *answer)
{
	struct mm_frame frame;
	int r;

	mm_frame_init(&frame);
	r = mm_frame_recv(fd, &frame, MM_FRAME_MAX, 2, deadline);
	if (r == 0 && frame.id != id)
		r = MM_ERR_FORMAT;
	if (r == 0 && frame.type == MM_FRAME_ERROR) {
		(void)snprintf(answer->why, sizeof(answer->why), "%s",
			       mm_error_text(&frame.payload));
		r = MM_ERR_PEER;
	} else if (r == 0 && frame.type != MM_FRAME_VERDICT) {
		r = MM_ERR_FORMAT;
	}
	if (r == 0)
		r = read_verdict(&frame, answer);
	mm_frame_clear(&frame);
	/* "Too large" is what a request of ours can be. */
	return r == MM_ERR_LIMIT ? MM_ERR_FORMAT : r;
}

int mm_ask(const char *socket, const struct mm_scan_request *req, int body_fd,
	   struct mm_answer *answer_r)
{
	const uint32_t id = 1;
	int fds[2] = { -1, body_fd };
	int fd = -1;
	int r;

	mm_answer_init(answer_r);
	if ((r = request_memfd(req)) < 0)
		goto out;
	fds[0] = r;
	if ((r = connect_by(socket, req->deadline)) < 0)
		goto out;
	fd = r;
	r = mm_frame_send(fd, MM_FRAME_SCAN, id, NULL, fds, 2, req->deadline);
	if (r == 0)
		r = receive(fd, id, req->deadline, answer_r);
out:
	if (r < 0 && answer_r->why[0] == '\0')
		(void)snprintf(answer_r->why, sizeof(answer_r->why), "%s",
			       mm_err_text(r));
	mm_close(&fds[0]);
	mm_close(&fd);
	return r;
}
