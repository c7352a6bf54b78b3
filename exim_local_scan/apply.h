#ifndef MM_EXIM_APPLY_H
#define MM_EXIM_APPLY_H

#include "core/buf.h"
#include "core/proto.h"
#include "exim_local_scan/client.h"
#include "exim_local_scan/host.h"

/* Carry out the answer's edits and new body on the message that req
 * describes; data_fd is Exim's own descriptor of the body's file.
 * 0; MM_ERR_FORMAT, MM_ERR_DENIED, MM_ERR_LIMIT (the answer asks for what
 * cannot be done) and MM_ERR_NOMEM (no room on the disk) change nothing;
 * after MM_ERR_SYS the body is broken. */
MM_CHECK int mm_apply(struct mm_host *host, const struct mm_scan_request *req,
		      const struct mm_answer *answer, int data_fd);

#endif
