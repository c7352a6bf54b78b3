/* A frame's head, then the whole way through a socket. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_head(const uint8_t *data)
{
	unsigned char again[MM_FRAME_HEAD];
	uint16_t type;
	uint32_t id;
	size_t len;

	if (mm_frame_head_get(data, 1000, &type, &id, &len) < 0)
		return;
	if (len > 1000)
		abort();
	mm_frame_head_put(again, type, id, len);
	if (memcmp(again, data, sizeof(again)) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mm_frame frame;
	int ends[2];

	if (size >= MM_FRAME_HEAD)
		check_head(data);
	if (size > 4096 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return 0;
	if (size > 0 && write(ends[0], data, size) != (ssize_t)size)
		abort();
	close(ends[0]);
	mm_frame_init(&frame);
	while (mm_frame_recv(ends[1], &frame, 1000, 2, mm_deadline_in(0)) == 0)
		if (frame.payload.len > 1000 || frame.nfds > 2)
			abort();
	mm_frame_clear(&frame);
	close(ends[1]);
	return 0;
}
