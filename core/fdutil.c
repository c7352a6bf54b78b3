/*
 * Descriptors: what may be passed, and how it is read.
 */
#include "core/fdutil.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/err.h"

#define MM_SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

int mm_write_all(int fd, const void *data, size_t len)
{
	const char *pos = data;
	ssize_t n;

	while (len > 0) {
		n = write(fd, pos, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return MM_ERR_SYS;
		pos += n;
		len -= (size_t)n;
	}
	return 0;
}

int mm_pread_all(int fd, void *data, size_t len, off_t offset)
{
	char *pos = data;
	ssize_t n;

	while (len > 0) {
		n = pread(fd, pos, len, offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return MM_ERR_SYS;
		if (n == 0)
			return MM_ERR_FORMAT;
		pos += n;
		offset += n;
		len -= (size_t)n;
	}
	return 0;
}

int mm_memfd_seal(int fd)
{
	return fcntl(fd, F_ADD_SEALS, MM_SEALS) < 0 ? MM_ERR_SYS : 0;
}

int mm_sealed_memfd(const char *name, const void *data, size_t len)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return MM_ERR_SYS;
	if (mm_write_all(fd, data, len) < 0 || mm_memfd_seal(fd) < 0) {
		mm_close(&fd);
		return MM_ERR_SYS;
	}
	return fd;
}

/* Size of a regular file within max. A memfd is one too. */
static int check_regular(int fd, size_t max, size_t *size_r)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size < 0)
		return MM_ERR_DENIED;
	if ((uintmax_t)st.st_size > max)
		return MM_ERR_LIMIT;
	*size_r = (size_t)st.st_size;
	return 0;
}

int mm_check_memfd(int fd, size_t max, size_t *size_r)
{
	int seals = fcntl(fd, F_GET_SEALS);

	if (seals < 0 || (seals & MM_SEALS) != MM_SEALS)
		return MM_ERR_DENIED;
	return check_regular(fd, max, size_r);
}

int mm_check_rofile(int fd, size_t max, size_t *size_r)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || (flags & O_ACCMODE) != O_RDONLY ||
	    (flags & O_PATH) != 0)
		return MM_ERR_DENIED;
	return check_regular(fd, max, size_r);
}

int mm_check_body(int fd, size_t max, size_t *size_r)
{
	int r = mm_check_memfd(fd, max, size_r);

	return r == MM_ERR_DENIED ? mm_check_rofile(fd, max, size_r) : r;
}

int mm_read_fd(int fd, off_t offset, struct mm_buf *buf)
{
	char chunk[16384];
	ssize_t n;
	int r;

	for (;;) {
		n = pread(fd, chunk, sizeof(chunk), offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return MM_ERR_SYS;
		if (n == 0)
			return 0;
		if ((r = mm_buf_put(buf, chunk, (size_t)n)) < 0)
			return r;
		offset += n;
	}
}

int mm_read_file(const char *path, struct mm_buf *buf)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	int r;

	if (fd < 0)
		return errno == ENOENT ? MM_ERR_NOTFOUND : MM_ERR_SYS;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		r = MM_ERR_DENIED;
	else
		r = mm_read_fd(fd, 0, buf);
	mm_close(&fd);
	return r;
}

static int unix_socket(const char *path, struct sockaddr_un *addr)
{
	int fd;

	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(addr->sun_path))
		return MM_ERR_LIMIT;
	memcpy(addr->sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return fd < 0 ? MM_ERR_SYS : fd;
}

int mm_unix_connect(const char *path)
{
	struct sockaddr_un addr;
	int fd = unix_socket(path, &addr);

	if (fd < 0)
		return fd;
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		mm_close(&fd);
		return MM_ERR_SYS;
	}
	return fd;
}

int mm_unix_listen(const char *path, int backlog, mode_t mode)
{
	struct sockaddr_un addr;
	struct stat st;
	int fd = unix_socket(path, &addr);

	if (fd < 0)
		return fd;
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		(void)unlink(path);
	if (fchmod(fd, mode) < 0 ||
	    bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    chmod(path, mode) < 0 || listen(fd, backlog) < 0) {
		mm_close(&fd);
		return MM_ERR_SYS;
	}
	return fd;
}

int mm_peer_uid(int fd, uid_t *uid_r)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return MM_ERR_SYS;
	*uid_r = cred.uid;
	return 0;
}

void mm_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
	errno = saved;
}
