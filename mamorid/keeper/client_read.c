/*
 * Assembling one request from a non-blocking socket. Keeper, uid
 * mamori-keeper. Must never wait, and never take more descriptors than a rule
 * may have.
 */
#include "mamorid/keeper/client_read.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/err.h"

union control {
	struct cmsghdr align;
	char space[CMSG_SPACE(sizeof(int) * (MM_FRAME_FDS + 1))];
};

/* At most len bytes: the count, 0 for none now, or an error. */
static ssize_t receive(struct mm_client *client, void *data, size_t len)
{
	union control control;
	struct iovec iov = { .iov_base = data, .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.space,
			      .msg_controllen = sizeof(control.space) };
	ssize_t n;
	int r;

	n = recvmsg(client->watch.fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0
		       : errno == ECONNRESET		 ? MM_ERR_CLOSED
							 : MM_ERR_SYS;
	if (n == 0)
		return client->have == 0 ? MM_ERR_CLOSED : MM_ERR_FORMAT;
	if ((r = mm_frame_collect_fds(&msg, &client->request,
				      MM_FRAME_FDS)) < 0)
		return r;
	return n;
}

/* The head is complete: what is it, and may this client ask it? */
static int check_head(struct mm_client *client)
{
	struct mm_frame *request = &client->request;
	int r;

	r = mm_frame_head_get(client->head, MM_FRAME_MAX, &request->type,
			      &request->id, &client->want);
	if (r < 0)
		return r;
	client->rule = mm_client_rule(request->type, client->rights);
	if (client->rule == NULL)
		return MM_ERR_DENIED;
	if (client->want < client->rule->min ||
	    client->want > client->rule->max)
		return MM_ERR_LIMIT;
	return 0;
}

static int read_head(struct mm_client *client)
{
	ssize_t n;
	int r;

	while (client->have < MM_FRAME_HEAD) {
		n = receive(client, client->head + client->have,
			    MM_FRAME_HEAD - client->have);
		if (n <= 0)
			return (int)n;
		client->have += (size_t)n;
		if (client->have == MM_FRAME_HEAD &&
		    (r = check_head(client)) < 0)
			return r;
	}
	return 1;
}

static int read_payload(struct mm_client *client)
{
	struct mm_buf *payload = &client->request.payload;
	char chunk[4096];
	size_t left;
	ssize_t n;
	int r;

	while ((left = client->want - payload->len) > 0) {
		n = receive(client, chunk,
			    left < sizeof(chunk) ? left : sizeof(chunk));
		if (n <= 0)
			return (int)n;
		if ((r = mm_buf_put(payload, chunk, (size_t)n)) < 0)
			return r;
	}
	return 1;
}

int mm_client_read(struct mm_client *client)
{
	int r;

	if ((r = read_head(client)) != 1 || (r = read_payload(client)) != 1)
		return r;
	return client->request.nfds == client->rule->nfds ? 1 : MM_ERR_FORMAT;
}
