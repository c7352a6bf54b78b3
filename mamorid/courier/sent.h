#ifndef MM_COURIER_SENT_H
#define MM_COURIER_SENT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/proto.h"

/*
 * Rows that the mail server has taken and the keeper has not recorded: it was
 * killed, or its disk is full. They are handed out again, and must not be
 * injected again. The newest MM_SENT_MAX are known; zero-initialise.
 */
#define MM_SENT_MAX 256u

struct mm_sent_row {
	uint64_t row; /* 0: free */
	char trace[MM_TRACE_MAX + 1];
};

struct mm_sent {
	struct mm_sent_row list[MM_SENT_MAX];
	unsigned int next;
};

void mm_sent_add(struct mm_sent *sent, uint64_t row, const char *trace);

/* trace too: numbers begin again in another state folder. */
bool mm_sent_has(const struct mm_sent *sent, uint64_t row, const char *trace);

/* The keeper has recorded it. */
void mm_sent_forget(struct mm_sent *sent, uint64_t row);

#endif
