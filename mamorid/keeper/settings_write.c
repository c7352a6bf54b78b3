/*
 * The only writer of the shared settings. Keeper, uid mamori-keeper. Must
 * never leave a file half written, follow a link, or answer before what it
 * wrote is on disk.
 */
#include "mamorid/keeper/settings_write.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/settings_path.h"
#include "core/settings_read.h"
#include "mamorid/keeper/settings_tree.h"
#include "mamorid/xalloc.h"

#define FOLDER "settings"
#define FRESH "settings.new"
#define LOCK "settings.lock"
#define TRASH "settings.trash"
/* Files that a deletion removes at once; more go bit by bit. */
#define AT_ONCE 200u
#define TEMPORARY ".new"
#define FOLDER_MODE 0710
#define FILE_MODE 0640

/* Owner, group and mode of what others read. Also of a folder that is there
 * already: a crash may have come between the steps. */
static int set_access(const struct mm_settings_store *store, int fd, gid_t gid,
		      mode_t mode)
{
	if (store->set_group && fchown(fd, (uid_t)-1, gid) < 0)
		return MM_ERR_SYS;
	return fchmod(fd, mode) < 0 ? MM_ERR_SYS : 0;
}

static int open_folder(const struct mm_settings_store *store, int parent,
		       const char *name, bool create)
{
	bool made = false;
	int fd;

	if (create) {
		made = mkdirat(parent, name, 0700) == 0;
		if (!made && errno != EEXIST)
			return MM_ERR_SYS;
	}
	fd = openat(parent, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return !create && errno == ENOENT ? MM_ERR_NOTFOUND
						  : MM_ERR_SYS;
	if (create && (set_access(store, fd, store->readers, FOLDER_MODE) < 0 ||
		       (made && !store->lazy && fsync(parent) < 0))) {
		mm_close(&fd);
		return MM_ERR_SYS;
	}
	return fd;
}

/* A folder leaves its place at once; its files go later. 1, 0 (there was
 * none), or MM_ERR_SYS. */
static int discard(struct mm_settings_store *store, int parent,
		   const char *name)
{
	char gone[NAME_MAX + 1];
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)snprintf(gone, sizeof(gone), TRASH "/%lld.%09ld.%u",
		       (long long)now.tv_sec, now.tv_nsec, store->discarded++);
	if (renameat(parent, name, store->state, gone) < 0)
		return errno == ENOENT ? 0 : MM_ERR_SYS;
	return 1;
}

int mm_settings_store_tidy(struct mm_settings_store *store, unsigned int most)
{
	int trash = openat(store->state, TRASH,
			   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r;

	if (trash < 0)
		return MM_ERR_SYS;
	r = mm_tree_empty(trash, &most);
	mm_close(&trash);
	return r;
}

/* What a crash has left goes. */
static int clean_up(struct mm_settings_store *store)
{
	if (mkdirat(store->state, TRASH, 0700) < 0 && errno != EEXIST)
		return MM_ERR_SYS;
	if (discard(store, store->state, FRESH) < 0)
		return MM_ERR_SYS;
	store->root = open_folder(store, store->state, FOLDER, true);
	return store->root < 0 ? MM_ERR_SYS
			       : mm_tree_sweep(store->root, TEMPORARY);
}

int mm_settings_store_open(struct mm_settings_store *store,
			   const char *state_dir)
{
	int r;

	store->path = mm_xasprintf("%s/" FOLDER, state_dir);
	store->owner = geteuid();
	store->root = store->lock = -1;
	store->state = open(state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->state < 0)
		goto fail;
	store->lock = openat(store->state, LOCK,
			     O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (store->lock < 0)
		goto fail;
	/* An old keeper may be at work still. */
	if (mm_settings_lock(store) < 0)
		goto fail;
	r = clean_up(store);
	mm_settings_unlock(store);
	if (r < 0)
		goto fail;
	return 0;
fail:
	mm_settings_store_close(store);
	return MM_ERR_SYS;
}

void mm_settings_store_close(struct mm_settings_store *store)
{
	free(store->path);
	store->path = NULL;
	mm_close(&store->root);
	mm_close(&store->state);
	mm_close(&store->lock);
}

int mm_settings_lock(struct mm_settings_store *store)
{
	while (flock(store->lock, LOCK_EX) < 0)
		if (errno != EINTR)
			return MM_ERR_SYS;
	return 0;
}

void mm_settings_unlock(struct mm_settings_store *store)
{
	(void)flock(store->lock, LOCK_UN);
}

int mm_settings_store_get(struct mm_settings_store *store, enum mm_level level,
			  const char *name, struct mm_settings *values_r,
			  struct mm_buf *error)
{
	struct mm_buf path;
	int r;

	mm_settings_init(values_r);
	mm_buf_init(&path, MM_SETTINGS_PATH_MAX + strlen(store->path));
	if ((r = mm_buf_printf(&path, "%s/", store->path)) == 0 &&
	    (r = mm_settings_path(&path, level, name)) == 0)
		r = mm_settings_load(mm_buf_str(&path), level, store->owner,
				     values_r, error);
	mm_buf_clear(&path);
	return r;
}

int mm_settings_store_has(struct mm_settings_store *store, enum mm_level level,
			  const char *name)
{
	struct mm_buf path;
	int r;

	mm_buf_init(&path, MM_SETTINGS_PATH_MAX);
	if ((r = mm_settings_path(&path, level, name)) == 0)
		r = faccessat(store->root, mm_buf_str(&path), F_OK,
			      AT_SYMLINK_NOFOLLOW) == 0
			    ? 1
		    : errno == ENOENT || errno == ENOTDIR ? 0
							  : MM_ERR_SYS;
	mm_buf_clear(&path);
	return r;
}

/* The folder of a relative path, opened; *file_r is the rest of the path. */
static int open_parent(const struct mm_settings_store *store, char *path,
		       bool create, const char **file_r)
{
	int fd = dup(store->root), next;
	char *slash;

	while (fd >= 0 && (slash = strchr(path, '/')) != NULL) {
		*slash = '\0';
		next = open_folder(store, fd, path, create);
		mm_close(&fd);
		fd = next;
		path = slash + 1;
	}
	*file_r = path;
	return fd == -1 ? MM_ERR_SYS : fd;
}

/* At any moment the name leads to all of the new bytes or all of the old. */
static int write_file(const struct mm_settings_store *store, int folder,
		      const char *name, gid_t gid, const struct mm_buf *text)
{
	char fresh[NAME_MAX + 1];
	int fd, r;

	if ((size_t)snprintf(fresh, sizeof(fresh), TEMPORARY ".%s", name) >=
	    sizeof(fresh))
		return MM_ERR_LIMIT;
	if (unlinkat(folder, fresh, 0) < 0 && errno != ENOENT)
		return MM_ERR_SYS;
	fd = openat(folder, fresh,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return MM_ERR_SYS;
	if ((r = set_access(store, fd, gid, FILE_MODE)) == 0 &&
	    (r = mm_write_all(fd, text->data, text->len)) == 0 &&
	    ((!store->lazy && fsync(fd) < 0) ||
	     renameat(folder, fresh, folder, name) < 0 ||
	     (!store->lazy && fsync(folder) < 0)))
		r = MM_ERR_SYS;
	if (r < 0) {
		const int saved = errno;

		(void)unlinkat(folder, fresh, 0);
		errno = saved;
	}
	mm_close(&fd);
	return r;
}

int mm_settings_store_put(struct mm_settings_store *store, enum mm_level level,
			  const char *name, const struct mm_settings *values)
{
	const bool gate = level == MM_LEVEL_GATE || level == MM_LEVEL_LIST ||
			  level == MM_LEVEL_LOGIN;
	struct mm_buf path, text;
	const char *file;
	int folder = -1, r;

	mm_buf_init(&path, MM_SETTINGS_PATH_MAX);
	mm_buf_init(&text, MM_SETTINGS_FILE_MAX);
	if ((r = mm_settings_format(values, &text)) == 0 &&
	    (r = mm_settings_path(&path, level, name)) == 0 &&
	    (r = folder = open_parent(store, path.data, true, &file)) >= 0)
		r = write_file(store, folder, file,
			       gate ? store->gate : store->readers, &text);
	mm_close(&folder);
	mm_buf_clear(&path);
	mm_buf_clear(&text);
	return r;
}

/* Everybody sees the domain go at once. */
static int delete_domain(struct mm_settings_store *store, const char *domain)
{
	int r = discard(store, store->root, domain);

	if (r == 1 && fsync(store->root) < 0)
		return MM_ERR_SYS;
	if (r == 1)
		(void)!mm_settings_store_tidy(store, AT_ONCE);
	return r;
}

int mm_settings_store_delete(struct mm_settings_store *store,
			     enum mm_level level, const char *name)
{
	struct mm_buf path;
	const char *file;
	int folder = -1, r;

	mm_buf_init(&path, MM_SETTINGS_PATH_MAX);
	if ((r = mm_settings_path(&path, level, name)) < 0)
		goto out;
	if (level == MM_LEVEL_DOMAIN) {
		*strchr(path.data, '/') = '\0';
		r = delete_domain(store, path.data);
		goto out;
	}
	r = folder = open_parent(store, path.data, false, &file);
	if (r == MM_ERR_NOTFOUND)
		r = 0;
	else if (r >= 0)
		r = unlinkat(folder, file, 0) == 0
			    ? (fsync(folder) < 0 ? MM_ERR_SYS : 1)
			    : (errno == ENOENT ? 0 : MM_ERR_SYS);
out:
	mm_close(&folder);
	mm_buf_clear(&path);
	return r;
}

int mm_settings_store_fresh(struct mm_settings_store *store,
			    struct mm_settings_store *fresh_r)
{
	if (discard(store, store->state, FRESH) < 0)
		return MM_ERR_SYS;
	*fresh_r = *store;
	fresh_r->path = NULL;
	fresh_r->lazy = true;
	fresh_r->lock = fresh_r->state = -1;
	fresh_r->root = open_folder(store, store->state, FRESH, true);
	return fresh_r->root < 0 ? MM_ERR_SYS : 0;
}

int mm_settings_store_swap(struct mm_settings_store *store,
			   struct mm_settings_store *fresh)
{
	if (syncfs(fresh->root) < 0 ||
	    renameat2(store->state, FRESH, store->state, FOLDER,
		      RENAME_EXCHANGE) < 0)
		return MM_ERR_SYS;
	mm_close(&store->root);
	store->root = fresh->root;
	fresh->root = -1;
	if (fsync(store->state) < 0)
		return MM_ERR_SYS;
	/* The exchange counts; what is left over goes with the next start. */
	if (discard(store, store->state, FRESH) == 1)
		(void)!mm_settings_store_tidy(store, AT_ONCE);
	return 0;
}

void mm_settings_store_drop(struct mm_settings_store *store,
			    struct mm_settings_store *fresh)
{
	/* After a swap there is nothing more; else the next start tries
	 * again. */
	mm_close(&fresh->root);
	if (discard(store, store->state, FRESH) == 1)
		(void)!mm_settings_store_tidy(store, AT_ONCE);
}
