#ifndef MM_MAMORID_GATE_TREATMENT_H
#define MM_MAMORID_GATE_TREATMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/proto.h"
#include "core/rules.h"
#include "mamorid/gate/direction.h"

/* How the inspection ended. */
enum mm_inspected {
	MM_INSPECTED_DONE = 1, /* there are findings */
	MM_INSPECTED_CRASHED = 2, /* two inspectors were lost on it */
	MM_INSPECTED_TOO_BIG = 3, /* over limits.message_size */
	MM_INSPECTED_UNAVAILABLE = 4, /* no inspector answered in time */
	MM_INSPECTED_UNREGISTERED = 5, /* not asked: nobody has the service */
};

enum mm_spam {
	MM_SPAM_UNKNOWN = 0, /* not asked, or no answer */
	MM_SPAM_HAM,
	MM_SPAM_SUSPECT,
	MM_SPAM_SPAM,
};

/* The weakest first; the strongest of all rules that match wins. */
enum mm_outcome_kind {
	MM_OUTCOME_DELIVER = 1,
	MM_OUTCOME_JUNK,
	MM_OUTCOME_QUARANTINE, /* kept, not delivered */
	MM_OUTCOME_DISCARD,
	MM_OUTCOME_REJECT,
	MM_OUTCOME_DEFER, /* only when something is unavailable */
};

/* All that a treatment depends on, for one recipient. */
struct mm_case {
	enum mm_direction direction;
	enum mm_inspected inspected;
	const struct mm_findings *findings; /* NULL unless DONE */
	enum mm_spam spam;
	bool approved; /* the sender, by this recipient */
	bool blocked;
	bool unchangeable; /* clean and strip were tried in vain, or are
				 * not allowed (gateway domains) */
	/* Rules of the sending account (not inbound) and of the recipient
	 * when its mailbox is here; either may be NULL. Both apply to mail
	 * between two mailboxes of this server. */
	const struct mm_rules *sending;
	const struct mm_rules *receiving;
	/* Is the rule switched on for its side? */
	bool (*is_on)(const void *context, const struct mm_rule *rule,
		      bool receiving);
	const void *context;
};

/* One part that is to be changed. */
struct mm_change {
	size_t finding; /* index into the findings */
	unsigned int actions; /* MM_DO_CLEAN, MM_DO_STRIP or both */
};

#define MM_HITS_MAX 32u
#define MM_CHANGES_MAX 64u /* more parts: unchangeable */

struct mm_treatment {
	enum mm_verdict verdict;
	enum mm_outcome_kind outcome;
	bool copy; /* one is kept in quarantine */
	const char *reason; /* "virus", "encrypted", "limit", "crashed",
				 * "unavailable", "error", "macro", "script",
				 * "executable", "ambiguous", "spam",
				 * "suspect", "held", "own", "unregistered", or
				 * "" */
	unsigned int notify; /* enum mm_rule_notify */
	const struct mm_rule *hits[MM_HITS_MAX]; /* in order; tags, stamps and
						  * notices come from them */
	size_t nhits;
	size_t nhits_sending; /* of them by the sending side, the first ones */
	const struct mm_rule *off[MM_HITS_MAX]; /* would match, but are
						 * switched off; in order */
	size_t noff;
	size_t noff_sending;
	struct mm_change changes[MM_CHANGES_MAX];
	size_t nchanges;
};

/* Decide for one recipient. Pure; every combination has an outcome, and
 * nothing that is not clean is delivered without a reason. */
void mm_treatment_decide(const struct mm_case *c, struct mm_treatment *t_r);

/* The sender is on hold: what would be delivered gets at_least (DEFER or
 * QUARANTINE) with the reason "held"; what is stopped anyway stays so. */
void mm_treatment_hold(struct mm_treatment *t, enum mm_outcome_kind at_least);

/* Would both get the same mail, notices aside? Then they share a copy. */
bool mm_treatment_same(const struct mm_treatment *a,
		       const struct mm_treatment *b);

const char *mm_outcome_kind_name(enum mm_outcome_kind outcome);

#endif
