/*
 * Faults at exact points of the daemon, for the end-to-end tests: preloaded
 * into mamorid, it counts chosen system calls of one role, and at the n-th one
 * kills or stops the process, makes the call fail, or breaks the sandbox. It
 * also moves a role's clock. A file mapped by the test says what to do; see
 * tests/riglib/faults.py. Needs no ptrace, so it works in every container.
 * Must never do anything while no plan is armed.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NAME_MAX_LEN 16
#define NAMES_MAX 4096
#define VIOLATE 1000 /* an action: a call that the sandbox forbids */

/* As tests/riglib/faults.py packs it. */
struct plan {
	uint32_t armed;
	uint32_t when; /* the first matching call that fails, from 1; 0: none */
	uint32_t lasting; /* and all that follow */
	int32_t action; /* a signal, -errno, or VIOLATE */
	uint32_t count; /* matching calls so far */
	uint32_t fired;
	uint32_t pid; /* the process where it fired last */
	uint32_t unused;
	int64_t master_ms; /* added to that role's clocks */
	int64_t keeper_ms;
	int64_t pool_ms;
	char role[NAME_MAX_LEN];
	char calls[256]; /* "write fsync", or "*" */
	char names[NAMES_MAX][NAME_MAX_LEN]; /* of the matching calls */
};

static struct plan *plan;
static char role[NAME_MAX_LEN] = "master";
static bool serving = true;

static void child(void)
{
	/* A scanner that only starts is nobody's business. */
	serving = false;
	const char *name = strcmp(role, "pool") == 0 ? "inspector" : "child";

	(void)snprintf(role, sizeof(role), "%s", name);
}

__attribute__((constructor)) static void begin(int argc, char **argv)
{
	const char *path = getenv("MAMORI_FAULTS");
	void *map;
	int fd, i;

	for (i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], "-R") == 0)
			(void)snprintf(role, sizeof(role), "%.15s",
				       argv[i + 1]);
	if (path == NULL)
		return;
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
	if (fd < 0)
		return;
	map = mmap(NULL, sizeof(*plan), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   0);
	(void)syscall(SYS_close, fd);
	if (map != MAP_FAILED && pthread_atfork(NULL, NULL, child) == 0)
		plan = map;
}

static bool listed(const char *name)
{
	const size_t len = strlen(name);
	const char *pos = plan->calls;

	if (strcmp(pos, "*") == 0)
		return strstr(name, "alloc") == NULL;
	while ((pos = strstr(pos, name)) != NULL) {
		if ((pos == plan->calls || pos[-1] == ' ') &&
		    (pos[len] == ' ' || pos[len] == '\0'))
			return true;
		pos += len;
	}
	return false;
}

/* True when the call must fail with the errno that is set now. */
static bool fails(const char *name)
{
	uint32_t n;

	if (strcmp(name, "accept4") == 0)
		serving = true;
	if (plan == NULL || !serving ||
	    !__atomic_load_n(&plan->armed, __ATOMIC_ACQUIRE) ||
	    strcmp(plan->role, role) != 0 || !listed(name))
		return false;
	n = __atomic_add_fetch(&plan->count, 1, __ATOMIC_ACQ_REL);
	if (n <= NAMES_MAX) {
		memset(plan->names[n - 1], 0, NAME_MAX_LEN);
		memcpy(plan->names[n - 1], name,
		       strnlen(name, NAME_MAX_LEN - 1));
	}
	if (plan->when == 0 || n < plan->when ||
	    (n > plan->when && !plan->lasting))
		return false;
	plan->pid = (uint32_t)syscall(SYS_getpid);
	__atomic_add_fetch(&plan->fired, 1, __ATOMIC_ACQ_REL);
	if (plan->action < 0) {
		errno = -plan->action;
		return true;
	}
	if (plan->action == VIOLATE)
		(void)syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
	else
		(void)syscall(SYS_tgkill, syscall(SYS_getpid),
			      syscall(SYS_gettid), plan->action);
	return false;
}

/* The function that would have been called without us. */
static void *next(const char *name, void **cache)
{
	if (*cache == NULL)
		*cache = dlsym(RTLD_NEXT, name);
	if (*cache == NULL)
		abort();
	return *cache;
}

#define WRAP(type, name, params, args)                                   \
	type name params                                                 \
	{                                                                \
		static void *cache;                                      \
		type(*real) params;                                      \
                                                                         \
		*(void **)&real = next(#name, &cache);                   \
		return fails(#name) ? (type)-1 : real args;              \
	}

WRAP(ssize_t, write, (int fd, const void *data, size_t len), (fd, data, len))
WRAP(ssize_t, pwrite, (int fd, const void *data, size_t len, off_t off),
     (fd, data, len, off))
WRAP(ssize_t, pwrite64, (int fd, const void *data, size_t len, off64_t off),
     (fd, data, len, off))
WRAP(ssize_t, read, (int fd, void *data, size_t len), (fd, data, len))
WRAP(ssize_t, pread, (int fd, void *data, size_t len, off_t off),
     (fd, data, len, off))
WRAP(ssize_t, pread64, (int fd, void *data, size_t len, off64_t off),
     (fd, data, len, off))
WRAP(int, fsync, (int fd), (fd))
WRAP(int, fdatasync, (int fd), (fd))
WRAP(int, ftruncate, (int fd, off_t len), (fd, len))
WRAP(int, ftruncate64, (int fd, off64_t len), (fd, len))
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(int, mkdirat, (int dir, const char *path, mode_t mode), (dir, path, mode))
WRAP(int, unlinkat, (int dir, const char *path, int flags), (dir, path, flags))
WRAP(int, renameat2,
     (int from, const char *old, int to, const char *new, unsigned int flags),
     (from, old, to, new, flags))
WRAP(int, memfd_create, (const char *name, unsigned int flags), (name, flags))
WRAP(int, accept4,
     (int fd, struct sockaddr *addr, socklen_t *len, int flags),
     (fd, addr, len, flags))
WRAP(int, connect, (int fd, const struct sockaddr *addr, socklen_t len),
     (fd, addr, len))
WRAP(ssize_t, sendmsg, (int fd, const struct msghdr *msg, int flags),
     (fd, msg, flags))
WRAP(ssize_t, recvmsg, (int fd, struct msghdr *msg, int flags),
     (fd, msg, flags))
WRAP(pid_t, fork, (void), ())

#define WRAP_OPEN(name, params, args)                                    \
	int name params                                                  \
	{                                                                \
		static void *cache;                                      \
		int (*real) params;                                      \
		mode_t mode = 0;                                         \
		va_list more;                                            \
                                                                         \
		if ((flags & O_CREAT) != 0 ||                            \
		    (flags & O_TMPFILE) == O_TMPFILE) {                  \
			va_start(more, flags);                           \
			mode = va_arg(more, mode_t);                     \
			va_end(more);                                    \
		}                                                        \
		*(void **)&real = next(#name, &cache);                   \
		return fails(#name) ? -1 : real args;                    \
	}

WRAP_OPEN(open, (const char *path, int flags, ...), (path, flags, mode))
WRAP_OPEN(open64, (const char *path, int flags, ...), (path, flags, mode))
WRAP_OPEN(openat, (int dir, const char *path, int flags, ...),
	  (dir, path, flags, mode))
WRAP_OPEN(openat64, (int dir, const char *path, int flags, ...),
	  (dir, path, flags, mode))

/* ---- memory ---------------------------------------------------------- */

/* dlsym() allocates: glibc's own names instead, or the sanitizer's. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *data, size_t size);
extern void *__interceptor_malloc(size_t size) __attribute__((weak));
extern void *__interceptor_calloc(size_t n, size_t s) __attribute__((weak));
extern void *__interceptor_realloc(void *d, size_t s) __attribute__((weak));

void *malloc(size_t size)
{
	if (fails("malloc"))
		return NULL;
	return __interceptor_malloc != NULL ? __interceptor_malloc(size)
					    : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	if (fails("calloc"))
		return NULL;
	return __interceptor_calloc != NULL ? __interceptor_calloc(count, size)
					    : __libc_calloc(count, size);
}

void *realloc(void *data, size_t size)
{
	if (fails("realloc"))
		return NULL;
	return __interceptor_realloc != NULL ? __interceptor_realloc(data, size)
					     : __libc_realloc(data, size);
}

/* ---- clocks ---------------------------------------------------------- */

static int64_t shift_ms(void)
{
	if (plan == NULL)
		return 0;
	if (strcmp(role, "master") == 0)
		return plan->master_ms;
	if (strcmp(role, "keeper") == 0)
		return plan->keeper_ms;
	return strcmp(role, "pool") == 0 ? plan->pool_ms : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	static void *cache;
	int (*real)(clockid_t, struct timespec *);
	int64_t ms = shift_ms();
	int r;

	*(void **)&real = next("clock_gettime", &cache);
	r = real(clock, now);
	now->tv_sec += ms / 1000;
	now->tv_nsec += (ms % 1000) * 1000000;
	if (now->tv_nsec >= 1000000000) {
		now->tv_sec++;
		now->tv_nsec -= 1000000000;
	}
	return r;
}

time_t time(time_t *out)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (out != NULL)
		*out = now.tv_sec;
	return now.tv_sec;
}
