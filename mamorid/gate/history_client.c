/*
 * The gate's line to the history. Runs as users.gate, between two mails. Must
 * never wait, and never fail a mail.
 */
#include "mamorid/gate/history_client.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/frame.h"
#include "mamorid/log.h"

/* About a thousand mails. */
#define PENDING_MAX (1u << 20)
#define LOG_MS 60000

void mm_history_client_init(struct mm_history_client *client, const char *path)
{
	memset(client, 0, sizeof(*client));
	client->path = path;
	client->fd = -1;
	client->logged_ms = -LOG_MS;
	mm_buf_init(&client->pending, PENDING_MAX);
}

void mm_history_client_close(struct mm_history_client *client)
{
	(void)mm_history_client_flush(client);
	mm_close(&client->fd);
	mm_buf_clear(&client->pending);
}

/* Bytes of the frame at data, as it was put there. */
static size_t frame_size(const char *data)
{
	uint16_t type;
	uint32_t id;
	size_t len = 0;

	/* Our own frame. */
	(void)!mm_frame_head_get((const unsigned char *)data, MM_FRAME_MAX,
				 &type, &id, &len);
	return MM_FRAME_HEAD + len;
}

/* Take len bytes off the front; they end within the frame that is then the
 * first one. */
static void advance(struct mm_history_client *client, size_t len)
{
	struct mm_buf *pending = &client->pending;
	size_t whole = 0, size;

	client->sent += len;
	while (whole < pending->len) {
		size = frame_size(pending->data + whole);
		if (client->sent < size)
			break;
		client->sent -= size;
		whole += size;
	}
	memmove(pending->data, pending->data + whole, pending->len - whole);
	mm_buf_truncate(pending, pending->len - whole);
}

bool mm_history_client_flush(struct mm_history_client *client)
{
	struct mm_buf *pending = &client->pending;
	ssize_t n;

	if (pending->len == 0)
		return false;
	if (client->fd < 0) {
		client->sent = 0;
		client->fd = mm_unix_connect(client->path);
	}
	while (client->fd >= 0 && pending->len > 0) {
		n = send(client->fd, pending->data + client->sent,
			 pending->len - client->sent,
			 MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
			/* A frame of which a part was sent goes whole over
			 * the next connection. */
			mm_close(&client->fd);
		if (n < 0)
			break;
		advance(client, (size_t)n);
	}
	return pending->len > 0;
}

/* A keeper that was started anew has closed the connection: noticed before
 * something is sent into it. */
static void check(struct mm_history_client *client)
{
	char byte;

	if (client->fd >= 0 &&
	    recv(client->fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) >= 0)
		mm_close(&client->fd);
}

static void count_lost(struct mm_history_client *client, const char *trace)
{
	const int64_t now = mm_now_ms();

	client->lost++;
	if (now - client->logged_ms < LOG_MS)
		return;
	mm_log(MM_LOG_WARN, "history-lost", trace, "count",
	       MM_NUM(client->lost), NULL);
	client->lost = 0;
	client->logged_ms = now;
}

static int put_frame(struct mm_history_client *client,
		     const struct mm_buf *payload)
{
	struct mm_buf *pending = &client->pending;
	const size_t before = pending->len;
	unsigned char head[MM_FRAME_HEAD];
	int r;

	mm_frame_head_put(head, MM_FRAME_HISTORY, 0, payload->len);
	if ((r = mm_buf_put(pending, head, sizeof(head))) == 0)
		r = mm_buf_put(pending, payload->data, payload->len);
	if (r < 0)
		mm_buf_truncate(pending, before);
	return r;
}

void mm_history_send(struct mm_history_client *client,
		     const struct mm_history *history)
{
	struct mm_buf payload;
	size_t first = 0;
	int r;

	check(client);
	mm_buf_init(&payload, MM_FRAME_MAX);
	do {
		mm_buf_reset(&payload);
		if ((r = mm_history_encode(&payload, history, first, &first)) <
			    0 ||
		    (r = put_frame(client, &payload)) < 0)
			count_lost(client, history->trace);
		(void)mm_history_client_flush(client);
	} while (r == 0 && first < history->nrecipients);
	mm_buf_clear(&payload);
}
