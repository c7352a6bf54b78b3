/* Settings files of every level: what is taken is shown, and what is shown is
 * taken. The first byte says the level. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/settings_path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_file(enum mm_level level, const char *text, size_t len)
{
	struct mm_buf error, first, second;
	struct mm_settings values;
	int r;

	mm_buf_init(&error, 4096);
	mm_buf_init(&first, 1u << 20);
	mm_buf_init(&second, 1u << 20);
	r = mm_settings_parse(&values, level, "f", text, len,
			      mm_settings_renamed, &error);
	if (r < 0 && (error.len == 0 || strchr(error.data, '\n') != NULL))
		abort();
	if (r == 0) {
		if (mm_settings_format(&values, &first) < 0)
			abort();
		mm_settings_clear(&values);
		r = mm_settings_parse(&values, level, "g", first.data,
				      first.len, mm_settings_renamed, &error);
		/* Quotes may make it longer than a file can be. */
		if (r < 0 && first.len <= MM_SETTINGS_FILE_MAX)
			abort();
		if (r == 0 && (mm_settings_format(&values, &second) < 0 ||
			       strcmp(first.data, second.data) != 0))
			abort();
		mm_settings_clear(&values);
	}
	mm_buf_clear(&error);
	mm_buf_clear(&first);
	mm_buf_clear(&second);
}

/* No name leaves its folder. */
static void check_name(enum mm_level level, const char *data, size_t len)
{
	char *name = strndup(data, len);
	struct mm_buf path;

	if (name == NULL)
		abort();
	mm_buf_init(&path, MM_SETTINGS_PATH_MAX);
	if (mm_settings_path(&path, level, name) == 0 &&
	    (path.data[0] == '/' || path.data[0] == '.' ||
	     strstr(path.data, "/.") != NULL ||
	     strstr(path.data, "//") != NULL))
		abort();
	mm_buf_clear(&path);
	free(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum mm_level level;

	if (size == 0)
		return 0;
	level = (enum mm_level)(1u << (data[0] % 7));
	check_file(level, (const char *)data + 1, size - 1);
	check_name(level, (const char *)data + 1, size - 1);
	return 0;
}
