/*
 * Decodes a body in all the ways that clients have, and queues what comes out.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never let a message decide how much work this is.
 */
#include "mamorid/inspect/readings_bodies.h"

#include <stdlib.h>
#include <string.h>

#include "mamorid/inspect/limits.h"
#include "mamorid/inspect/readings_charset.h"
#include "mamorid/inspect/readings_decode.h"
#include "mamorid/xalloc.h"

#define REGION_DEPTH 8u /* encoded multiparts in each other */
#define PLAIN_MIN 16u /* bytes: less is no attachment */

int mm_reader_leaf(const struct mm_reader *rd, const struct mm_region *region,
		   size_t pos)
{
	return region->whole ? mm_blocks_leaf(rd->mail, pos) : region->leaf;
}

static bool is_leaf(const struct mm_reader *rd, const unsigned char *data,
		    size_t len)
{
	for (size_t i = 0; i < rd->mail->count; i++)
		if (rd->mail->leaves[i].size == len &&
		    memcmp(rd->mail->leaves[i].data, data, len) == 0)
			return true;
	return false;
}

static bool is_taken(const struct mm_reader *rd, const unsigned char *data,
		     size_t len)
{
	for (size_t i = 0; i < rd->taken_count; i++)
		if (rd->taken[i].len == len &&
		    memcmp(rd->taken[i].data, data, len) == 0)
			return true;
	return false;
}

static void remember(struct mm_reader *rd, const unsigned char *data,
		     size_t len)
{
	const size_t size = rd->taken_size == 0 ? 16 : rd->taken_size * 2;
	struct mm_taken *more;

	if (rd->taken_count == rd->taken_size) {
		more = mm_xcalloc(size, sizeof(*more));
		if (rd->taken_count > 0)
			memcpy(more, rd->taken,
			       rd->taken_count * sizeof(*more));
		free(rd->taken);
		rd->taken = more;
		rd->taken_size = size;
	}
	rd->taken[rd->taken_count++] = (struct mm_taken){ data, len };
}

/* May so many bytes be decoded once more? */
bool mm_reader_may(struct mm_reader *rd, size_t len)
{
	if (mm_walk_stopped(rd->walk, -1))
		return false;
	if (len > rd->work_max - rd->work) {
		mm_walk_stop(rd->walk, -1, MM_LIMIT_READINGS);
		return false;
	}
	rd->work += len;
	return true;
}

/* Takes data. True when nobody has read it so before. */
bool mm_reader_queue(struct mm_reader *rd, const struct mm_region *region,
		     size_t pos, unsigned char *data, size_t len)
{
	if (len == 0 || is_leaf(rd, data, len) || is_taken(rd, data, len)) {
		free(data);
		return false;
	}
	if (!mm_walk_reading_take(rd->walk, mm_reader_leaf(rd, region, pos),
				  NULL, data, len))
		return false;
	remember(rd, data, len);
	return true;
}

/* What was decoded, before it is queued: it may hold parts itself, or text in
 * UTF-7. Takes data. */
static bool decoded(struct mm_reader *rd, const struct mm_region *region,
		    const struct mm_body *body, unsigned char *data, size_t len)
{
	const struct mm_head *head = &body->block->head;
	struct mm_region inner = {
		.data = data,
		.len = len,
		.depth = region->depth + 1,
		.leaf = mm_reader_leaf(rd, region, body->pos),
	};
	unsigned char *text;
	size_t text_len;

	if ((head->multipart || head->message) && region->depth < REGION_DEPTH)
		mm_reader_region(rd, &inner);
	if (head->utf7) {
		text = mm_charset_utf7(data, len, &text_len);
		if (text != NULL)
			(void)mm_reader_queue(rd, region, body->pos, text,
					      text_len);
	}
	return mm_reader_queue(rd, region, body->pos, data, len);
}

static bool try_base64(struct mm_reader *rd, const struct mm_region *region,
		       const struct mm_body *body, enum mm_base64_mode mode)
{
	const size_t len = body->end - body->pos;
	unsigned char *out;

	if (!mm_reader_may(rd, len))
		return false;
	out = mm_xcalloc(len / 4 * 3 + 3, 1);
	return decoded(rd, region, body, out,
		       mm_base64_read(region->data + body->pos, len, mode,
				      out));
}

void mm_reader_blame(struct mm_reader *rd, const struct mm_region *region,
		     size_t pos, const char *why)
{
	mm_walk_find_part(rd->walk, mm_reader_leaf(rd, region, pos),
			  MM_KIND_AMBIGUOUS, why);
}

/* Does this header stand where the content of the one before may begin? */
bool mm_reader_continues(const struct mm_region *region,
			 const struct mm_block *block)
{
	const struct mm_block *before = block - 1;

	return block > region->blocks.blocks && block->loose &&
	       before->head.fields > 0 && !before->head.message &&
	       block->begin <= before->bodies[before->body_count - 1];
}

/* A header that stands in the text of a mail is quoted there by somebody. */
bool mm_reader_quoted(const struct mm_reader *rd,
		      const struct mm_region *region,
		      const struct mm_block *block)
{
	const int leaf = mm_reader_leaf(rd, region, block->begin);

	return block->loose && leaf >= 0 &&
	       (rd->mail->leaves[leaf].in_body ||
		!mm_reader_continues(region, block));
}

bool mm_reader_base64(struct mm_reader *rd, const struct mm_region *region,
		      const struct mm_body *body, bool declared)
{
	const size_t len = body->end - body->pos;
	struct mm_base64_survey survey;
	bool fresh;

	if (!mm_reader_may(rd, len))
		return false;
	mm_base64_look(region->data + body->pos, len, &survey);
	if (survey.letters == 0)
		return false;
	fresh = try_base64(rd, region, body, MM_BASE64_CHUNKS);
	if (declared && survey.telling &&
	    !mm_reader_quoted(rd, region, body->block))
		mm_reader_blame(rd, region, body->pos, "ambiguous: base64");
	if (mm_base64_plain(&survey) && !survey.short_lines)
		return fresh;
	for (int mode = MM_BASE64_SKIP; mode < MM_BASE64_MODES; mode++)
		if ((mode != MM_BASE64_URL || survey.url) &&
		    (declared || mode == MM_BASE64_SKIP))
			(void)try_base64(rd, region, body,
					 (enum mm_base64_mode)mode);
	return fresh;
}

bool mm_reader_quoted_printable(struct mm_reader *rd,
				const struct mm_region *region,
				const struct mm_body *body, bool all)
{
	static const unsigned int ways[] = {
		MM_QUOTED_STRIP,
		MM_QUOTED_DROP,
		MM_QUOTED_DROP_NEXT,
		MM_QUOTED_DROP_PAIR,
		MM_QUOTED_DROP | MM_QUOTED_JOIN,
		MM_QUOTED_DROP_NEXT | MM_QUOTED_JOIN | MM_QUOTED_CLEAN |
			MM_QUOTED_LEFT,
		MM_QUOTED_CLEAN | MM_QUOTED_LEFT | MM_QUOTED_STRIP,
	};
	const struct mm_head *head = &body->block->head;
	const unsigned char *in = region->data + body->pos;
	const size_t len = body->end - body->pos;
	size_t escapes, invalid;
	unsigned char *out;
	bool blanks, fresh;

	if (!mm_reader_may(rd, len))
		return false;
	mm_quoted_look(in, len, &escapes, &invalid, &blanks);
	out = mm_xcalloc(len + 1, 1);
	fresh = decoded(rd, region, body, out, mm_quoted_read(in, len, 0, out));
	if (invalid > 0 && escapes > 0 && (!head->text || head->named) &&
	    !mm_reader_quoted(rd, region, body->block))
		mm_reader_blame(rd, region, body->pos,
				"ambiguous: quoted-printable");
	/* In the text of a mail a stray "=" is worth nothing. */
	if (!all && (head->text && !head->named))
		return fresh;
	for (size_t i = 0;
	     i < sizeof(ways) / sizeof(ways[0]) && mm_reader_may(rd, len);
	     i++) {
		out = mm_xcalloc(len + 1, 1);
		(void)decoded(rd, region, body, out,
			      mm_quoted_read(in, len, ways[i], out));
	}
	return fresh;
}

bool mm_reader_plain(struct mm_reader *rd, const struct mm_region *region,
		     const struct mm_body *body)
{
	const size_t len = body->end - body->pos;
	unsigned char *out;

	if (len < PLAIN_MIN || !mm_reader_may(rd, len))
		return false;
	out = mm_xcalloc(len, 1);
	memcpy(out, region->data + body->pos, len);
	return decoded(rd, region, body, out, len);
}
