/*
 * Finds files in plain text: uuencode, yEnc, BinHex. Process: inspector (as
 * users.inspector, in its jail), and one-shot mode. Must never take the words
 * of a letter for such a file.
 */
#include "mamorid/inspect/encoded_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mamorid/inspect/encoded_text_decode.h"
#include "mamorid/inspect/limits.h"
#include "mamorid/inspect/readings_decode.h"
#include "mamorid/inspect/readings_header.h"
#include "mamorid/xalloc.h"

#define SAMPLE 512u /* bytes that tell text from other content */
#define NAME_MAX_LEN 255u
#define COLON_MAX 4096u /* from the mark of BinHex to its data */

static const char binhex_mark[] = "(This file must be converted with BinHex";

static bool at(const unsigned char *data, size_t len, size_t pos,
	       const char *word)
{
	const size_t word_len = strlen(word);

	return len - pos >= word_len && memcmp(data + pos, word, word_len) == 0;
}

static bool is_octal(unsigned char c)
{
	return c >= '0' && c <= '7';
}

/* "begin 644 name"; without a mode for the clients that do not ask for one.
 * The first line of data is as long as its first letter says. */
static bool is_uu(const unsigned char *data, size_t len, size_t pos)
{
	struct mm_line line = mm_line_at(data, len, pos);
	size_t i = pos + 6;
	size_t digits = 0;
	size_t chars;

	if (at(data, len, pos, "begin-base64 "))
		return true;
	for (; i < line.end && is_octal(data[i]); i++)
		digits++;
	if (digits > 0 && (digits < 3 || i == line.end || data[i] != ' '))
		return false;
	if (line.next >= len)
		return false;
	line = mm_line_at(data, len, line.next);
	if (line.end == line.begin || data[line.begin] < 0x20 ||
	    data[line.begin] > 0x60)
		return false;
	chars = (((data[line.begin] - 0x20u) & 0x3f) + 2) / 3 * 4 + 1;
	return digits > 0 || (chars > 1 && line.end - line.begin >= chars &&
			      line.end - line.begin <= chars + 1);
}

bool mm_encoded_text_begins(const unsigned char *data, size_t len, size_t pos)
{
	if (pos >= len)
		return false;
	switch (data[pos]) {
	case 'b':
		return (at(data, len, pos, "begin ") ||
			at(data, len, pos, "begin-base64 ")) &&
		       is_uu(data, len, pos);
	case '=':
		return at(data, len, pos, "=ybegin ");
	case '(':
		return at(data, len, pos, binhex_mark);
	default:
		return false;
	}
}

/* The rest of the line behind the last word there, or behind "name=". */
static char *name_of(const unsigned char *data, const struct mm_line *line)
{
	const char *mark = data[line->begin] == '=' ? "name=" : " ";
	const size_t mark_len = strlen(mark);
	size_t pos = line->begin;
	size_t name = line->end;
	unsigned int words = 0;
	char *text;

	for (; pos + mark_len <= line->end; pos++) {
		if (memcmp(data + pos, mark, mark_len) != 0)
			continue;
		name = pos + mark_len;
		/* "begin", the mode, and then a name with blanks in it */
		if (mark_len > 1 || ++words == 2)
			break;
	}
	if (line->end - name > NAME_MAX_LEN)
		name = line->end - NAME_MAX_LEN;
	text = mm_xcalloc(line->end - name + 1, 1);
	memcpy(text, data + name, line->end - name);
	return text;
}

/* Takes name and data. */
static void push(struct mm_walk *walk, const struct mm_item *item, char *name,
		 unsigned char *data, size_t len)
{
	if (len > 0)
		(void)mm_walk_push_take(
			walk, item, name[0] != '\0' ? name : NULL, data, len);
	else
		free(data);
	free(name);
}

static void unpack_binhex(struct mm_walk *walk, const struct mm_item *item,
			  size_t pos)
{
	const size_t left = item->len - pos;
	const unsigned char *colon = memchr(
		item->data + pos, ':', left < COLON_MAX ? left : COLON_MAX);
	struct mm_binhex file;
	unsigned char *out;

	if (colon == NULL)
		return;
	mm_binhex_decode(item->data, item->len,
			 (size_t)(colon - item->data) + 1, &file);
	if (file.packed == NULL)
		return;
	if (file.len > mm_walk_room(walk)) {
		mm_walk_stop(walk, item->leaf, MM_LIMIT_UNPACKED);
	} else {
		out = mm_xcalloc(file.len + 1, 1);
		mm_binhex_expand(&file, out);
		push(walk, item, mm_xstrdup(file.name), out, file.len);
	}
	free(file.packed);
}

/* The base64 form ends with a line of "====". */
static size_t base64_end(const unsigned char *data, size_t len, size_t pos)
{
	struct mm_line line;

	for (; pos < len; pos = line.next) {
		line = mm_line_at(data, len, pos);
		if (at(data, len, pos, "====") || at(data, len, pos, "begin"))
			break;
	}
	return pos;
}

static void unpack_base64(struct mm_walk *walk, const struct mm_item *item,
			  const struct mm_line *line)
{
	const size_t end = base64_end(item->data, item->len, line->next);
	unsigned char *out = mm_xcalloc((end - line->next) / 4 * 3 + 3, 1);
	size_t len = mm_base64_read(item->data + line->next, end - line->next,
				    MM_BASE64_CHUNKS, out);

	push(walk, item, name_of(item->data, line), out, len);
}

void mm_encoded_text_unpack(struct mm_walk *walk, const struct mm_item *item,
			    size_t pos)
{
	const struct mm_line line = mm_line_at(item->data, item->len, pos);
	size_t (*decode)(const unsigned char *, size_t, size_t,
			 unsigned char *);
	unsigned char *out;
	size_t len;

	if (item->data[pos] == '(') {
		unpack_binhex(walk, item, pos);
		return;
	}
	if (at(item->data, item->len, pos, "begin-base64 ")) {
		unpack_base64(walk, item, &line);
		return;
	}
	decode = item->data[pos] == '=' ? mm_yenc_decode : mm_uu_decode;
	len = decode(item->data, item->len, line.next, NULL);
	out = mm_xcalloc(len + 1, 1);
	(void)decode(item->data, item->len, line.next, out);
	push(walk, item, name_of(item->data, &line), out, len);
}

static bool is_text(const struct mm_item *item)
{
	const size_t len = item->len < SAMPLE ? item->len : SAMPLE;

	return memchr(item->data, '\0', len) == NULL;
}

/* The first place from pos on where a line begins with this letter. */
static size_t next_line(const unsigned char *data, size_t len, size_t pos,
			const char *mark)
{
	const unsigned char *found;

	while (pos < len && (found = memmem(data + pos, len - pos, mark,
					    strlen(mark))) != NULL) {
		pos = (size_t)(found - data);
		if (pos == 0 || data[pos - 1] == '\n' || data[pos - 1] == '\r')
			return pos;
		pos++;
	}
	return len;
}

static void find(struct mm_walk *walk, const struct mm_item *item,
		 const char *mark)
{
	size_t pos = 0;

	while ((pos = next_line(item->data, item->len, pos, mark)) <
		       item->len &&
	       !mm_walk_stopped(walk, item->leaf)) {
		if (mm_encoded_text_begins(item->data, item->len, pos))
			mm_encoded_text_unpack(walk, item, pos);
		pos++;
	}
}

void mm_encoded_text_analyze(struct mm_walk *walk, const struct mm_item *item)
{
	/* What is in no part of a message is found with its readings. */
	if ((item->leaf < 0 && item->depth == 0) || item->len == 0 ||
	    !is_text(item))
		return;
	find(walk, item, "begin");
	find(walk, item, "=ybegin ");
	find(walk, item, binhex_mark);
}
