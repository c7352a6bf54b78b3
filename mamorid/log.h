#ifndef MM_MAMORID_LOG_H
#define MM_MAMORID_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Same order as the choices of log.level. */
enum mm_log_level { MM_LOG_ERROR, MM_LOG_WARN, MM_LOG_INFO, MM_LOG_DEBUG };

/* One line, one event:
 *
 *	mm_log(MM_LOG_INFO, "verdict", trace, "verdict", "clean",
 *	       "ms", MM_NUM(ms), NULL);
 *
 * trace may be NULL. Names are literals, values any text: they are made
 * printable and quoted where needed, and cut at 512 bytes. Event names are
 * listed in mamorid(8). Never log bodies or secrets. The line goes to the
 * master, which writes it; it never blocks and never fails: what could not be
 * sent is counted and told later. */
void mm_log(enum mm_log_level level, const char *event, const char *trace, ...)
	__attribute__((sentinel));

/* A number as a text, alive until the end of the enclosing block. */
#define MM_NUM(n) mm_log_num((char[24]){ 0 }, (int64_t)(n))
char *mm_log_num(char *out, int64_t num);

/* For what a peer can make happen as often as it likes: true when the event is
 * to be logged, which is once a second. missed_r is the number of those since
 * the last one that were not. */
struct mm_log_limit {
	int64_t next_ms;
	uint64_t missed;
};
bool mm_log_due(struct mm_log_limit *limit, uint64_t *missed_r);

/* Environment broken: log at error with the reason and exit(1). The master
 * starts the role again, with throttling. */
void mm_fatal(const char *event, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

/* A bug of ours: log and abort(). */
void mm_panic(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

/* Where the lines go: the descriptor of the channel to the master (-1: to
 * standard error), the name of this role, and the least important level. */
void mm_log_init(int channel_fd, const char *role, enum mm_log_level level);

/* The master's own lines, and those of a process without a channel, go to put
 * instead. */
void mm_log_init_sink(const char *role, enum mm_log_level level,
		      void (*put)(enum mm_log_level level, const char *line,
				  size_t len));

#endif
