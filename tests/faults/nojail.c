/*
 * Preloaded into whatever runs under valgrind (make check-valgrind), which
 * needs what a scanner's jail takes away: memory, descriptors, system calls,
 * and does not know some of those that it is made with. The rest of the jail
 * stays: uid, folder, no_new_privs. For tests only.
 */
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STANDS_FOR __attribute__((visibility("default")))

STANDS_FOR int setrlimit(__rlimit_resource_t resource,
			 const struct rlimit *limits)
{
	if (resource == RLIMIT_NOFILE || resource == RLIMIT_AS)
		return 0;
	return (int)syscall(SYS_prlimit64, 0, resource, limits, NULL);
}

STANDS_FOR int unshare(int flags)
{
	(void)flags;
	errno = EPERM;
	return -1;
}

STANDS_FOR scmp_filter_ctx seccomp_init(uint32_t action)
{
	(void)action;
	return malloc(1);
}

STANDS_FOR int seccomp_rule_add(scmp_filter_ctx filter, uint32_t action,
				int call, unsigned int count, ...)
{
	(void)filter;
	(void)action;
	(void)call;
	(void)count;
	return 0;
}

STANDS_FOR int seccomp_load(const scmp_filter_ctx filter)
{
	(void)filter;
	return 0;
}

STANDS_FOR void seccomp_release(scmp_filter_ctx filter)
{
	free(filter);
}

/* The program itself, which is valgrind's for whoever does not ask it. */
STANDS_FOR int execv(const char *path, char *const *argv)
{
	char self[4096];
	ssize_t len;

	if (strcmp(path, "/proc/self/exe") == 0) {
		len = readlink(path, self, sizeof(self) - 1);
		if (len < 0)
			return -1;
		self[len] = '\0';
		path = self;
	}
	return execve(path, argv, environ);
}
