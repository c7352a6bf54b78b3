#ifndef MM_EXIM_CLIENT_H
#define MM_EXIM_CLIENT_H

#include <stddef.h>

#include "core/buf.h"
#include "core/proto.h"

/* The daemon's answer; the verdict's strings lie in bytes. */
struct mm_answer {
	struct mm_buf bytes;
	struct mm_scan_verdict verdict;
	int body_fd;		/* the new body, or -1; not yet checked */
	char why[200];		/* what failed, for the log; foreign text */
};

/* An empty answer; after use mm_answer_clear(), also after an error. */
void mm_answer_init(struct mm_answer *answer);
void mm_answer_clear(struct mm_answer *answer);

/* Ask for a verdict on req and the body in body_fd (opened O_RDONLY, stays
 * the caller's), all by req->deadline.
 * 0; MM_ERR_TIMEOUT, MM_ERR_CLOSED, MM_ERR_PEER (the daemon refused, its text
 * is in why), MM_ERR_VERSION, MM_ERR_FORMAT, MM_ERR_DENIED (descriptors of
 * the wrong sort), MM_ERR_LIMIT, MM_ERR_NOMEM, MM_ERR_SYS. */
MM_CHECK int mm_ask(const char *socket, const struct mm_scan_request *req,
		    int body_fd, struct mm_answer *answer_r);

#endif
