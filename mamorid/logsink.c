/*
 * The master's end of the log: one line a call, to a file opened for append,
 * to syslog, to standard error. Full disks cost lines, never the daemon.
 */
#include "mamorid/logsink.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"

#define LINE_MAX_BYTES 9000u

static struct {
	int file;
	int to_syslog;
	int to_stderr;
	unsigned int lost;
} sink = { .file = -1 };

int mm_logsink_open(const struct mm_conf *conf, int to_stderr)
{
	mm_close(&sink.file);
	sink.to_stderr = to_stderr;
	sink.to_syslog = conf->log_syslog != 0;
	if (sink.to_syslog)
		openlog("mamorid", LOG_PID | LOG_NDELAY, LOG_MAIL);
	if (conf->log_file[0] == '\0')
		return 0;
	sink.file = open(conf->log_file,
			 O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY |
				 O_NONBLOCK,
			 0640);
	return sink.file < 0 ? MM_ERR_SYS : 0;
}

static void stamp(char *out, size_t size)
{
	struct timespec now;
	struct tm tm;
	char text[32];

	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)gmtime_r(&now.tv_sec, &tm);
	(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(out, size, "%s.%03ldZ", text, now.tv_nsec / 1000000);
}

/* One write a line, so that lines never mix. */
static void write_line(int fd, const char *line, size_t len)
{
	ssize_t n = write(fd, line, len);

	if (n != (ssize_t)len)
		sink.lost++;
}

void mm_logsink_put(enum mm_log_level level, const char *line, size_t len)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };
	static const int priorities[] = { LOG_ERR, LOG_WARNING, LOG_INFO,
					  LOG_DEBUG };
	char text[LINE_MAX_BYTES], when[48];
	int head, i, end;

	if (level > MM_LOG_DEBUG)
		level = MM_LOG_DEBUG;
	stamp(when, sizeof(when));
	head = snprintf(text, sizeof(text), "%s level=%s ", when, names[level]);
	end = snprintf(text + head, sizeof(text) - (size_t)head, "%.*s",
		       (int)(len > 8192 ? 8192 : len), line);
	end += head;
	if (end > (int)sizeof(text) - 2)
		end = (int)sizeof(text) - 2;
	for (i = head; i < end; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			text[i] = '?';
	if (sink.to_syslog)
		syslog(priorities[level], "%.*s", end - head, text + head);
	text[end++] = '\n';
	if (sink.file >= 0)
		write_line(sink.file, text, (size_t)end);
	if (sink.to_stderr)
		write_line(STDERR_FILENO, text, (size_t)end);
}
