#ifndef MM_KEEPER_HISTORY_ROOM_H
#define MM_KEEPER_HISTORY_ROOM_H

#include "mamorid/keeper/history.h"

/* May more be written? Looks at the disk once in a few seconds. */
bool mm_history_has_room(struct mm_history_store *store, int64_t now);

/* Nothing is kept from now on, until there is room again: logged once. */
void mm_history_stop(struct mm_history_store *store, const char *why);

#endif
