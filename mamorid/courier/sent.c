/*
 * What has been injected and is not yet recorded. Courier, uid mamori-courier.
 * In memory only: a courier that dies as well injects such a row once more,
 * which is better than never.
 */
#include "mamorid/courier/sent.h"

#include <stdio.h>
#include <string.h>

#include "core/frame.h"

static const struct mm_sent_row *find(const struct mm_sent *sent, uint64_t row,
				      const char *trace)
{
	unsigned int i;

	for (i = 0; i < MM_SENT_MAX; i++)
		if (row != 0 && sent->list[i].row == row &&
		    strncmp(sent->list[i].trace, trace, MM_TRACE_MAX) == 0)
			return &sent->list[i];
	return NULL;
}

static void drop(struct mm_sent_row *entry)
{
	entry->row = 0;
	mm_buf_clear(&entry->told);
}

void mm_sent_add(struct mm_sent *sent, uint64_t row, const char *trace,
		 const struct mm_buf *told)
{
	struct mm_sent_row *entry;

	if (find(sent, row, trace) != NULL)
		return;
	entry = &sent->list[sent->next];
	sent->next = (sent->next + 1) % MM_SENT_MAX;
	drop(entry);
	mm_buf_init(&entry->told, MM_FRAME_MAX);
	if (mm_buf_put(&entry->told, mm_buf_str(told), told->len) < 0)
		return;
	entry->row = row;
	(void)snprintf(entry->trace, sizeof(entry->trace), "%s", trace);
}

int mm_sent_get(const struct mm_sent *sent, uint64_t row, const char *trace,
		struct mm_buf *told)
{
	const struct mm_sent_row *entry = find(sent, row, trace);
	int r;

	if (entry == NULL)
		return 0;
	r = mm_buf_put(told, mm_buf_str(&entry->told), entry->told.len);
	return r < 0 ? r : 1;
}

void mm_sent_forget(struct mm_sent *sent, uint64_t row)
{
	unsigned int i;

	for (i = 0; i < MM_SENT_MAX; i++)
		if (sent->list[i].row == row)
			drop(&sent->list[i]);
}

void mm_sent_clear(struct mm_sent *sent)
{
	unsigned int i;

	for (i = 0; i < MM_SENT_MAX; i++)
		drop(&sent->list[i]);
}
