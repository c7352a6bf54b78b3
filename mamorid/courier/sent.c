/*
 * What has been injected and is not yet recorded. Courier, uid mamori-courier.
 * In memory only: a courier that dies as well injects such a row once more,
 * which is better than never.
 */
#include "mamorid/courier/sent.h"

#include <stdio.h>
#include <string.h>

void mm_sent_add(struct mm_sent *sent, uint64_t row, const char *trace)
{
	struct mm_sent_row *entry;

	if (mm_sent_has(sent, row, trace))
		return;
	entry = &sent->list[sent->next];
	sent->next = (sent->next + 1) % MM_SENT_MAX;
	entry->row = row;
	(void)snprintf(entry->trace, sizeof(entry->trace), "%s", trace);
}

bool mm_sent_has(const struct mm_sent *sent, uint64_t row, const char *trace)
{
	unsigned int i;

	for (i = 0; i < MM_SENT_MAX; i++)
		if (sent->list[i].row == row &&
		    strncmp(sent->list[i].trace, trace, MM_TRACE_MAX) == 0)
			return row != 0;
	return false;
}

void mm_sent_forget(struct mm_sent *sent, uint64_t row)
{
	unsigned int i;

	for (i = 0; i < MM_SENT_MAX; i++)
		if (sent->list[i].row == row)
			sent->list[i].row = 0;
}
