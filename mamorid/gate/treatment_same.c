/*
 * Do two recipients get the same mail? Pure, no I/O.
 */
#include <string.h>

#include "mamorid/gate/treatment.h"

static bool is_text_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* The next hit from i on that edits what stays of the mail, or NULL. */
static const struct mm_rule *next_edit(const struct mm_treatment *t, size_t *i)
{
	while (*i < t->nhits)
		if ((t->hits[(*i)++]->actions & (MM_DO_STAMP | MM_DO_TAG)) != 0)
			return t->hits[*i - 1];
	return NULL;
}

static bool is_edit_same(const struct mm_rule *a, const struct mm_rule *b)
{
	const unsigned int edits = MM_DO_STAMP | MM_DO_TAG;

	return (a->actions & edits) == (b->actions & edits) &&
	       is_text_same(a->tag, b->tag) &&
	       is_text_same(a->suffix, b->suffix) &&
	       is_text_same(a->stamp.ja, b->stamp.ja) &&
	       is_text_same(a->stamp.en, b->stamp.en);
}

bool mm_treatment_same(const struct mm_treatment *a,
		       const struct mm_treatment *b)
{
	const struct mm_rule *left, *right;
	size_t i = 0, k = 0;

	if (a->outcome != b->outcome || a->copy != b->copy ||
	    strcmp(a->reason, b->reason) != 0 || a->nchanges != b->nchanges)
		return false;
	if (a->outcome >= MM_OUTCOME_QUARANTINE)
		return true;
	for (i = 0; i < a->nchanges; i++)
		if (a->changes[i].finding != b->changes[i].finding ||
		    a->changes[i].actions != b->changes[i].actions)
			return false;
	i = 0;
	do {
		left = next_edit(a, &i);
		right = next_edit(b, &k);
		if ((left == NULL) != (right == NULL) ||
		    (left != NULL && !is_edit_same(left, right)))
			return false;
	} while (left != NULL);
	return true;
}
