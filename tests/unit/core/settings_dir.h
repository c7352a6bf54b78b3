#ifndef MM_TESTS_UNIT_CORE_SETTINGS_DIR_H
#define MM_TESTS_UNIT_CORE_SETTINGS_DIR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/tmp.h"

/* A settings folder of a test's own. */
static char root[64];
static char path_of[512];

static inline int make_root(void **state)
{
	(void)state;
	return unit_make_dir(root, sizeof(root));
}

static inline int unlink_one(const char *path, const struct stat *st, int type,
			     struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline int drop_root(void **state)
{
	(void)state;
	return nftw(root, unlink_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline const char *at(const char *name)
{
	(void)snprintf(path_of, sizeof(path_of), "%s/%s", root, name);
	return path_of;
}

/* A new file under its name at once, with its folders. */
static inline void put(const char *name, const char *text)
{
	char path[512], fresh[600], *slash;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", root, name);
	for (slash = path + strlen(root) + 1;
	     (slash = strchr(slash, '/')) != NULL; *slash++ = '/') {
		*slash = '\0';
		(void)mkdir(path, 0755);
	}
	(void)snprintf(fresh, sizeof(fresh), "%s.new", path);
	file = fopen(fresh, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(fresh, 0640), 0);
	assert_int_equal(rename(fresh, path), 0);
}

#endif
