/*
 * The workers' log lines on their way to the master. A worker may be in
 * hostile hands: with the pool's own channel it could pass for its pool and
 * retire it, or have the master kill it.
 * Process: pool (root when the daemon is).
 * Must never pass on anything but a log line of an inspector.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "core/fdutil.h"
#include "core/text.h"
#include "mamorid/channel.h"
#include "mamorid/inspect/pool.h"
#include "mamorid/log.h"

/* So that a flood cannot keep the pool from its other work. */
#define LINES_A_TURN 64

void mm_pool_logs_open(struct mm_pool *pool)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
		       pool->logs) < 0)
		mm_fatal("pool", "socketpair: %s", strerror(errno));
}

/* A level, then "event=NAME role=inspector pid=...", as mm_log() writes. */
static bool is_line(const struct mm_frame *frame)
{
	const char *text = mm_buf_str(&frame->payload);
	const char *role;

	if (frame->type != MM_CHANNEL_LOG || frame->payload.len < 2 ||
	    !mm_text_has_prefix(text + 1, "event="))
		return false;
	role = strchr(text + 1, ' ');
	return role != NULL && mm_text_has_prefix(role, " role=inspector ");
}

void mm_pool_logs_forward(struct mm_pool *pool)
{
	struct mm_frame frame;
	bool sent = false;
	int i;

	mm_frame_init(&frame);
	for (i = 0; i < LINES_A_TURN; i++) {
		if (mm_channel_recv(pool->logs[0], &frame) == 0)
			break;
		if (!is_line(&frame))
			continue;
		if (mm_channel_send(pool->role->channel, MM_CHANNEL_LOG, 0,
				    &frame.payload) < 0)
			pool->lost_lines++;
		else
			sent = true;
	}
	mm_frame_clear(&frame);
	if (!sent || pool->lost_lines == 0)
		return;
	mm_log(MM_LOG_WARN, "log-dropped", NULL, "count",
	       MM_NUM(pool->lost_lines), NULL);
	pool->lost_lines = 0;
}

void mm_pool_logs_close(struct mm_pool *pool)
{
	mm_pool_logs_forward(pool);
	mm_close(&pool->logs[0]);
	mm_close(&pool->logs[1]);
}
