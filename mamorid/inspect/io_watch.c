/*
 * Watches the file calls of libclamav by standing in for them: a full or
 * missing temporary folder makes libclamav return "clean" for an infected
 * message, at times without a word. These definitions win over libc's for
 * every library of the executable; each calls the real function and counts
 * failures while a scan is watched.
 * Process: inspector, and one-shot mode. Must never change a call's result or
 * errno, and never call anything that allocates.
 */
#undef _FORTIFY_SOURCE

#include "mamorid/inspect/io_watch.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* ISO C has no cast from an object to a function pointer; POSIX asks for
 * exactly this copy. */
#define REAL(name) \
	static __typeof__(&name) real; \
	if (real == NULL) { \
		void *symbol = dlsym(RTLD_NEXT, #name); \
		memcpy(&real, &symbol, sizeof(real)); \
	}

static struct {
	const char *folder;	/* NULL while nothing is watched */
	unsigned int failures;
	const char *call;	/* the first failure */
	int error;
} watch;

void mm_io_watch_begin(const char *folder)
{
	memset(&watch, 0, sizeof(watch));
	watch.folder = folder;
}

unsigned int mm_io_watch_end(struct mm_buf *text)
{
	watch.folder = NULL;
	if (watch.failures > 0 && text != NULL &&
	    mm_buf_printf(text, "%s: %s", watch.call,
			  strerror(watch.error)) < 0)
		return watch.failures;
	return watch.failures;
}

static void failed(const char *call, int error)
{
	if (watch.folder == NULL)
		return;
	if (watch.failures++ == 0) {
		watch.call = call;
		watch.error = error;
	}
}

/* libclamav looks for optional files, outside and inside the folder. What it
 * could not make has failed already when it was to be made. */
static void path_failed(const char *call, const char *path, int flags)
{
	int error = errno;
	bool make = (flags & O_CREAT) != 0;

	if (watch.folder != NULL && path != NULL &&
	    (make || (error != ENOENT &&
		      strncmp(path, watch.folder, strlen(watch.folder)) == 0)))
		failed(call, error);
	errno = error;
}

/* A short count means that the disk has just become full. */
static void count_failed(const char *call, ssize_t got, size_t want)
{
	if (got < 0 && errno != EINTR && errno != EAGAIN)
		failed(call, errno);
	else if (got >= 0 && (size_t)got < want)
		failed(call, ENOSPC);
}

EXPORT ssize_t write(int fd, const void *data, size_t len)
{
	ssize_t n;

	REAL(write);
	n = real(fd, data, len);
	count_failed("write", n, len);
	return n;
}

EXPORT ssize_t writev(int fd, const struct iovec *parts, int count)
{
	size_t len = 0;
	ssize_t n;

	REAL(writev);
	for (int i = 0; i < count; i++)
		len += parts[i].iov_len;
	n = real(fd, parts, count);
	count_failed("writev", n, len);
	return n;
}

EXPORT ssize_t pwrite64(int fd, const void *data, size_t len, off64_t offset)
{
	ssize_t n;

	REAL(pwrite64);
	n = real(fd, data, len, offset);
	count_failed("pwrite", n, len);
	return n;
}

EXPORT size_t fwrite(const void *data, size_t size, size_t count, FILE *file)
{
	size_t n;

	REAL(fwrite);
	n = real(data, size, count, file);
	if (n < count && size > 0)
		failed("fwrite", errno);
	return n;
}

EXPORT int fputs(const char *text, FILE *file)
{
	int r;

	REAL(fputs);
	if ((r = real(text, file)) == EOF)
		failed("fputs", errno);
	return r;
}

EXPORT int fputc(int c, FILE *file)
{
	int r;

	REAL(fputc);
	if ((r = real(c, file)) == EOF)
		failed("fputc", errno);
	return r;
}

EXPORT int fflush(FILE *file)
{
	int r;

	REAL(fflush);
	if ((r = real(file)) != 0)
		failed("fflush", errno);
	return r;
}

EXPORT int fclose(FILE *file)
{
	int r;

	REAL(fclose);
	if ((r = real(file)) != 0)
		failed("fclose", errno);
	return r;
}

EXPORT int ftruncate64(int fd, off64_t len)
{
	int r;

	REAL(ftruncate64);
	if ((r = real(fd, len)) != 0)
		failed("ftruncate", errno);
	return r;
}

EXPORT FILE *fopen64(const char *path, const char *mode)
{
	FILE *file;

	REAL(fopen64);
	if ((file = real(path, mode)) == NULL)
		path_failed("fopen", path, mode[0] == 'r' ? 0 : O_CREAT);
	return file;
}

EXPORT FILE *fdopen(int fd, const char *mode)
{
	FILE *file;

	REAL(fdopen);
	if ((file = real(fd, mode)) == NULL)
		failed("fdopen", errno);
	return file;
}

static mode_t mode_of(int flags, va_list args)
{
	return (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(args, mode_t)
						      : 0;
}

EXPORT int open64(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;
	int fd;

	REAL(open64);
	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	if ((fd = real(path, flags, mode)) < 0)
		path_failed("open", path, flags);
	return fd;
}

EXPORT int openat64(int dir, const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;
	int fd;

	REAL(openat64);
	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	if ((fd = real(dir, path, flags, mode)) < 0)
		path_failed("openat", path, flags);
	return fd;
}

EXPORT int mkdir(const char *path, mode_t mode)
{
	int r;

	REAL(mkdir);
	if ((r = real(path, mode)) < 0)
		path_failed("mkdir", path, O_CREAT);
	return r;
}

EXPORT DIR *opendir(const char *path)
{
	DIR *dir;

	REAL(opendir);
	if ((dir = real(path)) == NULL)
		path_failed("opendir", path, 0);
	return dir;
}
