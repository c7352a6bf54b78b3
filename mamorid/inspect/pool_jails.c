/*
 * The folders of a pool's jails: run_dir/jail/GENERATION.PID/SLOT. The pid
 * tells whose folders may go.
 * Process: pool (root when the daemon is).
 * Must never remove the folders of a living pool.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/text.h"
#include "mamorid/inspect/pool.h"
#include "mamorid/log.h"
#include "mamorid/xalloc.h"

static bool is_stale(const char *name)
{
	const char *dot = strrchr(name, '.');
	uint64_t pid;

	return dot != NULL &&
	       mm_text_number(dot + 1, 1, INT32_MAX, &pid) == 0 &&
	       kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

static void remove_stale(const char *base)
{
	DIR *dir = opendir(base);
	struct dirent *entry;
	char *path;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		if (!is_stale(entry->d_name))
			continue;
		path = mm_xasprintf("%s/%s", base, entry->d_name);
		mm_jail_remove(path);
		free(path);
	}
	(void)closedir(dir);
}

void mm_pool_jails_open(struct mm_pool *pool)
{
	char *base = mm_xasprintf("%s/jail", pool->role->conf->run_dir);

	/* Workers get there before they give up root. */
	if (mkdir(base, 0711) < 0 && errno != EEXIST)
		mm_fatal("jail", "cannot make %s: %s", base, strerror(errno));
	remove_stale(base);
	pool->jails = mm_xasprintf("%s/%u.%d", base, pool->role->generation,
				   (int)getpid());
	mm_jail_remove(pool->jails);
	if (mkdir(pool->jails, 0711) < 0)
		mm_fatal("jail", "cannot make %s: %s", pool->jails,
			 strerror(errno));
	free(base);
}

void mm_pool_jails_close(struct mm_pool *pool)
{
	mm_jail_remove(pool->jails);
	free(pool->jails);
	pool->jails = NULL;
}
