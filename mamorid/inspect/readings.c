/*
 * The readings of a message that GMime does not have (draft-chen-email-mime-
 * ambiguity-defense: union scanning). Process: inspector (as users.inspector,
 * in its jail), and one-shot mode. Must never call something ambiguous that
 * ordinary mail has.
 */
#include "mamorid/inspect/readings.h"

#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "mamorid/inspect/encoded_text.h"
#include "mamorid/inspect/limits.h"
#include "mamorid/inspect/readings_bodies.h"
#include "mamorid/inspect/readings_charset.h"
#include "mamorid/inspect/readings_decode.h"
#include "mamorid/xalloc.h"

#define WORK_FACTOR 12u /* decoded bytes for each of the message */
#define WORK_FREE (4u << 20)
#define SAMPLE 4096u /* bytes that tell whether text is encoded */
#define ENCODED_MIN 16u /* letters: less may be a word */

/* Does GMime read just these bytes as the body of a part? */
static bool same_range(const struct mm_reader *rd,
		       const struct mm_region *region,
		       const struct mm_body *body)
{
	const struct mm_leaf *leaf;
	int i;

	if (!region->whole || (i = mm_blocks_leaf(rd->mail, body->pos)) < 0)
		return false;
	leaf = &rd->mail->leaves[i];
	/* The line end before a delimiter is counted here or there. */
	return leaf->raw_begin == body->pos && leaf->raw_end <= body->end + 2 &&
	       body->end <= leaf->raw_end + 2;
}

/* The body as its header says, up to the delimiter that was announced. */
static void read_simply(struct mm_reader *rd, struct mm_region *region,
			const struct mm_block *block)
{
	const struct mm_head *head = &block->head;
	struct mm_body body = { .block = block, .pos = block->bodies[0] };
	const size_t next =
		mm_blocks_end(&region->blocks, region->len, body.pos, true);
	bool container = head->multipart || head->message;
	bool fresh = false;

	body.end = next;
	if (head->encodings == MM_ENC_BASE64)
		fresh = mm_reader_base64(rd, region, &body, true);
	else if (head->encodings == MM_ENC_QUOTED)
		fresh = mm_reader_quoted_printable(rd, region, &body, false);
	else if (!container &&
		 (head->utf7 || (head->fields > 0 && !head->text &&
				 !same_range(rd, region, &body))))
		fresh = mm_reader_plain(rd, region, &body);
	if (!fresh || same_range(rd, region, &body))
		return;
	region->odd = true;
	if (region->whole && !mm_reader_quoted(rd, region, block) &&
	    !container && head->exact && head->encodings != MM_ENC_PLAIN)
		mm_reader_blame(rd, region, body.pos, "ambiguous: structure");
}

static void read_body(struct mm_reader *rd, const struct mm_region *region,
		      const struct mm_body *body, unsigned int encodings)
{
	const struct mm_head *head = &body->block->head;

	if (encodings & MM_ENC_BASE64)
		(void)mm_reader_base64(rd, region, body,
				       head->encodings == MM_ENC_BASE64);
	if (encodings & MM_ENC_QUOTED)
		(void)mm_reader_quoted_printable(rd, region, body, true);
	if ((encodings & MM_ENC_PLAIN) && body->end < region->len &&
	    !head->multipart && !head->message && head->fields > 0)
		(void)mm_reader_plain(rd, region, body);
}

/* Everything that anybody could make of it. */
static void read_broadly(struct mm_reader *rd, struct mm_region *region,
			 const struct mm_block *block, unsigned int encodings)
{
	const struct mm_blocks *blocks = &region->blocks;

	for (size_t i = 0; i < block->body_count; i++) {
		const size_t pos = block->bodies[i];
		const size_t known =
			mm_blocks_end(blocks, region->len, pos, true);
		const size_t any =
			mm_blocks_end(blocks, region->len, pos, false);

		read_body(rd, region, &(struct mm_body){ block, pos, known },
			  encodings);
		if (any != known)
			read_body(rd, region,
				  &(struct mm_body){ block, pos, any },
				  encodings);
		/* A client that knows none of the delimiters. */
		if (known != region->len && any != region->len)
			read_body(rd, region,
				  &(struct mm_body){ block, pos, region->len },
				  encodings);
	}
}

/* Is the content of this block what an unusual encoding would change? */
static bool encoded_content(const struct mm_region *region,
			    const struct mm_block *block)
{
	const size_t pos = block->bodies[0];
	size_t end = mm_blocks_end(&region->blocks, region->len, pos, true);
	struct mm_base64_survey survey;
	size_t escapes, invalid;
	bool blanks;

	if (end - pos > SAMPLE)
		end = pos + SAMPLE;
	mm_base64_look(region->data + pos, end - pos, &survey);
	if (mm_base64_plain(&survey) && survey.letters >= ENCODED_MIN &&
	    !survey.spaces)
		return true;
	if (!block->head.hints_quoted)
		return false;
	mm_quoted_look(region->data + pos, end - pos, &escapes, &invalid,
		       &blanks);
	return escapes > 0 && invalid == 0;
}

static void judge(struct mm_reader *rd, const struct mm_region *region,
		  const struct mm_block *block)
{
	const struct mm_head *head = &block->head;
	const size_t pos = block->bodies[0];
	const bool encoded = !head->exact && encoded_content(region, block);

	if (head->partial)
		mm_walk_find_part(rd->walk, mm_reader_leaf(rd, region, pos),
				  MM_KIND_LIMIT,
				  MM_LIMIT_UNSUPPORTED "message/partial");
	if (mm_reader_quoted(rd, region, block))
		return;
	if (head->why != NULL)
		mm_reader_blame(rd, region, pos, head->why);
	else if (encoded)
		mm_reader_blame(rd, region, pos,
				"ambiguous: Content-Transfer-Encoding");
	if (head->multipart && head->exact && head->encodings != MM_ENC_PLAIN &&
	    encoded_content(region, block))
		mm_reader_blame(rd, region, pos,
				"ambiguous: encoded multipart");
	if (mm_reader_continues(region, block) &&
	    head->encodings != MM_ENC_PLAIN)
		mm_reader_blame(rd, region, pos, "ambiguous: end of a header");
	if (head->fields > 0 && block->late)
		mm_reader_blame(rd, region, pos,
				"ambiguous: part behind the end");
	else if (region->whole && block->loose &&
		 (head->encodings != MM_ENC_PLAIN || head->named))
		mm_reader_blame(rd, region, pos,
				"ambiguous: part outside the parts");
	if (region->whole && region->blocks.blank_first && head->fields > 0 &&
	    block == region->blocks.blocks)
		mm_reader_blame(rd, region, pos,
				"ambiguous: empty line before the header");
}

static void read_runs(struct mm_reader *rd, const struct mm_region *region)
{
	for (size_t i = 0; i < region->blocks.run_count; i++) {
		const struct mm_run *run = &region->blocks.runs[i];
		const size_t len = run->end - run->begin;
		unsigned char *out;

		if (run->armored && !region->odd)
			continue;
		if (!mm_reader_may(rd, len))
			return;
		out = mm_xcalloc(len / 4 * 3 + 3, 1);
		(void)mm_reader_queue(rd, region, run->begin, out,
				      mm_base64_read(region->data + run->begin,
						     len, MM_BASE64_CHUNKS,
						     out));
	}
}

/* Files in plain text that is in no part; parts are analyzed on their own. */
static void read_files(struct mm_reader *rd, const struct mm_region *region)
{
	const struct mm_item item = {
		.data = region->data,
		.len = region->len,
		.type = "",
		.name = "",
		.mime_type = "",
		.leaf = -1,
	};
	const struct mm_blocks *blocks = &region->blocks;

	for (size_t i = 0; region->whole && i < blocks->file_count; i++)
		if (mm_reader_leaf(rd, region, blocks->files[i]) < 0 &&
		    !mm_walk_stopped(rd->walk, -1))
			mm_encoded_text_unpack(rd->walk, &item,
					       blocks->files[i]);
}

/* The encodings that a header behind a stray empty line adds to are those of
 * the header before it. */
static unsigned int inherited(const struct mm_region *region,
			      const struct mm_block *block)
{
	return block->head.encodings |
	       (mm_reader_continues(region, block) ? block[-1].head.encodings
						   : 0);
}

void mm_reader_region(struct mm_reader *rd, struct mm_region *region)
{
	struct mm_blocks *blocks = &region->blocks;

	mm_blocks_find(region->data, region->len,
		       region->whole ? rd->mail : NULL, blocks);
	if (blocks->too_many)
		mm_walk_stop(rd->walk, region->whole ? -1 : region->leaf,
			     MM_LIMIT_PARTS);
	region->odd = blocks->blank_first && blocks->block_count > 0 &&
		      blocks->blocks[0].head.fields > 0;
	for (size_t i = 0; i < blocks->block_count; i++) {
		const struct mm_block *block = &blocks->blocks[i];

		if (block->done)
			continue;
		if (mm_walk_stopped(rd->walk, -1))
			break;
		if (block->head.odd || block->late ||
		    (block->body_count > 1 && block->head.fields > 0))
			region->odd = true;
		read_simply(rd, region, block);
		judge(rd, region, block);
	}
	for (size_t i = 0; region->odd && i < blocks->block_count; i++)
		if (!mm_walk_stopped(rd->walk, -1))
			read_broadly(rd, region, &blocks->blocks[i],
				     inherited(region, &blocks->blocks[i]));
	read_runs(rd, region);
	read_files(rd, region);
	mm_blocks_clear(blocks);
}

static void start(struct mm_walk *walk, struct mm_region *region)
{
	struct mm_reader rd = {
		.walk = walk,
		.mail = mm_walk_mail(walk),
		.work_max = region->len * WORK_FACTOR + WORK_FREE,
	};

	mm_reader_region(&rd, region);
	free(rd.taken);
}

void mm_readings(struct mm_walk *walk, const unsigned char *data, size_t len)
{
	struct mm_region region = {
		.data = data,
		.len = len,
		.whole = true,
		.leaf = -1,
	};

	if (!mm_walk_stopped(walk, -1))
		start(walk, &region);
}

static bool like_mail(const struct mm_item *item)
{
	const struct mm_line line = mm_line_at(item->data, item->len, 0);

	if (strcmp(item->type, "mail") == 0 ||
	    mm_text_has_prefix(item->mime_type, "message/"))
		return true;
	if (mm_line_is_mime_field(item->data, &line))
		return true;
	return mm_line_is_field(item->data, &line) &&
	       memmem(item->data, item->len < 65536 ? item->len : 65536,
		      "\nContent-T", 10) != NULL;
}

void mm_readings_analyze(struct mm_walk *walk, const struct mm_item *item)
{
	struct mm_region region = {
		.data = item->data,
		.len = item->len,
		.leaf = item->leaf,
	};
	unsigned char *text;
	size_t len;

	if (item->len == 0)
		return;
	text = mm_charset_utf16(item->data, item->len, &len);
	if (text != NULL)
		(void)mm_walk_push_take(walk, item, NULL, text, len);
	/* The whole message itself is read by mm_readings(). */
	if ((item->leaf >= 0 || item->depth > 0) && like_mail(item))
		start(walk, &region);
}
