#ifndef MM_KEEPER_HISTORY_ROW_H
#define MM_KEEPER_HISTORY_ROW_H

#include "mamorid/keeper/history_read.h"

/* The columns that a statement over "mail m" asks for, in this order. */
#define MM_HISTORY_COLUMNS \
	" m.id, m.trace, m.direction, m.account, m.login, m.sender, m.host," \
	" m.helo, m.uid, m.message_id, m.sender_text, m.subject, m.size," \
	" m.verdict, m.action, m.reason, m.spam, m.notices, m.invalid," \
	" m.total, m.ms, m.flags, m.findings "

/* Is this mail in the scope, and is all of it (not only some recipients)? 1, 0
 * or an error. */
MM_CHECK int mm_history_in_scope(struct mm_db *db, int64_t mail,
				 const struct mm_history_scope *scope,
				 bool *all_r);

/* Append the row of a mail: stmt stands on the columns above, start is the
 * first second of its day. all: what only its sender may know too. */
MM_CHECK int mm_history_put_mail(struct mm_buf *rows, sqlite3_stmt *stmt,
				 int64_t start, bool all);

/* Append rows of the recipients that the scope shows. */
MM_CHECK int mm_history_put_parties(struct mm_buf *rows, struct mm_db *db,
				    int64_t mail, const char *trace,
				    const struct mm_history_scope *scope,
				    bool all);

/* Append the events of a trace that the scope shows. */
MM_CHECK int mm_history_put_events(struct mm_buf *rows, struct mm_db *db,
				   const char *trace,
				   const struct mm_history_scope *scope,
				   bool all);

/* Is an address or domain in the scope? Both in lower case. */
bool mm_history_shows(const struct mm_history_scope *scope, const char *address,
		      const char *domain);

#endif
