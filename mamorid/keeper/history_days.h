#ifndef MM_KEEPER_HISTORY_DAYS_H
#define MM_KEEPER_HISTORY_DAYS_H

#include "mamorid/keeper/history.h"

struct mm_history_days {
	char (*list)[MM_DAY_SIZE]; /* newest first */
	size_t count;
};

/* The days that have a file. 0, MM_ERR_NOMEM or MM_ERR_SYS. Release with
 * mm_history_days_clear() also after an error. */
MM_CHECK int mm_history_days_list(const struct mm_history_store *store,
				  struct mm_history_days *days_r);
void mm_history_days_clear(struct mm_history_days *days);

#endif
