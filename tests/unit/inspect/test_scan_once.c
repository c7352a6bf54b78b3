/*
 * The one-shot mode: an answer a file on standard output, nothing left behind.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/fixture.h"
#include "mamorid/role.h"

static struct mm_conf conf;

static int setup(void **state)
{
	fix_open(state);
	return mm_conf_init(&conf);
}

static int teardown(void **state)
{
	mm_conf_clear(&conf);
	return fix_close(state);
}

/* mm_scan_main() with its standard output in a file, read back. */
static int scan(const char *signatures, char **files, int count,
		struct mm_buf *out)
{
	char path[128];
	int kept;
	int fd;
	int r;

	snprintf(path, sizeof(path), "%s/out", fix_dir);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	fflush(stdout);
	kept = dup(STDOUT_FILENO);
	assert_true(dup2(fd, STDOUT_FILENO) >= 0);
	r = mm_scan_main(&conf, signatures, files, count);
	assert_true(dup2(kept, STDOUT_FILENO) >= 0);
	close(kept);
	mm_buf_init(out, MAIL_MAX);
	assert_int_equal(mm_read_fd(fd, 0, out), 0);
	close(fd);
	assert_int_equal(unlink(path), 0);
	return r;
}

/* The next answer's verdict. */
static enum mm_verdict next(const struct mm_buf *out, size_t *pos)
{
	const unsigned char *head;
	struct mm_findings findings;
	enum mm_verdict verdict;
	size_t len;

	assert_true(out->len >= *pos + 4);
	head = (const unsigned char *)out->data + *pos;
	len = (size_t)head[0] << 24 | (size_t)head[1] << 16 |
	      (size_t)head[2] << 8 | head[3];
	*pos += 4;
	assert_true(out->len - *pos >= len);
	assert_int_equal(mm_findings_decode(out->data + *pos, len, &findings),
			 0);
	*pos += len;
	verdict = findings.verdict;
	mm_findings_clear(&findings);
	return verdict;
}

static void test_files(void **state)
{
	char infected[128];
	char clean[128];
	char missing[128];
	char *files[] = { clean, infected, missing };
	struct mm_buf eicar;
	struct mm_buf mail;
	struct mm_buf out;
	size_t pos = 0;

	(void)state;
	fix_eicar(&eicar);
	fix_mail(&mail, ZIP_HEADER, eicar.data, eicar.len);
	snprintf(infected, sizeof(infected), "%s/infected", fix_dir);
	fix_write(infected, mail.data, mail.len);
	snprintf(clean, sizeof(clean), "%s/clean", fix_dir);
	fix_write(clean, "From: a@b\n\nhi\n", 14);
	snprintf(missing, sizeof(missing), "%s/missing", fix_dir);
	assert_int_equal(setenv("TMPDIR", fix_tmp, 1), 0);

	assert_int_equal(scan(fix_db, files, 2, &out), 0);
	assert_int_equal(next(&out, &pos), MM_VERDICT_CLEAN);
	assert_int_equal(next(&out, &pos), MM_VERDICT_INFECTED);
	assert_int_equal(pos, out.len);
	mm_buf_clear(&out);
	/* Nothing is left in the temporary folder. */
	assert_int_equal(rmdir(fix_tmp), 0);
	assert_int_equal(mkdir(fix_tmp, 0700), 0);

	pos = 0;
	assert_int_equal(scan(fix_db, files + 1, 2, &out), 1);
	assert_int_equal(next(&out, &pos), MM_VERDICT_INFECTED);
	assert_int_equal(next(&out, &pos), MM_VERDICT_NOT_CHECKED);
	mm_buf_clear(&out);

	assert_int_equal(scan("/nonexistent", files, 1, &out), 1);
	assert_int_equal(out.len, 0);
	mm_buf_clear(&out);
	assert_int_equal(setenv("TMPDIR", "/nonexistent", 1), 0);
	assert_int_equal(scan(fix_db, files, 1, &out), 1);
	assert_int_equal(out.len, 0);
	mm_buf_clear(&out);
	mm_buf_clear(&mail);
	mm_buf_clear(&eicar);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
