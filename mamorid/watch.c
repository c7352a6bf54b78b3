/*
 * inotify on the signature folder, in the master. freshclam writes several
 * files and renames them: a load begins only after a quiet time.
 */
#include "mamorid/watch.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "core/deadline.h"
#include "core/fdutil.h"
#include "mamorid/log.h"

#define MASK (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | \
	      IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
#define AGAIN_MS 10000

static void add(struct mm_watch *watch)
{
	watch->wd = inotify_add_watch(watch->fd, watch->folder, MASK);
	if (watch->wd >= 0)
		return;
	if (watch->again_ms == 0)
		mm_log(MM_LOG_WARN, "signatures-unwatched", NULL, "folder",
		       watch->folder, "reason", strerror(errno), NULL);
	watch->again_ms = mm_now_ms() + AGAIN_MS;
}

void mm_watch_open(struct mm_watch *watch, const char *folder,
		   int64_t settle_ms)
{
	*watch = (struct mm_watch){
		.fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK),
		.wd = -1,
		.folder = folder,
		.settle_ms = settle_ms,
	};
	if (watch->fd < 0)
		mm_log(MM_LOG_WARN, "signatures-unwatched", NULL, "folder",
		       folder, "reason", strerror(errno), NULL);
	else
		add(watch);
}

void mm_watch_close(struct mm_watch *watch)
{
	mm_close(&watch->fd);
}

/* Freshclam's and editors' temporary files are no signatures. */
static bool counts(const struct inotify_event *event)
{
	const char *dot;

	if (event->len == 0)
		return true;
	dot = strrchr(event->name, '.');
	return event->name[0] != '.' && dot != NULL &&
	       strcmp(dot, ".tmp") != 0 && strcmp(dot, ".lock") != 0;
}

static void read_events(struct mm_watch *watch)
{
	_Alignas(struct inotify_event) char events[8192];
	const struct inotify_event *event;
	ssize_t n, pos;

	while ((n = read(watch->fd, events, sizeof(events))) > 0) {
		for (pos = 0; pos < n;
		     pos += (ssize_t)sizeof(*event) + event->len) {
			event = (const struct inotify_event *)(events + pos);
			if ((event->mask & (IN_IGNORED | IN_MOVE_SELF)) != 0) {
				watch->wd = -1;
				watch->again_ms = mm_now_ms();
			}
			if (counts(event))
				watch->due_ms = mm_now_ms() + watch->settle_ms;
		}
	}
}

bool mm_watch_due(struct mm_watch *watch)
{
	if (watch->fd < 0)
		return false;
	read_events(watch);
	if (watch->wd < 0 && mm_now_ms() >= watch->again_ms) {
		add(watch);
		if (watch->wd >= 0) {
			watch->again_ms = 0;
			watch->due_ms = mm_now_ms() + watch->settle_ms;
		}
	}
	if (watch->due_ms == 0 || mm_now_ms() < watch->due_ms)
		return false;
	watch->due_ms = 0;
	return true;
}

int mm_watch_wait(const struct mm_watch *watch)
{
	int64_t left = -1;

	if (watch->fd < 0)
		return -1;
	if (watch->due_ms != 0)
		left = watch->due_ms - mm_now_ms();
	else if (watch->wd < 0)
		left = watch->again_ms - mm_now_ms();
	else
		return -1;
	return left < 0 ? 0 : (int)left;
}
