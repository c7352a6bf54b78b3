#ifndef MM_KEEPER_HISTORY_READ_H
#define MM_KEEPER_HISTORY_READ_H

#include "core/settings.h"
#include "mamorid/keeper/history.h"

/* Whose mails may be seen: SERVER all; DOMAIN those from and to it; ACCOUNT
 * those of one mailbox. name in lower case. Who did not send a mail sees no
 * other recipients of it than its own. */
struct mm_history_scope {
	enum mm_level level;
	const char *name;
};

/* NULL: any. recipient is an address or "@domain"; addresses in lower case. */
struct mm_history_filter {
	struct mm_history_scope scope;
	const char *recipient;
	const char *sender;
	const char *account;
	const char *verdict;
	int64_t since; /* seconds since the epoch, until not included */
	int64_t until;
	int64_t limit;
};

/* What a search has found. A message that was scanned twice has one trace. */
#define MM_WHY_MAILS 20u /* of one Message-ID, the newest */
struct mm_history_found {
	char trace[MM_HISTORY_TEXT_MAX + 1];
	char day[MM_DAY_SIZE];
	bool all; /* as mm_history_in_scope() */
};
struct mm_history_why {
	char id[MM_HISTORY_TEXT_MAX + 1];
	const struct mm_history_scope *scope;
	struct mm_buf *rows;
	struct mm_history_found found[MM_WHY_MAILS];
	size_t count;
};

/* Append to rows all that is known of the mails with this trace or Message-ID
 * (with or without <>): rows "mail", "finding" and "recipient" of each mail,
 * then "event". why_r is filled. 0 or an error. */
MM_CHECK int mm_history_why(struct mm_history_store *store, const char *id,
			    const struct mm_history_scope *scope,
			    struct mm_buf *rows, struct mm_history_why *why_r);

/* Append one row for each mail, newest first. 0 or an error. */
MM_CHECK int mm_history_list(struct mm_history_store *store,
			     const struct mm_history_filter *filter,
			     struct mm_buf *rows);

/* Visit the mails of accounts and logins since a time, oldest first: only
 * account, login, time, total, invalid, content, verdict, reason and bounce
 * are given, and of a bounce its one recipient. 0 or an error. */
MM_CHECK int mm_history_sent(struct mm_history_store *store, int64_t since,
			     void (*visit)(void *context,
					   const struct mm_history *mail),
			     void *context);

#endif
