/*
 * The gate's side of keeper.sock: recorded before acknowledged.
 */
#include "mamorid/gate/keeper_client.h"

#include "core/err.h"
#include "core/fdutil.h"
#include "core/frame.h"

/* A keeper that is well answers in milliseconds. Gates that wait for one that
 * is not must not be missing for the clean mails. */
#define KEEPER_MS 10000

static mm_deadline earlier(mm_deadline a, mm_deadline b)
{
	return a < b ? a : b;
}

static int exchange(int fd, int record, int headers, int body,
		    mm_deadline deadline, struct mm_buf *why)
{
	const int fds[3] = { record, headers, body };
	struct mm_frame frame;
	int r;

	mm_frame_init(&frame);
	if ((r = mm_frame_send(fd, MM_FRAME_RECORD, 1, NULL, fds, 3,
			       deadline)) == 0 &&
	    (r = mm_frame_recv(fd, &frame, MM_FRAME_MAX, 0, deadline)) == 0 &&
	    frame.type != MM_FRAME_RECORDED) {
		r = MM_ERR_PEER;
		if (frame.type == MM_FRAME_ERROR &&
		    mm_buf_puts(why, mm_error_text(&frame.payload)) < 0)
			r = MM_ERR_NOMEM;
	}
	mm_frame_clear(&frame);
	return r;
}

int mm_keeper_record(const char *socket_path, const struct mm_record *record,
		     int headers, int body, mm_deadline deadline,
		     struct mm_buf *why)
{
	struct mm_buf bytes;
	int memfd = -1, fd = -1, r;

	mm_buf_init(&bytes, MM_LIST_MAX);
	if ((r = mm_record_encode(&bytes, record)) < 0)
		goto out;
	if ((r = memfd = mm_sealed_memfd("record", bytes.data, bytes.len)) < 0)
		goto out;
	if ((r = fd = mm_unix_connect(socket_path)) < 0)
		goto out;
	r = exchange(fd, memfd, headers, body,
		     earlier(deadline, mm_deadline_in(KEEPER_MS)), why);
out:
	if (r < 0 && why->len == 0 && mm_buf_puts(why, mm_err_text(r)) < 0)
		mm_buf_reset(why);
	mm_close(&fd);
	mm_close(&memfd);
	mm_buf_clear(&bytes);
	return r < 0 ? r : 0;
}
