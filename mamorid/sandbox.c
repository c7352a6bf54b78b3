/*
 * The jail of the scanners: file parsers for hostile input run here.
 * Process: inspector, root on entry when the daemon is, users.inspector after.
 * The folders are made and removed by the pool.
 * Must never return from mm_jail_enter() with a required layer missing.
 */
#include "mamorid/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/err.h"
#include "mamorid/log.h"

#define FILES_MAX 256u
#define REMOVE_DEPTH_MAX 200u

static void remove_in(int parent, const char *name, unsigned int depth);

/* Everything inside a folder; closes dir. */
static void empty_folder(int dir, unsigned int depth)
{
	DIR *list = fdopendir(dir);
	struct dirent *entry;

	if (list == NULL) {
		(void)close(dir);
		return;
	}
	while ((entry = readdir(list)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			remove_in(dir, entry->d_name, depth);
	}
	(void)closedir(list);
}

static void remove_in(int parent, const char *name, unsigned int depth)
{
	int dir;

	if (unlinkat(parent, name, 0) == 0 || depth > REMOVE_DEPTH_MAX ||
	    (errno != EISDIR && errno != EPERM))
		return;
	dir = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		     O_CLOEXEC);
	if (dir >= 0)
		empty_folder(dir, depth + 1);
	(void)unlinkat(parent, name, AT_REMOVEDIR);
}

void mm_jail_remove(const char *path)
{
	remove_in(AT_FDCWD, path, 0);
}

int mm_jail_make(const char *path, const struct mm_users *users)
{
	mm_jail_remove(path);
	if (mkdir(path, 0700) < 0)
		return MM_ERR_SYS;
	if (users->root && lchown(path, users->inspector.uid,
				  users->inspector.gid) < 0)
		return MM_ERR_SYS;
	return 0;
}

/* Namespaces and a filesystem of its own, as far as the host lets us. */
static uint32_t enter_namespaces(const struct mm_jail *jail)
{
	uint32_t layers = 0;
	char options[96];

	if (unshare(CLONE_NEWNET) == 0)
		layers |= MM_JAIL_NETWORK;
	if (unshare(CLONE_NEWIPC) == 0)
		layers |= MM_JAIL_IPC;
	if (unshare(CLONE_NEWNS) < 0)
		return layers;
	/* Or the tmpfs would appear to everybody. */
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return layers;
	layers |= MM_JAIL_MOUNT;
	(void)snprintf(options, sizeof(options),
		       "size=%llu,nr_inodes=100000,mode=0700,uid=%u,gid=%u",
		       (unsigned long long)jail->tmpfs_size,
		       (unsigned int)jail->users->inspector.uid,
		       (unsigned int)jail->users->inspector.gid);
	if (mount("mamori", jail->path, "tmpfs",
		  MS_NOSUID | MS_NODEV | MS_NOEXEC, options) == 0)
		layers |= MM_JAIL_TMPFS;
	return layers;
}

static void limit(int resource, uint64_t value)
{
	const struct rlimit both = { (rlim_t)value, (rlim_t)value };

	if (setrlimit((__rlimit_resource_t)resource, &both) < 0)
		mm_fatal("jail", "setrlimit %d: %s", resource,
			 strerror(errno));
}

/* Bytes of address space in use, 0 when unknown. */
static uint64_t address_space(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long long pages = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%llu", &pages) != 1)
		pages = 0;
	(void)fclose(file);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void set_rlimits(const struct mm_jail *jail)
{
	uint64_t used = address_space();

	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, FILES_MAX);
	/* A file above the limit must be a failed write, not a signal. */
	(void)signal(SIGXFSZ, SIG_IGN);
	limit(RLIMIT_FSIZE, jail->file_max);
	/* The sanitizer's shadow memory has no bound. */
#ifndef __SANITIZE_ADDRESS__
	if (used > 0 && jail->memory > 0)
		limit(RLIMIT_AS, used + jail->memory);
#else
	(void)used;
#endif
}

uint32_t mm_jail_enter(const struct mm_jail *jail, const char **inside_r)
{
	uint32_t layers = MM_JAIL_RLIMITS | MM_JAIL_NO_NEW_PRIVS |
			  MM_JAIL_SECCOMP;

	*inside_r = jail->path;
	set_rlimits(jail);
	if (jail->users->root) {
		layers |= enter_namespaces(jail);
		if (chroot(jail->path) < 0 || chdir("/") < 0)
			mm_fatal("jail", "chroot %s: %s", jail->path,
				 strerror(errno));
		*inside_r = "/";
		layers |= MM_JAIL_UID | MM_JAIL_CHROOT;
	}
	mm_priv_drop(jail->users, &jail->users->inspector);
	/* A change of uid has reset it: dies with the pool. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		mm_fatal("jail", "pdeathsig: %s", strerror(errno));
	/* Counts processes of the uid, so it may only be set once we are it.
	 */
	limit(RLIMIT_NPROC, 0);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		mm_fatal("jail", "no_new_privs: %s", strerror(errno));
	if (mm_landlock_enter(*inside_r))
		layers |= MM_JAIL_LANDLOCK;
	mm_seccomp_enter();
	return layers;
}

const char *mm_jail_names(uint32_t layers, char out[MM_JAIL_NAMES_MAX])
{
	static const char *const names[] = {
		"uid", "chroot", "rlimits", "no_new_privs", "seccomp",
		"network", "mount", "ipc", "tmpfs", "landlock",
	};
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int n;

		if ((layers & (1u << i)) == 0)
			continue;
		n = snprintf(out + len, MM_JAIL_NAMES_MAX - len, "%s%s",
			     len > 0 ? "," : "", names[i]);
		if (n > 0 && (size_t)n < MM_JAIL_NAMES_MAX - len)
			len += (size_t)n;
	}
	return out;
}
