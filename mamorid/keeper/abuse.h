#ifndef MM_KEEPER_ABUSE_H
#define MM_KEEPER_ABUSE_H

#include "core/proto_history.h"
#include "mamorid/keeper/abuse_count.h"
#include "mamorid/keeper/client.h"

/*
 * Accounts and logins that send too much: counted by the same frames as the
 * history, and held by a shared setting that gates read. The counters are made
 * again from the history at start.
 */

/* Make the counters. The history must be open. */
void mm_abuse_start(struct mm_keeper *keeper);
void mm_abuse_stop(struct mm_keeper *keeper);

/* The limits that are configured; 0: none. */
void mm_abuse_limits(const struct mm_conf *conf,
		     uint64_t limits_r[MM_ABUSE_KINDS]);

/* A setting of this account or login was changed by hand: when that ended its
 * hold, it begins anew. change is a pair's value, "KEY=VALUE" or "KEY". */
void mm_abuse_changed(struct mm_keeper *keeper, const char *name,
		      const char *change);

/* Count a mail; over a limit its sender is held and the operator told. */
void mm_abuse_mail(struct mm_keeper *keeper, const struct mm_history *mail);

/* CTL_ABUSE: rows "limits", then "sender" with the figures of the window, the
 * most recipients first; pairs: level (server), limit. */
void mm_abuse_handle(struct mm_client *client);

#endif
