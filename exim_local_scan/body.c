/*
 * A new body in the place of the spooled one. Runs in Exim's receiving
 * process, on the -D file that Exim holds open and has not yet announced by a
 * -H file: a crash in the middle leaves nothing that could be delivered.
 *
 * Two passes over the new body: the first measures, so that the room is there
 * before the first old byte goes; the second writes.
 */
#include "exim_local_scan/body.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"

#define CHUNK 16384u

/* Where the bytes go. */
struct sink {
	int fd;			/* -1: only count */
	off_t pos;
	bool wireformat;
	char last;		/* last byte put, '\n' at the beginning */
	struct mm_body_count count;
	size_t used;
	char out[2 * CHUNK + 2];
};

static int flush(struct sink *sink)
{
	size_t done = 0;
	ssize_t n;

	while (sink->fd >= 0 && done < sink->used) {
		n = pwrite(sink->fd, sink->out + done, sink->used - done,
			   sink->pos + (off_t)done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return MM_ERR_SYS;
		done += (size_t)n;
	}
	sink->pos += (off_t)sink->used;
	sink->used = 0;
	return 0;
}

static void put_byte(struct sink *sink, char c)
{
	if (c == '\n' && sink->wireformat && sink->last != '\r')
		sink->out[sink->used++] = '\r';
	sink->out[sink->used++] = c;
	sink->count.lines += c == '\n';
	sink->count.zeros += c == '\0';
	sink->last = c;
}

/* The whole body through the sink. Exim's pipe and LMTP transports glue the
 * final dot to a last line without its newline, and hang. */
static int pour(struct sink *sink, int new_fd, size_t size)
{
	char in[CHUNK];
	size_t done, part, i;
	int r;

	sink->last = '\n';
	for (done = 0; done < size; done += part) {
		part = size - done < CHUNK ? size - done : CHUNK;
		if ((r = mm_pread_all(new_fd, in, part, (off_t)done)) < 0)
			return r;
		for (i = 0; i < part; i++)
			put_byte(sink, in[i]);
		if ((r = flush(sink)) < 0)
			return r;
	}
	if (sink->last != '\n')
		put_byte(sink, '\n');
	return flush(sink);
}

static int overwrite(struct sink *sink, int new_fd, size_t size)
{
	int r = pour(sink, new_fd, size);

	if (r < 0)
		return MM_ERR_SYS;
	if (ftruncate(sink->fd, sink->pos) < 0 || fdatasync(sink->fd) < 0)
		return MM_ERR_SYS;
	return 0;
}

/* Room for the file up to end, or the file as it was. */
static int reserve_room(int fd, off_t end)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return MM_ERR_NOMEM;
	if (end <= st.st_size)
		return 0;
	if (posix_fallocate(fd, st.st_size, end - st.st_size) == 0)
		return 0;
	return ftruncate(fd, st.st_size) < 0 ? MM_ERR_SYS : MM_ERR_NOMEM;
}

int mm_body_replace(int fd, off_t offset, int new_fd, bool wireformat,
		    struct mm_body_count *count_r)
{
	struct sink sink;
	size_t size;
	int r;

	if ((r = mm_check_memfd(new_fd, MM_BODY_MAX, &size)) < 0)
		return r;
	memset(&sink, 0, sizeof(sink));
	sink.fd = -1;
	sink.pos = offset;
	sink.wireformat = wireformat;
	if (pour(&sink, new_fd, size) < 0)
		return MM_ERR_DENIED;
	if ((r = reserve_room(fd, sink.pos)) < 0)
		return r;
	memset(&sink.count, 0, sizeof(sink.count));
	sink.fd = fd;
	sink.pos = offset;
	r = overwrite(&sink, new_fd, size);
	*count_r = sink.count;
	return r;
}
