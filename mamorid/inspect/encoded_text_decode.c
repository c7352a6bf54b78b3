/*
 * Decoders of files in plain text. Process: inspector (as users.inspector, in
 * its jail), and one-shot mode. Must never write more bytes than it said before
 * that there are.
 */
#include "mamorid/inspect/encoded_text_decode.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mamorid/inspect/readings_header.h"
#include "mamorid/xalloc.h"

#define YENC_SHIFT 42u
#define YENC_ESCAPE 64u
#define BINHEX_RUN 0x90u
#define BINHEX_FIXED 21u /* behind the name: version to checksum */

static bool is_word(const unsigned char *text, const struct mm_line *line,
		    const char *word)
{
	const size_t len = strlen(word);

	return line->end - line->begin >= len &&
	       memcmp(text + line->begin, word, len) == 0;
}

static unsigned int uu_value(const unsigned char *text, size_t pos, size_t end)
{
	/* Blanks at the end of a line are lost on the way. */
	return pos < end ? (text[pos] - 0x20u) & 0x3f : 0;
}

/* One line: at most as many bytes as it has letters. out may be NULL. */
static size_t uu_line(const unsigned char *text, const struct mm_line *line,
		      unsigned char *out)
{
	size_t left = (text[line->begin] - 0x20u) & 0x3f;
	size_t used = 0;

	for (size_t pos = line->begin + 1; left > 0 && pos < line->end;
	     pos += 4) {
		unsigned int bits = 0;

		for (size_t i = 0; i < 4; i++)
			bits = bits << 6 | uu_value(text, pos + i, line->end);
		for (unsigned int i = 0;
		     i < 3 && left > 0 && used < line->end - line->begin;
		     i++, left--, used++)
			if (out != NULL)
				out[used] =
					(unsigned char)(bits >> (16 - 8 * i));
	}
	return used;
}

size_t mm_uu_decode(const unsigned char *text, size_t len, size_t begin,
		    unsigned char *out)
{
	struct mm_line line;
	size_t used = 0;

	for (; begin < len; begin = line.next) {
		line = mm_line_at(text, len, begin);
		if (line.end - line.begin == 3 && is_word(text, &line, "end"))
			break;
		/* A lone length of zero, or an empty line, precedes the end;
		 * some programs put them elsewhere. */
		if (line.end == line.begin)
			continue;
		if (text[line.begin] < 0x20 || text[line.begin] > 0x60)
			break;
		used += uu_line(text, &line, out == NULL ? NULL : out + used);
	}
	return used;
}

size_t mm_yenc_decode(const unsigned char *text, size_t len, size_t begin,
		      unsigned char *out)
{
	struct mm_line line;
	size_t used = 0;

	for (; begin < len; begin = line.next) {
		line = mm_line_at(text, len, begin);
		if (is_word(text, &line, "=yend") ||
		    is_word(text, &line, "=ybegin "))
			break;
		if (is_word(text, &line, "=ypart"))
			continue;
		for (size_t i = line.begin; i < line.end; i++) {
			unsigned int shift = YENC_SHIFT;

			if (text[i] == '=' && line.end - i > 1) {
				shift += YENC_ESCAPE;
				i++;
			}
			if (out != NULL)
				out[used] = (unsigned char)(text[i] - shift);
			used++;
		}
	}
	return used;
}

/* RFC 1741 appendix A. */
static const char binhex_letters[] =
	"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";

/* The 8-bit bytes between the colons, runs not yet expanded. */
static size_t binhex_bytes(const unsigned char *text, size_t len, size_t begin,
			   unsigned char *out)
{
	unsigned int bits = 0, count = 0;
	size_t used = 0;
	size_t pos = begin;

	for (; pos < len && text[pos] != ':'; pos++) {
		const char *found;

		if (text[pos] <= ' ')
			continue;
		found = strchr(binhex_letters, text[pos]);
		if (found == NULL)
			break;
		bits = bits << 6 | (unsigned int)(found - binhex_letters);
		count += 6;
		if (count < 8)
			continue;
		count -= 8;
		if (out != NULL)
			out[used] = (unsigned char)(bits >> count);
		used++;
	}
	return used;
}

/* Writes the bytes from number skip on, room of them at most; to may be NULL.
 * 0x90 0 is the byte itself, 0x90 n stands for n times the byte before.
 * Returns how many there are in all, up to skip + room. */
static size_t binhex_expand(const unsigned char *from, size_t len,
			    unsigned char *to, size_t skip, size_t room)
{
	unsigned char last = 0;
	size_t used = 0;

	for (size_t i = 0; i < len && used < skip + room; i++) {
		size_t times = 1;

		if (from[i] != BINHEX_RUN)
			last = from[i];
		else if (++i == len)
			break;
		else if (from[i] == 0)
			last = BINHEX_RUN;
		else
			times = from[i] - 1u;
		for (; times > 0 && used < skip + room; times--, used++)
			if (used >= skip && to != NULL)
				to[used - skip] = last;
	}
	return used;
}

void mm_binhex_decode(const unsigned char *text, size_t len, size_t begin,
		      struct mm_binhex *file_r)
{
	const size_t packed_len = binhex_bytes(text, len, begin, NULL);
	unsigned char *packed = mm_xcalloc(packed_len + 1, 1);
	unsigned char head[1 + UINT8_MAX + BINHEX_FIXED] = { 0 };
	size_t start, all;

	memset(file_r, 0, sizeof(*file_r));
	(void)binhex_bytes(text, len, begin, packed);
	all = binhex_expand(packed, packed_len, head, 0, sizeof(head));
	start = 1 + (size_t)head[0] + BINHEX_FIXED;
	if (all == 0 || all < start) {
		free(packed);
		return;
	}
	memcpy(file_r->name, head + 1, head[0]);
	file_r->len = (size_t)head[start - 10] << 24 |
		      (size_t)head[start - 9] << 16 |
		      (size_t)head[start - 8] << 8 | head[start - 7];
	/* What the header says, or less if the text ends before. */
	all = binhex_expand(packed, packed_len, NULL, start, file_r->len);
	file_r->len = all > start ? all - start : 0;
	file_r->packed = packed;
	file_r->packed_len = packed_len;
	file_r->start = start;
}

void mm_binhex_expand(const struct mm_binhex *file, unsigned char *out)
{
	(void)binhex_expand(file->packed, file->packed_len, out, file->start,
			    file->len);
}
