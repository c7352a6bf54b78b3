/*
 * One line an event. Roles send their lines to the master over the channel and
 * never block on it; the master hands them to logsink. Never logs mail bodies.
 */
#include "mamorid/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/deadline.h"
#include "core/fdutil.h"
#include "core/text.h"
#include "mamorid/channel.h"

#define MM_LOG_LINE 8192u
#define MM_LOG_VALUE 512u
#define LIMIT_MS 1000

/* Of this process, set once at its start. */
static struct {
	int fd;
	const char *role;
	enum mm_log_level level;
	unsigned int dropped;
	void (*put)(enum mm_log_level level, const char *line, size_t len);
} log_state = { .fd = -1, .role = "mamorid", .level = MM_LOG_INFO };

void mm_log_init(int channel_fd, const char *role, enum mm_log_level level)
{
	log_state.fd = channel_fd;
	log_state.role = role;
	log_state.level = level;
}

void mm_log_init_sink(const char *role, enum mm_log_level level,
		      void (*put)(enum mm_log_level level, const char *line,
				  size_t len))
{
	mm_log_init(-1, role, level);
	log_state.put = put;
}

char *mm_log_num(char *out, int64_t num)
{
	(void)snprintf(out, 24, "%lld", (long long)num);
	return out;
}

static bool is_bare(const char *value)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				   "-._/@:+,%*<>[]()#";

	return *value != '\0' && value[strspn(value, safe)] == '\0';
}

static int put_pair(struct mm_buf *line, const char *name, const char *value)
{
	size_t len = strlen(value);
	int r;

	if (is_bare(value) && len <= MM_LOG_VALUE)
		return mm_buf_printf(line, " %s=%s", name, value);
	if ((r = mm_buf_printf(line, " %s=\"", name)) < 0 ||
	    (r = mm_text_printable(line, value, len, MM_LOG_VALUE)) < 0)
		return r;
	return mm_buf_puts(line, "\"");
}

/* 0, or an error when the master cannot take a line now. */
static int deliver(enum mm_log_level level, const struct mm_buf *line)
{
	struct mm_buf packet;
	const char head = (char)level;
	int r;

	if (log_state.put != NULL) {
		log_state.put(level, line->data, line->len);
		return 0;
	}
	if (log_state.fd < 0)
		return mm_write_all(STDERR_FILENO, line->data, line->len) ==
					       0 &&
				       mm_write_all(STDERR_FILENO, "\n", 1) == 0
			       ? 0
			       : -1;
	mm_buf_init(&packet, MM_LOG_LINE + 1);
	if ((r = mm_buf_put(&packet, &head, 1)) == 0 &&
	    (r = mm_buf_put(&packet, line->data, line->len)) == 0)
		r = mm_channel_send(log_state.fd, MM_CHANNEL_LOG, 0, &packet);
	mm_buf_clear(&packet);
	return r;
}

static void tell_dropped(void)
{
	struct mm_buf line;

	mm_buf_init(&line, MM_LOG_LINE);
	if (mm_buf_printf(&line, "event=log-dropped role=%s pid=%d count=%u",
			  log_state.role, (int)getpid(),
			  log_state.dropped) == 0 &&
	    deliver(MM_LOG_WARN, &line) == 0)
		log_state.dropped = 0;
	mm_buf_clear(&line);
}

static void log_args(enum mm_log_level level, const char *event,
		     const char *trace, va_list args)
{
	struct mm_buf line;
	const char *name, *value;
	int r;

	mm_buf_init(&line, MM_LOG_LINE);
	r = mm_buf_printf(&line, "event=%s role=%s pid=%d", event,
			  log_state.role, (int)getpid());
	if (r == 0 && trace != NULL)
		r = put_pair(&line, "id", trace);
	/* A line that grows too long loses its last values, not the event. */
	while (r == 0 && (name = va_arg(args, const char *)) != NULL) {
		value = va_arg(args, const char *);
		r = put_pair(&line, name, value == NULL ? "" : value);
	}
	if (log_state.dropped > 0)
		tell_dropped();
	if (line.len > 0 && deliver(level, &line) < 0)
		log_state.dropped++;
	mm_buf_clear(&line);
}

void mm_log(enum mm_log_level level, const char *event, const char *trace, ...)
{
	va_list args;

	if (level > log_state.level)
		return;
	va_start(args, trace);
	log_args(level, event, trace, args);
	va_end(args);
}

bool mm_log_due(struct mm_log_limit *limit, uint64_t *missed_r)
{
	const int64_t now = mm_now_ms();

	*missed_r = limit->missed;
	if (now < limit->next_ms) {
		limit->missed++;
		return false;
	}
	*limit = (struct mm_log_limit){ .next_ms = now + LIMIT_MS };
	return true;
}

/* The reason as one text, then the end. */
static void log_reason(const char *event, const char *fmt, va_list args)
{
	char reason[MM_LOG_VALUE];

	(void)vsnprintf(reason, sizeof(reason), fmt, args);
	mm_log(MM_LOG_ERROR, event, NULL, "reason", reason, NULL);
}

void mm_fatal(const char *event, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_reason(event, fmt, args);
	va_end(args);
	exit(1);
}

void mm_panic(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_reason("panic", fmt, args);
	va_end(args);
	abort();
}
