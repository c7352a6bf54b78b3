#ifndef MM_KEEPER_HISTORY_SERVE_H
#define MM_KEEPER_HISTORY_SERVE_H

#include "mamorid/keeper/client.h"

/* Requests about the history; each answers its client, but for the frames of
 * gates, which have no answer.
 *
 * CTL_WHY pairs: level, name, id[, as]; rows as mm_history_why(), then one
 * "quarantine" for each copy that is still there.
 * CTL_HISTORY pairs: level, name and optional recipient, sender, account,
 * verdict, since, until, limit[, as]; rows as mm_history_list(). */
void mm_history_handle(struct mm_client *client);
void mm_why_handle(struct mm_client *client);
void mm_history_list_handle(struct mm_client *client);

/* Open the store and keep it written and bounded, by the keeper's loop. 0 or
 * MM_ERR_NOMEM. */
MM_CHECK int mm_history_start(struct mm_keeper *keeper);

#endif
