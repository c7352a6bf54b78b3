#ifndef MM_MAMORID_GATE_NOTIFY_H
#define MM_MAMORID_GATE_NOTIFY_H

#include "core/conf.h"
#include "core/proto.h"
#include "core/settings_map.h"
#include "mamorid/gate/direction.h"
#include "mamorid/gate/domains.h"
#include "mamorid/gate/policy.h"

/* What decides who is told. */
struct mm_notify {
	const struct mm_conf *conf;
	const struct mm_domains *domains;
	struct mm_settings_tree *tree;
	int64_t now; /* seconds since the epoch, for suspensions */
};

/* Put into record who is to be told of the treatment: each mailbox behind the
 * recipients once, in the order of their names, unless it does not want to be;
 * none outside this server but the operator's. Members of a mailing list are
 * told in any case. Sets record->notices, which the caller frees, and
 * record->nnotices; the addresses are in *boxes, which must be empty and is
 * cleared after the record is done with. */
void mm_notify_list(struct mm_record *record,
		    const struct mm_treatment *treatment,
		    enum mm_direction direction, const struct mm_notify *notify,
		    struct mm_mailboxes *boxes);

/* Is this an address of a mailbox of ours? */
bool mm_notify_is_local(const struct mm_notify *notify, const char *address);

#endif
