/*
 * The jail: each thing that a broken-in scanner would try is denied, and what
 * a scan needs works.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "mamorid/sandbox.h"
#include "tests/unit/tmp.h"

static char base[64];
static char path[96];
static int open_socket = -1;	/* opened before the jail */
static const char *inside;

/* What a probe ends with, when it is not killed. */
enum { DENIED = 10, WORKED = 20, ODD = 30 };

static int denied(long r, int error)
{
	return r >= 0 ? WORKED : errno == error ? DENIED : ODD;
}

static int try_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? WORKED : ODD;
}

static int try_unix_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? WORKED : ODD;
}

static int try_connect(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = 25 };

	return connect(open_socket, (struct sockaddr *)&to, sizeof(to)) == 0
	       ? WORKED : ODD;
}

static int try_execve(void)
{
	char *const args[] = { (char[]){ "sh" }, NULL };

	execve("/bin/sh", args, args + 1);
	return ODD;
}

static int try_fork(void)
{
	return fork() >= 0 ? WORKED : ODD;
}

static int try_vfork(void)
{
	return syscall(SYS_vfork) >= 0 ? WORKED : ODD;
}

static int try_ptrace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? WORKED : ODD;
}

static int try_kill(void)
{
	return kill(getppid(), 0) == 0 ? WORKED : ODD;
}

static int try_mount(void)
{
	return mount("x", "/", "tmpfs", 0, NULL) == 0 ? WORKED : ODD;
}

static int try_setuid(void)
{
	return setuid(0) == 0 ? WORKED : ODD;
}

static int try_symlink(void)
{
	return symlink("/etc", "etc") == 0 ? WORKED : ODD;
}

static int try_set_rlimit(void)
{
	struct rlimit none = { 0, 0 };

	return syscall(SYS_prlimit64, 0, RLIMIT_CORE, &none, NULL) == 0
	       ? WORKED : ODD;
}

static int try_lock(void)
{
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

	return denied(fcntl(open_socket, F_SETLK, &lock), EPERM);
}

static int try_socket_flags(void)
{
	return denied(fcntl(open_socket, F_SETFL, 0), EPERM);
}

static int try_passwd(void)
{
	int r = open("/etc/passwd", O_RDONLY);

	return r >= 0 ? WORKED : errno == ENOENT || errno == EACCES ? DENIED
								   : ODD;
}

static int try_climb(void)
{
	int r = open("../../../../../../etc/passwd", O_RDONLY);

	return r >= 0 ? WORKED : errno == ENOENT || errno == EACCES ? DENIED
								   : ODD;
}

static int try_executable_memory(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return denied(page == MAP_FAILED ? -1 : 0, EPERM);
}

static int try_make_executable(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return denied(mprotect(page, 4096, PROT_READ | PROT_EXEC), EPERM);
}

static int try_large_file(void)
{
	char name[160];
	int fd;

	snprintf(name, sizeof(name), "%s/large", inside);
	fd = open(name, O_RDWR | O_CREAT, 0600);
	return denied(ftruncate(fd, 2 << 20), EFBIG);
}

/* What a scan does all the time. */
static int try_work(void)
{
	char dir[160];
	char file[192];
	char back[4];
	int fd;

	snprintf(dir, sizeof(dir), "%s/d", inside);
	snprintf(file, sizeof(file), "%s/f", dir);
	if (mkdir(dir, 0700) < 0)
		return ODD;
	fd = open(file, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || write(fd, "abc", 3) != 3 ||
	    pread(fd, back, 3, 0) != 3 || close(fd) < 0)
		return ODD;
	if (unlink(file) < 0 || rmdir(dir) < 0)
		return ODD;
	return WORKED;
}

static const struct {
	const char *name;
	int (*run)(void);
	int want;		/* exit status, or -signal */
} probes[] = {
	{ "socket", try_socket, -SIGSYS },
	{ "unix socket", try_unix_socket, -SIGSYS },
	{ "connect", try_connect, -SIGSYS },
	{ "execve", try_execve, -SIGSYS },
	{ "fork", try_fork, -SIGSYS },
	{ "vfork", try_vfork, -SIGSYS },
	{ "ptrace", try_ptrace, -SIGSYS },
	{ "kill", try_kill, -SIGSYS },
	{ "mount", try_mount, -SIGSYS },
	{ "setuid", try_setuid, -SIGSYS },
	{ "symlink", try_symlink, -SIGSYS },
	{ "setrlimit", try_set_rlimit, -SIGSYS },
	{ "lock a file of Exim", try_lock, DENIED },
	{ "flags of a shared socket", try_socket_flags, DENIED },
	{ "open /etc/passwd", try_passwd, DENIED },
	{ "open ../etc/passwd", try_climb, DENIED },
	{ "executable mmap", try_executable_memory, DENIED },
	{ "executable mprotect", try_make_executable, DENIED },
	{ "large file", try_large_file, DENIED },
	{ "work", try_work, WORKED },
};

static void be_nobody(void)
{
	const struct passwd *nobody = getpwnam("nobody");

	if (geteuid() != 0)
		return;
	if (nobody == NULL || setgid(nobody->pw_gid) < 0 ||
	    setuid(nobody->pw_uid) < 0)
		_exit(ODD);
}

/* In a child: enter the jail and try one thing. */
static int probe(int (*run)(void), bool as_root, uint32_t *layers)
{
	struct mm_users users = { .root = as_root };
	const struct passwd *nobody = getpwnam("nobody");
	struct mm_jail jail = {
		.path = path,
		.users = &users,
		.file_max = 1 << 20,
		.tmpfs_size = 8 << 20,
		.memory = 256 << 20,
	};
	int status;
	pid_t pid;

	users.inspector.uid = nobody->pw_uid;
	users.inspector.gid = nobody->pw_gid;
	assert_int_equal(mm_jail_make(path, &users), 0);
	if (!as_root && geteuid() == 0)
		assert_int_equal(chown(path, nobody->pw_uid, nobody->pw_gid),
				 0);
	if ((pid = fork()) == 0) {
		signal(SIGSYS, SIG_DFL);
		if (!as_root)
			be_nobody();
		*layers = mm_jail_enter(&jail, &inside);
		_exit(run());
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	mm_jail_remove(path);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void probe_all(bool as_root)
{
	uint32_t *layers = mmap(NULL, sizeof(*layers), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char names[MM_JAIL_NAMES_MAX];
	struct stat st;

	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
		int got = probe(probes[i].run, as_root, layers);

		/* Without root only landlock keeps other files away. */
		if (probes[i].want == DENIED && got == WORKED &&
		    (*layers & (MM_JAIL_CHROOT | MM_JAIL_LANDLOCK)) == 0)
			got = DENIED;
		if (got != probes[i].want)
			fail_msg("%s: got %d, want %d", probes[i].name, got,
				 probes[i].want);
	}
	assert_int_equal(*layers & (MM_JAIL_RLIMITS | MM_JAIL_NO_NEW_PRIVS |
				    MM_JAIL_SECCOMP),
			 MM_JAIL_RLIMITS | MM_JAIL_NO_NEW_PRIVS |
			 MM_JAIL_SECCOMP);
	if (as_root)
		assert_int_equal(*layers & (MM_JAIL_UID | MM_JAIL_CHROOT),
				 MM_JAIL_UID | MM_JAIL_CHROOT);
	print_message("%s\n", mm_jail_names(*layers, names));
	munmap(layers, sizeof(*layers));
	assert_int_equal(stat(path, &st), -1);
}

static void test_user(void **state)
{
	(void)state;
	probe_all(false);
}

/* Started as an ordinary user there is no jail of root's to try. */
static void test_root(void **state)
{
	(void)state;
	if (geteuid() == 0)
		probe_all(true);
}

static void test_remove(void **state)
{
	char name[160];
	struct stat st;

	(void)state;
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(name, sizeof(name), "%s/a", path);
	assert_int_equal(mkdir(name, 0700), 0);
	snprintf(name, sizeof(name), "%s/a/link", path);
	assert_int_equal(symlink("/usr", name), 0);
	mm_jail_remove(path);
	assert_int_equal(stat(path, &st), -1);
	assert_int_equal(stat("/usr", &st), 0);
	mm_jail_remove(path);
}

static void test_names(void **state)
{
	char out[MM_JAIL_NAMES_MAX];

	(void)state;
	assert_string_equal(mm_jail_names(0, out), "");
	assert_string_equal(mm_jail_names(MM_JAIL_UID | MM_JAIL_SECCOMP, out),
			    "uid,seccomp");
	assert_string_equal(mm_jail_names(UINT32_MAX, out),
			    "uid,chroot,rlimits,no_new_privs,seccomp,network,"
			    "mount,ipc,tmpfs,landlock");
}

static int setup(void **state)
{
	(void)state;
	assert_int_equal(unit_make_dir(base, sizeof(base)), 0);
	assert_int_equal(chmod(base, 0711), 0);
	snprintf(path, sizeof(path), "%s/jail", base);
	open_socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	close(open_socket);
	return rmdir(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_user),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
