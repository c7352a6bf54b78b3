#ifndef MM_INSPECT_CANARY_H
#define MM_INSPECT_CANARY_H

#include "core/buf.h"
#include "core/conf.h"
#include "mamorid/inspect/engine.h"

/* Append the EICAR test string, which is never written down in one piece.
 * As mm_buf_put(). */
MM_CHECK int mm_canary_eicar(struct mm_buf *buf);

/* Does a mail with the EICAR file attached come out of mm_inspect() infected?
 * The engine must have a temporary folder. 0, or MM_ERR_INVALID with the
 * reason appended to error, MM_ERR_NOMEM. */
MM_CHECK int mm_canary_check(struct mm_engine *engine,
			     const struct mm_conf *conf, struct mm_buf *error);

#endif
