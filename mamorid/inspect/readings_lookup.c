/*
 * Where the things that were found in a message begin and end. Process:
 * inspector (as users.inspector, in its jail), and one-shot mode. Must never
 * take longer than a search in an ordered list.
 */
#include "mamorid/inspect/readings_blocks.h"

#include <stdlib.h>
#include <string.h>

#define LOOSE_LINES 64u /* looked at for the end of a broken header */

static void add_body(struct mm_block *block, size_t pos)
{
	for (size_t i = 0; i < block->body_count; i++)
		if (block->bodies[i] == pos)
			return;
	if (block->body_count < MM_BODIES_MAX)
		block->bodies[block->body_count++] = pos;
}

size_t mm_block_bodies(const unsigned char *data, size_t len, size_t pos,
		       struct mm_block *block)
{
	size_t end = len; /* of the header */
	size_t loose = 0;
	struct mm_line line;

	for (; pos < len && loose < LOOSE_LINES; pos = line.next) {
		line = mm_line_at(data, len, pos);
		if (line.begin == line.end) {
			add_body(block, line.next);
			return loose > 0 ? end : line.begin;
		}
		if (mm_line_blank(data, &line))
			add_body(block, line.next);
		if (loose == 0 && (mm_line_is_field(data, &line) ||
				   mm_line_folded(data, &line) ||
				   mm_line_is_mime_field(data, &line)))
			continue;
		/* No empty line: what is no header begins the body. */
		if (loose++ == 0) {
			end = line.begin;
			add_body(block, line.begin);
		}
	}
	if (loose == 0)
		add_body(block, len);
	return loose == 0 ? len : end;
}

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
