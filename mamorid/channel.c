/*
 * Packets between a role and the master. Never blocks.
 */
#include "mamorid/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "core/err.h"

int mm_channel_send(int fd, uint16_t type, uint32_t id,
		    const struct mm_buf *payload)
{
	unsigned char head[MM_FRAME_HEAD];
	size_t len = payload == NULL ? 0 : payload->len;
	struct iovec iov[2] = {
		{ .iov_base = head, .iov_len = sizeof(head) },
		{ .iov_base = len == 0 ? NULL : payload->data, .iov_len = len },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t n;

	if (len > MM_CHANNEL_MAX)
		return MM_ERR_LIMIT;
	mm_frame_head_put(head, type, id, len);
	do {
		n = sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	if (n >= 0)
		return 0;
	if (errno == EAGAIN)
		return MM_ERR_TIMEOUT;
	return errno == EPIPE || errno == ECONNRESET ? MM_ERR_CLOSED
						     : MM_ERR_SYS;
}

int mm_channel_recv(int fd, struct mm_frame *frame)
{
	unsigned char packet[MM_FRAME_HEAD + MM_CHANNEL_MAX];
	size_t len;
	ssize_t n;
	int r;

	mm_frame_clear(frame);
	do {
		n = recv(fd, packet, sizeof(packet), MSG_DONTWAIT | MSG_TRUNC);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n < 0)
		return errno == ECONNRESET ? MM_ERR_CLOSED : MM_ERR_SYS;
	if (n == 0)
		return MM_ERR_CLOSED;
	if ((size_t)n < MM_FRAME_HEAD || (size_t)n > sizeof(packet))
		return MM_ERR_FORMAT;
	r = mm_frame_head_get(packet, MM_CHANNEL_MAX, &frame->type, &frame->id,
			      &len);
	if (r < 0)
		return r;
	if (len != (size_t)n - MM_FRAME_HEAD)
		return MM_ERR_FORMAT;
	r = mm_buf_put(&frame->payload, packet + MM_FRAME_HEAD, len);
	return r < 0 ? r : 1;
}
