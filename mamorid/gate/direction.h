#ifndef MM_MAMORID_GATE_DIRECTION_H
#define MM_MAMORID_GATE_DIRECTION_H

#include "core/conf.h"
#include "core/proto.h"
#include "mamorid/priv.h"

/* Which way a message goes, and so whose rules apply. */
enum mm_direction {
	MM_DIRECTION_INBOUND = 1,	/* over SMTP without AUTH */
	MM_DIRECTION_OUTBOUND = 2,	/* an authenticated submission */
	MM_DIRECTION_LOCAL = 3,		/* a local program: PHP mail(), cron,
					 * Exim's own bounces */
	MM_DIRECTION_OWN = 4,		/* our courier's notices and releases */
};

const char *mm_direction_name(enum mm_direction direction);

/* From the facts that Exim vouches for; headers never count. Every
 * combination has an answer. */
enum mm_direction mm_direction_of(const struct mm_scan_request *req,
				  const struct mm_users *users);

/* The mailbox that is to be warned as the sender: the authenticated account,
 * or the owner of the local login. Never the From header. NULL when there is
 * none, which is a valid answer. Points into req or conf. */
const char *mm_direction_account(enum mm_direction direction,
				 const struct mm_scan_request *req,
				 const struct mm_conf *conf);

#endif
