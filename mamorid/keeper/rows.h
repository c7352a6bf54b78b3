#ifndef MM_KEEPER_ROWS_H
#define MM_KEEPER_ROWS_H

#include "core/proto.h"
#include "mamorid/keeper/client.h"

/* Append a row of pairs to rows. 0, MM_ERR_LIMIT or MM_ERR_NOMEM. */
MM_CHECK int mm_rows_add(struct mm_buf *rows, const struct mm_buf *pairs);

/* Put a pair whose value may be longer than a pair can be: it is cut, at a
 * character's end. */
MM_CHECK int mm_rows_text(struct mm_buf *pairs, const char *name,
			  const char *value);

/* Answer with rows, and a message's descriptor unless it is -1. */
void mm_rows_answer(struct mm_client *client, const struct mm_buf *rows,
		    int message);

/* Answer with one row: text and, unless below 0, id. */
void mm_rows_answer_text(struct mm_client *client, const char *text,
			 int64_t id);

#endif
