/*
 * Which template a notice has, and what it says was done. Pure functions, no
 * I/O.
 */
#include "mamorid/gate/notify_words.h"

#include <string.h>

static bool is_delivered(const struct mm_notify_made *made)
{
	return made->outcome == MM_OUTCOME_DELIVER ||
	       made->outcome == MM_OUTCOME_JUNK;
}

bool mm_notify_made_same(const struct mm_notify_made *a,
			 const struct mm_notify_made *b)
{
	return a->edits == b->edits && a->copy == b->copy &&
	       a->outcome == b->outcome;
}

static bool is_unchecked(const char *reason)
{
	return strcmp(reason, "limit") == 0 || strcmp(reason, "crashed") == 0;
}

static const char *recipient_template(const struct mm_treatment *t,
				      const struct mm_notify_made *made)
{
	if (is_delivered(made) && (made->edits & MM_DO_STRIP) != 0)
		return "stripped";
	if (is_delivered(made) && (made->edits & MM_DO_CLEAN) != 0)
		return "cleaned";
	if (strcmp(t->reason, "virus") == 0)
		return "virus-inbound";
	if (strcmp(t->reason, "encrypted") == 0)
		return "encrypted";
	return is_unchecked(t->reason) ? "limit" : "stopped";
}

static const char *sender_template(const struct mm_treatment *t,
				   enum mm_direction direction)
{
	if (strcmp(t->reason, "virus") == 0)
		return direction == MM_DIRECTION_LOCAL ? "virus-local"
						       : "virus-outbound";
	if (strcmp(t->reason, "encrypted") == 0)
		return "encrypted";
	return is_unchecked(t->reason) ? "limit" : "stopped";
}

/* The first rule's choice for a side, else the usual one. */
static const char *choose(const struct mm_treatment *t,
			  enum mm_rule_notify side, const char *usual)
{
	size_t i;

	for (i = 0; i < t->nhits; i++)
		if ((t->hits[i]->notify & (unsigned int)side) != 0 &&
		    t->hits[i]->notice != NULL)
			return t->hits[i]->notice;
	return usual;
}

struct mm_notify_wish mm_notify_wish_of(const struct mm_treatment *t,
					const struct mm_notify_made *made,
					enum mm_direction direction)
{
	return (struct mm_notify_wish){
		.notify = t->notify,
		.recipient = choose(t, MM_NOTIFY_RECIPIENT,
				    recipient_template(t, made)),
		.sender = choose(t, MM_NOTIFY_SENDER,
				 sender_template(t, direction)),
		.operator = choose(t, MM_NOTIFY_OPERATOR, "not-checked"),
	};
}

static int put(struct mm_buf *out, bool wanted, const char *word)
{
	if (!wanted)
		return 0;
	return mm_buf_printf(out, "%s%s", out->len > 0 ? "," : "", word);
}

int mm_notify_done(const struct mm_notify_made *made, struct mm_buf *out)
{
	const unsigned int edits = is_delivered(made) ? made->edits : 0;
	int r;

	if ((r = put(out, (edits & MM_DO_CLEAN) != 0, "clean")) < 0 ||
	    (r = put(out, (edits & MM_DO_STRIP) != 0, "strip")) < 0 ||
	    (r = put(out, (edits & MM_DO_STAMP) != 0, "stamp")) < 0 ||
	    (r = put(out, (edits & MM_DO_TAG) != 0, "tag")) < 0 ||
	    (r = put(out, made->copy && made->outcome != MM_OUTCOME_QUARANTINE,
		     "copy")) < 0)
		return r;
	return put(out, true, mm_outcome_kind_name(made->outcome));
}
