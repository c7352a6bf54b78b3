/*
 * Looks up places that were found in a message. Process: inspector (as
 * users.inspector, in its jail), and one-shot mode. Must never take longer than
 * a search in an ordered list.
 */
#include "mamorid/inspect/readings_blocks.h"

#include <stdlib.h>
#include <string.h>

int mm_blocks_leaf(const struct mm_mail *mail, size_t pos)
{
	size_t low = 0, high = mail == NULL ? 0 : mail->count;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;
		const struct mm_leaf *leaf = &mail->leaves[mid];

		if (pos >= leaf->raw_begin && pos < leaf->raw_end)
			return (int)mid;
		if (pos < leaf->raw_begin)
			high = mid;
		else
			low = mid + 1;
	}
	return -1;
}

size_t mm_blocks_end(const struct mm_blocks *blocks, size_t len, size_t pos,
		     bool known)
{
	size_t low = 0, high = blocks->delimiter_count;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (blocks->delimiters[mid].begin < pos)
			low = mid + 1;
		else
			high = mid;
	}
	if (known && low < blocks->delimiter_count)
		low = blocks->delimiters[low].next_known;
	if (low < blocks->delimiter_count)
		return blocks->delimiters[low].body_end < pos
			       ? pos
			       : blocks->delimiters[low].body_end;
	return len;
}

void mm_blocks_clear(struct mm_blocks *blocks)
{
	free(blocks->blocks);
	free(blocks->delimiters);
	free(blocks->runs);
	free(blocks->files);
	memset(blocks, 0, sizeof(*blocks));
}
