#ifndef MM_COURIER_RELEASE_H
#define MM_COURIER_RELEASE_H

#include "core/conf.h"
#include "core/proto.h"
#include "mamorid/courier/smtp.h"

/* Release a quarantined message: scan it again, and inject it unless it is
 * infected, without its X-Mamori-* headers, with the rest as it was. message
 * is the stored file. */
void mm_release_send(const struct mm_conf *conf,
		     const struct mm_outbox_item *item, int message,
		     struct mm_outcome *out);

/* Read the header block of a stored message up to its blank line, and where
 * the body begins. 0, MM_ERR_FORMAT (no blank line), MM_ERR_LIMIT, ... */
MM_CHECK int mm_release_headers(int message, struct mm_buf *headers,
				uint64_t *body_r);

/* Append headers without X-Mamori-* and their folded lines. */
MM_CHECK int mm_release_strip(const struct mm_buf *headers, struct mm_buf *out);

#endif
