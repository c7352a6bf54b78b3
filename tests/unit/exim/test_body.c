/* exim_local_scan/body.c: a new body in an old file, and a disk that is full
 * or broken at any point. */
#include "tests/unit/exim/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/fdutil.h"
#include "exim_local_scan/body.h"

#define NAME "1xUwAN-00083I-0q-D\n"
#define OFFSET 19

ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t offset);
ssize_t __real_pwrite(int fd, const void *data, size_t len, off_t offset);
int __wrap_fdatasync(int fd);
int __wrap_posix_fallocate(int fd, off_t offset, off_t len);
int __real_posix_fallocate(int fd, off_t offset, off_t len);

static int writes_left;		/* then ENOSPC; -1: never */
static bool short_writes;
static int sync_error;
static int room_error;
static int syncs;

ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t offset)
{
	if (writes_left == 0) {
		errno = ENOSPC;
		return -1;
	}
	if (writes_left > 0)
		writes_left--;
	if (short_writes && len > 1000)
		len = 1000;
	return __real_pwrite(fd, data, len, offset);
}

int __wrap_fdatasync(int fd)
{
	(void)fd;
	syncs++;
	errno = sync_error;
	return sync_error == 0 ? 0 : -1;
}

int __wrap_posix_fallocate(int fd, off_t offset, off_t len)
{
	/* As on a disk that fills up half-way. */
	if (room_error != 0)
		(void)__real_posix_fallocate(fd, offset, len / 2);
	return room_error != 0 ? room_error
			       : __real_posix_fallocate(fd, offset, len);
}

static int setup(void **state)
{
	(void)state;
	writes_left = -1;
	short_writes = false;
	sync_error = 0;
	room_error = 0;
	syncs = 0;
	return 0;
}

static int make_file(const void *body, size_t len)
{
	int fd = memfd_create("spool", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(mm_write_all(fd, NAME, OFFSET), 0);
	assert_int_equal(mm_write_all(fd, body, len), 0);
	return fd;
}

static void assert_body(int fd, const void *want, size_t len)
{
	struct mm_buf got;

	mm_buf_init(&got, 10 << 20);
	assert_int_equal(mm_read_fd(fd, 0, &got), 0);
	assert_int_equal(got.len, OFFSET + len);
	assert_memory_equal(got.data, NAME, OFFSET);
	assert_memory_equal(got.data + OFFSET, want, len);
	mm_buf_clear(&got);
}

static int replace(int fd, const void *body, size_t len, bool wireformat,
		   struct mm_body_count *count)
{
	int new_fd = mm_sealed_memfd("new", body, len);
	int r;

	assert_true(new_fd >= 0);
	r = mm_body_replace(fd, OFFSET, new_fd, wireformat, count);
	close(new_fd);
	return r;
}

static void texts(void **state)
{
	static const struct {
		const char *name;
		const char *body;
		size_t len;
		bool wireformat;
		const char *want;
		size_t want_len;
		int lines, zeros;
	} cases[] = {
#define B(text) text, sizeof(text) - 1
		{ "shorter", B("x\n"), false, B("x\n"), 1, 0 },
		{ "longer", B("0123456789\n0123456789\n"), false,
		  B("0123456789\n0123456789\n"), 2, 0 },
		{ "empty", B(""), false, B(""), 0, 0 },
		{ "no newline", B("a\nb"), false, B("a\nb\n"), 2, 0 },
		{ "only text", B("a"), false, B("a\n"), 1, 0 },
		{ "zeros", B("\0a\0\n\0"), false, B("\0a\0\n\0\n"), 2, 3 },
		{ "CR stays", B("a\r\nb\r"), false, B("a\r\nb\r\n"), 2, 0 },
		{ "wire", B("a\r\nb\r\n"), true, B("a\r\nb\r\n"), 2, 0 },
		{ "wire of LF", B("a\n\nb\n"), true, B("a\r\n\r\nb\r\n"), 3,
		  0 },
		{ "wire no newline", B("a"), true, B("a\r\n"), 1, 0 },
		{ "wire half newline", B("a\r"), true, B("a\r\n"), 1, 0 },
		{ "wire empty", B(""), true, B(""), 0, 0 },
	};
	struct mm_body_count count;
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		print_message("%s\n", cases[i].name);
		fd = make_file("old body\n", 9);
		assert_int_equal(replace(fd, cases[i].body, cases[i].len,
					 cases[i].wireformat, &count), 0);
		assert_body(fd, cases[i].want, cases[i].want_len);
		assert_int_equal(count.lines, cases[i].lines);
		assert_int_equal(count.zeros, cases[i].zeros);
		close(fd);
	}
	assert_int_equal(syncs, COUNT(cases));
}

static void large(void **state)
{
	enum { SIZE = 3 * 16384 + 5 };
	static char body[SIZE], want[2 * SIZE];
	struct mm_body_count count;
	size_t i, len = 0;
	int fd = make_file("old\n", 4);

	(void)state;
	short_writes = true;
	memset(body, '\n', SIZE);
	for (i = 0; i < SIZE; i++) {
		want[len++] = '\r';
		want[len++] = '\n';
	}
	assert_int_equal(replace(fd, body, SIZE, true, &count), 0);
	assert_body(fd, want, len);
	assert_int_equal(count.lines, SIZE);
	close(fd);
}

static void a_full_disk_leaves_the_old_body(void **state)
{
	struct mm_body_count count;
	int fd = make_file("old body\n", 9);

	(void)state;
	room_error = ENOSPC;
	assert_int_equal(replace(fd, "a much longer new body\n", 23, false,
				 &count), MM_ERR_NOMEM);
	assert_body(fd, "old body\n", 9);
	close(fd);
}

static void a_broken_disk_is_told(void **state)
{
	static char body[40000];
	struct mm_body_count count;
	int fd = make_file("old body\n", 9);
	int n;

	(void)state;
	memset(body, 'x', sizeof(body));
	for (n = 0; n < 3; n++) {
		writes_left = n;
		assert_int_equal(replace(fd, body, sizeof(body), false,
					 &count), MM_ERR_SYS);
	}
	writes_left = -1;
	sync_error = EIO;
	assert_int_equal(replace(fd, body, sizeof(body), false, &count),
			 MM_ERR_SYS);
	close(fd);
}

static void only_sealed_memfds(void **state)
{
	struct mm_body_count count;
	int fd = make_file("old body\n", 9);
	int unsealed = memfd_create("new", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(mm_body_replace(fd, OFFSET, unsealed, false, &count),
			 MM_ERR_DENIED);
	assert_int_equal(mm_body_replace(fd, OFFSET, null, false, &count),
			 MM_ERR_DENIED);
	assert_body(fd, "old body\n", 9);
	close(null);
	close(unsealed);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(texts, setup),
		cmocka_unit_test_setup(large, setup),
		cmocka_unit_test_setup(a_full_disk_leaves_the_old_body, setup),
		cmocka_unit_test_setup(a_broken_disk_is_told, setup),
		cmocka_unit_test_setup(only_sealed_memfds, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
