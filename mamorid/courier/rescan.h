#ifndef MM_COURIER_RESCAN_H
#define MM_COURIER_RESCAN_H

#include "core/conf.h"
#include "core/proto.h"

/* Ask an inspector about a message. *verdict_r, and detail gets the first
 * virus name or reason. 0, or an MM_ERR_* when there is no answer. */
MM_CHECK int mm_rescan(const struct mm_conf *conf, const char *trace,
		       const char *allowed, const struct mm_buf *headers,
		       int message, uint64_t body_offset,
		       enum mm_verdict *verdict_r, struct mm_buf *detail);

#endif
