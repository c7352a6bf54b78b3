#ifndef MM_MAMORICTL_EXIM_LOG_H
#define MM_MAMORICTL_EXIM_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/* Lines of Exim's main log about some messages. */
struct mm_exim_line {
	int64_t time; /* seconds since the epoch */
	const char *id; /* the caller's */
	char *text; /* behind the id */
};

#define MM_EXIM_LINES_MAX 1000u

struct mm_exim_lines {
	struct mm_exim_line *list;
	size_t count;
	bool cut; /* there may be more */
};

/* Append the lines in the file about any of these message ids, from a time on.
 * The place is found by halving; what is read from there on is bounded. 0,
 * MM_ERR_NOTFOUND (no such file), MM_ERR_SYS or MM_ERR_NOMEM. Release with
 * mm_exim_lines_clear(). */
MM_CHECK int mm_exim_log_find(const char *path, const char *const *ids,
			      size_t nids, int64_t since,
			      struct mm_exim_lines *lines);
void mm_exim_lines_clear(struct mm_exim_lines *lines);

/* The time at a line's beginning, as log_timezone may have it: -1 when there
 * is none. */
int64_t mm_exim_log_time(const char *line, size_t len);

#endif
