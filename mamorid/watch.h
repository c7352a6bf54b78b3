#ifndef MM_MAMORID_WATCH_H
#define MM_MAMORID_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/* Watches the signature folder and says when it has changed and settled. */
struct mm_watch {
	int fd;			/* inotify, for poll(); -1 if none */
	int wd;			/* -1 while the folder cannot be watched */
	const char *folder;
	int64_t settle_ms;
	int64_t due_ms;		/* 0: nothing pending */
	int64_t again_ms;	/* when to try the watch again */
};

void mm_watch_open(struct mm_watch *watch, const char *folder,
		   int64_t settle_ms);
void mm_watch_close(struct mm_watch *watch);

/* Take in what happened; true when a change has settled: load now. */
bool mm_watch_due(struct mm_watch *watch);

/* Milliseconds until mm_watch_due() wants to be called, -1 for never. */
int mm_watch_wait(const struct mm_watch *watch);

#endif
