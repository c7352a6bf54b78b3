#ifndef MM_MAMORID_STATUS_H
#define MM_MAMORID_STATUS_H

#include <stdint.h>

#include "core/buf.h"

struct mm_generations;
struct mm_pairs;
struct mm_procs;

/* Counters since the master started, added up from what the gates report. */
enum mm_counter {
	MM_COUNTER_CLEAN,
	MM_COUNTER_INFECTED,
	MM_COUNTER_NOT_CHECKED,
	MM_COUNTER_ACCEPTED,
	MM_COUNTER_REJECTED,
	MM_COUNTER_DEFERRED,
	MM_COUNTER_DISCARDED,
	MM_COUNTER_RETRIED,	/* inspections repeated after a lost worker */
	MM_COUNTER_SCAN_MS,
	MM_COUNTERS
};

struct mm_status {
	uint64_t counters[MM_COUNTERS];
	int64_t started;	/* seconds since the epoch */
};

/* The name in a COUNT packet and in the output of `mamorictl status`. */
const char *mm_counter_name(enum mm_counter counter);

/* Add what a COUNT packet holds; unknown names are skipped. */
void mm_status_count(struct mm_status *status, const struct mm_pairs *pairs);

/* Append one MM_TAG_ROW a generation, role and the counters. Errors as
 * mm_buf_put(). */
MM_CHECK int mm_status_rows(const struct mm_status *status,
			    const struct mm_generations *gens,
			    const struct mm_procs *procs, struct mm_buf *rows);

#endif
