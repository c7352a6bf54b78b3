/*
 * The settings folder, written: a death or a failure at each system call
 * leaves old or new; modes; names; folders that go; export and import.
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

static char dir[64];
static struct mm_settings_store store;

/* ---- failing system calls -------------------------------------------- */

static int countdown = -1;	/* calls until it strikes; -1: never */
static bool kills;		/* die, or fail with ENOSPC */
static int calls;

static bool strike(void)
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
	return strike() ? -1 : __real_fsync(fd);
}

int __wrap_syncfs(int fd)
{
	return strike() ? -1 : __real_syncfs(fd);
}

int __wrap_renameat(int a, const char *from, int b, const char *to)
{
	return strike() ? -1 : __real_renameat(a, from, b, to);
}

int __wrap_renameat2(int a, const char *from, int b, const char *to,
		     unsigned int flags)
{
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
	if (countdown == 0 && fd > 2)
		(void)!__real_write(fd, data, len / 2);
	return fd > 2 && strike() ? -1 : __real_write(fd, data, len);
}

/* ---- fixture --------------------------------------------------------- */

static int setup(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof(dir), "/tmp/mamori-unit-XXXXXX");
	assert_non_null(mkdtemp(dir));
	memset(&store, 0, sizeof(store));
	countdown = -1;
	assert_int_equal(mm_settings_store_open(&store, dir), 0);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	(void)state;
	countdown = -1;
	mm_settings_store_close(&store);
	return nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static int put(struct mm_settings_store *in, enum mm_level level,
	       const char *name, enum mm_setting key, const char *value)
{
	struct mm_settings values;
	struct mm_buf why;
	int r;

	mm_settings_init(&values);
	mm_buf_init(&why, 4096);
	if (value != NULL)
		assert_int_equal(mm_settings_set(&values, key, NULL, value,
						 &why), 0);
	r = mm_settings_store_put(in, level, name, &values);
	mm_settings_clear(&values);
	mm_buf_clear(&why);
	return r;
}

/* The score of the mailbox: its number, 0 for no file, -1 for a bad one. */
static int64_t get(const char *name)
{
	struct mm_settings values;
	struct mm_buf error;
	int64_t num;
	int r;

	mm_buf_init(&error, 4096);
	r = mm_settings_store_get(&store, MM_LEVEL_ACCOUNT, name, &values,
				  &error);
	num = r == 0 ? (int64_t)values.list[MM_SETTING_SPAM_TAG_SCORE].num
	    : r == MM_ERR_NOTFOUND ? 0 : -1;
	mm_settings_clear(&values);
	mm_buf_clear(&error);
	return num;
}

static int put_score(const char *name, const char *score)
{
	return put(&store, MM_LEVEL_ACCOUNT, name, MM_SETTING_SPAM_TAG_SCORE,
		   score);
}

static int find_temporary(const char *path, const struct stat *st, int type,
			  struct FTW *ftw)
{
	(void)st;
	(void)type;
	return strncmp(path + ftw->base, ".new", 4) == 0 ||
	       strcmp(path + ftw->base, "settings.new") == 0;
}

static void reopen(void)
{
	mm_settings_store_close(&store);
	assert_int_equal(mm_settings_store_open(&store, dir), 0);
	assert_int_equal(nftw(dir, find_temporary, 16, FTW_PHYS), 0);
}

/* ---- tests ----------------------------------------------------------- */

/* In a child that dies at call n of the work: what is there afterwards? */
static bool dies_at(int n, int (*work)(void))
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

static int work_change(void)
{
	return put_score("a@b.test", "22");
}

static int work_first(void)
{
	return put_score("new@new.test", "22");
}

static void test_death_at_each_call(void **state)
{
	int64_t got;
	int n;

	(void)state;
	assert_int_equal(put(&store, MM_LEVEL_DOMAIN, "b.test", 0, NULL), 0);
	assert_int_equal(put_score("a@b.test", "11"), 0);
	for (n = 0; dies_at(n, work_change); n++) {
		got = get("a@b.test");
		assert_true(got == 11 || got == 22);
		reopen();
		assert_true(get("a@b.test") == got);
		assert_int_equal(put_score("a@b.test", "11"), 0);
	}
	assert_true(n > 6);
	assert_int_equal(get("a@b.test"), 22);
	for (n = 0; dies_at(n, work_first); n++) {
		got = get("new@new.test");
		assert_true(got == 0 || got == 22);
		reopen();
		(void)!mm_settings_store_delete(&store, MM_LEVEL_DOMAIN,
						"new.test");
	}
	assert_true(n > 10);
	assert_int_equal(get("new@new.test"), 22);
}

static void test_failure_of_each_call(void **state)
{
	int64_t got;
	int n, r;

	(void)state;
	assert_int_equal(put_score("a@b.test", "11"), 0);
	kills = false;
	for (n = 0;; n++) {
		countdown = n;
		calls = 0;
		r = put_score("a@b.test", "22");
		if (countdown >= 0) {
			assert_int_equal(r, 0);
			break;
		}
		countdown = -1;
		got = get("a@b.test");
		/* What was not promised may still be there, whole. */
		assert_true(got == 22 || (got == 11 && r < 0));
		assert_int_equal(put_score("a@b.test", "11"), 0);
	}
	countdown = -1;
	assert_true(n > 6);
	reopen();
}

static int export_is(const char *want)
{
	struct mm_buf out, error;
	int r;

	mm_buf_init(&out, 0);
	mm_buf_init(&error, 0);
	r = mm_settings_export(&store, &out, &error);
	if (r == 0)
		r = strcmp(mm_buf_str(&out), want);
	mm_buf_clear(&out);
	mm_buf_clear(&error);
	return r;
}

static const char exported[] =
	"version: 1\n"
	"server:\n"
	"  virus_notice: no\n"
	"logins:\n"
	"  web:\n"
	"    account: \"a@b.test\"\n"
	"domains:\n"
	"  b.test:\n"
	"    settings: {}\n"
	"    gate:\n"
	"      forbidden_words: [bad, \"very bad\"]\n"
	"    accounts:\n"
	"      \".we'ird/+\":\n"
	"        spam:\n"
	"          folder: \"Spam\xe3\x81\x82\"\n"
	"        approved_senders: [\"x@y.test\", \"*@z.test\"]\n"
	"    aliases:\n"
	"      info:\n"
	"        targets: [\"a@b.test\"]\n"
	"    lists:\n"
	"      team:\n"
	"        members: [\"a@b.test\"]\n";

/* Folders have no order, so that a second domain has a test of its own. */
static const char two_domains[] =
	"version: 1\n"
	"domains:\n"
	"  b.test:\n"
	"    settings: {}\n"
	"    accounts:\n"
	"      a: {}\n"
	"  c.test:\n"
	"    settings: {}\n"
	"    lists:\n"
	"      l: {}\n";

static int import(struct mm_settings_store *into, const char *text,
		  struct mm_buf *error)
{
	size_t count;

	return mm_settings_import(into, text, strlen(text), &count, error);
}

static int replace_all(const char *text, struct mm_buf *error)
{
	struct mm_settings_store fresh;
	int r;

	if ((r = mm_settings_store_fresh(&store, &fresh)) < 0)
		return r;
	if ((r = import(&fresh, text, error)) == 0)
		r = mm_settings_store_swap(&store, &fresh);
	mm_settings_store_drop(&store, &fresh);
	return r;
}

static void test_round_trip(void **state)
{
	struct mm_buf error, out;

	(void)state;
	mm_buf_init(&error, 4096);
	if (replace_all(exported, &error) < 0)
		fail_msg("%s", mm_buf_str(&error));
	assert_int_equal(export_is(exported), 0);
	reopen();
	assert_int_equal(export_is(exported), 0);
	assert_int_equal(replace_all(two_domains, &error), 0);
	mm_buf_init(&out, 0);
	assert_int_equal(mm_settings_export(&store, &out, &error), 0);
	assert_int_equal(out.len, strlen(two_domains));
	if (replace_all(mm_buf_str(&out), &error) < 0)
		fail_msg("%s", mm_buf_str(&error));
	mm_buf_clear(&out);
	mm_buf_clear(&error);
}

static int work_import(void)
{
	struct mm_buf error;

	mm_buf_init(&error, 4096);
	return replace_all("version: 1\nserver:\n  hold: yes\n", &error);
}

static void test_import_dies(void **state)
{
	static const char after[] = "version: 1\nserver:\n  hold: yes\n";
	struct mm_buf error;
	int n, old = 0;

	(void)state;
	mm_buf_init(&error, 4096);
	assert_int_equal(replace_all(exported, &error), 0);
	for (n = 0; dies_at(n, work_import); n++) {
		reopen();
		if (export_is(exported) == 0)
			old++;
		else
			assert_int_equal(export_is(after), 0);
		assert_int_equal(replace_all(exported, &error), 0);
	}
	assert_true(old > 3 && n > old);
	mm_buf_clear(&error);
}

static const struct {
	const char *text, *error;
} bad_imports[] = {
	{ "", "an empty file" },
	{ "domains: {}\n", "the version must stand first" },
	{ "version: 2\n", "newer version" },
	{ "version: 1\ndomain: {}\n", "domain: unknown key" },
	{ "version: 1\ndomains:\n  ../x: {}\n", "not a domain name" },
	{ "version: 1\ndomains:\n  b.test: {accounts: {}}\n",
	  "has no \"settings\"" },
	{ "version: 1\ndomains:\n  b.test: {settings: {}, accounts: {a: {}, "
	  "A: {}}}\n", "a repeated key" },
	{ "version: 1\ndomains:\n  b.test: {settings: {}}\n  b.test: "
	  "{settings: {}}\n", "b.test: a repeated key" },
	{ "version: 1\ndomains:\n  b.test: {settings: {}, accounts: {a@c: "
	  "{}}}\n", "no such name" },
	{ "version: 1\nserver: {}\nserver: {}\n", "a repeated key" },
	{ "version: 1\nserver: {targets: [a@b.test]}\n",
	  "not a key of this file" },
	{ "version: 1\nserver: {virus_notice: 7}\n", "import:2:24" },
	{ "version: 1\n--- \nversion: 1\n", "second document" },
};

static void test_bad_imports(void **state)
{
	struct mm_buf error;
	size_t i;
	int r;

	(void)state;
	mm_buf_init(&error, 4096);
	assert_int_equal(replace_all(exported, &error), 0);
	for (i = 0; i < sizeof(bad_imports) / sizeof(*bad_imports); i++) {
		r = replace_all(bad_imports[i].text, &error);
		if (r >= 0 || strstr(mm_buf_str(&error),
				     bad_imports[i].error) == NULL)
			fail_msg("%s: got %d, %s", bad_imports[i].text, r,
				 mm_buf_str(&error));
	}
	assert_int_equal(export_is(exported), 0);
	mm_buf_clear(&error);
}

static void test_deletes(void **state)
{
	struct mm_buf error;

	(void)state;
	mm_buf_init(&error, 4096);
	assert_int_equal(replace_all(exported, &error), 0);
	assert_int_equal(mm_settings_store_delete(&store, MM_LEVEL_ALIAS,
						  "info@b.test"), 1);
	assert_int_equal(mm_settings_store_delete(&store, MM_LEVEL_ALIAS,
						  "info@b.test"), 0);
	assert_int_equal(mm_settings_store_delete(&store, MM_LEVEL_ALIAS,
						  "x@none.test"), 0);
	assert_int_equal(mm_settings_store_delete(&store, MM_LEVEL_DOMAIN,
						  ".."), MM_ERR_INVALID);
	assert_int_equal(mm_settings_store_delete(&store, MM_LEVEL_DOMAIN,
						  "B.test"), 1);
	assert_int_equal(mm_settings_store_delete(&store, MM_LEVEL_DOMAIN,
						  "b.test"), 0);
	assert_int_equal(export_is("version: 1\nserver:\n  virus_notice: no\n"
				   "logins:\n  web:\n    account: "
				   "\"a@b.test\"\n"), 0);
	mm_buf_clear(&error);
}

static mode_t mode_of(const char *name)
{
	char path[256];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/settings/%s", dir, name);
	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

/* Whatever the umask. A link in a folder's place is not followed. */
static void test_modes(void **state)
{
	char path[256];

	(void)state;
	(void)umask(0);
	assert_int_equal(put_score("a@b.test", "11"), 0);
	(void)umask(077);
	assert_int_equal(put_score("b@c.test", "11"), 0);
	assert_int_equal(mode_of("."), 0710);
	assert_int_equal(mode_of("b.test"), 0710);
	assert_int_equal(mode_of("c.test/accounts"), 0710);
	assert_int_equal(mode_of("b.test/accounts/a.yaml"), 0640);
	assert_int_equal(mode_of("c.test/accounts/b.yaml"), 0640);
	(void)snprintf(path, sizeof(path), "%s/settings/link.test", dir);
	assert_int_equal(symlink("/tmp", path), 0);
	assert_true(put_score("a@link.test", "11") < 0);
}

/* More than 64 KiB is refused and the old file stays. */
static void test_too_large(void **state)
{
	struct mm_settings values;
	struct mm_buf why;
	char name[64];
	int i;

	(void)state;
	mm_settings_init(&values);
	mm_buf_init(&why, 4096);
	for (i = 0; i < 5000; i++) {
		(void)snprintf(name, sizeof(name), "member-%d@domain.test", i);
		assert_int_equal(mm_settings_add(&values, MM_SETTING_MEMBERS,
						 NULL, name, &why), 0);
	}
	assert_int_equal(mm_settings_store_put(&store, MM_LEVEL_LIST,
					       "l@b.test", &values),
			 MM_ERR_LIMIT);
	mm_settings_clear(&values);
	mm_buf_clear(&why);
}

#define CASE_(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE_(test_death_at_each_call),
		CASE_(test_failure_of_each_call),
		CASE_(test_round_trip),
		CASE_(test_import_dies),
		CASE_(test_bad_imports),
		CASE_(test_deletes),
		CASE_(test_modes),
		CASE_(test_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
