#ifndef MM_MAMORID_GATE_HISTORY_CLIENT_H
#define MM_MAMORID_GATE_HISTORY_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/deadline.h"
#include "core/proto_history.h"

/*
 * A gate's line to the history: one connection to keeper.sock, kept. Nothing
 * here ever waits or fails a mail: what the keeper does not take now is held
 * up to a bound and sent later, and what is beyond it is counted as lost.
 */
struct mm_history_client {
	const char *path; /* of keeper.sock, the caller's */
	int fd;
	struct mm_buf pending; /* whole frames; the first may be sent in part */
	size_t sent; /* bytes of the first */
	uint64_t lost; /* frames, since they were logged */
	int64_t logged_ms;
};

/* path must live as long as the client. Closing tries once more. */
void mm_history_client_init(struct mm_history_client *client, const char *path);
void mm_history_client_close(struct mm_history_client *client);

/* Hand over what became of a mail. */
void mm_history_send(struct mm_history_client *client,
		     const struct mm_history *history);

/* Try to send what is left; true when there still is something. */
bool mm_history_client_flush(struct mm_history_client *client);

#endif
