#ifndef MM_MAMORID_CHANNEL_H
#define MM_MAMORID_CHANNEL_H

#include <stdint.h>

#include "core/frame.h"

/*
 * The line between a role and the master: a SOCK_SEQPACKET pair, one frame a
 * packet, no descriptors. Inspectors have none: their log lines go through
 * their pool. The master treats what comes in as untrusted. When the master
 * goes away the role sees the end of the channel, finishes what it does and
 * exits.
 */
enum mm_channel_type {
	MM_CHANNEL_LOG = 1,	/* role -> master: u8 level, then the line */
	MM_CHANNEL_COUNT = 3,	/* gate -> master: pairs, see counters below */
	MM_CHANNEL_READY = 5,	/* pool -> master: pairs: generation, workers,
				 * signatures, signatures_time, sandbox */
	MM_CHANNEL_REFUSED = 7,	/* pool -> master: pairs: generation, reason */
	MM_CHANNEL_RETIRE = 8,	/* master -> pool: finish and leave */
	MM_CHANNEL_STATUS = 10,	/* keeper -> master, answered by STATUS_ROWS */
	MM_CHANNEL_STATUS_ROWS = 11, /* pairs, rows as MM_TAG_ROW fields */
	MM_CHANNEL_RELOAD = 12,	/* keeper -> master, answered by RELOADING */
	MM_CHANNEL_RELOADING = 13, /* pairs: text */
	MM_CHANNEL_WORKERS = 15, /* pool -> master: pairs: generation, idle,
				  * busy, crashed, killed; when they change */
};

#define MM_CHANNEL_MAX 16384u

/* Send one packet without blocking: 0, MM_ERR_TIMEOUT (full), MM_ERR_CLOSED,
 * MM_ERR_LIMIT or MM_ERR_SYS. payload may be NULL. */
MM_CHECK int mm_channel_send(int fd, uint16_t type, uint32_t id,
			     const struct mm_buf *payload);

/* Receive one packet if there is one: 1, 0 (none now), MM_ERR_CLOSED,
 * MM_ERR_FORMAT or MM_ERR_SYS. frame is initialised by the caller. */
MM_CHECK int mm_channel_recv(int fd, struct mm_frame *frame);

#endif
