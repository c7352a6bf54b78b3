#ifndef MM_MAMORID_GATE_NOTIFY_WORDS_H
#define MM_MAMORID_GATE_NOTIFY_WORDS_H

#include "core/buf.h"
#include "mamorid/gate/notify.h"
#include "mamorid/gate/treatment.h"

/* From a treatment to the words of its notices. Pure. */

/* Who is told and by which template: that of the first rule which matches,
 * tells this side and names one, else by reason, outcome and direction. Points
 * into the treatment's rules. */
struct mm_notify_wish mm_notify_wish_of(const struct mm_treatment *t,
					enum mm_direction direction);

/* Append what was done, in the words of mamori-notices(5): for
 * mm_record.done. */
MM_CHECK int mm_notify_done(const struct mm_treatment *t, struct mm_buf *out);

#endif
