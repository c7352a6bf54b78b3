/*
 * The history's day files: which there are, and a look into each. Keeper, uid
 * mamori-keeper.
 */
#include "mamorid/keeper/history_days.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/proto_list.h"
#include "mamorid/xalloc.h"

#define DAYS_MAX 4000u
#define ENDING ".sqlite"

static int compare(const void *a, const void *b)
{
	return strcmp(b, a);
}

static int add_name(struct mm_history_days *days, const char *name)
{
	char day[MM_DAY_SIZE];
	int r;

	if (strlen(name) != MM_DAY_SIZE - 1 + strlen(ENDING) ||
	    strcmp(name + MM_DAY_SIZE - 1, ENDING) != 0)
		return 0;
	memcpy(day, name, MM_DAY_SIZE - 1);
	day[MM_DAY_SIZE - 1] = '\0';
	if (mm_history_day_start(day) < 0)
		return 0;
	r = mm_list_grow((void **)&days->list, days->count, MM_DAY_SIZE,
			 DAYS_MAX);
	if (r == 0)
		memcpy(days->list[days->count++], day, MM_DAY_SIZE);
	return r;
}

int mm_history_days_list(const struct mm_history_store *store,
			 struct mm_history_days *days_r)
{
	const struct dirent *entry;
	DIR *dir = store->folder == NULL ? NULL : opendir(store->folder);
	int r = 0;

	memset(days_r, 0, sizeof(*days_r));
	if (dir == NULL)
		return MM_ERR_SYS;
	while (r == 0 && (entry = readdir(dir)) != NULL)
		r = add_name(days_r, entry->d_name);
	(void)closedir(dir);
	if (days_r->count > 0)
		qsort(days_r->list, days_r->count, MM_DAY_SIZE, compare);
	return r;
}

void mm_history_days_clear(struct mm_history_days *days)
{
	free(days->list);
	memset(days, 0, sizeof(*days));
}

static int
visit_day(struct mm_history_store *store, const char *day, bool write,
	  int (*visit)(void *context, struct mm_db *db, const char *day),
	  void *context)
{
	struct mm_db *db = NULL;
	char *path;
	int r;

	if (mm_deadline_left(store->deadline) == 0)
		return MM_ERR_TIMEOUT;
	if (strcmp(day, store->day) == 0) {
		mm_db_until(store->db, store->deadline);
		r = visit(context, store->db, day);
		mm_db_until(store->db, MM_DEADLINE_NONE);
		return r;
	}
	path = mm_xasprintf("%s/%s.sqlite", store->folder, day);
	r = write ? mm_db_open(&db, path, &mm_db_history_past)
		  : mm_db_open_to_read(&db, path, &mm_db_history);
	free(path);
	if (r < 0)
		return 0; /* logged */
	mm_db_until(db, store->deadline);
	r = visit(context, db, day);
	mm_db_close(&db);
	return r;
}

int mm_history_days(struct mm_history_store *store, bool write,
		    int (*visit)(void *context, struct mm_db *db,
				 const char *day),
		    void *context)
{
	struct mm_history_days days;
	size_t i;
	int r;

	mm_history_flush(store);
	r = mm_history_days_list(store, &days);
	for (i = 0; i < days.count && r == 0; i++)
		r = visit_day(store, days.list[i], write, visit, context);
	mm_history_days_clear(&days);
	return r;
}
