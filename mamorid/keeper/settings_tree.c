/*
 * Walking the settings folder: names, what a crash has left, whole folders
 * that go. Keeper, uid mamori-keeper. Must never follow a link.
 */
#include "mamorid/keeper/settings_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/err.h"
#include "core/settings_path.h"
#include "mamorid/keeper/settings_write.h"

/* Ours are four deep; this bounds the recursion whatever is there. */
#define DEPTH_MAX 8u

/* A stream of its own over an open folder, or NULL. */
static DIR *open_stream(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (dir == NULL && fd >= 0)
		(void)close(fd);
	return dir;
}

static int remove_at(int parent, const char *name, unsigned int depth,
		     unsigned int *budget);

static int empty_folder(int folder, unsigned int depth, unsigned int *budget)
{
	DIR *dir = open_stream(folder);
	struct dirent *entry;
	int r = 0;

	if (dir == NULL)
		return MM_ERR_SYS;
	while (r == 0 && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			r = remove_at(folder, entry->d_name, depth + 1, budget);
	(void)closedir(dir);
	return r;
}

/* As mm_tree_remove(). */
static int remove_at(int parent, const char *name, unsigned int depth,
		     unsigned int *budget)
{
	int folder, r;

	if (*budget == 0)
		return 1;
	--*budget;
	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return MM_ERR_SYS;
	if (depth > DEPTH_MAX)
		return MM_ERR_SYS;
	folder = openat(parent, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0)
		return MM_ERR_SYS;
	r = empty_folder(folder, depth, budget);
	(void)close(folder);
	if (r == 0 && unlinkat(parent, name, AT_REMOVEDIR) < 0)
		r = MM_ERR_SYS;
	return r;
}

int mm_tree_remove(int parent, const char *name, unsigned int *budget)
{
	return remove_at(parent, name, 0, budget);
}

int mm_tree_empty(int folder, unsigned int *budget)
{
	return empty_folder(folder, 0, budget);
}

static int sweep(int folder, const char *prefix, unsigned int depth)
{
	unsigned int budget = UINT_MAX;
	DIR *dir = open_stream(folder);
	struct dirent *entry;
	int next, r = 0;

	if (dir == NULL)
		return MM_ERR_SYS;
	while (r == 0 && (entry = readdir(dir)) != NULL) {
		if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0) {
			r = remove_at(folder, entry->d_name, depth, &budget);
			continue;
		}
		/* Folders of mailboxes have no folders: not opened one by
		 * one. */
		if (entry->d_name[0] == '.' || entry->d_type != DT_DIR ||
		    depth >= 3)
			continue;
		next = openat(folder, entry->d_name,
			      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0)
			continue;
		r = sweep(next, prefix, depth + 1);
		(void)close(next);
	}
	(void)closedir(dir);
	return r;
}

int mm_tree_sweep(int folder, const char *prefix)
{
	return sweep(folder, prefix, 0);
}

int mm_tree_names(int folder, int (*visit)(void *arg, const char *name),
		  void *arg)
{
	DIR *dir = open_stream(folder);
	struct dirent *entry;
	int r = 0;

	if (dir == NULL)
		return MM_ERR_SYS;
	while (r == 0 && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			r = visit(arg, entry->d_name);
	(void)closedir(dir);
	return r;
}

struct lister {
	enum mm_level level;
	const char *domain;
	int (*visit)(void *arg, const char *name);
	void *arg;
};

/* A file's name back to what it stands for; foreign files are passed over. */
static int visit_file(void *arg, const char *file)
{
	const struct lister *lister = arg;
	const size_t len = strlen(file);
	struct mm_buf name;
	int r;

	if (len < 6 || strcmp(file + len - 5, ".yaml") != 0)
		return 0;
	mm_buf_init(&name, MM_SETTINGS_PATH_MAX);
	r = mm_settings_decode(&name, file, len - 5);
	if (r == 0 && lister->domain != NULL)
		r = mm_buf_printf(&name, "@%s", lister->domain);
	if (r == 0)
		r = lister->visit(lister->arg, mm_buf_str(&name));
	else if (r == MM_ERR_INVALID)
		r = 0;
	mm_buf_clear(&name);
	return r;
}

static int visit_domain(void *arg, const char *name)
{
	const struct lister *lister = arg;

	return mm_settings_is_domain(name) ? lister->visit(lister->arg, name)
					   : 0;
}

int mm_settings_store_list(struct mm_settings_store *store, enum mm_level level,
			   const char *domain,
			   int (*visit)(void *arg, const char *name), void *arg)
{
	struct lister lister = {
		.level = level, .domain = domain, .visit = visit, .arg = arg
	};
	char path[MM_SETTINGS_PATH_MAX];
	int folder, r;

	if (level == MM_LEVEL_DOMAIN)
		return mm_tree_names(store->root, visit_domain, &lister);
	if (level == MM_LEVEL_LOGIN) {
		lister.domain = NULL;
		memcpy(path, MM_SETTINGS_LOGINS, sizeof(MM_SETTINGS_LOGINS));
	} else if (!mm_settings_is_domain(domain) ||
		   mm_settings_folder(level) == NULL) {
		return MM_ERR_INVALID;
	} else {
		(void)snprintf(path, sizeof(path), "%s/%s", domain,
			       mm_settings_folder(level));
	}
	folder = openat(store->root, path,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : MM_ERR_SYS;
	r = mm_tree_names(folder, visit_file, &lister);
	(void)close(folder);
	return r;
}
