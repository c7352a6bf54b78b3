#ifndef MM_COURIER_NOTICE_H
#define MM_COURIER_NOTICE_H

#include "core/conf.h"
#include "core/proto.h"

/* A notice as a whole message, LF line ends, 7-bit. Append to out.
 * 0; MM_ERR_INVALID (an address that cannot be used: never to be tried
 * again); MM_ERR_FORMAT (a broken record), or another MM_ERR_*. A template
 * that is missing or broken is logged and replaced by built-in English. */
MM_CHECK int mm_notice_render(const struct mm_conf *conf,
			      const struct mm_outbox_item *item,
			      struct mm_buf *out);

#define MM_NOTICE_MAX (1u << 20)

#endif
