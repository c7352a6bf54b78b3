#ifndef MM_CORE_FRAME_H
#define MM_CORE_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/deadline.h"

/*
 * One frame on a UNIX stream socket: u32 payload length, u16 type, u16 flags
 * (0), u32 id, big-endian, then the payload, at most 64 KiB. File descriptors
 * travel with the frame's first byte. Mail bytes, envelopes and findings go as
 * descriptors, never as payload. Requests have even types, answers odd ones;
 * an answer repeats its request's id.
 */
#define MM_FRAME_HEAD 12u
#define MM_FRAME_MAX 65536u
#define MM_FRAME_FDS 4u

struct mm_frame {
	uint16_t type;
	uint32_t id;
	struct mm_buf payload;
	int fds[MM_FRAME_FDS];
	unsigned int nfds;
};

/* An empty frame that owns nothing. */
void mm_frame_init(struct mm_frame *frame);

/* Free the payload and close every descriptor left in the frame. */
void mm_frame_clear(struct mm_frame *frame);

/* Move descriptor number i out of the frame; the caller then closes it.
 * Returns -1 if there is none. */
int mm_frame_take_fd(struct mm_frame *frame, unsigned int i);

/* Send one frame. fd must be non-blocking or a socket whose peer reads; the
 * descriptors stay the caller's. Raises no SIGPIPE.
 * Returns 0, MM_ERR_LIMIT (payload or nfds too large), MM_ERR_TIMEOUT,
 * MM_ERR_CLOSED or MM_ERR_SYS. After an error the stream is unusable. */
MM_CHECK int mm_frame_send(int fd, uint16_t type, uint32_t id,
			   const struct mm_buf *payload, const int *fds,
			   unsigned int nfds, mm_deadline deadline);

/* Receive one frame; received descriptors are close-on-exec and belong to the
 * frame (mm_frame_clear()). The payload is refused above max bytes, and more
 * than max_fds descriptors are closed and refused.
 * Returns 0, MM_ERR_CLOSED (end before the first byte), MM_ERR_FORMAT (cut,
 * flags set, too many descriptors), MM_ERR_LIMIT, MM_ERR_TIMEOUT, MM_ERR_NOMEM
 * or MM_ERR_SYS. After an error the stream is unusable. */
MM_CHECK int mm_frame_recv(int fd, struct mm_frame *frame, size_t max,
			   unsigned int max_fds, mm_deadline deadline);

/* Write a frame's head to 12 bytes; check and read one (0, MM_ERR_FORMAT or
 * MM_ERR_LIMIT when the length is above max). For readers that assemble a
 * frame themselves from an event loop. */
void mm_frame_head_put(unsigned char *head, uint16_t type, uint32_t id,
		       size_t len);
MM_CHECK int mm_frame_head_get(const unsigned char *head, size_t max,
			       uint16_t *type_r, uint32_t *id_r,
			       size_t *len_r);

struct msghdr;

/* Move the descriptors of a received message into the frame, for the same
 * readers; those above max are closed. 0, or MM_ERR_FORMAT when some were
 * closed or the kernel dropped some. */
MM_CHECK int mm_frame_collect_fds(struct msghdr *msg, struct mm_frame *frame,
				  unsigned int max);

#endif
