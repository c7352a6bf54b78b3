#ifndef MM_MAMORID_GATE_STORY_H
#define MM_MAMORID_GATE_STORY_H

#include "mamorid/gate/answer.h"
#include "mamorid/gate/notify.h"

/*
 * The answer to a dry run: rows of pairs that tell what would happen to a mail
 * and why. First one "message", then each "finding", then for each recipient
 * in the order of the envelope a "recipient" with its "rule" and "part" rows,
 * and the "notice" rows at the end. mamorictl(8) lists the pairs.
 */

/* Append a row for each notice, and for each that is not sent. 0, MM_ERR_LIMIT
 * or MM_ERR_NOMEM. */
MM_CHECK int mm_story_notices(struct mm_buf *rows,
			      const struct mm_treatment *t,
			      const struct mm_notices *notices);

/* Append the other rows. As above. */
MM_CHECK int mm_story_make(struct mm_buf *rows, const struct mm_job *job,
			   const struct mm_answer *answer);

#endif
