#ifndef MM_TESTS_UNIT_CTL_CTL_TEST_H
#define MM_TESTS_UNIT_CTL_CTL_TEST_H

#include "tests/unit/core/unit.h"

#include <stdarg.h>
#include <unistd.h>

#include "mamorictl/ctl.h"

/* main.c's part, for programs that are not mamorictl. */
static char last_error[512];

int mm_ctl_error(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(last_error, sizeof(last_error), fmt, args);
	va_end(args);
	return MM_EXIT_ERROR;
}

void mm_ctl_must(int r)
{
	assert_int_equal(r, 0);
}

int mm_ctl_conf(struct mm_ctl *ctl)
{
	(void)ctl;
	return 0;
}

/* What is printed between the two goes into out. */
static FILE *capture_file;
static int capture_saved;

static inline void capture_begin(void)
{
	fflush(stdout);
	capture_file = tmpfile();
	assert_non_null(capture_file);
	capture_saved = dup(STDOUT_FILENO);
	assert_true(dup2(fileno(capture_file), STDOUT_FILENO) >= 0);
}

static inline void capture_end(char *out, size_t size)
{
	ssize_t n;

	fflush(stdout);
	n = pread(fileno(capture_file), out, size - 1, 0);
	assert_true(n >= 0);
	out[n] = '\0';
	assert_true(dup2(capture_saved, STDOUT_FILENO) >= 0);
	close(capture_saved);
	fclose(capture_file);
}

#endif
