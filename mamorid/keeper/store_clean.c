/*
 * Start-up: quarantine files that nobody refers to. Keeper, uid mamori-keeper.
 * A crash between naming a file and committing its rows leaves one. Must never
 * remove what has a row, nor leave the quarantine's folder.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/keeper/store.h"

struct walk {
	struct mm_store *store;
	int (*wanted)(void *context, const char *hash);
	void *context;
	int removed;
};

static bool is_hex(const char *name, size_t len)
{
	return strlen(name) == len && strspn(name, "0123456789abcdef") == len;
}

/* Call visit for every name in a folder but . and .. */
static int each(int parent, const char *name, struct walk *walk,
		int (*visit)(struct walk *walk, int folder, const char *name))
{
	struct dirent *entry;
	DIR *dir;
	int fd, r = 0;

	fd = openat(parent, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return MM_ERR_SYS;
	if ((dir = fdopendir(fd)) == NULL) {
		mm_close(&fd);
		return MM_ERR_SYS;
	}
	while (r == 0 && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			r = visit(walk, dirfd(dir), entry->d_name);
	(void)closedir(dir);
	return r;
}

static int visit_tmp(struct walk *walk, int folder, const char *name)
{
	if (unlinkat(folder, name, 0) < 0)
		return MM_ERR_SYS;
	walk->removed++;
	return 0;
}

static int visit_file(struct walk *walk, int folder, const char *name)
{
	int r;

	(void)folder;
	if (!is_hex(name, MM_STORE_HASH_SIZE - 1))
		return 0;
	r = walk->wanted(walk->context, name);
	if (r != 0)
		return r < 0 ? r : 0;
	if ((r = mm_store_remove(walk->store, name)) == 0)
		walk->removed++;
	return r;
}

static int visit_second(struct walk *walk, int folder, const char *name)
{
	return is_hex(name, 2) ? each(folder, name, walk, visit_file) : 0;
}

static int visit_first(struct walk *walk, int folder, const char *name)
{
	return is_hex(name, 2) ? each(folder, name, walk, visit_second) : 0;
}

int mm_store_clean(struct mm_store *store,
		   int (*wanted)(void *context, const char *hash),
		   void *context)
{
	struct walk walk = { .store = store,
			     .wanted = wanted,
			     .context = context };
	int r;

	if ((r = each(store->root, "tmp", &walk, visit_tmp)) < 0 ||
	    (r = each(store->root, ".", &walk, visit_first)) < 0)
		return r;
	return walk.removed;
}
