#ifndef MM_MAMORID_GATE_NOTIFY_H
#define MM_MAMORID_GATE_NOTIFY_H

#include "core/conf.h"
#include "core/proto.h"
#include "core/rules.h"
#include "core/settings_map.h"
#include "mamorid/gate/domains.h"

/* What decides who is told. */
struct mm_notify {
	const struct mm_conf *conf;
	const struct mm_domains *domains;
	struct mm_settings_tree *tree;
	int64_t now; /* seconds since the epoch, for suspensions */
};

/* Who is told, and by which template. */
struct mm_notify_wish {
	unsigned int notify; /* enum mm_rule_notify */
	const char *recipient;
	const char *sender;
	const char *operator;
};

/* Who is meant to be told and is not. */
struct mm_untold {
	const char *name; /* of the template */
	const char *to; /* "" for nobody in particular */
	const char *why; /* "disabled" for all, "outside" this server,
			  * "suspended", "off" by its settings, "null-sender",
			  * "nobody" who could be warned as the sender,
			  * "no-operator" */
	enum mm_level level; /* of the setting that says so, or 0 */
};

/* What a domain's administrator gets. */
struct mm_notice_copy {
	char *to;
	struct mm_buf about; /* mailboxes, a line each */
};

struct mm_notices {
	struct mm_notice *list;
	size_t count;
	struct mm_untold *untold;
	size_t nuntold;
	/* What both lists point into. */
	struct mm_mailboxes recipients, sender, outside;
	struct mm_notice_copy *copies;
	size_t ncopies;
};

/* The notices of a record: to each mailbox behind its recipients once, in the
 * order of their names; to the mailbox behind its account, but not for mail
 * with a null sender, which could begin a loop (RFC 3834, 2); and to the
 * operator. Administrators who want copies get one, of all mailboxes of theirs
 * that rules tell, whatever the mailboxes want for themselves. A mailbox is
 * told unless it does not want to be; members of a mailing list are told in any
 * case; nobody while notices are suspended, and nobody outside this server but
 * administrators and the operator. The sender's address and the author of list
 * mail never count. Who is left out is in untold. Points into record, wish and
 * conf. Release with mm_notices_clear(). */
void mm_notices_make(struct mm_notices *notices_r,
		     const struct mm_record *record,
		     const struct mm_notify_wish *wish,
		     const struct mm_notify *notify);
void mm_notices_clear(struct mm_notices *notices);

/* Is this an address of a mailbox of ours? */
bool mm_notify_is_local(const struct mm_notify *notify, const char *address);

#endif
