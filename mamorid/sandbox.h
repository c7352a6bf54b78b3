#ifndef MM_MAMORID_SANDBOX_H
#define MM_MAMORID_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mamorid/priv.h"

/* What holds a jailed process. All but the first five are taken where the
 * host permits them. */
enum mm_jail_layer {
	MM_JAIL_UID = 1 << 0,
	MM_JAIL_CHROOT = 1 << 1,
	MM_JAIL_RLIMITS = 1 << 2,
	MM_JAIL_NO_NEW_PRIVS = 1 << 3,
	MM_JAIL_SECCOMP = 1 << 4,
	MM_JAIL_NETWORK = 1 << 5,	/* namespaces */
	MM_JAIL_MOUNT = 1 << 6,
	MM_JAIL_IPC = 1 << 7,
	MM_JAIL_TMPFS = 1 << 8,
	MM_JAIL_LANDLOCK = 1 << 9,
};

#define MM_JAIL_NAMES_MAX 128u

struct mm_jail {
	const char *path;	/* from mm_jail_make(), not shared */
	const struct mm_users *users;
	uint64_t file_max;	/* largest file, bytes */
	uint64_t tmpfs_size;	/* bytes */
	uint64_t memory;	/* address space to add to that in use */
};

/* Make a folder of this path for users->inspector alone; what is left there
 * is removed first. 0 or MM_ERR_SYS. */
int mm_jail_make(const char *path, const struct mm_users *users)
	__attribute__((warn_unused_result));

/* Remove a folder and all it holds, following no link. A missing one is fine.
 */
void mm_jail_remove(const char *path);

/* Enter for good: what the process has open stays usable; it opens files
 * inside the folder only, and makes no process, socket or connection: a call
 * that is not on the list kills it, and so does its parent's end. mm_fatal()
 * when uid, chroot (both only when started as root), rlimits, no_new_privs or
 * seccomp fail. Returns the layers in force; *inside_r is the folder's path
 * from now on, static or jail->path. */
uint32_t mm_jail_enter(const struct mm_jail *jail, const char **inside_r);

/* The names of layers, "uid,chroot,...", into out; returns out. */
const char *mm_jail_names(uint32_t layers, char out[MM_JAIL_NAMES_MAX]);

/* The last step of mm_jail_enter(): allow the listed system calls, kill the
 * process at any other. mm_fatal() on failure. */
void mm_seccomp_enter(void);

/* Deny all files but those under path. False where the kernel cannot. */
bool mm_landlock_enter(const char *path);

#endif
