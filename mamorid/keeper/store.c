/*
 * The files of the quarantine, named by their content. Keeper, uid
 * mamori-keeper. Must never change or name a file before its bytes are on
 * disk, and never follow a link.
 */
#include "mamorid/keeper/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/keeper/hash.h"

#define CHUNK 65536u
#define NAME_SIZE 80u

static int make_folder(int parent, const char *name)
{
	if (mkdirat(parent, name, 0700) < 0)
		return errno == EEXIST ? 0 : MM_ERR_SYS;
	return fsync(parent) < 0 ? MM_ERR_SYS : 0;
}

int mm_store_open(struct mm_store *store, const char *path, uint64_t reserve)
{
	memset(store, 0, sizeof(*store));
	store->root = -1;
	store->reserve = reserve;
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return MM_ERR_SYS;
	store->root =
		open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (store->root < 0)
		return MM_ERR_SYS;
	if (make_folder(store->root, "tmp") < 0) {
		mm_close(&store->root);
		return MM_ERR_SYS;
	}
	return 0;
}

void mm_store_close(struct mm_store *store)
{
	mm_close(&store->root);
}

static int check_reserve(const struct mm_store *store, uint64_t size)
{
	struct statvfs vfs;
	uint64_t left;

	if (fstatvfs(store->root, &vfs) < 0)
		return MM_ERR_SYS;
	left = (uint64_t)vfs.f_bavail * vfs.f_frsize;
	return left < size || left - size < store->reserve ? MM_ERR_LIMIT : 0;
}

struct sink {
	int fd;
	struct mm_hash *hash;
	uint64_t size;
};

static int sink_put(struct sink *sink, const void *data, size_t len)
{
	int r;

	if ((r = mm_write_all(sink->fd, data, len)) < 0 ||
	    (r = mm_hash_add(sink->hash, data, len)) < 0)
		return r;
	sink->size += len;
	return 0;
}

static int sink_copy(struct sink *sink, int fd, uint64_t offset, uint64_t len)
{
	unsigned char chunk[CHUNK];
	size_t part;
	int r = 0;

	while (len > 0 && r == 0) {
		part = len < sizeof(chunk) ? (size_t)len : sizeof(chunk);
		r = mm_pread_all(fd, chunk, part, (off_t)offset);
		if (r == 0)
			r = sink_put(sink, chunk, part);
		offset += part;
		len -= part;
	}
	return r;
}

/* The stored form: headers, an empty line, the body, as they came. */
static int sink_message(struct sink *sink, const struct mm_store_parts *parts)
{
	char last = '\n';
	int r = 0;

	if (parts->headers_len > 0)
		r = mm_pread_all(parts->headers, &last, 1,
				 (off_t)(parts->headers_len - 1));
	if (r < 0 ||
	    (r = sink_copy(sink, parts->headers, 0, parts->headers_len)) < 0 ||
	    (r = sink_put(sink, "\n\n", last == '\n' ? 1 : 2)) < 0)
		return r;
	return sink_copy(sink, parts->body, parts->body_offset,
			 parts->body_len);
}

/* Open ROOT/ab/cd, creating it if asked to. */
static int open_folder(const struct mm_store *store, const char *hash,
		       bool create)
{
	const char name[6] = { hash[0], hash[1], '/', hash[2], hash[3], '\0' };
	const char first[3] = { hash[0], hash[1], '\0' };
	int parent, fd;

	if (create) {
		if (make_folder(store->root, first) < 0)
			return MM_ERR_SYS;
		parent =
			openat(store->root, first,
			       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (parent < 0 || make_folder(parent, name + 3) < 0) {
			mm_close(&parent);
			return MM_ERR_SYS;
		}
		mm_close(&parent);
	}
	fd = openat(store->root, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? MM_ERR_NOTFOUND : MM_ERR_SYS;
	return fd;
}

/* Give the finished file its name for good. One that has the name already has
 * the content, and rows of its own: it is left alone. */
static int publish(struct mm_store *store, const char *tmp, const char *hash)
{
	int folder = open_folder(store, hash, true);
	int r = 0;

	if (folder < 0)
		return MM_ERR_SYS;
	if (renameat2(store->root, tmp, folder, hash, RENAME_NOREPLACE) < 0) {
		r = errno != EEXIST || unlinkat(store->root, tmp, 0) < 0
			    ? MM_ERR_SYS
			    : 0;
	} else if (fsync(folder) < 0) {
		(void)unlinkat(folder, hash, 0);
		r = MM_ERR_SYS;
	}
	mm_close(&folder);
	return r;
}

int mm_store_put(struct mm_store *store, const struct mm_store_parts *parts,
		 char hash_r[MM_STORE_HASH_SIZE], uint64_t *size_r)
{
	struct sink sink = { .fd = -1 };
	char tmp[NAME_SIZE];
	int r, saved;

	if ((r = check_reserve(store,
			       parts->headers_len + 1 + parts->body_len)) < 0)
		return r;
	(void)snprintf(tmp, sizeof(tmp), "tmp/%ld-%llu", (long)getpid(),
		       (unsigned long long)++store->serial);
	sink.fd = openat(store->root, tmp,
			 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			 0600);
	if (sink.fd < 0)
		return MM_ERR_SYS;
	if ((r = mm_hash_new(&sink.hash)) < 0 ||
	    (r = sink_message(&sink, parts)) < 0 ||
	    (r = mm_hash_hex(sink.hash, hash_r)) < 0)
		goto out;
	r = fsync(sink.fd) < 0 ? MM_ERR_SYS : publish(store, tmp, hash_r);
	*size_r = sink.size;
out:
	saved = errno;
	if (r < 0)
		(void)unlinkat(store->root, tmp, 0);
	mm_hash_free(&sink.hash);
	mm_close(&sink.fd);
	errno = saved;
	return r;
}

int mm_store_get(struct mm_store *store, const char *hash)
{
	int folder, fd;

	if (strlen(hash) != MM_STORE_HASH_SIZE - 1)
		return MM_ERR_NOTFOUND;
	if ((folder = open_folder(store, hash, false)) < 0)
		return folder;
	fd = openat(folder, hash, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	mm_close(&folder);
	if (fd < 0)
		return errno == ENOENT ? MM_ERR_NOTFOUND : MM_ERR_SYS;
	return fd;
}

int mm_store_remove(struct mm_store *store, const char *hash)
{
	char name[6 + MM_STORE_HASH_SIZE];

	if (strlen(hash) != MM_STORE_HASH_SIZE - 1)
		return 0;
	(void)snprintf(name, sizeof(name), "%.2s/%.2s/%s", hash, hash + 2,
		       hash);
	if (unlinkat(store->root, name, 0) < 0 && errno != ENOENT)
		return MM_ERR_SYS;

	/* Empty folders go too; those in use refuse. */
	name[5] = '\0';
	(void)unlinkat(store->root, name, AT_REMOVEDIR);
	name[2] = '\0';
	(void)unlinkat(store->root, name, AT_REMOVEDIR);
	return 0;
}
