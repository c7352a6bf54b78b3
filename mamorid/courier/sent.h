#ifndef MM_COURIER_SENT_H
#define MM_COURIER_SENT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/proto.h"

/*
 * Rows that the mail server has taken and the keeper has not recorded: it was
 * killed, or its disk is full. They are handed out again, and must not be
 * injected again. The newest MM_SENT_MAX are known, each with what the keeper
 * is to be told; zero-initialise.
 */
#define MM_SENT_MAX 256u

struct mm_sent_row {
	uint64_t row; /* 0: free */
	char trace[MM_TRACE_MAX + 1];
	struct mm_buf told;
};

struct mm_sent {
	struct mm_sent_row list[MM_SENT_MAX];
	unsigned int next;
};

/* told is copied. Out of memory it is dropped, and the row counts as not
 * taken: it is injected once more rather than never. */
void mm_sent_add(struct mm_sent *sent, uint64_t row, const char *trace,
		 const struct mm_buf *told);

/* trace too: numbers begin again in another state folder. 1 and told appended,
 * 0 (not known) or MM_ERR_NOMEM, MM_ERR_LIMIT. */
MM_CHECK int mm_sent_get(const struct mm_sent *sent, uint64_t row,
			 const char *trace, struct mm_buf *told);

/* The keeper has recorded it. */
void mm_sent_forget(struct mm_sent *sent, uint64_t row);

void mm_sent_clear(struct mm_sent *sent);

#endif
