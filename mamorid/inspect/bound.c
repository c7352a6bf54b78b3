/*
 * Finds the signatures that are bound to a mail, and makes their twins
 * (bound.h).
 * Process: pool (root until it forks), and one-shot mode.
 * Must never take a line that it does not understand for a harmless one: what
 * cannot be twinned is said to be so.
 */
#include "mamorid/inspect/bound.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"

#define MAIL "CL_TYPE_MAIL"
#define TWINS_MAX (64u << 20)
#define MEMBER_MAX (1024u << 20)
/* In front of the tar archive in a .cvd or .cld file. */
#define CONTAINER_HEADER 512
#define BLOCK 65536

static bool has(const char *text, size_t len, const char *word)
{
	return memmem(text, len, word, strlen(word)) != NULL;
}

/* The field that begins at text: its length up to the separator. */
static size_t field(const char *text, const char *end, char separator)
{
	const char *pos = memchr(text, separator, (size_t)(end - text));

	return (size_t)((pos != NULL ? pos : end) - text);
}

static bool begins(const char *text, size_t len, const char *word)
{
	return len >= strlen(word) && memcmp(text, word, strlen(word)) == 0;
}

/* Does this condition depend on the mail around the part? */
static bool is_bound(const char *cond, size_t len, bool of_mails)
{
	if (begins(cond, len, "Container:") ||
	    begins(cond, len, "Intermediates:"))
		return has(cond, len, MAIL);
	return of_mails && begins(cond, len, "FileSize:");
}

/* name;conditions;rule;patterns */
static int logical(struct mm_bound *bound, const char *line, size_t len)
{
	const char *end = line + len;
	const char *cond = line + field(line, end, ';') + 1;
	const char *rest, *pos;
	bool of_mails, any = false;
	size_t n;
	int r;

	if (cond >= end)
		return 0;
	rest = cond + field(cond, end, ';');
	n = (size_t)(rest - cond);
	of_mails = has(cond, n, "Target:4");
	for (pos = cond; pos < rest; pos += n + 1) {
		n = field(pos, rest, ',');
		any = any || is_bound(pos, n, of_mails);
	}
	if (!any)
		return 0;
	r = mm_buf_printf(&bound->twins, MM_BOUND_NAME "%zu",
			  bound->twins.len);
	any = false;
	for (pos = cond; pos < rest && r == 0; pos += n + 1) {
		n = field(pos, rest, ',');
		if (is_bound(pos, n, of_mails))
			continue;
		if ((r = mm_buf_puts(&bound->twins, any ? "," : ";")) == 0)
			r = mm_buf_put(&bound->twins, pos, n);
		any = true;
	}
	if (r == 0 && !has(cond, (size_t)(rest - cond), "Target:"))
		r = mm_buf_puts(&bound->twins, any ? ",Target:0" : ";Target:0");
	if (r == 0)
		r = mm_buf_put(&bound->twins, rest, (size_t)(end - rest));
	return r < 0 ? r : mm_buf_puts(&bound->twins, "\n");
}

/* name:container:container size:file name:size:real size:... A size is that
 * of a part: it is another one when the part is cut. */
static void container(struct mm_bound *bound, const char *line, size_t len)
{
	const char *end = line + len;
	const char *pos = line;
	bool of_mails = false;
	size_t n;

	for (int i = 0; i < 6 && pos < end; i++, pos += n + 1) {
		n = field(pos, end, ':');
		if (i == 1) {
			of_mails = (n == 1 && *pos == '*') || has(pos, n, MAIL);
			bound->names = bound->names || of_mails;
		} else if (of_mails && (i == 2 || i >= 4) &&
			   !(n == 1 && *pos == '*')) {
			bound->untwinned = true;
		}
	}
}

int mm_bound_line(struct mm_bound *bound, const char *kind, const char *line,
		  size_t len)
{
	while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		len--;
	if (len == 0 || line[0] == '#')
		return 0;
	if (strcmp(kind, "cdb") == 0)
		container(bound, line, len);
	else if (has(line, len, MAIL) || has(line, len, "FileSize:"))
		return logical(bound, line, len);
	return 0;
}

/* The suffix of a list that may hold such signatures, or NULL. The trigger of
 * a bytecode signature is a logical signature, too. */
static const char *kind_of(const char *name)
{
	static const char *const kinds[] = { "ldb", "ldu", "cdb", "cbc" };
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < 4; i++)
		if (strcmp(dot + 1, kinds[i]) == 0)
			return kinds[i];
	return NULL;
}

static int lines(struct mm_bound *bound, const char *kind, const char *data,
		 size_t len)
{
	size_t most = strcmp(kind, "cbc") == 0 ? 2 : SIZE_MAX;
	size_t n;
	int r = 0;

	for (; len > 0 && most > 0 && r == 0; most--) {
		n = field(data, data + len, '\n');
		r = mm_bound_line(bound, kind, data, n);
		n += n < len;
		data += n;
		len -= n;
	}
	return r;
}

static int list_file(struct mm_bound *bound, const char *kind,
		     const char *path)
{
	struct mm_buf buf;
	int r;

	mm_buf_init(&buf, MEMBER_MAX);
	if ((r = mm_read_file(path, &buf)) == 0)
		r = lines(bound, kind, buf.data, buf.len);
	mm_buf_clear(&buf);
	return r;
}

static int member(struct mm_bound *bound, const char *kind, struct archive *ar)
{
	struct mm_buf buf;
	char block[BLOCK];
	la_ssize_t n = 1;
	int r = 0;

	mm_buf_init(&buf, MEMBER_MAX);
	while (r == 0 && (n = archive_read_data(ar, block, sizeof(block))) > 0)
		r = mm_buf_put(&buf, block, (size_t)n);
	if (r == 0)
		r = n < 0 ? MM_ERR_FORMAT
			  : lines(bound, kind, buf.data, buf.len);
	mm_buf_clear(&buf);
	return r;
}

/* A .cvd or .cld file: a tar archive behind a header, compressed or not. */
static int archive_file(struct mm_bound *bound, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct archive *ar = archive_read_new();
	struct archive_entry *entry;
	const char *kind;
	int got = ARCHIVE_OK;
	int r = MM_ERR_FORMAT;

	if (fd < 0 || ar == NULL ||
	    lseek(fd, CONTAINER_HEADER, SEEK_SET) < 0) {
		r = MM_ERR_SYS;
		goto out;
	}
	if (archive_read_support_filter_gzip(ar) != ARCHIVE_OK ||
	    archive_read_support_format_tar(ar) != ARCHIVE_OK ||
	    archive_read_open_fd(ar, fd, BLOCK) != ARCHIVE_OK)
		goto out;
	r = 0;
	while (r == 0 &&
	       (got = archive_read_next_header(ar, &entry)) == ARCHIVE_OK) {
		kind = kind_of(archive_entry_pathname(entry));
		if (kind != NULL)
			r = member(bound, kind, ar);
	}
	if (r == 0 && got != ARCHIVE_EOF)
		r = MM_ERR_FORMAT;
out:
	if (ar != NULL)
		archive_read_free(ar);
	mm_close(&fd);
	return r;
}

static int one_file(struct mm_bound *bound, const char *folder,
		    const char *name)
{
	const char *dot = strrchr(name, '.');
	const char *kind = kind_of(name);
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/%s", folder, name);

	if (n < 0 || (size_t)n >= sizeof(path))
		return MM_ERR_LIMIT;
	if (kind != NULL)
		return list_file(bound, kind, path);
	if (dot != NULL && (strcmp(dot, ".cvd") == 0 ||
			    strcmp(dot, ".cld") == 0 ||
			    strcmp(dot, ".cud") == 0))
		return archive_file(bound, path);
	return 0;
}

int mm_bound_read(const char *folder, struct mm_bound *bound_r)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int r = 0;

	memset(bound_r, 0, sizeof(*bound_r));
	mm_buf_init(&bound_r->twins, TWINS_MAX);
	if (dir == NULL)
		return MM_ERR_SYS;
	while (r == 0 && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			r = one_file(bound_r, folder, entry->d_name);
	(void)closedir(dir);
	return r;
}

void mm_bound_clear(struct mm_bound *bound)
{
	mm_buf_clear(&bound->twins);
}
