#ifndef MM_KEEPER_OUTBOX_SERVE_H
#define MM_KEEPER_OUTBOX_SERVE_H

#include "mamorid/keeper/keeper.h"

/* MM_FRAME_OUTBOX_NEXT: parked until a row is due. */
void mm_outbox_wanted(struct mm_client *client);

/* MM_FRAME_OUTBOX_DONE: the row in flight is settled. */
void mm_outbox_done(struct mm_client *client);

/* Rows may have become due: hand out the next one, or set the timer. */
void mm_outbox_pump(struct mm_keeper *keeper);

/* A connection ends: its row goes back into the queue. */
void mm_outbox_client_gone(struct mm_client *client);

/* Prepare the timer. 0 or MM_ERR_NOMEM. */
MM_CHECK int mm_outbox_start(struct mm_keeper *keeper);

#endif
