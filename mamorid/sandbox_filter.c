/*
 * The jail's two kernel filters: the list of system calls that a scan needs,
 * found by tracing real scans, and the files it may open.
 * Process: inspector (as users.inspector).
 * Must never list a call that makes a process, a socket or executable memory.
 */
#include "mamorid/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mamorid/log.h"

static const int allowed[] = {
	/* memory (mmap and mprotect: see below) */
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	/* files inside the jail, and descriptors */
	SCMP_SYS(open),
	SCMP_SYS(openat),
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(pread64),
	SCMP_SYS(preadv),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(pwrite64),
	SCMP_SYS(pwritev),
	SCMP_SYS(close),
	SCMP_SYS(lseek),
	SCMP_SYS(stat),
	SCMP_SYS(fstat),
	SCMP_SYS(lstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(statx),
	SCMP_SYS(access),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(mkdir),
	SCMP_SYS(mkdirat),
	SCMP_SYS(rmdir),
	SCMP_SYS(unlink),
	SCMP_SYS(unlinkat),
	SCMP_SYS(rename),
	SCMP_SYS(renameat),
	SCMP_SYS(renameat2),
	SCMP_SYS(chmod),
	SCMP_SYS(fchmod),
	SCMP_SYS(fchmodat),
	SCMP_SYS(ftruncate),
	SCMP_SYS(getdents64),
	SCMP_SYS(dup),
	SCMP_SYS(getcwd),
	SCMP_SYS(umask),
	SCMP_SYS(memfd_create),
	SCMP_SYS(fadvise64),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	/* the request's socket */
	SCMP_SYS(accept4),
	SCMP_SYS(recvmsg),
	SCMP_SYS(recvfrom),
	SCMP_SYS(sendmsg),
	SCMP_SYS(sendto),
	SCMP_SYS(getsockopt),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait),
	/* time, ids, limits: questions only */
	SCMP_SYS(clock_gettime),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(getppid),
	SCMP_SYS(getuid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getegid),
	SCMP_SYS(getrandom),
	SCMP_SYS(sysinfo),
	SCMP_SYS(uname),
	SCMP_SYS(getrlimit),
	SCMP_SYS(getrusage),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity),
	/* the C library's own */
	SCMP_SYS(futex),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
#ifdef __SANITIZE_ADDRESS__
	SCMP_SYS(prctl),
	SCMP_SYS(pipe),
	SCMP_SYS(pipe2),
	SCMP_SYS(getpriority),
	SCMP_SYS(personality),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(nanosleep),
#endif
};

static void check(int r)
{
	/* -EEXIST: the same number under two names. */
	if (r < 0 && r != -EEXIST)
		mm_fatal("jail", "seccomp: %s", strerror(-r));
}

/* Executable memory is refused rather than deadly: a character set that needs
 * a module is then unknown, and the scan goes on. */
static void add_memory_rules(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp plain =
		SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	const struct scmp_arg_cmp executable =
		SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC);

	check(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
			       plain));
	check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(mmap), 1,
			       executable));
	check(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
			       plain));
	check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM),
			       SCMP_SYS(mprotect), 1, executable));
}

/* The body is Exim's own file and the listening socket is everybody's: no
 * locks on the one, no flags of the other. */
static void add_fcntl_rules(scmp_filter_ctx filter)
{
	static const int harmless[] = { F_DUPFD,    F_DUPFD_CLOEXEC,
					F_GETFD,    F_SETFD,
					F_GETFL,    F_GET_SEALS,
					F_ADD_SEALS };
	static const int refused[] = { F_SETFL,	     F_GETLK,	  F_SETLK,
				       F_SETLKW,     F_OFD_GETLK, F_OFD_SETLK,
				       F_OFD_SETLKW, F_SETLEASE,  F_SETOWN,
				       F_SETPIPE_SZ };

	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		check(seccomp_rule_add(
			filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
			SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)harmless[i])));
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		check(seccomp_rule_add(
			filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(fcntl), 1,
			SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)refused[i])));
}

static void add_argument_rules(scmp_filter_ctx filter)
{
	/* stdio asks whether a file is a terminal, and takes the no. */
	check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl),
			       0));
	/* abort() */
	check(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
			       SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())));
	/* Asking for limits, not setting them. */
	check(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
			       SCMP_A2(SCMP_CMP_EQ, 0)));
}

void mm_seccomp_enter(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);

	if (filter == NULL)
		mm_fatal("jail", "seccomp is not available");
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		check(seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0));
	add_memory_rules(filter);
	add_fcntl_rules(filter);
	add_argument_rules(filter);
	check(seccomp_load(filter));
	seccomp_release(filter);
}

#define LANDLOCK_ALL \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
	 LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | \
	 LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
	 LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | \
	 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | \
	 LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | \
	 LANDLOCK_ACCESS_FS_MAKE_SYM)
#define LANDLOCK_JAIL \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE | \
	 LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR | \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | \
	 LANDLOCK_ACCESS_FS_MAKE_REG)

bool mm_landlock_enter(const char *path)
{
	const struct landlock_ruleset_attr all = {
		.handled_access_fs = LANDLOCK_ALL,
	};
	struct landlock_path_beneath_attr rule = {
		.allowed_access = LANDLOCK_JAIL,
	};
	bool entered = false;
	int ruleset;
	int dir;

	ruleset =
		(int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
	if (ruleset < 0)
		return false;
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	rule.parent_fd = dir;
	if (dir >= 0 && syscall(SYS_landlock_add_rule, ruleset,
				LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0)
		entered = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	if (dir >= 0)
		(void)close(dir);
	(void)close(ruleset);
	return entered;
}
