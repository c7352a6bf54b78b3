/* mamorictl/mailfile.c: where headers end, and what is no mail file. */
#include "tests/unit/core/unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fdutil.h"
#include "core/proto.h"
#include "mamorictl/mailfile.h"
#include "tests/unit/tmp.h"

static char dir[48];
static char path[64];

static int make_dir(void **state)
{
	(void)state;
	if (unit_make_dir(dir, sizeof(dir)) < 0)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/mail", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

static void write_file(const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(mm_write_all(fd, text, len), 0);
	close(fd);
}

static void splits(void **state)
{
	static const struct {
		const char *name, *text, *headers;
		size_t len;
		uint64_t offset;
		bool wireformat;
	} cases[] = {
		{ "LF", "A: b\nC: d\n e\n\nbody\n", "A: b\nC: d\n e\n", 0, 14,
		  false },
		{ "CRLF", "A: b\r\nC: d\r\n\r\nbody\r\n", "A: b\nC: d\n", 0,
		  14, true },
		{ "no body", "A: b\n\n", "A: b\n", 0, 6, false },
		{ "no blank line", "A: b\nC: d\n", "A: b\nC: d\n", 0, 10,
		  false },
		{ "no last line end", "A: b\nC: d", "A: b\nC: d", 0, 9, false },
		{ "blank line first", "\nbody", "", 0, 1, false },
		{ "empty", "", "", 0, 0, false },
		{ "a CR inside stays", "A: b\rc\n\nx", "A: b\rc\n", 0, 8,
		  false },
		{ "CRLF in one header only", "A: b\nC: d\r\n\nx",
		  "A: b\nC: d\n", 0, 12, false },
		{ "a NUL inside", "A: \0b\n\nx", "A: \0b\n", 8, 7, false },
	};
	struct mm_mailfile mail;
	struct mm_buf headers;
	size_t i, size;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		write_file(cases[i].text, cases[i].len > 0
					? cases[i].len : strlen(cases[i].text));
		assert_int_equal(mm_mailfile_open(&mail, path, 1000), 0);
		assert_int_equal(mm_check_memfd(mail.header_fd, 1000, &size),
				 0);
		assert_int_equal(mm_check_rofile(mail.body_fd, 1000, &size),
				 0);
		mm_buf_init(&headers, 1000);
		assert_int_equal(mm_read_fd(mail.header_fd, 0, &headers), 0);
		if (mail.body_offset != cases[i].offset ||
		    mail.wireformat != cases[i].wireformat ||
		    memcmp(mm_buf_str(&headers), cases[i].headers,
			   headers.len) != 0 ||
		    headers.len < strlen(cases[i].headers))
			fail_msg("%s: offset %lu, headers %s", cases[i].name,
				 (unsigned long)mail.body_offset,
				 mm_buf_str(&headers));
		mm_buf_clear(&headers);
		mm_mailfile_close(&mail);
	}
}

/* A large file without a blank line at its start is a body alone. */
static void endless_headers(void **state)
{
	char line[1024];
	struct mm_mailfile mail;
	size_t size = 1;
	int fd, i;

	(void)state;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	for (i = 0; i <= (int)(MM_HEADER_MAX / sizeof(line)); i++)
		assert_int_equal(mm_write_all(fd, line, sizeof(line)), 0);
	close(fd);
	assert_int_equal(mm_mailfile_open(&mail, path, 0), 0);
	assert_int_equal(mail.body_offset, 0);
	assert_int_equal(mm_check_memfd(mail.header_fd, 1000, &size), 0);
	assert_int_equal(size, 0);
	mm_mailfile_close(&mail);
}

static void not_a_file(void **state)
{
	struct mm_mailfile mail;

	(void)state;
	assert_int_equal(mm_mailfile_open(&mail, dir, 9), MM_ERR_DENIED);
	(void)unlink(path);
	assert_int_equal(mm_mailfile_open(&mail, path, 9), MM_ERR_NOTFOUND);
	assert_int_equal(mail.header_fd, -1);
	/* A pipe at the path must not hang. */
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(mm_mailfile_open(&mail, path, 9), MM_ERR_DENIED);
	mm_mailfile_close(&mail);
	(void)unlink(path);
}

static void standard_input(void **state)
{
	struct mm_mailfile mail;
	int saved = dup(STDIN_FILENO), fd;
	size_t size = 0;

	(void)state;
	write_file("A: b\n\nbody\n", 11);
	fd = open(path, O_RDONLY);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(mm_mailfile_open(&mail, "-", 10), MM_ERR_LIMIT);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(mm_mailfile_open(&mail, "-", 11), 0);
	assert_int_equal(mail.body_offset, 6);
	assert_int_equal(mm_check_memfd(mail.body_fd, 11, &size), 0);
	assert_int_equal(size, 11);
	mm_mailfile_close(&mail);
	assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
	close(saved);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits),
		cmocka_unit_test(endless_headers),
		cmocka_unit_test(not_a_file),
		cmocka_unit_test(standard_input),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
