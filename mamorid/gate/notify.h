#ifndef MM_MAMORID_GATE_NOTIFY_H
#define MM_MAMORID_GATE_NOTIFY_H

#include "core/conf.h"
#include "core/proto.h"
#include "mamorid/gate/direction.h"
#include "mamorid/gate/domains.h"
#include "mamorid/gate/policy.h"

/* Put into record who is to be told of the treatment: each mailbox once, none
 * outside this server but the operator's. Sets record->notices, which the
 * caller frees, and record->nnotices. */
void mm_notify_list(struct mm_record *record,
		    const struct mm_treatment *treatment,
		    enum mm_direction direction,
		    const struct mm_domains *domains,
		    const struct mm_conf *conf);

#endif
