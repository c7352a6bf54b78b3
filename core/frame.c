/*
 * Frames and descriptors over UNIX sockets, by a deadline.
 */
#include "core/frame.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/err.h"

union control {
	struct cmsghdr align;
	char space[CMSG_SPACE(sizeof(int) * (MM_FRAME_FDS + 1))];
};

void mm_frame_init(struct mm_frame *frame)
{
	memset(frame, 0, sizeof(*frame));
	mm_buf_init(&frame->payload, MM_FRAME_MAX);
}

void mm_frame_clear(struct mm_frame *frame)
{
	unsigned int i;

	for (i = 0; i < frame->nfds; i++)
		if (frame->fds[i] >= 0)
			(void)close(frame->fds[i]);
	mm_buf_clear(&frame->payload);
	mm_frame_init(frame);
}

int mm_frame_take_fd(struct mm_frame *frame, unsigned int i)
{
	int fd = -1;

	if (i < frame->nfds) {
		fd = frame->fds[i];
		frame->fds[i] = -1;
	}
	return fd;
}

void mm_frame_head_put(unsigned char *head, uint16_t type, uint32_t id,
		       size_t len)
{
	const uint32_t words[3] = { (uint32_t)len, (uint32_t)type << 16, id };
	unsigned int i;

	for (i = 0; i < MM_FRAME_HEAD; i++)
		head[i] = (unsigned char)(words[i / 4] >> (24 - 8 * (i % 4)));
}

int mm_frame_head_get(const unsigned char *head, size_t max, uint16_t *type_r,
		      uint32_t *id_r, size_t *len_r)
{
	uint32_t words[3] = { 0, 0, 0 };
	unsigned int i;

	for (i = 0; i < MM_FRAME_HEAD; i++)
		words[i / 4] = words[i / 4] << 8 | head[i];
	if (words[0] > max || words[0] > MM_FRAME_MAX)
		return MM_ERR_LIMIT;
	if ((words[1] & 0xffff) != 0)
		return MM_ERR_FORMAT;
	*len_r = words[0];
	*type_r = (uint16_t)(words[1] >> 16);
	*id_r = words[2];
	return 0;
}

static void attach_fds(struct msghdr *msg, union control *control,
		       const int *fds, unsigned int nfds)
{
	struct cmsghdr *cmsg;

	memset(control, 0, sizeof(*control));
	msg->msg_control = control->space;
	msg->msg_controllen = CMSG_SPACE(sizeof(int) * nfds);
	cmsg = CMSG_FIRSTHDR(msg);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int) * nfds);
	memcpy(CMSG_DATA(cmsg), fds, sizeof(int) * nfds);
}

static int send_error(void)
{
	return errno == EPIPE || errno == ECONNRESET ? MM_ERR_CLOSED
						     : MM_ERR_SYS;
}

/* Skip the first n bytes of a two-element vector. */
static void advance(struct iovec *iov, size_t n)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		size_t step = n < iov[i].iov_len ? n : iov[i].iov_len;

		/* An empty payload is NULL, which has no offsets. */
		if (step == 0)
			continue;
		iov[i].iov_base = (char *)iov[i].iov_base + step;
		iov[i].iov_len -= step;
		n -= step;
	}
}

int mm_frame_send(int fd, uint16_t type, uint32_t id,
		  const struct mm_buf *payload, const int *fds,
		  unsigned int nfds, mm_deadline deadline)
{
	unsigned char head[MM_FRAME_HEAD];
	size_t len = payload == NULL ? 0 : payload->len;
	struct iovec iov[2] = {
		{ .iov_base = head, .iov_len = sizeof(head) },
		{ .iov_base = len == 0 ? NULL : payload->data, .iov_len = len },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	union control control;
	ssize_t n;
	int r;

	if (len > MM_FRAME_MAX || nfds > MM_FRAME_FDS)
		return MM_ERR_LIMIT;
	mm_frame_head_put(head, type, id, len);
	if (nfds > 0)
		attach_fds(&msg, &control, fds, nfds);
	while (iov[0].iov_len + iov[1].iov_len > 0) {
		n = sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n >= 0) {
			advance(iov, (size_t)n);
			msg.msg_control = NULL;
			msg.msg_controllen = 0;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return send_error();
		if ((r = mm_wait_fd(fd, POLLOUT, deadline)) < 0)
			return r;
	}
	return 0;
}

int mm_frame_collect_fds(struct msghdr *msg, struct mm_frame *frame,
			 unsigned int max)
{
	struct cmsghdr *cmsg;
	size_t i, count;
	int fd, r = 0;

	for (cmsg = CMSG_FIRSTHDR(msg); cmsg != NULL;
	     cmsg = CMSG_NXTHDR(msg, cmsg)) {
		if (cmsg->cmsg_level != SOL_SOCKET ||
		    cmsg->cmsg_type != SCM_RIGHTS)
			continue;
		count = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < count; i++) {
			memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(int),
			       sizeof(int));
			if (frame->nfds < max && frame->nfds < MM_FRAME_FDS) {
				frame->fds[frame->nfds++] = fd;
			} else {
				(void)close(fd);
				r = MM_ERR_FORMAT;
			}
		}
	}
	return (msg->msg_flags & MSG_CTRUNC) != 0 ? MM_ERR_FORMAT : r;
}

/* Exactly len bytes, with whatever descriptors come along. */
static int recv_exact(int fd, void *data, size_t len, struct mm_frame *frame,
		      unsigned int max_fds, mm_deadline deadline)
{
	size_t have = 0;
	ssize_t n;
	int r;

	while (have < len) {
		struct iovec iov = { .iov_base = (char *)data + have,
				     .iov_len = len - have };
		union control control;
		struct msghdr msg = { .msg_iov = &iov,
				      .msg_iovlen = 1,
				      .msg_control = control.space,
				      .msg_controllen = sizeof(control.space) };

		n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN &&
		    (r = mm_wait_fd(fd, POLLIN, deadline)) < 0)
			return r;
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return errno == ECONNRESET ? MM_ERR_CLOSED : MM_ERR_SYS;
		if (n == 0)
			return have == 0 ? MM_ERR_CLOSED : MM_ERR_FORMAT;
		have += (size_t)n;
		if ((r = mm_frame_collect_fds(&msg, frame, max_fds)) < 0)
			return r;
	}
	return 0;
}

int mm_frame_recv(int fd, struct mm_frame *frame, size_t max,
		  unsigned int max_fds, mm_deadline deadline)
{
	unsigned char head[MM_FRAME_HEAD];
	char chunk[4096];
	size_t len, part;
	int r;

	mm_frame_clear(frame);
	r = recv_exact(fd, head, sizeof(head), frame, max_fds, deadline);
	if (r < 0)
		return r;
	r = mm_frame_head_get(head, max, &frame->type, &frame->id, &len);
	while (r == 0 && len > 0) {
		part = len < sizeof(chunk) ? len : sizeof(chunk);
		r = recv_exact(fd, chunk, part, frame, max_fds, deadline);
		if (r == MM_ERR_CLOSED)
			r = MM_ERR_FORMAT;
		if (r == 0)
			r = mm_buf_put(&frame->payload, chunk, part);
		len -= part;
	}
	return r;
}
