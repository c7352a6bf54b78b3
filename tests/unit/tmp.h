#ifndef MM_TESTS_UNIT_TMP_H
#define MM_TESTS_UNIT_TMP_H

#include <stdio.h>
#include <stdlib.h>

/* The folder that tests/run-unit makes for a program, and removes however the
 * program ends. */
static inline const char *unit_tmp(void)
{
	const char *dir = getenv("TMPDIR");

	return dir != NULL ? dir : "/tmp";
}

/* A new folder there, or a new empty file (a descriptor): its path into out.
 * -1 on error. */
static inline int unit_make_dir(char *out, size_t size)
{
	int len = snprintf(out, size, "%s/XXXXXX", unit_tmp());

	return len > 0 && (size_t)len < size && mkdtemp(out) != NULL ? 0 : -1;
}

static inline int unit_make_file(char *out, size_t size)
{
	int len = snprintf(out, size, "%s/XXXXXX", unit_tmp());

	return len > 0 && (size_t)len < size ? mkstemp(out) : -1;
}

/* How many times slower than usual this run is: tests that look at the clock
 * multiply by it. */
static inline int unit_slow(void)
{
	const char *times = getenv("UNIT_SLOW");

	return times != NULL ? (int)strtol(times, NULL, 10) : 1;
}

#endif
