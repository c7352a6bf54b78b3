/*
 * From treatments of recipients to one answer and as few mails as possible.
 * Pure: the same for any order of recipients.
 */
#include "mamorid/gate/groups.h"

#include <stdlib.h>
#include <string.h>

#include "mamorid/xalloc.h"

static int by_address(const void *a, const void *b)
{
	const struct mm_member *left = a, *right = b;

	return strcmp(left->address, right->address);
}

static bool belongs(const struct mm_member *member,
		    const struct mm_group *group)
{
	const struct mm_member *first = group->members;

	return member->variety == first->variety &&
	       (member->treatment == first->treatment ||
		mm_treatment_same(member->treatment, first->treatment));
}

/* The group of each member, by number; those that are new begin with it. */
static void divide(struct mm_groups *groups, struct mm_member *members,
		   size_t count, size_t *numbers)
{
	size_t i, k;

	for (i = 0; i < count; i++) {
		for (k = 0; k < groups->count; k++)
			if (belongs(&members[i], &groups->list[k]))
				break;
		if (k == groups->count)
			groups->list[groups->count++].members = &members[i];
		groups->list[k].count++;
		numbers[i] = k;
	}
}

/* Bring the members of each group together, in their order. */
static void collect(struct mm_groups *groups, struct mm_member *members,
		    size_t count, const size_t *numbers)
{
	struct mm_member *sorted = mm_xcalloc(count, sizeof(*sorted));
	size_t i, k, used = 0;

	for (k = 0; k < groups->count; k++) {
		groups->list[k].members = members + used;
		for (i = 0; i < count; i++)
			if (numbers[i] == k)
				sorted[used++] = members[i];
	}
	memcpy(members, sorted, count * sizeof(*members));
	free(sorted);
}

static bool all_have(const struct mm_groups *groups,
		     enum mm_outcome_kind outcome)
{
	size_t i;

	for (i = 0; i < groups->count; i++)
		if (groups->list[i].members->treatment->outcome != outcome)
			return false;
	return groups->count > 0;
}

/* A refusal that is not given becomes a copy in quarantine: the mail must not
 * be lost, and nobody else is told. Unless the rule itself keeps one, what is
 * dropped on purpose is gone. */
static void settle(struct mm_group *group, bool answered)
{
	const struct mm_treatment *t = group->members->treatment;

	group->outcome = t->outcome;
	group->copy = t->copy || t->outcome == MM_OUTCOME_QUARANTINE;
	if (answered || (t->outcome != MM_OUTCOME_REJECT &&
			 t->outcome != MM_OUTCOME_DEFER))
		return;
	group->outcome = MM_OUTCOME_QUARANTINE;
	group->copy = true;
}

static bool is_delivered(const struct mm_group *group)
{
	return group->outcome == MM_OUTCOME_DELIVER ||
	       group->outcome == MM_OUTCOME_JUNK;
}

static void answer(struct mm_groups *groups, bool reply_is_read)
{
	/* Deferred mail of a local program waits in Exim's queue. */
	const bool defer = all_have(groups, MM_OUTCOME_DEFER);
	const bool reject = reply_is_read &&
			    all_have(groups, MM_OUTCOME_REJECT);
	size_t i;

	groups->action = defer	  ? MM_ACTION_DEFER
			 : reject ? MM_ACTION_REJECT
				  : MM_ACTION_DISCARD;
	for (i = 0; i < groups->count; i++) {
		settle(&groups->list[i], defer || reject);
		if (!is_delivered(&groups->list[i]))
			continue;
		groups->action = MM_ACTION_ACCEPT;
		/* The first of those equally large has the smallest address. */
		if (groups->main == NULL ||
		    groups->list[i].count > groups->main->count)
			groups->main = &groups->list[i];
	}
}

void mm_groups_make(struct mm_groups *groups_r, struct mm_member *members,
		    size_t count, bool reply_is_read)
{
	size_t *numbers = mm_xcalloc(count + 1, sizeof(*numbers));

	memset(groups_r, 0, sizeof(*groups_r));
	if (count > 1)
		qsort(members, count, sizeof(*members), by_address);
	groups_r->list = mm_xcalloc(count + 1, sizeof(*groups_r->list));
	divide(groups_r, members, count, numbers);
	if (groups_r->count > 1)
		collect(groups_r, members, count, numbers);
	answer(groups_r, reply_is_read);
	free(numbers);
}

void mm_groups_clear(struct mm_groups *groups)
{
	free(groups->list);
	memset(groups, 0, sizeof(*groups));
}

bool mm_groups_is_variant(const struct mm_groups *groups,
			  const struct mm_group *group)
{
	return groups->main != NULL && group != groups->main &&
	       is_delivered(group);
}
