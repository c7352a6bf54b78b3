#ifndef MM_MAMORID_GATE_NOTIFY_WORDS_H
#define MM_MAMORID_GATE_NOTIFY_WORDS_H

#include "core/buf.h"
#include "mamorid/gate/notify.h"
#include "mamorid/gate/treatment.h"

/* From a treatment to the words of its notices. Pure. */

/* What really came of a treatment. */
struct mm_notify_made {
	unsigned int edits; /* MM_DO_CLEAN, STRIP, STAMP and TAG */
	bool copy;
	enum mm_outcome_kind outcome;
};

bool mm_notify_made_same(const struct mm_notify_made *a,
			 const struct mm_notify_made *b);

/* Who is told and by which template: that of the first rule which matches,
 * tells this side and names one, else by reason, outcome and direction. Points
 * into the treatment's rules. */
struct mm_notify_wish mm_notify_wish_of(const struct mm_treatment *t,
					const struct mm_notify_made *made,
					enum mm_direction direction);

/* Append what was done, in the words of mamori-notices(5): for
 * mm_record.done. */
MM_CHECK int mm_notify_done(const struct mm_notify_made *made,
			    struct mm_buf *out);

#endif
