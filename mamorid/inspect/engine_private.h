#ifndef MM_INSPECT_ENGINE_PRIVATE_H
#define MM_INSPECT_ENGINE_PRIVATE_H

#include <clamav.h>

#include "mamorid/inspect/engine.h"

struct mm_engine {
	struct cl_engine *clamav;
	uint32_t signatures;
	int64_t signatures_time;
	bool parts_alone;
	bool names;
	bool flat;
	const char *allowed;
	char *tmpdir;
};

/* Have libclamav call back during scans, and send its messages to us. */
void mm_engine_hook(struct mm_engine *engine);

/* The first error that libclamav has reported since the last call, or "". */
void mm_engine_message_reset(void);
const char *mm_engine_message(void);

#endif
