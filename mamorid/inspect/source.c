/*
 * The bytes of one message, copied once and read by both libclamav and GMime.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never map a file of somebody else: its owner could cut it under us.
 */
#include "mamorid/inspect/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"

static const char prefix[] = "Received: x\n";
#define PREFIX_LEN (sizeof(prefix) - 1)
#define SMALL_MAX ((size_t)4 << 20)

/* A large message in memory straight from the kernel, to which it goes back
 * whole; a small one where the last one was. */
static void *message_alloc(size_t len)
{
	void *data;

	if (len <= SMALL_MAX)
		return calloc(len, 1);
	data = mmap(NULL, len, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return data == MAP_FAILED ? NULL : data;
}

static int source_alloc(struct mm_source *source, uint64_t message_len)
{
	void *data;

	if (message_len > SIZE_MAX / 2)
		return MM_ERR_NOMEM;
	source->len = PREFIX_LEN + (size_t)message_len;
	if ((data = message_alloc(source->len)) == NULL) {
		source->len = 0;
		return MM_ERR_NOMEM;
	}
	source->data = data;
	source->prefix = PREFIX_LEN;
	memcpy(source->data, prefix, PREFIX_LEN);
	return 0;
}

int mm_source_from_fds(struct mm_source *source, int header_fd,
		       size_t header_size, int body_fd, uint64_t body_offset,
		       uint64_t body_size, uint64_t max)
{
	uint64_t body_len;
	unsigned char *pos;
	int r;

	memset(source, 0, sizeof(*source));
	if (body_offset > body_size || body_size > INT64_MAX)
		return MM_ERR_INVALID;
	body_len = body_size - body_offset;
	source->message_size = header_size + 1 + body_len;
	if (source->message_size > max) {
		source->too_large = true;
		body_len = 0;
	}
	if ((r = source_alloc(source, header_size + 1 + body_len)) < 0)
		return r;
	pos = source->data + PREFIX_LEN;
	if ((r = mm_pread_all(header_fd, pos, header_size, 0)) < 0)
		return r;
	pos += header_size;
	*pos++ = '\n';
	return mm_pread_all(body_fd, pos, (size_t)body_len,
			    (off_t)body_offset);
}

int mm_source_from_memory(struct mm_source *source, const void *data,
			  size_t len, uint64_t max)
{
	int r;

	memset(source, 0, sizeof(*source));
	source->message_size = len;
	source->too_large = len > max;
	if (source->too_large)
		len = 0;
	if ((r = source_alloc(source, len)) < 0)
		return r;
	if (len > 0)
		memcpy(source->data + PREFIX_LEN, data, len);
	return 0;
}

int mm_source_from_file(struct mm_source *source, const char *path,
			uint64_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	int r = MM_ERR_SYS;

	memset(source, 0, sizeof(*source));
	if (fd < 0 || fstat(fd, &st) < 0)
		goto out;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		goto out;
	}
	source->message_size = (uint64_t)st.st_size;
	source->too_large = source->message_size > max;
	r = source_alloc(source, source->too_large ? 0 : source->message_size);
	if (r == 0)
		r = mm_pread_all(fd, source->data + PREFIX_LEN,
				 source->len - PREFIX_LEN, 0);
out:
	mm_close(&fd);
	return r;
}

void mm_source_clear(struct mm_source *source)
{
	if (source->data != NULL && source->len > SMALL_MAX)
		munmap(source->data, source->len);
	else
		free(source->data);
	memset(source, 0, sizeof(*source));
}
