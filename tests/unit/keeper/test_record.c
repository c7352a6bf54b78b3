/*
 * Recording: all of it on disk, or none of it; and once for a message that
 * comes again.
 */
#include "fixture.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

/* Failures of the disk: these two stand before libc's own, for SQLite too. */
#define OVERRIDE __attribute__((visibility("default")))
static int fsync_fails_at; /* the n-th from now; 0: none */
static int64_t disk_free = -1; /* bytes; -1: what there is */

OVERRIDE int fsync(int fd)
{
	if (fsync_fails_at > 0 && --fsync_fails_at == 0) {
		errno = ENOSPC;
		return -1;
	}
	return (int)syscall(SYS_fsync, fd);
}

OVERRIDE int fstatvfs(int fd, struct statvfs *vfs)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return -1;
	memset(vfs, 0, sizeof(*vfs));
	vfs->f_frsize = disk_free >= 0 ? 1 : (unsigned long)fs.f_bsize;
	vfs->f_bavail = disk_free >= 0 ? (fsblkcnt_t)disk_free : fs.f_bavail;
	return 0;
}

static const struct mail two = {
	.recipients = { "u1@a.example", "U2@a.example" },
	.notices = { "u1@a.example", "u2@a.example" },
};

static int keep_hash(void *context, const struct mm_vault_row *row)
{
	(void)snprintf(context, MM_STORE_HASH_SIZE, "%s", row->hash);
	return 0;
}

static void test_stored_bytes(void **state)
{
	const char want[] = HEADERS "\n" BODY;
	const struct mm_vault_filter all = { .until = INT64_MAX, .limit = 9 };
	char hash[MM_STORE_HASH_SIZE];
	const struct mm_vault_visitor visitor = { keep_hash, hash };
	struct mm_record_result result;
	struct mail mail = two;
	struct mm_buf got;
	int fd;

	(void)state;
	mail.before = "1abcde-000001-AA-D\n";
	assert_int_equal(fix_put(&mail, NOW, &result), 0);
	assert_false(result.duplicate);
	assert_int_equal(quarantine_rows(NULL), 2);
	assert_int_equal(quarantine_rows("u2@A.example"), 1);
	assert_int_equal(quarantine_rows("@a.example"), 2);
	assert_int_equal(outbox_rows(), 2);
	assert_int_equal(quarantine_files(), 1);
	assert_int_equal(mm_vault_list(&fix.vault, &all, &visitor), 0);
	fd = mm_store_get(&fix.store, hash);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	mm_buf_init(&got, 4096);
	assert_int_equal(mm_read_fd(fd, 0, &got), 0);
	assert_int_equal(got.len, sizeof(want) - 1);
	assert_memory_equal(got.data, want, sizeof(want) - 1);
	mm_buf_clear(&got);
	mm_close(&fd);
}

static void test_retry(void **state)
{
	struct mm_record_result one, again;
	struct mail mail = two;

	(void)state;
	assert_int_equal(fix_put(&two, NOW, &one), 0);
	mail.trace = "1zzzzz-000009-ZZ";
	mail.headers = "Received: by b id 1zzzzz-000009-ZZ\n"
		       "From: Eve <eve@evil.example>\nSubject: Hello\n";
	assert_int_equal(fix_put(&mail, NOW + 600, &again), 0);
	assert_true(again.duplicate);
	assert_int_equal(again.id, one.id);
	assert_int_equal(quarantine_rows(NULL), 2);
	assert_int_equal(outbox_rows(), 2);
	assert_int_equal(quarantine_files(), 1);

	/* A day later it is another mail. */
	assert_int_equal(fix_put(&mail, NOW + 86401, &again), 0);
	assert_false(again.duplicate);
	assert_int_equal(quarantine_rows(NULL), 4);
	assert_int_equal(outbox_rows(), 4);
}

/* The operator has deleted the copies: a retry must not vanish for it. */
static void test_retry_after_delete(void **state)
{
	struct mm_record_result one, again;

	(void)state;
	assert_int_equal(fix_put(&two, NOW, &one), 0);
	assert_int_equal(mm_vault_drop(&fix.vault, 1, "deleted"), 1);
	assert_int_equal(mm_vault_drop(&fix.vault, 2, "deleted"), 1);
	mm_vault_sweep(&fix.vault);
	assert_int_equal(quarantine_files(), 0);
	assert_int_equal(fix_put(&two, NOW + 60, &again), 0);
	assert_false(again.duplicate);
	assert_int_equal(quarantine_rows(NULL), 2);
	assert_int_equal(quarantine_files(), 1);
	assert_int_equal(outbox_rows(), 2); /* told once */
}

static void test_notices_only(void **state)
{
	struct mm_record_result result;
	struct mail mail = two;

	(void)state;
	mail.no_copy = true;
	mail.notices[2] = "bad>\r\nRCPT TO:<x@y";
	mail.notices[3] = "no-domain";
	assert_int_equal(fix_put(&mail, NOW, &result), 0);
	assert_int_equal(quarantine_rows(NULL), 0);
	assert_int_equal(quarantine_files(), 0);
	assert_int_equal(outbox_rows(), 2);
	assert_non_null(strstr(fix.lines, "event=notice-skipped"));
	assert_int_equal(fix_put(&mail, NOW, &result), 0);
	assert_true(result.duplicate);
	assert_int_equal(outbox_rows(), 2);
}

static void test_repeated_recipient(void **state)
{
	const struct mail mail = {
		.recipients = { "u1@a.example", "U1@A.example" },
	};
	struct mm_record_result result;

	(void)state;
	assert_int_equal(fix_put(&mail, NOW, &result), 0);
	assert_int_equal(quarantine_rows(NULL), 1);
}

static void nothing_left(void)
{
	assert_int_equal(quarantine_rows(NULL), 0);
	assert_int_equal(outbox_rows(), 0);
	assert_int_equal(quarantine_files(), 0);
}

static void test_reserve(void **state)
{
	struct mm_record_result result;

	(void)state;
	fix.store.reserve = 1000;
	disk_free = 1000;
	assert_int_equal(fix_put(&two, NOW, &result), MM_ERR_LIMIT);
	nothing_left();
	assert_non_null(strstr(fix.lines, "disk reserve"));
	disk_free = 2000;
	assert_int_equal(fix_put(&two, NOW, &result), 0);
	disk_free = -1;
}

/* Every sync that fails (the file, its folders): nothing half-done. */
static void test_sync_fails(void **state)
{
	struct mm_record_result result;
	int n, r = -1;

	(void)state;
	for (n = 1; n < 20 && r != 0; n++) {
		fsync_fails_at = n;
		r = fix_put(&two, NOW, &result);
		if (fsync_fails_at > 0) {
			fsync_fails_at = 0;
			break;
		}
		if (r != 0)
			nothing_left();
	}
	assert_int_equal(r, 0);
	assert_true(n >= 3);
	assert_int_equal(quarantine_rows(NULL), 2);
}

/* The same while another message has the same content: its file stays. */
static void test_sync_fails_shared(void **state)
{
	const struct mail other = { .recipients = { "u9@a.example" } };
	struct mm_record_result result;
	int n;

	(void)state;
	assert_int_equal(fix_put(&other, NOW, &result), 0);
	for (n = 1; n < 4; n++) {
		fsync_fails_at = n;
		if (fix_put(&two, NOW, &result) == 0)
			assert_int_equal(mm_vault_drop(&fix.vault, 2, "test"),
					 1);
		fsync_fails_at = 0;
		mm_vault_sweep(&fix.vault);
		assert_int_equal(quarantine_files(), 1);
		if (result.id != 0)
			break;
	}
}

/* No file may grow beyond this: first the copy does not fit, then it does but
 * the database does not. */
static void test_disk_full(void **state)
{
	static char big[200000];
	struct mail mail = two;
	struct mm_record_result result;
	struct rlimit old, limit;
	const char *text = "";
	int fds[3], r;

	(void)state;
	memset(big, 'x', sizeof(big));
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	mail.body = big;
	mail.body_len = sizeof(big);
	limit = old;
	limit.rlim_cur = 100000;
	fix_fds(&mail, fds);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	r = mm_record_store(&fix.vault, fds, NOW, &result, &text);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	fix_close_fds(fds);
	assert_int_equal(r, MM_ERR_SYS);
	assert_string_equal(text, "quarantine cannot be written");
	nothing_left();

	/* A small copy, and a write-ahead log that is full. */
	fix_fds(&two, fds);
	limit.rlim_cur = 2000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	r = mm_record_store(&fix.vault, fds, NOW, &result, &text);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	fix_close_fds(fds);
	assert_int_equal(r, MM_ERR_SYS);
	assert_string_equal(text, "state cannot be written");
	nothing_left();
	assert_int_equal(fix_put(&two, NOW, &result), 0);
	assert_int_equal(quarantine_rows(NULL), 2);
}

/* Descriptors that may not be passed. */
static void test_refused_fds(void **state)
{
	struct mm_record_result result;
	const char *text = "";
	int fds[3], bad, i;

	(void)state;
	for (i = 0; i < 3; i++) {
		fix_fds(&two, fds);
		bad = fds[i];
		fds[i] = open("/dev/zero", O_RDONLY | O_CLOEXEC);
		assert_int_not_equal(mm_record_store(&fix.vault, fds, NOW,
						     &result, &text),
				     0);
		mm_close(&fds[i]);
		fds[i] = memfd_create("unsealed", MFD_CLOEXEC);
		assert_int_not_equal(mm_record_store(&fix.vault, fds, NOW,
						     &result, &text),
				     0);
		fix_close_fds(fds);
		mm_close(&bad);
	}
	nothing_left();
}

static void test_bad_record(void **state)
{
	struct mm_record_result result;
	struct mm_buf bytes;
	const char *text = "";
	int fds[3];
	size_t len;

	(void)state;
	mm_buf_init(&bytes, MM_LIST_MAX);
	fix_fds(&two, fds);
	assert_int_equal(mm_read_fd(fds[0], 0, &bytes), 0);
	for (len = 0; len < bytes.len; len += 7) {
		mm_close(&fds[0]);
		fds[0] = mm_sealed_memfd("record", bytes.data, len);
		/* A cut between two fields may still be a record. */
		if (mm_record_store(&fix.vault, fds, NOW + (int)len * 100000,
				    &result, &text) == 0)
			continue;
		assert_string_not_equal(text, "");
	}
	mm_buf_clear(&bytes);
	fix_close_fds(fds);
	fix_fds(&(struct mail){ .recipients = { "u@a.example" },
				.before = "0123456789" },
		fds);
	assert_int_equal(mm_check_body(fds[2], 1 << 20, &len), 0);
	mm_close(&fds[2]);
	fds[2] = mm_sealed_memfd("body", "short", 5);
	assert_int_equal(mm_record_store(&fix.vault, fds, NOW, &result, &text),
			 MM_ERR_INVALID);
	fix_close_fds(fds);
}

static void make_file(const char *name)
{
	char path[256];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/quarantine/%s", fix.dir, name);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	mm_close(&fd);
}

/* What a crash leaves: an unfinished file, and one without rows. */
static void test_clean(void **state)
{
	static const char orphan[] =
		"ab/cd/abcd00000000000000000000000000000000"
		"0000000000000000000000000000";
	struct mm_record_result result;
	char path[256];

	(void)state;
	assert_int_equal(fix_put(&two, NOW, &result), 0);
	(void)snprintf(path, sizeof(path), "%s/quarantine/ab", fix.dir);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/quarantine/ab/cd", fix.dir);
	assert_int_equal(mkdir(path, 0700), 0);
	make_file(orphan);
	make_file("tmp/4711-1");
	make_file("README");
	assert_int_equal(quarantine_files(), 4);
	fix_close();
	fix_open();
	assert_int_equal(mm_vault_clean(&fix.vault), 2);
	assert_int_equal(quarantine_files(), 2);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(quarantine_rows(NULL), 2);
}

#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_stored_bytes),       CASE(test_retry),
		CASE(test_retry_after_delete), CASE(test_notices_only),
		CASE(test_repeated_recipient), CASE(test_reserve),
		CASE(test_sync_fails),	       CASE(test_sync_fails_shared),
		CASE(test_disk_full),	       CASE(test_refused_fds),
		CASE(test_bad_record),	       CASE(test_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
