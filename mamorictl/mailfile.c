/*
 * Mails on disk: the header block apart, the body by its offset. Runs as the
 * caller on files of any content; only looks for the first blank line.
 */
#include "mamorictl/mailfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/proto.h"

int mm_mailfile_stdin(uint64_t max)
{
	int fd = memfd_create("mail", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	char chunk[16384];
	uint64_t have = 0;
	ssize_t n;
	int r = 0;

	if (fd < 0)
		return MM_ERR_SYS;
	while (r == 0 && (n = read(STDIN_FILENO, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			r = MM_ERR_SYS;
		else if ((have += (uint64_t)n) > max)
			r = MM_ERR_LIMIT;
		else
			r = mm_write_all(fd, chunk, (size_t)n);
	}
	if (r < 0 || (r = mm_memfd_seal(fd)) < 0) {
		mm_close(&fd);
		return r;
	}
	return fd;
}

static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? MM_ERR_NOTFOUND : MM_ERR_SYS;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		mm_close(&fd);
		return MM_ERR_DENIED;
	}
	return fd;
}

const char *mm_mailfile_error(int r)
{
	return r == MM_ERR_DENIED ? "not a regular file" : mm_err_text(r);
}

int mm_mailfile_check(const char *path)
{
	int fd = open_file(path);

	if (fd < 0)
		return fd;
	mm_close(&fd);
	return 0;
}

/* Append lines up to the first blank one, without it, and with LF line ends.
 * Returns the number of bytes read, blank line included, or 0 when there is no
 * blank line; *crlf_r tells the first line's end. */
static size_t split(const char *data, size_t len, struct mm_buf *lines, int *r,
		    bool *crlf_r)
{
	const char *line = data, *end = data + len, *lf;
	size_t n;

	while (*r == 0 && line < end) {
		lf = memchr(line, '\n', (size_t)(end - line));
		if (lf == NULL) {
			*r = mm_buf_put(lines, line, (size_t)(end - line));
			break;
		}
		n = (size_t)(lf - line);
		if (n > 0 && lf[-1] == '\r') {
			n--;
			if (line == data)
				*crlf_r = true;
		}
		if (n == 0)
			return (size_t)(lf + 1 - data);
		if ((*r = mm_buf_put(lines, line, n)) == 0)
			*r = mm_buf_puts(lines, "\n");
		line = lf + 1;
	}
	return 0;
}

/* The first bytes of the file, at most MM_HEADER_MAX. */
static int read_start(int fd, struct mm_buf *start, bool *whole_r)
{
	int r = mm_read_fd(fd, 0, start);

	*whole_r = r == 0;
	return r == MM_ERR_LIMIT ? 0 : r;
}

int mm_mailfile_open(struct mm_mailfile *mail, const char *path, uint64_t max)
{
	struct mm_buf start, lines;
	bool whole;
	int r;

	memset(mail, 0, sizeof(*mail));
	mail->header_fd = -1;
	mail->body_fd = strcmp(path, "-") == 0 ? mm_mailfile_stdin(max)
					       : open_file(path);
	if (mail->body_fd < 0)
		return mail->body_fd;
	mm_buf_init(&start, MM_HEADER_MAX);
	mm_buf_init(&lines, MM_HEADER_MAX + 1);
	if ((r = read_start(mail->body_fd, &start, &whole)) < 0)
		goto out;
	mail->body_offset = split(mm_buf_str(&start), start.len, &lines, &r,
				  &mail->wireformat);
	if (r < 0)
		goto out;
	if (mail->body_offset == 0 && whole)
		mail->body_offset = start.len;
	else if (mail->body_offset == 0)
		mm_buf_clear(&lines);
	mail->header_fd = mm_sealed_memfd("header", mm_buf_str(&lines),
					  lines.len);
	r = mail->header_fd < 0 ? mail->header_fd : 0;
out:
	mm_buf_clear(&start);
	mm_buf_clear(&lines);
	return r;
}

void mm_mailfile_close(struct mm_mailfile *mail)
{
	mm_close(&mail->header_fd);
	mm_close(&mail->body_fd);
}
