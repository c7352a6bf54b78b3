#ifndef MM_KEEPER_CONTROL_H
#define MM_KEEPER_CONTROL_H

#include "core/frame.h"
#include "mamorid/keeper/keeper.h"

/*
 * control.sock. Requests are pairs, answers are rows:
 *
 *	STATUS		-> rows "outbox" and "quarantine", then the master's
 *	RELOAD		-> one row: text, generation
 *	LIST		recipient (or @domain), sender, reason, since, until
 *			(seconds since the epoch), limit (at most 10000, 100 if
 *			not given), offset -> a row each: id, recipient,
 *			sender, from, subject, reason, detail, direction,
 *			account, size, created, until, trace
 *	SHOW		id -> the row, and the stored message
 *	RELEASE		id -> one row: text, id; the courier scans it again
 *	DELETE		id -> one row: text, id
 */
void mm_control_status(struct mm_client *client);
void mm_control_reload(struct mm_client *client);
void mm_control_list(struct mm_client *client);
void mm_control_show(struct mm_client *client);
void mm_control_release(struct mm_client *client);
void mm_control_delete(struct mm_client *client);
void mm_control_digest(struct mm_client *client);

/* A packet of the master: the answer somebody is parked for. */
void mm_control_master(struct mm_keeper *keeper, struct mm_frame *frame);

#endif
