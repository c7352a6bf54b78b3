/*
 * Allocation that cannot fail, for any role: out of memory ends the process
 * and the master starts it anew.
 */
#include "mamorid/xalloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mamorid/log.h"

void *mm_xcalloc(size_t count, size_t size)
{
	void *data = calloc(count == 0 ? 1 : count, size == 0 ? 1 : size);

	if (data == NULL)
		mm_fatal("out-of-memory", "no memory for %zu bytes",
			 count * size);
	return data;
}

char *mm_xstrdup(const char *str)
{
	size_t len = strlen(str) + 1;

	return memcpy(mm_xcalloc(len, 1), str, len);
}

char *mm_xasprintf(const char *fmt, ...)
{
	va_list args;
	char *text = NULL;
	int n;

	va_start(args, fmt);
	n = vasprintf(&text, fmt, args);
	va_end(args);
	if (n < 0)
		mm_fatal("out-of-memory", "no memory for a text");
	return text;
}
