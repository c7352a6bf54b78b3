/*
 * The readings of a message that GMime does not have (draft-chen-email-mime-
 * ambiguity-defense: union scanning). Process: inspector (as users.inspector,
 * in its jail), and one-shot mode. Must never call something ambiguous that
 * ordinary mail has, and never let a message decide how much work this is.
 */
#include "mamorid/inspect/readings.h"

#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "mamorid/inspect/readings_blocks.h"
#include "mamorid/inspect/readings_charset.h"
#include "mamorid/inspect/readings_decode.h"
#include "mamorid/xalloc.h"

#define REGION_DEPTH 8u		/* encoded multiparts in each other */
#define WORK_FACTOR 16u		/* decoded bytes for each of the message */
#define WORK_FREE (4u << 20)
#define PLAIN_MIN 16u		/* bytes: less is no attachment */

/* What was queued: the walk keeps it while a message is read. */
struct taken {
	const unsigned char *data;
	size_t len;
};

struct reader {
	struct mm_walk *walk;
	const struct mm_mail *mail;
	struct taken *taken;
	size_t taken_count, taken_size;
	size_t work, work_max;
};

/* Some bytes of a message, or of something decoded from it. */
struct region {
	const unsigned char *data;
	size_t len;
	bool whole;		/* offsets are those of GMime's leaves */
	int leaf;		/* if not */
	unsigned int depth;
	bool odd;		/* for some client it has another structure */
	struct mm_blocks blocks;
};

static void read_region(struct reader *rd, struct region *region);

static int leaf_at(const struct reader *rd, const struct region *region,
		   size_t pos)
{
	return region->whole ? mm_blocks_leaf(rd->mail, pos) : region->leaf;
}

static bool is_leaf(const struct reader *rd, const unsigned char *data,
		    size_t len)
{
	for (size_t i = 0; i < rd->mail->count; i++)
		if (rd->mail->leaves[i].size == len &&
		    memcmp(rd->mail->leaves[i].data, data, len) == 0)
			return true;
	return false;
}

static bool is_taken(const struct reader *rd, const unsigned char *data,
		     size_t len)
{
	for (size_t i = 0; i < rd->taken_count; i++)
		if (rd->taken[i].len == len &&
		    memcmp(rd->taken[i].data, data, len) == 0)
			return true;
	return false;
}

static void remember(struct reader *rd, const unsigned char *data, size_t len)
{
	const size_t size = rd->taken_size == 0 ? 16 : rd->taken_size * 2;
	struct taken *more;

	if (rd->taken_count == rd->taken_size) {
		more = mm_xcalloc(size, sizeof(*more));
		if (rd->taken_count > 0)
			memcpy(more, rd->taken,
			       rd->taken_count * sizeof(*more));
		free(rd->taken);
		rd->taken = more;
		rd->taken_size = size;
	}
	rd->taken[rd->taken_count++] = (struct taken){ data, len };
}

/* May so many bytes be decoded once more? */
static bool may_work(struct reader *rd, size_t len)
{
	if (mm_walk_stopped(rd->walk, -1))
		return false;
	if (len > rd->work_max - rd->work) {
		mm_walk_stop(rd->walk, -1, "readings");
		return false;
	}
	rd->work += len;
	return true;
}

/* Takes data. True when nobody has read it so before. */
static bool queue(struct reader *rd, const struct region *region, size_t pos,
		  unsigned char *data, size_t len)
{
	if (len == 0 || is_leaf(rd, data, len) || is_taken(rd, data, len)) {
		free(data);
		return false;
	}
	if (!mm_walk_reading_take(rd->walk, leaf_at(rd, region, pos), NULL,
				  data, len))
		return false;
	remember(rd, data, len);
	return true;
}

/* A body: the bytes from pos to end. */
struct body {
	const struct mm_block *block;
	size_t pos, end;
};

/* What was decoded, before it is queued: it may hold parts itself, or text in
 * UTF-7. Takes data. */
static bool decoded(struct reader *rd, const struct region *region,
		    const struct body *body, unsigned char *data, size_t len)
{
	const struct mm_head *head = &body->block->head;
	struct region inner = {
		.data = data, .len = len, .depth = region->depth + 1,
		.leaf = leaf_at(rd, region, body->pos),
	};
	unsigned char *text;
	size_t text_len;

	if ((head->multipart || head->message) && region->depth < REGION_DEPTH)
		read_region(rd, &inner);
	if (head->utf7) {
		text = mm_charset_utf7(data, len, &text_len);
		if (text != NULL)
			(void)queue(rd, region, body->pos, text, text_len);
	}
	return queue(rd, region, body->pos, data, len);
}

static bool try_base64(struct reader *rd, const struct region *region,
		       const struct body *body, enum mm_base64_mode mode)
{
	const size_t len = body->end - body->pos;
	unsigned char *out;

	if (!may_work(rd, len))
		return false;
	out = mm_xcalloc(len / 4 * 3 + 3, 1);
	return decoded(rd, region, body, out,
		       mm_base64_read(region->data + body->pos, len, mode,
				      out));
}

static void blame(struct reader *rd, const struct region *region, size_t pos,
		  const char *why)
{
	mm_walk_find_part(rd->walk, leaf_at(rd, region, pos),
			  MM_KIND_AMBIGUOUS, why);
}

/* Does this header stand where the content of the one before may begin? */
static bool continues(const struct region *region,
		      const struct mm_block *block)
{
	const struct mm_block *before = block - 1;

	return block > region->blocks.blocks && block->loose &&
	       before->head.fields > 0 && !before->head.message &&
	       block->begin <= before->bodies[before->body_count - 1];
}

/* A header that stands in the text of a mail is quoted there by somebody. */
static bool is_quoted(const struct reader *rd, const struct region *region,
		      const struct mm_block *block)
{
	const int leaf = leaf_at(rd, region, block->begin);

	return block->loose && leaf >= 0 &&
	       (rd->mail->leaves[leaf].in_body || !continues(region, block));
}

static bool read_base64(struct reader *rd, const struct region *region,
			const struct body *body, bool declared)
{
	const size_t len = body->end - body->pos;
	struct mm_base64_survey survey;
	bool fresh;

	mm_base64_look(region->data + body->pos, len, &survey);
	if (survey.letters == 0)
		return false;
	fresh = try_base64(rd, region, body, MM_BASE64_CHUNKS);
	if (declared && survey.telling &&
	    !is_quoted(rd, region, body->block))
		blame(rd, region, body->pos, "ambiguous: base64");
	if (mm_base64_plain(&survey) && !survey.short_lines)
		return fresh;
	for (int mode = MM_BASE64_SKIP; mode < MM_BASE64_MODES; mode++)
		if ((mode != MM_BASE64_URL || survey.url) &&
		    (declared || mode == MM_BASE64_SKIP))
			(void)try_base64(rd, region, body,
					 (enum mm_base64_mode)mode);
	return fresh;
}

static bool read_quoted(struct reader *rd, const struct region *region,
			const struct body *body, bool all)
{
	static const unsigned int ways[] = {
		MM_QUOTED_STRIP, MM_QUOTED_DROP, MM_QUOTED_DROP_NEXT,
		MM_QUOTED_DROP_PAIR, MM_QUOTED_DROP | MM_QUOTED_JOIN,
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

	mm_quoted_look(in, len, &escapes, &invalid, &blanks);
	if (!may_work(rd, len))
		return false;
	out = mm_xcalloc(len + 1, 1);
	fresh = decoded(rd, region, body, out,
			mm_quoted_read(in, len, 0, out));
	if (invalid > 0 && escapes > 0 && (!head->text || head->named) &&
	    !is_quoted(rd, region, body->block))
		blame(rd, region, body->pos, "ambiguous: quoted-printable");
	/* In the text of a mail a stray "=" is worth nothing. */
	if (!all && (head->text && !head->named))
		return fresh;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]) &&
	     may_work(rd, len); i++) {
		out = mm_xcalloc(len + 1, 1);
		(void)decoded(rd, region, body, out,
			      mm_quoted_read(in, len, ways[i], out));
	}
	return fresh;
}

static bool read_plain(struct reader *rd, const struct region *region,
		       const struct body *body)
{
	const size_t len = body->end - body->pos;
	unsigned char *out;

	if (len < PLAIN_MIN || !may_work(rd, len))
		return false;
	out = mm_xcalloc(len, 1);
	memcpy(out, region->data + body->pos, len);
	return decoded(rd, region, body, out, len);
}

/* Does GMime read just these bytes as the body of a part? */
static bool same_range(const struct reader *rd, const struct region *region,
		       const struct body *body)
{
	const struct mm_leaf *leaf;
	int i;

	if (!region->whole ||
	    (i = mm_blocks_leaf(rd->mail, body->pos)) < 0)
		return false;
	leaf = &rd->mail->leaves[i];
	/* The line end before a delimiter is counted here or there. */
	return leaf->raw_begin == body->pos &&
	       leaf->raw_end <= body->end + 2 && body->end <= leaf->raw_end + 2;
}

/* The body as its header says, up to the delimiter that was announced. */
static void read_simply(struct reader *rd, struct region *region,
			const struct mm_block *block)
{
	const struct mm_head *head = &block->head;
	struct body body = { .block = block, .pos = block->bodies[0] };
	const size_t next = mm_blocks_end(&region->blocks, region->len,
					  body.pos, true);
	bool container = head->multipart || head->message;
	bool fresh = false;

	body.end = next;
	if (head->encodings == MM_ENC_BASE64)
		fresh = read_base64(rd, region, &body, true);
	else if (head->encodings == MM_ENC_QUOTED)
		fresh = read_quoted(rd, region, &body, false);
	else if (!container && (head->utf7 || (head->fields > 0 &&
		 !head->text && !same_range(rd, region, &body))))
		fresh = read_plain(rd, region, &body);
	if (!fresh || same_range(rd, region, &body))
		return;
	region->odd = true;
	if (region->whole && !is_quoted(rd, region, block) && !container &&
	    head->exact && head->encodings != MM_ENC_PLAIN)
		blame(rd, region, body.pos, "ambiguous: structure");
}

/* Everything that anybody could make of it. */
static void read_broadly(struct reader *rd, struct region *region,
			 const struct mm_block *block, unsigned int encodings)
{
	const struct mm_head *head = &block->head;
	const size_t len = region->len;

	for (size_t i = 0; i < block->body_count * 3; i++) {
		struct body body = { .block = block,
				     .pos = block->bodies[i / 3] };

		if (i % 3 == 2)
			body.end = len;
		else
			body.end = mm_blocks_end(&region->blocks, len,
						 body.pos, i % 3 == 0);
		if (encodings & MM_ENC_BASE64)
			(void)read_base64(rd, region, &body,
					  head->encodings == MM_ENC_BASE64);
		if ((encodings & MM_ENC_QUOTED) &&
		    memchr(region->data + body.pos, '=', body.end - body.pos))
			(void)read_quoted(rd, region, &body, true);
		if ((encodings & MM_ENC_PLAIN) && i % 3 != 2 &&
		    !head->multipart && !head->message && head->fields > 0)
			(void)read_plain(rd, region, &body);
	}
}

/* Is the content of this block what an unusual encoding would change? */
static bool encoded_content(const struct region *region,
			    const struct mm_block *block)
{
	const size_t pos = block->bodies[0];
	const size_t end = mm_blocks_end(&region->blocks, region->len, pos,
					 true);
	struct mm_base64_survey survey;
	size_t escapes, invalid;
	bool blanks;

	mm_base64_look(region->data + pos, end - pos, &survey);
	if (mm_base64_plain(&survey) && survey.letters >= PLAIN_MIN &&
	    !survey.spaces)
		return true;
	if (!block->head.hints_quoted)
		return false;
	mm_quoted_look(region->data + pos, end - pos, &escapes, &invalid,
		       &blanks);
	return escapes > 0 && invalid == 0;
}

static void judge(struct reader *rd, const struct region *region,
		  const struct mm_block *block)
{
	const struct mm_head *head = &block->head;
	const size_t pos = block->bodies[0];
	const bool encoded = !head->exact && encoded_content(region, block);

	if (head->partial)
		mm_walk_find_part(rd->walk, leaf_at(rd, region, pos),
				  MM_KIND_LIMIT, "message/partial");
	if (is_quoted(rd, region, block))
		return;
	if (head->why != NULL)
		blame(rd, region, pos, head->why);
	else if (encoded)
		blame(rd, region, pos,
		      "ambiguous: Content-Transfer-Encoding");
	if (head->multipart && head->exact &&
	    head->encodings != MM_ENC_PLAIN && encoded_content(region, block))
		blame(rd, region, pos, "ambiguous: encoded multipart");
	if (continues(region, block) && head->encodings != MM_ENC_PLAIN)
		blame(rd, region, pos, "ambiguous: end of a header");
	if (head->fields > 0 && block->late)
		blame(rd, region, pos, "ambiguous: part behind the end");
	else if (region->whole && block->loose &&
		 (head->encodings != MM_ENC_PLAIN || head->named))
		blame(rd, region, pos, "ambiguous: part outside the parts");
	if (region->whole && region->blocks.blank_first && head->fields > 0 &&
	    block == region->blocks.blocks)
		blame(rd, region, pos,
		      "ambiguous: empty line before the header");
}

static void read_runs(struct reader *rd, const struct region *region)
{
	for (size_t i = 0; i < region->blocks.run_count; i++) {
		const struct mm_run *run = &region->blocks.runs[i];
		const size_t len = run->end - run->begin;
		unsigned char *out;

		if (run->armored && !region->odd)
			continue;
		if (!may_work(rd, len))
			return;
		out = mm_xcalloc(len / 4 * 3 + 3, 1);
		(void)queue(rd, region, run->begin, out,
			    mm_base64_read(region->data + run->begin, len,
					   MM_BASE64_CHUNKS, out));
	}
}

/* The encodings that a header behind a stray empty line adds to are those of
 * the header before it. */
static unsigned int inherited(const struct region *region,
			      const struct mm_block *block)
{
	return block->head.encodings |
	       (continues(region, block) ? block[-1].head.encodings : 0);
}

static void read_region(struct reader *rd, struct region *region)
{
	struct mm_blocks *blocks = &region->blocks;

	mm_blocks_find(region->data, region->len,
		       region->whole ? rd->mail : NULL, blocks);
	if (blocks->too_many)
		mm_walk_stop(rd->walk, region->whole ? -1 : region->leaf,
			     "parts");
	region->odd = blocks->blank_first && blocks->block_count > 0 &&
		      blocks->blocks[0].head.fields > 0;
	for (size_t i = 0; i < blocks->block_count; i++) {
		const struct mm_block *block = &blocks->blocks[i];

		if (block->done)
			continue;
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
	mm_blocks_clear(blocks);
}

static void start(struct mm_walk *walk, struct region *region)
{
	struct reader rd = {
		.walk = walk,
		.mail = mm_walk_mail(walk),
		.work_max = region->len * WORK_FACTOR + WORK_FREE,
	};

	read_region(&rd, region);
	free(rd.taken);
}

void mm_readings(struct mm_walk *walk, const unsigned char *data, size_t len)
{
	struct region region = {
		.data = data, .len = len, .whole = true, .leaf = -1,
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
	return mm_line_is_field(item->data, &line) &&
	       memmem(item->data, item->len < 65536 ? item->len : 65536,
		      "\nContent-T", 10) != NULL;
}

void mm_readings_analyze(struct mm_walk *walk, const struct mm_item *item)
{
	struct region region = {
		.data = item->data, .len = item->len, .leaf = item->leaf,
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
