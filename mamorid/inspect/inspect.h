#ifndef MM_INSPECT_INSPECT_H
#define MM_INSPECT_INSPECT_H

#include "core/conf.h"
#include "core/deadline.h"
#include "mamorid/inspect/engine.h"
#include "mamorid/inspect/findings.h"
#include "mamorid/inspect/source.h"

/* Once per process, before any fork and jail. */
void mm_inspect_init(void);

/* Look into one message, in every reading: the whole of it by libclamav, then
 * each decoded part that was not among the layers of that. Fills a report that
 * the caller has initialised. There is no failure: what could not be looked at
 * is a finding, and the verdict is then not "clean". */
void mm_inspect(struct mm_engine *engine, const struct mm_conf *conf,
		const struct mm_source *source, mm_deadline deadline,
		struct mm_report *report);

#endif
