/*
 * Finds the places in a message where a part may begin or end.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never take more than a few looks at a byte, whatever the message is.
 */
#include "mamorid/inspect/readings_blocks.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mamorid/inspect/encoded_text.h"
#include "mamorid/inspect/readings_decode.h"
#include "mamorid/xalloc.h"

#define BOUNDARIES_MAX 64u
#define RUN_MIN 40u /* letters: fewer are a word, or a hash */
#define LEADING_MAX 8u
#define PLACES_MAX 100000u /* of each kind */

struct boundary {
	unsigned char text[MM_BOUNDARY_MAX];
	size_t len;
	bool closed;
	bool loose; /* only a header in some text announces it */
};

struct finder {
	const unsigned char *data;
	size_t len;
	const struct mm_mail *mail;
	struct mm_blocks *out;
	struct boundary boundaries[BOUNDARIES_MAX];
	size_t count;
	size_t run_letters;
	struct mm_run run;
	bool armored;
	bool loose; /* the header that is being read */
};

/* Room for one more element. */
static void *grow(void *list, size_t count, size_t *size, size_t element)
{
	size_t more = *size == 0 ? 16 : *size * 2;
	void *larger;

	if (count < *size)
		return list;
	larger = mm_xcalloc(more, element);
	if (count > 0)
		memcpy(larger, list, count * element);
	free(list);
	*size = more;
	return larger;
}

static void add_boundary(void *context, const unsigned char *text, size_t len)
{
	struct finder *fd = context;
	struct boundary *boundary;

	for (size_t i = 0; i < fd->count; i++) {
		boundary = &fd->boundaries[i];
		if (boundary->len == len &&
		    memcmp(boundary->text, text, len) == 0) {
			boundary->loose = boundary->loose && fd->loose;
			return;
		}
	}
	if (fd->count == BOUNDARIES_MAX || len > MM_BOUNDARY_MAX)
		return;
	boundary = &fd->boundaries[fd->count++];
	memcpy(boundary->text, text, len);
	boundary->len = len;
	boundary->loose = fd->loose;
}

/* The announced boundary behind the dashes at pos: the longest one. */
static struct boundary *match(struct finder *fd, size_t pos, size_t end)
{
	struct boundary *found = NULL;

	for (size_t i = 0; i < fd->count; i++) {
		struct boundary *boundary = &fd->boundaries[i];

		if (boundary->len > end - pos ||
		    memcmp(fd->data + pos, boundary->text, boundary->len) !=
			    0 ||
		    (boundary->len == 0 && end - pos > 2))
			continue;
		if (found == NULL || boundary->len > found->len)
			found = boundary;
	}
	return found;
}

/* Is this line a delimiter? Then *late_r says whether one with the same
 * boundary has already closed, and *known_r whether the header of a part has
 * announced it. */
static bool take_delimiter(struct finder *fd, const struct mm_line *line,
			   bool *late_r, bool *known_r)
{
	struct mm_blocks *out = fd->out;
	struct mm_delimiter *delimiter;
	struct boundary *boundary;
	size_t pos = line->begin;
	size_t end;

	while (pos < line->end && pos - line->begin < LEADING_MAX &&
	       fd->data[pos] <= ' ')
		pos++;
	if (line->end - pos < 2 || memcmp(fd->data + pos, "--", 2) != 0)
		return false;
	if (out->delimiter_count == PLACES_MAX) {
		out->too_many = true;
		return false;
	}
	pos += 2;
	boundary = match(fd, pos, line->end);
	out->delimiters = grow(out->delimiters, out->delimiter_count,
			       &out->delimiter_size, sizeof(*delimiter));
	delimiter = &out->delimiters[out->delimiter_count++];
	*delimiter = (struct mm_delimiter){
		.begin = line->begin,
		.body_end = line->begin,
		.known = boundary != NULL,
	};
	/* The line end before it belongs to it (RFC 2046 5.1.1). */
	if (delimiter->body_end > 0 &&
	    fd->data[delimiter->body_end - 1] == '\n')
		delimiter->body_end--;
	if (delimiter->body_end > 0 &&
	    fd->data[delimiter->body_end - 1] == '\r')
		delimiter->body_end--;
	*late_r = false;
	*known_r = boundary != NULL && !boundary->loose;
	if (boundary == NULL)
		return true;
	end = pos + boundary->len;
	*late_r = boundary->closed;
	if (line->end - end >= 2 && memcmp(fd->data + end, "--", 2) == 0)
		boundary->closed = true;
	return true;
}

/* GMime reads just the same, and there is but one way to decode it. */
static bool settled(const struct finder *fd, const struct mm_block *block,
		    size_t *end_r)
{
	const struct mm_head *head = &block->head;
	struct mm_base64_survey survey;
	const struct mm_leaf *leaf;
	int i;

	if (fd->mail == NULL || block->body_count != 1 || head->odd ||
	    !head->exact || head->encodings != MM_ENC_BASE64 ||
	    head->multipart || head->message || head->utf7)
		return false;
	i = mm_blocks_leaf(fd->mail, block->bodies[0]);
	if (i < 0)
		return false;
	leaf = &fd->mail->leaves[i];
	if (!leaf->base64 || leaf->raw_begin != block->bodies[0])
		return false;
	mm_base64_look(fd->data + leaf->raw_begin,
		       leaf->raw_end - leaf->raw_begin, &survey);
	*end_r = leaf->raw_end;
	return mm_base64_plain(&survey);
}

static void end_run(struct finder *fd)
{
	struct mm_blocks *out = fd->out;

	if (fd->run_letters >= RUN_MIN && out->run_count == PLACES_MAX) {
		out->too_many = true;
	} else if (fd->run_letters >= RUN_MIN) {
		out->runs = grow(out->runs, out->run_count, &out->run_size,
				 sizeof(*out->runs));
		out->runs[out->run_count++] = fd->run;
	}
	fd->run_letters = 0;
}

/* Returns where to go on. */
static size_t add_block(struct finder *fd, size_t pos, bool loose, bool late)
{
	const struct mm_boundary_sink sink = { fd, add_boundary };
	struct mm_blocks *out = fd->out;
	struct mm_block *block;
	size_t end;

	end_run(fd);
	if (out->block_count == PLACES_MAX) {
		out->too_many = true;
		return mm_line_at(fd->data, fd->len, pos).next;
	}
	out->blocks = grow(out->blocks, out->block_count, &out->block_size,
			   sizeof(*out->blocks));
	block = &out->blocks[out->block_count++];
	*block =
		(struct mm_block){ .begin = pos, .loose = loose, .late = late };
	fd->loose = loose;
	end = mm_block_bodies(fd->data, fd->len, pos, block);
	mm_head_read(fd->data, pos, end, &sink, &block->head);
	if (settled(fd, block, &end)) {
		block->done = true;
		return end;
	}
	return block->bodies[0];
}

/* What may stand before the first header: empty lines, and the line of a
 * mailbox file. */
static size_t skip_front(const struct finder *fd, size_t pos, bool *blank_r)
{
	struct mm_line line;

	for (*blank_r = false; pos < fd->len; pos = line.next) {
		line = mm_line_at(fd->data, fd->len, pos);
		if (mm_line_blank(fd->data, &line))
			*blank_r = true;
		else if (line.end - line.begin < 5 ||
			 (memcmp(fd->data + pos, "From ", 5) != 0 &&
			  memcmp(fd->data + pos, ">From", 5) != 0))
			break;
	}
	return pos;
}

/* A message follows upon the header of its part. */
static size_t add_blocks(struct finder *fd, size_t pos, bool loose, bool late)
{
	struct mm_line line;
	bool blank;

	for (;;) {
		size_t next = add_block(fd, pos, loose, late);

		if (next <= pos ||
		    !fd->out->blocks[fd->out->block_count - 1].head.message)
			return next;
		pos = skip_front(fd, next, &blank);
		if (pos >= fd->len)
			return next;
		line = mm_line_at(fd->data, fd->len, pos);
		if (!mm_line_is_field(fd->data, &line))
			return next;
		late = false;
	}
}

static bool armor(const unsigned char *data, const struct mm_line *line,
		  const char *word)
{
	const size_t len = strlen(word);

	return line->end - line->begin > len &&
	       memcmp(data + line->begin, word, len) == 0;
}

/* Only letters of base64, padding at the end? Returns how many letters. */
static size_t pure(const unsigned char *data, const struct mm_line *line)
{
	size_t i, letters;

	for (i = line->begin;
	     i < line->end &&
	     (isalnum(data[i]) || data[i] == '+' || data[i] == '/');
	     i++)
		;
	letters = i - line->begin;
	while (i < line->end && (data[i] == '=' || data[i] == ' '))
		i++;
	return i == line->end ? letters : 0;
}

static void add_file(struct mm_blocks *out, size_t pos)
{
	if (out->file_count == PLACES_MAX) {
		out->too_many = true;
		return;
	}
	out->files = grow(out->files, out->file_count, &out->file_size,
			  sizeof(*out->files));
	out->files[out->file_count++] = pos;
}

static void take_text(struct finder *fd, const struct mm_line *line)
{
	const size_t letters = pure(fd->data, line);

	if (mm_encoded_text_begins(fd->data, fd->len, line->begin))
		add_file(fd->out, line->begin);
	if (armor(fd->data, line, "-----BEGIN "))
		fd->armored = true;
	else if (armor(fd->data, line, "-----END "))
		fd->armored = false;
	if (letters == 0) {
		end_run(fd);
		return;
	}
	if (fd->run_letters == 0)
		fd->run = (struct mm_run){ .begin = line->begin,
					   .armored = fd->armored };
	fd->run.end = line->end;
	fd->run_letters += letters;
}

/* A header begins behind a delimiter, unless the part has none. */
static bool begins_header(const struct finder *fd, size_t pos)
{
	struct mm_line line;

	if (pos >= fd->len)
		return false;
	line = mm_line_at(fd->data, fd->len, pos);
	return memchr(fd->data + pos, ':', line.end - pos) != NULL ||
	       mm_line_is_mime_field(fd->data, &line);
}

static void link_known(struct mm_blocks *blocks)
{
	size_t next = blocks->delimiter_count;

	for (size_t i = blocks->delimiter_count; i > 0; i--) {
		if (blocks->delimiters[i - 1].known)
			next = i - 1;
		blocks->delimiters[i - 1].next_known = next;
	}
}

void mm_blocks_find(const unsigned char *data, size_t len,
		    const struct mm_mail *mail, struct mm_blocks *blocks_r)
{
	struct finder *fd = mm_xcalloc(1, sizeof(*fd));
	struct mm_line line;
	size_t pos;
	bool late, known;

	memset(blocks_r, 0, sizeof(*blocks_r));
	fd->data = data;
	fd->len = len;
	fd->mail = mail;
	fd->out = blocks_r;
	pos = skip_front(fd, 0, &blocks_r->blank_first);
	if (begins_header(fd, pos))
		pos = add_blocks(fd, pos, false, false);
	while (pos < len) {
		line = mm_line_at(data, len, pos);
		pos = line.next;
		if (take_delimiter(fd, &line, &late, &known)) {
			end_run(fd);
			take_text(fd, &line);
			if (begins_header(fd, pos))
				pos = add_blocks(fd, pos, !known, late);
		} else if (mm_line_is_mime_field(data, &line)) {
			pos = add_blocks(fd, line.begin, true, false);
		} else {
			take_text(fd, &line);
		}
	}
	end_run(fd);
	link_known(blocks_r);
	free(fd);
}
