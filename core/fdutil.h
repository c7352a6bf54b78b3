#ifndef MM_CORE_FDUTIL_H
#define MM_CORE_FDUTIL_H

#include <stddef.h>
#include <sys/types.h>

#include "core/buf.h"

/* Write or read len bytes, going on after short counts.
 * 0, MM_ERR_SYS, or for reading MM_ERR_FORMAT when the file ends early. */
MM_CHECK int mm_write_all(int fd, const void *data, size_t len);
MM_CHECK int mm_pread_all(int fd, void *data, size_t len, off_t offset);

/* A memfd with this content, sealed against every change.
 * Returns the descriptor (caller closes) or MM_ERR_SYS. */
MM_CHECK int mm_sealed_memfd(const char *name, const void *data, size_t len);

/* Seal a memfd that the caller has filled: no write, grow, shrink, unseal.
 * 0 or MM_ERR_SYS. */
MM_CHECK int mm_memfd_seal(int fd);

/* Accept fd only as a sealed memfd of at most max bytes: 0 and its size, or
 * MM_ERR_DENIED (not one, or unsealed), MM_ERR_LIMIT. */
MM_CHECK int mm_check_memfd(int fd, size_t max, size_t *size_r);

/* Accept fd only as a regular file opened O_RDONLY of at most max bytes:
 * 0 and its size, or MM_ERR_DENIED, MM_ERR_LIMIT. The owner may still change
 * the file: read it with pread, never map it. */
MM_CHECK int mm_check_rofile(int fd, size_t max, size_t *size_r);

/* Either of the two above: what a passed message body may be. */
MM_CHECK int mm_check_body(int fd, size_t max, size_t *size_r);

/* The whole of a checked descriptor from offset, appended to buf.
 * 0, MM_ERR_LIMIT, MM_ERR_NOMEM, MM_ERR_SYS. */
MM_CHECK int mm_read_fd(int fd, off_t offset, struct mm_buf *buf);

/* A whole regular file by path, appended to buf. 0, MM_ERR_NOTFOUND (no such
 * file), MM_ERR_DENIED (not a regular file), or as mm_read_fd(). */
MM_CHECK int mm_read_file(const char *path, struct mm_buf *buf);

/* Connect to a UNIX stream socket by path, close-on-exec and non-blocking.
 * The descriptor, MM_ERR_LIMIT (path too long), MM_ERR_SYS. A full backlog
 * shows as MM_ERR_SYS with EAGAIN. */
MM_CHECK int mm_unix_connect(const char *path);

/* Listen on path, replacing a stale socket there; mode as given.
 * The descriptor (close-on-exec, non-blocking) or as mm_unix_connect(). */
MM_CHECK int mm_unix_listen(const char *path, int backlog, mode_t mode);

/* The uid of the process at the other end: 0 or MM_ERR_SYS. */
MM_CHECK int mm_peer_uid(int fd, uid_t *uid_r);

/* close() that keeps errno, sets *fd to -1 and accepts -1. */
void mm_close(int *fd);

#endif
