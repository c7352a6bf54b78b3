#ifndef MM_KEEPER_RECORD_H
#define MM_KEEPER_RECORD_H

#include "core/frame.h"
#include "mamorid/keeper/vault.h"

struct mm_client;

/* MM_FRAME_RECORD: keep a copy, queue the notices, and only then answer
 * MM_FRAME_RECORDED with the pairs id and duplicate ("0" or "1"). */
void mm_record_handle(struct mm_client *client);

struct mm_record_result {
	int64_t id; /* of the record */
	bool duplicate; /* the same effect was recorded before */
};

/* The work of it. fds: record, headers, body. On error nothing is kept and
 * *text_r, a literal, says what failed. 0 or an MM_ERR_*. */
MM_CHECK int mm_record_store(struct mm_vault *vault, const int fds[3],
			     int64_t now, struct mm_record_result *result_r,
			     const char **text_r);

#endif
