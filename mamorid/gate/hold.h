#ifndef MM_MAMORID_GATE_HOLD_H
#define MM_MAMORID_GATE_HOLD_H

#include "core/settings_hold.h"
#include "mamorid/gate/direction.h"

/* Whose sending is counted and may be held when there is no account, or beside
 * it: the authenticated name, a customer's login, or the web server's for all
 * of them. "" for nobody. */
const char *mm_hold_login(enum mm_source source,
			  const struct mm_scan_request *scan);

/* Is the mail's sender on hold? account may be NULL. Mail that comes in never
 * is. */
void mm_hold_find(struct mm_settings_tree *tree, enum mm_source source,
		  const struct mm_scan_request *scan, const char *account,
		  struct mm_hold *hold_r);

/* Append the SMTP reply for mail of a sender on hold (4.7.1, ASCII): the
 * reason and whom to ask. 0, MM_ERR_LIMIT or MM_ERR_NOMEM. */
MM_CHECK int mm_hold_reply(const struct mm_hold *hold, const char *sender,
			   struct mm_buf *reply);

#endif
