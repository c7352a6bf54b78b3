#ifndef MM_TESTS_UNIT_KEEPER_SETTINGS_STORE_H
#define MM_TESTS_UNIT_KEEPER_SETTINGS_STORE_H

/*
 * A settings folder, and system calls that fail or kill at a chosen moment:
 * link with the --wrap options of mk/settings.mk.
 */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "mamorid/keeper/settings_io.h"
#include "mamorid/keeper/settings_tree.h"
#include "mamorid/keeper/settings_write.h"
#include "tests/unit/tmp.h"

static char dir[64];
static struct mm_settings_store store;

/* ---- failing system calls -------------------------------------------- */

static int countdown = -1; /* calls until it strikes; -1: never */
static bool kills; /* die, or fail with ENOSPC */
static int calls;
static char trace[256]; /* a letter a call, in their order */

static inline void note(char letter)
{
	const size_t len = strlen(trace);

	if (len + 1 < sizeof(trace)) {
		trace[len] = letter;
		trace[len + 1] = '\0';
	}
}

static inline bool strike(void)
{
	calls++;
	if (countdown < 0 || countdown-- != 0)
		return false;
	if (kills)
		_exit(9);
	errno = ENOSPC;
	return true;
}

int __real_openat(int at, const char *path, int flags, ...);
int __wrap_openat(int at, const char *path, int flags, ...);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_renameat(int a, const char *from, int b, const char *to);
int __wrap_renameat(int a, const char *from, int b, const char *to);
int __real_renameat2(int a, const char *from, int b, const char *to,
		     unsigned int flags);
int __wrap_renameat2(int a, const char *from, int b, const char *to,
		     unsigned int flags);
int __real_mkdirat(int at, const char *path, mode_t mode);
int __wrap_mkdirat(int at, const char *path, mode_t mode);
int __real_fchmod(int fd, mode_t mode);
int __wrap_fchmod(int fd, mode_t mode);
int __real_unlinkat(int at, const char *path, int flags);
int __wrap_unlinkat(int at, const char *path, int flags);
ssize_t __real_write(int fd, const void *data, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len);
int __real_syncfs(int fd);
int __wrap_syncfs(int fd);

int __wrap_openat(int at, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;

	if ((flags & O_CREAT) != 0) {
		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}
	return strike() ? -1 : __real_openat(at, path, flags, mode);
}

int __wrap_fsync(int fd)
{
	note('F');
	return strike() ? -1 : __real_fsync(fd);
}

int __wrap_syncfs(int fd)
{
	note('S');
	return strike() ? -1 : __real_syncfs(fd);
}

int __wrap_renameat(int a, const char *from, int b, const char *to)
{
	note('R');
	return strike() ? -1 : __real_renameat(a, from, b, to);
}

int __wrap_renameat2(int a, const char *from, int b, const char *to,
		     unsigned int flags)
{
	note('X');
	return strike() ? -1 : __real_renameat2(a, from, b, to, flags);
}

int __wrap_mkdirat(int at, const char *path, mode_t mode)
{
	return strike() ? -1 : __real_mkdirat(at, path, mode);
}

int __wrap_fchmod(int fd, mode_t mode)
{
	return strike() ? -1 : __real_fchmod(fd, mode);
}

int __wrap_unlinkat(int at, const char *path, int flags)
{
	return strike() ? -1 : __real_unlinkat(at, path, flags);
}

/* Half of it comes through. */
ssize_t __wrap_write(int fd, const void *data, size_t len)
{
	note('w');
	if (countdown == 0 && fd > 2)
		(void)!__real_write(fd, data, len / 2);
	return fd > 2 && strike() ? -1 : __real_write(fd, data, len);
}

/* ---- fixture --------------------------------------------------------- */

static inline int setup(void **state)
{
	(void)state;
	assert_int_equal(unit_make_dir(dir, sizeof(dir)), 0);
	memset(&store, 0, sizeof(store));
	countdown = -1;
	assert_int_equal(mm_settings_store_open(&store, dir), 0);
	return 0;
}

static inline int remove_one(const char *path, const struct stat *st, int type,
			     struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline int teardown(void **state)
{
	(void)state;
	countdown = -1;
	mm_settings_store_close(&store);
	return nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline int put(struct mm_settings_store *in, enum mm_level level,
		      const char *name, enum mm_setting key, const char *value)
{
	struct mm_settings values;
	struct mm_buf why;
	int r;

	mm_settings_init(&values);
	mm_buf_init(&why, 4096);
	if (value != NULL)
		assert_int_equal(
			mm_settings_set(&values, key, NULL, value, &why), 0);
	r = mm_settings_store_put(in, level, name, &values);
	mm_settings_clear(&values);
	mm_buf_clear(&why);
	return r;
}

/* The score of the mailbox: its number, 0 for no file, -1 for a bad one. */
static inline int64_t get(const char *name)
{
	struct mm_settings values;
	struct mm_buf error;
	int64_t num;
	int r;

	mm_buf_init(&error, 4096);
	r = mm_settings_store_get(&store, MM_LEVEL_ACCOUNT, name, &values,
				  &error);
	num = r == 0 ? (int64_t)values.list[MM_SETTING_SPAM_TAG_SCORE].num
	      : r == MM_ERR_NOTFOUND ? 0
				     : -1;
	mm_settings_clear(&values);
	mm_buf_clear(&error);
	return num;
}

static inline int put_score(const char *name, const char *score)
{
	return put(&store, MM_LEVEL_ACCOUNT, name, MM_SETTING_SPAM_TAG_SCORE,
		   score);
}

static inline int find_temporary(const char *path, const struct stat *st,
				 int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	return strncmp(path + ftw->base, ".new", 4) == 0 ||
	       strcmp(path + ftw->base, "settings.new") == 0;
}

static inline void reopen(void)
{
	mm_settings_store_close(&store);
	assert_int_equal(mm_settings_store_open(&store, dir), 0);
	assert_int_equal(mm_settings_store_tidy(&store, 10000), 0);
	assert_int_equal(nftw(dir, find_temporary, 16, FTW_PHYS), 0);
}

/* In a child that dies at call n of the work: what is there afterwards? */
static inline bool dies_at(int n, int (*work)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		kills = true;
		countdown = n;
		_exit(work() < 0 ? 1 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_true(WEXITSTATUS(status) == 9 || WEXITSTATUS(status) == 0);
	return WEXITSTATUS(status) == 9;
}

#define STORE_CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
