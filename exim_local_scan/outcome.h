#ifndef MM_EXIM_OUTCOME_H
#define MM_EXIM_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/proto.h"

/* How a message came, as far as the answer depends on it. */
enum mm_submission {
	MM_SUBMISSION_DIALOGUE,	/* SMTP and -bs: the client reads a reply */
	MM_SUBMISSION_LOCAL,	/* -t, -bm, -bS, and Exim's own bounces: nobody
				 * reads one */
	MM_SUBMISSION_RESCAN,	/* pending mail from our own router */
	MM_SUBMISSION_TEST,	/* exim -bh */
};

struct mm_origin {
	bool host_checking;
	bool smtp;		/* -bs and -bS included */
	bool batched;		/* -bS */
	bool marked;		/* one valid pending mark was found */
	const char *host_address;
	const char *protocol;
	uint32_t uid;
	uint32_t exim_uid;
};

enum mm_submission mm_submission_of(const struct mm_origin *origin);

enum mm_outcome {
	MM_OUTCOME_ACCEPT,	/* with the verdict's edits */
	MM_OUTCOME_REJECT,
	MM_OUTCOME_TEMPREJECT,
	MM_OUTCOME_DISCARD,	/* accept and drop every recipient */
	MM_OUTCOME_PENDING,	/* accept with the mark; scanned later */
	MM_OUTCOME_UNCHECKED,	/* accept with a "not checked" header */
};

/* What to do for a verdict. */
enum mm_outcome mm_outcome_of_verdict(enum mm_submission submission,
				      enum mm_action action);

/* What to do when there is no verdict. */
enum mm_outcome mm_outcome_of_failure(enum mm_submission submission,
				      bool accept_on_failure);

/* A short word for the header and the log: why there is no verdict. */
const char *mm_failure_reason(int err);

/* Append the reply for a refusal of class 5 or 4, without the three digits:
 * ASCII, every line short and with an enhanced status code (RFC 3463) of that
 * class. reply is foreign text or NULL. 0, MM_ERR_LIMIT or MM_ERR_NOMEM. */
MM_CHECK int mm_reply_text(struct mm_buf *out, const char *reply, char class);

#endif
