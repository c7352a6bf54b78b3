/* core/fdutil.c: which descriptors are accepted, reading, UNIX sockets. */
#include "tests/unit/core/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fdutil.h"
#include "tests/unit/tmp.h"

static char dir[48];

static int make_dir(void **state)
{
	(void)state;
	return unit_make_dir(dir, sizeof(dir));
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

static const char *in_dir(char *path, size_t size, const char *name)
{
	(void)snprintf(path, size, "%s/%s", dir, name);
	return path;
}

static void memfds(void **state)
{
	int fd = mm_sealed_memfd("t", "abc", 3), open_fd, partly;
	char bytes[3];
	size_t size = 0;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(mm_check_memfd(fd, 3, &size), 0);
	assert_int_equal(size, 3);
	assert_int_equal(mm_check_memfd(fd, 2, &size), MM_ERR_LIMIT);
	assert_int_equal(mm_check_body(fd, 3, &size), 0);
	assert_int_equal(write(fd, "x", 1), -1);
	assert_int_equal(ftruncate(fd, 1), -1);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(mm_pread_all(fd, bytes, 3, 0), 0);
	assert_memory_equal(bytes, "abc", 3);
	assert_int_equal(mm_pread_all(fd, bytes, 3, 1), MM_ERR_FORMAT);

	open_fd = memfd_create("t", MFD_ALLOW_SEALING);
	assert_int_equal(mm_check_memfd(open_fd, 9, &size), MM_ERR_DENIED);
	assert_int_equal(mm_check_body(open_fd, 9, &size), MM_ERR_DENIED);
	/* Every single seal counts. */
	partly = memfd_create("t", MFD_ALLOW_SEALING);
	assert_int_equal(fcntl(partly, F_ADD_SEALS,
			       F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE), 0);
	assert_int_equal(mm_check_memfd(partly, 9, &size), MM_ERR_DENIED);
	assert_int_equal(mm_memfd_seal(open_fd), 0);
	assert_int_equal(mm_check_memfd(open_fd, 9, &size), 0);
	mm_close(&fd);
	assert_int_equal(fd, -1);
	mm_close(&fd);
	close(open_fd);
	close(partly);
}

static void read_only_files(void **state)
{
	char path[64];
	size_t size;
	int fd, pipes[2];

	(void)state;
	in_dir(path, sizeof(path), "f");
	fd = open(path, O_RDWR | O_CREAT, 0600);
	assert_int_equal(mm_write_all(fd, "abcd", 4), 0);
	assert_int_equal(mm_check_rofile(fd, 9, &size), MM_ERR_DENIED);
	close(fd);
	fd = open(path, O_WRONLY);
	assert_int_equal(mm_check_body(fd, 9, &size), MM_ERR_DENIED);
	close(fd);
	fd = open(path, O_PATH);
	assert_int_equal(mm_check_rofile(fd, 9, &size), MM_ERR_DENIED);
	close(fd);
	fd = open(path, O_RDONLY);
	assert_int_equal(mm_check_rofile(fd, 4, &size), 0);
	assert_int_equal(size, 4);
	assert_int_equal(mm_check_rofile(fd, 3, &size), MM_ERR_LIMIT);
	assert_int_equal(mm_check_memfd(fd, 9, &size), MM_ERR_DENIED);
	close(fd);
	fd = open(dir, O_RDONLY);
	assert_int_equal(mm_check_rofile(fd, SIZE_MAX, &size), MM_ERR_DENIED);
	close(fd);
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(mm_check_body(pipes[0], SIZE_MAX, &size),
			 MM_ERR_DENIED);
	close(pipes[0]);
	close(pipes[1]);
	assert_int_equal(mm_check_body(-1, 9, &size), MM_ERR_DENIED);
	unlink(path);
}

static void whole_files(void **state)
{
	char path[64];
	struct mm_buf buf;
	int fd;

	(void)state;
	in_dir(path, sizeof(path), "f");
	mm_buf_init(&buf, 5);
	assert_int_equal(mm_read_file(path, &buf), MM_ERR_NOTFOUND);
	assert_int_equal(mm_read_file(dir, &buf), MM_ERR_DENIED);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(mm_write_all(fd, "abcde", 5), 0);
	assert_int_equal(mm_read_file(path, &buf), 0);
	assert_string_equal(mm_buf_str(&buf), "abcde");
	mm_buf_reset(&buf);
	assert_int_equal(mm_write_all(fd, "f", 1), 0);
	assert_int_equal(mm_read_file(path, &buf), MM_ERR_LIMIT);
	close(fd);
	unlink(path);
	/* A pipe at the path must not hang the reader. */
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(mm_read_file(path, &buf), MM_ERR_DENIED);
	unlink(path);
	mm_buf_clear(&buf);
}

static void unix_sockets(void **state)
{
	char path[64], longest[200];
	int server, again, client, accepted;
	struct stat st;
	uid_t uid = 12345;

	(void)state;
	in_dir(path, sizeof(path), "s");
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(mm_unix_listen(longest, 1, 0600), MM_ERR_LIMIT);
	assert_int_equal(mm_unix_connect(longest), MM_ERR_LIMIT);
	assert_int_equal(mm_unix_connect(path), MM_ERR_SYS);
	assert_int_equal(errno, ENOENT);
	server = mm_unix_listen(path, 1, 0600);
	assert_true(server >= 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	client = mm_unix_connect(path);
	assert_true(client >= 0);
	assert_int_equal(fcntl(client, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	accepted = accept(server, NULL, NULL);
	assert_true(accepted >= 0);
	assert_int_equal(mm_peer_uid(accepted, &uid), 0);
	assert_int_equal(uid, getuid());
	close(server);
	/* A stale socket is replaced, a file is not. */
	assert_int_equal(mm_unix_connect(path), MM_ERR_SYS);
	again = mm_unix_listen(path, 1, 0660);
	assert_true(again >= 0);
	close(again);
	unlink(path);
	close(open(path, O_WRONLY | O_CREAT, 0600));
	assert_int_equal(mm_unix_listen(path, 1, 0600), MM_ERR_SYS);
	assert_int_equal(mm_peer_uid(-1, &uid), MM_ERR_SYS);
	unlink(path);
	close(client);
	close(accepted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memfds),
		cmocka_unit_test(read_only_files),
		cmocka_unit_test(whole_files),
		cmocka_unit_test(unix_sockets),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
