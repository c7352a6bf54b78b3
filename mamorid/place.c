/*
 * Folders and sockets of the daemon, made by the master before any role runs.
 * The sockets stay open for as long as the master lives, so that connections
 * wait while a role is replaced.
 */
#include "mamorid/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fdutil.h"
#include "mamorid/log.h"
#include "mamorid/role.h"
#include "mamorid/xalloc.h"

#define PID_FILE "mamorid.pid"

/* Owner and mode through a descriptor: what lies in a folder of the keeper's
 * could be replaced by a link in between. */
static void make_folder(const char *path, mode_t mode,
			const struct mm_user *owner, bool root)
{
	int fd;

	if (mkdir(path, mode) < 0 && errno != EEXIST)
		mm_fatal("folder", "cannot make %s: %s", path, strerror(errno));
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		mm_fatal("folder", "cannot open %s as a folder: %s", path,
			 strerror(errno));
	if ((root && fchown(fd, owner->uid, owner->gid) < 0) ||
	    fchmod(fd, mode) < 0)
		mm_fatal("folder", "cannot set the owner of %s: %s", path,
			 strerror(errno));
	mm_close(&fd);
}

static void make_folder_in(const char *dir, const char *name, mode_t mode,
			   const struct mm_user *owner, bool root)
{
	char *path = mm_xasprintf("%s/%s", dir, name);

	make_folder(path, mode, owner, root);
	free(path);
}

static void make_folder_for(const char *dir, const char *name,
			    const struct mm_users *users, gid_t gid)
{
	const struct mm_user owner = { .uid = users->keeper.uid, .gid = gid };

	/* Without root, the reader is neither we nor in our group. */
	make_folder_in(dir, name, users->root ? 02750 : 0755, &owner,
		       users->root);
}

static int take_lock(const char *run_dir)
{
	char *path = mm_xasprintf("%s/" PID_FILE, run_dir);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (fd < 0)
		mm_fatal("lock", "cannot open %s: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		mm_fatal("lock", "another mamorid runs on %s", run_dir);
	if (ftruncate(fd, 0) < 0 || dprintf(fd, "%d\n", (int)getpid()) < 0)
		mm_fatal("lock", "cannot write %s: %s", path, strerror(errno));
	free(path);
	return fd;
}

static int make_socket(const char *dir, const char *name, mode_t mode,
		       uid_t uid, gid_t gid, bool root)
{
	char *path = mm_xasprintf("%s/%s", dir, name);
	int fd;

	umask(0777);
	fd = mm_unix_listen(path, 512, 0);
	umask(022);
	if (fd < 0)
		mm_fatal("socket", "cannot listen on %s: %s", path,
			 strerror(errno));
	if ((root && chown(path, uid, gid) < 0) || chmod(path, mode) < 0)
		mm_fatal("socket", "cannot set the owner of %s: %s", path,
			 strerror(errno));
	free(path);
	return fd;
}

void mm_place_open(const struct mm_conf *conf, const struct mm_users *users,
		   struct mm_place *place_r)
{
	const struct mm_user self = { .uid = geteuid(), .gid = getegid() };
	const bool root = users->root;
	const char *dir = conf->run_dir;

	umask(022);
	make_folder(dir, 0755, &self, root);
	place_r->lock = take_lock(dir);
	make_folder_in(dir, "jail", 0711, &self, root);
	make_folder(conf->state_dir, 0711, &users->keeper, root);
	make_folder_in(conf->state_dir, "quarantine", 0700, &users->keeper,
		       root);
	/* The group of such a folder is that of its files' readers. */
	make_folder_for(conf->state_dir, "exim", users, users->exim.gid);
	make_folder_for(conf->state_dir, "gate", users, users->gate.gid);
	/* Without root, Exim's user is another one: the peer's uid decides. */
	place_r->scan = make_socket(dir, MM_SCAN_SOCK, root ? 0600 : 0666,
				    users->exim.uid, users->exim.gid, root);
	place_r->inspect = make_socket(dir, MM_INSPECT_SOCK, 0660,
				       users->gate.uid, users->courier.gid,
				       root);
	place_r->keeper = make_socket(dir, MM_KEEPER_SOCK, 0660,
				      users->gate.uid, users->courier.gid,
				      root);
	/* Open to all, since customers change their own settings: the keeper
	 * asks the kernel who it is, and few are anybody to it. */
	place_r->control = make_socket(dir, MM_CONTROL_SOCK, root ? 0666 : 0600,
				       self.uid, self.gid, root);
}

static void forget(const char *dir, const char *name, int *fd)
{
	char *path = mm_xasprintf("%s/%s", dir, name);

	(void)unlink(path);
	free(path);
	mm_close(fd);
}

void mm_place_close(const struct mm_conf *conf, struct mm_place *place)
{
	forget(conf->run_dir, MM_SCAN_SOCK, &place->scan);
	forget(conf->run_dir, MM_INSPECT_SOCK, &place->inspect);
	forget(conf->run_dir, MM_KEEPER_SOCK, &place->keeper);
	forget(conf->run_dir, MM_CONTROL_SOCK, &place->control);
	forget(conf->run_dir, PID_FILE, &place->lock);
}
