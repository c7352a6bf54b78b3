/*
 * How much history there is: old days go, and it stops before the disk is
 * full. Keeper, uid mamori-keeper. Must never unlink anything but day files.
 */
#include "mamorid/keeper/history_room.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/err.h"
#include "mamorid/keeper/history_days.h"
#include "mamorid/log.h"
#include "mamorid/xalloc.h"

#define LOOK_SECONDS 5

static bool has_reserve(const struct mm_history_store *store)
{
	struct statvfs fs;

	if (statvfs(store->folder, &fs) < 0)
		return false;
	return (uint64_t)fs.f_bavail * fs.f_frsize >=
	       store->conf->quarantine_disk_reserve;
}

void mm_history_stop(struct mm_history_store *store, const char *why)
{
	if (!store->stopped)
		mm_log(MM_LOG_ERROR, "history-stopped", NULL, "reason", why,
		       NULL);
	store->stopped = true;
}

bool mm_history_has_room(struct mm_history_store *store, int64_t now)
{
	if (now - store->checked < LOOK_SECONDS && now >= store->checked)
		return !store->stopped;
	store->checked = now;
	if (!has_reserve(store)) {
		mm_history_flush(store);
		mm_history_stop(store, "the disk reserve is reached");
	} else if (store->stopped) {
		mm_log(MM_LOG_INFO, "history-resumed", NULL, "lost",
		       MM_NUM(store->lost), NULL);
		store->stopped = false;
		store->lost = 0;
	}
	return !store->stopped;
}

/* Bytes of a day: the file, its log and its index. */
static uint64_t size_of(const struct mm_history_store *store, const char *day)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	uint64_t sum = 0;
	struct stat st;
	char *path;
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		path = mm_xasprintf("%s/%s.sqlite%s", store->folder, day,
				    ends[i]);
		if (stat(path, &st) == 0)
			sum += (uint64_t)st.st_size;
		free(path);
	}
	return sum;
}

/* The log first: without its file it would be nobody's. */
static void remove_day(struct mm_history_store *store, const char *day,
		       const char *why)
{
	static const char *const ends[] = { "-wal", "-shm", "" };
	const uint64_t size = size_of(store, day);
	char *path;
	size_t i;
	int r = 0;

	for (i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		path = mm_xasprintf("%s/%s.sqlite%s", store->folder, day,
				    ends[i]);
		if (unlink(path) < 0 && errno != ENOENT)
			r = MM_ERR_SYS;
		free(path);
	}
	mm_log(r == 0 ? MM_LOG_INFO : MM_LOG_ERROR, "history-removed", NULL,
	       "day", day, "bytes", MM_NUM(size), "why", why, "error",
	       r == 0 ? "" : mm_err_text(r), NULL);
}

void mm_history_tidy(struct mm_history_store *store, int64_t now)
{
	const int64_t keep = (int64_t)store->conf->history_keep;
	struct mm_history_days days;
	uint64_t sum = 0;
	size_t i;

	(void)mm_history_has_room(store, now);
	if (mm_history_days_list(store, &days) < 0)
		return;
	/* Newest first: the sum is passed by the oldest that go. */
	for (i = 0; i < days.count; i++) {
		const char *day = days.list[i];

		sum += size_of(store, day);
		if (strcmp(day, store->day) == 0)
			continue;
		if (mm_history_day_start(day) + 86400 < now - keep)
			remove_day(store, day, "age");
		else if (sum > store->conf->history_max_size)
			remove_day(store, day, "size");
	}
	/* One day alone may be too much. */
	if (store->day[0] != '\0' &&
	    size_of(store, store->day) > store->conf->history_max_size)
		mm_history_stop(store, "history.max_size is reached in a day");
	mm_history_days_clear(&days);
}
