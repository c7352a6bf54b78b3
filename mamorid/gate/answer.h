#ifndef MM_MAMORID_GATE_ANSWER_H
#define MM_MAMORID_GATE_ANSWER_H

#include "core/proto.h"
#include "mamorid/gate/hold.h"
#include "mamorid/gate/policy.h"

/* The texts of one verdict and the verdict that points to them. */
struct mm_answer {
	struct mm_scan_verdict verdict;
	struct mm_edit edit;	/* the result header */
	struct mm_buf reply;
	struct mm_buf log;
	struct mm_buf header;
};

/* Word the treatment for Exim: the SMTP reply, the line for its main log, the
 * X-Mamori-Result header. findings may be NULL. 0, MM_ERR_LIMIT or
 * MM_ERR_NOMEM. Release with mm_answer_clear() also after an error. */
MM_CHECK int mm_answer_make(struct mm_answer *answer,
			    const struct mm_treatment *treatment,
			    const struct mm_findings *findings,
			    const char *trace);
/* The reply for a sender on hold in the place of the usual one. As
 * mm_answer_make(). */
MM_CHECK int mm_answer_held(struct mm_answer *answer,
			    const struct mm_hold *hold, const char *sender);
void mm_answer_clear(struct mm_answer *answer);

/* "accept", "reject", "defer", "discard". */
const char *mm_action_name(enum mm_action action);

/* Append the names of the viruses, comma-separated, each once, ASCII only, at
 * most a few. */
MM_CHECK int mm_answer_viruses(const struct mm_findings *findings,
			       struct mm_buf *out);

#endif
