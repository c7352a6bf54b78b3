#ifndef MM_MAMORID_GATE_GROUPS_H
#define MM_MAMORID_GATE_GROUPS_H

#include <stdbool.h>
#include <stddef.h>

#include "mamorid/gate/treatment.h"

/* A recipient and what it gets. */
struct mm_member {
	const char *address;
	const struct mm_treatment *treatment;
	unsigned int variety; /* what else makes two mails differ: language of
			       * texts, whether edits are allowed */
	void *target; /* the caller's */
};

/* Members that get the same mail, or none. */
struct mm_group {
	struct mm_member *members; /* by address */
	size_t count;
	enum mm_outcome_kind outcome; /* what really happens */
	bool copy; /* one for each of them in quarantine */
};

/* One message has one answer. */
struct mm_groups {
	enum mm_action action;
	struct mm_group *list; /* by the smallest address */
	size_t count;
	struct mm_group *main; /* keeps the message at hand; NULL unless it is
				* accepted */
};

/* Sort the members and divide them. Refused or deferred is the message only
 * if all of them have that and the reply is read; else it is kept for those
 * who have it. The result does not depend on the order of the members. They
 * must outlive it. Release with mm_groups_clear(). */
void mm_groups_make(struct mm_groups *groups_r, struct mm_member *members,
		    size_t count, bool reply_is_read);
void mm_groups_clear(struct mm_groups *groups);

/* Is this group's mail delivered as a new one, beside the one at hand? */
bool mm_groups_is_variant(const struct mm_groups *groups,
			  const struct mm_group *group);

#endif
