/*
 * Rows of control answers. Keeper, uid mamori-keeper.
 */
#include "mamorid/keeper/rows.h"

#include "core/err.h"
#include "core/fdutil.h"
#include "core/wire.h"

int mm_rows_add(struct mm_buf *rows, const struct mm_buf *pairs)
{
	return mm_wire_put(rows, MM_TAG_ROW, pairs->data, pairs->len);
}

int mm_rows_text(struct mm_buf *pairs, const char *name, const char *value)
{
	return mm_pair_put_cut(pairs, name, value);
}

void mm_rows_answer(struct mm_client *client, const struct mm_buf *rows,
		    int message)
{
	int fds[2] = { -1, message };

	fds[0] = mm_sealed_memfd("rows", rows->data, rows->len);
	if (fds[0] < 0)
		mm_client_fail(client, "out of memory");
	else
		mm_client_answer(client, MM_FRAME_CTL_ROWS, NULL, fds,
				 message < 0 ? 1 : 2);
	mm_close(&fds[0]);
}

void mm_rows_answer_text(struct mm_client *client, const char *text, int64_t id)
{
	struct mm_buf pairs, rows;

	mm_buf_init(&pairs, 4 * MM_TEXT_MAX);
	mm_buf_init(&rows, 4 * MM_TEXT_MAX);
	if (mm_rows_text(&pairs, "text", text) < 0 ||
	    (id >= 0 && mm_pair_put_num(&pairs, "id", (uint64_t)id) < 0) ||
	    mm_rows_add(&rows, &pairs) < 0)
		mm_client_fail(client, "out of memory");
	else
		mm_rows_answer(client, &rows, -1);
	mm_buf_clear(&pairs);
	mm_buf_clear(&rows);
}
