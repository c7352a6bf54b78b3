#ifndef MM_MAMORID_GATE_ANSWER_H
#define MM_MAMORID_GATE_ANSWER_H

#include "core/proto.h"
#include "mamorid/gate/job.h"

/* The verdict for Exim and the texts that it points to. */
struct mm_answer {
	struct mm_scan_verdict verdict;
	int body; /* the new body, the job's; or -1 */
	struct mm_edit *edits;
	struct mm_buf reply;
	struct mm_buf log;
	struct mm_buf header;
};

/* Word the job's outcome: the SMTP reply, the line for Exim's main log, the
 * X-Mamori-Result header and the other edits of the message that is at hand.
 * 0, MM_ERR_LIMIT or MM_ERR_NOMEM. Release with mm_answer_clear() also after
 * an error. */
MM_CHECK int mm_answer_make(struct mm_answer *answer,
			    const struct mm_job *job);
void mm_answer_clear(struct mm_answer *answer);

/* Append the X-Mamori-Result header of one group's mail; changed may be NULL.
 * Names no recipient, since all of them see it. Errors as above. */
MM_CHECK int mm_answer_header(struct mm_buf *out, const struct mm_treatment *t,
			      const struct mm_changed *changed,
			      const char *trace);

/* Append "strip,stamp" and the like, "" for nothing; "a,b" of the rules that
 * matched. Errors as above. */
MM_CHECK int mm_answer_edits(struct mm_buf *out,
			     const struct mm_changed *changed);
MM_CHECK int mm_answer_rules(struct mm_buf *out, const struct mm_treatment *t);

/* "accept", "reject", "defer", "discard". */
const char *mm_action_name(enum mm_action action);

/* Append the names of the viruses, comma-separated, each once, ASCII only, at
 * most a few. */
MM_CHECK int mm_answer_viruses(const struct mm_findings *findings,
			       struct mm_buf *out);

#endif
