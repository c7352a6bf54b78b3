#ifndef MM_MAMORID_GATE_POLICY_H
#define MM_MAMORID_GATE_POLICY_H

#include <stdbool.h>

#include "core/conf.h"
#include "core/proto.h"
#include "mamorid/gate/direction.h"

/* How the inspection ended. */
enum mm_inspected {
	MM_INSPECTED_DONE = 1,		/* there are findings */
	MM_INSPECTED_CRASHED = 2,	/* two inspectors were lost on it */
	MM_INSPECTED_TOO_BIG = 3,	/* over limits.message_size */
	MM_INSPECTED_UNAVAILABLE = 4,	/* no inspector answered in time */
	MM_INSPECTED_UNREGISTERED = 5,	/* not asked: nobody has the service */
};

/* What happens with a message. */
struct mm_treatment {
	enum mm_verdict verdict;
	enum mm_action action;
	bool quarantine;		/* a copy for each recipient */
	bool warn_recipients;		/* the local ones */
	bool warn_account;		/* the sender's own mailbox */
	bool tell_operator;
	const char *reason;		/* "virus", "encrypted", "limit",
					 * "crashed", "unavailable", "error",
					 * "own", "unregistered", or "" for
					 * clean */
};

/* Decide. findings may be NULL unless inspected is DONE. Pure; every
 * combination has an outcome, and nothing that is not clean is accepted
 * without a reason. */
struct mm_treatment mm_policy_decide(enum mm_direction direction,
				     enum mm_inspected inspected,
				     const struct mm_findings *findings,
				     const struct mm_conf *conf);

#endif
