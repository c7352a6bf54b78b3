/*
 * Deliveries as Exim's main log tells them. Reads only, from a place near the
 * mail's time on, and never more than a bound: such a log may be huge.
 */
#include "mamorictl/exim_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/proto_list.h"

#define READ_MAX (64 << 20)
#define CHUNK 65536
#define STAMP 19u /* 2026-01-31 23:59:59 */
#define NEAR 4096 /* bytes: halving stops here */

int64_t mm_exim_log_time(const char *line, size_t len)
{
	char stamp[STAMP + 1];
	struct tm tm = { .tm_isdst = -1 };
	const char *end, *zone;
	int64_t offset;

	if (len < STAMP)
		return -1;
	memcpy(stamp, line, STAMP);
	stamp[STAMP] = '\0';
	end = strptime(stamp, "%Y-%m-%d %H:%M:%S", &tm);
	if (end == NULL || *end != '\0')
		return -1;
	/* log_selector +millisec; log_timezone */
	zone = line + STAMP;
	while (zone < line + len && strchr(".0123456789", *zone) != NULL)
		zone++;
	if (line + len - zone < 6 || zone[0] != ' ' ||
	    (zone[1] != '+' && zone[1] != '-') ||
	    strspn(zone + 2, "0123456789") != 4)
		return (int64_t)mktime(&tm);
	offset = ((zone[2] - '0') * 10 + (zone[3] - '0')) * 3600 +
		 ((zone[4] - '0') * 10 + (zone[5] - '0')) * 60;
	return (int64_t)timegm(&tm) + (zone[1] == '+' ? -offset : offset);
}

/* The first whole line behind pos and its time, or -1. */
static int64_t time_at(int fd, off_t pos, off_t *line_r)
{
	char chunk[NEAR + 1];
	const ssize_t n = pread(fd, chunk, NEAR, pos);
	const char *line = chunk, *end;
	int64_t when;

	if (n <= 0)
		return -1;
	chunk[n] = '\0';
	end = chunk + n;
	if (pos > 0)
		line = memchr(line, '\n', (size_t)n);
	while (line != NULL) {
		line += pos > 0 || line > chunk;
		when = mm_exim_log_time(line, (size_t)(end - line));
		if (when >= 0) {
			*line_r = pos + (line - chunk);
			return when;
		}
		line = memchr(line, '\n', (size_t)(end - line));
	}
	return -1;
}

/* Where lines of that time begin, or a little before. */
static off_t find_place(int fd, off_t size, int64_t since)
{
	off_t low = 0, high = size, line = 0, middle;
	int64_t when;

	while (high - low > NEAR) {
		middle = low + (high - low) / 2;
		when = time_at(fd, middle, &line);
		if (when >= 0 && when < since && line < high)
			low = line;
		else
			high = middle;
	}
	return low;
}

static int add_line(struct mm_exim_lines *lines, const char *id, int64_t when,
		    const char *text, size_t len)
{
	char *copy;
	int r = mm_list_grow((void **)&lines->list, lines->count,
			     sizeof(*lines->list), MM_EXIM_LINES_MAX);

	if (r == MM_ERR_LIMIT)
		lines->cut = true;
	if (r < 0)
		return r == MM_ERR_LIMIT ? 0 : r;
	if ((copy = strndup(text, len)) == NULL)
		return MM_ERR_NOMEM;
	lines->list[lines->count++] =
		(struct mm_exim_line){ .time = when, .id = id, .text = copy };
	return 0;
}

/* Is a line about one of the messages? The id stands behind the time, and a
 * space before and behind it. */
static int take_line(struct mm_exim_lines *lines, const char *const *ids,
		     size_t nids, int64_t since, const char *line, size_t len)
{
	const int64_t when = mm_exim_log_time(line, len);
	const char *at;
	size_t i, id;

	if (when < 0 || when < since)
		return 0;
	for (i = 0; i < nids; i++) {
		id = strlen(ids[i]);
		at = memmem(line, len, ids[i], id);
		if (at == NULL || at == line || at[-1] != ' ' ||
		    at - line > 64 || at + id >= line + len || at[id] != ' ')
			continue;
		return add_line(lines, ids[i], when, at + id + 1,
				(size_t)(line + len - at) - id - 1);
	}
	return 0;
}

static int take_lines(struct mm_exim_lines *lines, const char *const *ids,
		      size_t nids, int64_t since, struct mm_buf *text)
{
	const char *line = text->data, *end;
	size_t left = text->len;
	int r = 0;

	while (r == 0 && left > 0 && (end = memchr(line, '\n', left)) != NULL) {
		r = take_line(lines, ids, nids, since, line,
			      (size_t)(end - line));
		left -= (size_t)(end - line) + 1;
		line = end + 1;
	}
	memmove(text->data, line, left);
	mm_buf_truncate(text, left);
	return r;
}

static int read_from(int fd, off_t pos, const char *const *ids, size_t nids,
		     int64_t since, struct mm_exim_lines *lines)
{
	const off_t last = pos + READ_MAX;
	char chunk[CHUNK];
	struct mm_buf text;
	ssize_t n = 0;
	int r = 0;

	mm_buf_init(&text, 4 * CHUNK);
	while (r == 0 && pos < last) {
		n = pread(fd, chunk, sizeof(chunk), pos);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		pos += n;
		r = mm_buf_put(&text, chunk, (size_t)n);
		if (r == 0)
			r = take_lines(lines, ids, nids, since, &text);
		/* A line that long is no line. */
		if (r == MM_ERR_LIMIT) {
			mm_buf_reset(&text);
			r = 0;
		}
	}
	if (pos >= last)
		lines->cut = true;
	mm_buf_clear(&text);
	return n < 0 ? MM_ERR_SYS : r;
}

int mm_exim_log_find(const char *path, const char *const *ids, size_t nids,
		     int64_t since, struct mm_exim_lines *lines)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), r;

	if (fd < 0)
		return errno == ENOENT ? MM_ERR_NOTFOUND : MM_ERR_SYS;
	if (fstat(fd, &st) < 0)
		r = MM_ERR_SYS;
	else if (!S_ISREG(st.st_mode))
		r = MM_ERR_NOTFOUND;
	else
		r = read_from(fd, find_place(fd, st.st_size, since), ids, nids,
			      since, lines);
	mm_close(&fd);
	return r;
}

void mm_exim_lines_clear(struct mm_exim_lines *lines)
{
	while (lines->count > 0)
		free(lines->list[--lines->count].text);
	free(lines->list);
	memset(lines, 0, sizeof(*lines));
}
