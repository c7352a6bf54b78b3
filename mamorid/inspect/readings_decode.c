/*
 * Base64 and quoted-printable as mail clients decode them when the text is
 * odd. Process: inspector (as users.inspector, in its jail), and one-shot
 * mode. Must never write more than its header file says.
 */
#include "mamorid/inspect/readings_decode.h"

#include <string.h>

#define JUNK (-1)
#define BLANK (-2)
#define LINE_END (-3)
#define PAD (-4)

#define TELLING_LINE 8u /* letters; fewer may be a word of a footer */

static int letter(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	switch (c) {
	case '+':
		return 62;
	case '/':
		return 63;
	case ' ':
	case '\t':
		return BLANK;
	case '\r':
	case '\n':
		return LINE_END;
	case '=':
		return PAD;
	default:
		return JUNK;
	}
}

/* letter() of every byte. */
static signed char table[256];

static void fill_table(void)
{
	if (table['B'] == 1)
		return;
	for (unsigned int c = 0; c < 256; c++)
		table[c] = (signed char)letter((unsigned char)c);
}

struct line_state {
	size_t letters;
	size_t pads;
	bool odd; /* junk, or a "=" with letters behind it */
	bool spaced; /* several words */
};

static void end_line(struct mm_base64_survey *survey, struct line_state *line,
		     bool *broken)
{
	/* A whole line of data behind something that ends the text for some. */
	if (*broken && !line->odd && !line->spaced && line->letters > 0 &&
	    line->letters + line->pads >= TELLING_LINE &&
	    (line->letters + line->pads) % 4 == 0)
		survey->telling = true;
	if (line->letters > 0 && line->pads == 0 && line->letters % 4 != 0)
		survey->short_lines = true;
	if (line->odd || line->pads > 0)
		*broken = true;
	*line = (struct line_state){ .letters = 0 };
}

static void odd_character(struct mm_base64_survey *survey,
			  struct line_state *line, unsigned char c, bool first)
{
	if (c == '-' || c == '_')
		survey->url = true;
	survey->junk = true;
	line->odd = true;
	/* A footer never begins in the first line. */
	if (first)
		survey->telling = true;
}

void mm_base64_look(const unsigned char *in, size_t len,
		    struct mm_base64_survey *survey_r)
{
	struct mm_base64_survey survey = { .letters = 0 };
	struct line_state line = { .letters = 0 };
	bool broken = false;
	bool padded = false;
	bool blank = false;

	fill_table();
	for (size_t i = 0; i < len; i++) {
		const int value = table[in[i]];

		if (value >= 0) {
			if (padded)
				survey.pad_inside = true;
			if (line.pads > 0)
				survey.telling = line.odd = true;
			if (blank)
				survey.spaces = line.spaced = true;
			line.letters++;
			survey.letters++;
		} else if (value == LINE_END) {
			end_line(&survey, &line, &broken);
			blank = false;
		} else if (value == PAD) {
			if (!padded && survey.letters % 4 < 2)
				survey.pad_inside = true;
			padded = true;
			line.pads++;
		} else if (value == BLANK) {
			blank = line.letters > 0;
		} else {
			odd_character(&survey, &line, in[i],
				      survey.letters == line.letters);
		}
	}
	end_line(&survey, &line, &broken);
	*survey_r = survey;
}

bool mm_base64_plain(const struct mm_base64_survey *survey)
{
	return !survey->pad_inside && !survey->junk;
}

struct quantum {
	unsigned char *out;
	size_t used;
	unsigned int bits;
	unsigned int count; /* letters in bits */
};

static void flush(struct quantum *q)
{
	if (q->count == 2) {
		q->out[q->used++] = (unsigned char)(q->bits >> 4);
	} else if (q->count == 3) {
		q->out[q->used++] = (unsigned char)(q->bits >> 10);
		q->out[q->used++] = (unsigned char)(q->bits >> 2);
	}
	q->bits = q->count = 0;
}

static void add(struct quantum *q, unsigned int value)
{
	q->bits = q->bits << 6 | value;
	if (++q->count < 4)
		return;
	q->out[q->used++] = (unsigned char)(q->bits >> 16);
	q->out[q->used++] = (unsigned char)(q->bits >> 8);
	q->out[q->used++] = (unsigned char)q->bits;
	q->bits = q->count = 0;
}

/* Where the line at pos ends, if it has a character out of place; else pos. */
static size_t impure_line(const unsigned char *in, size_t len, size_t pos)
{
	bool junk = false;
	size_t i;

	for (i = pos; i < len && table[in[i]] != LINE_END; i++)
		junk = junk || table[in[i]] == JUNK || table[in[i]] == BLANK;
	return junk ? i : pos;
}

size_t mm_base64_read(const unsigned char *in, size_t len,
		      enum mm_base64_mode mode, unsigned char *out)
{
	struct quantum q = { .out = out };

	fill_table();
	for (size_t i = 0; i < len; i++) {
		int value;

		if (mode == MM_BASE64_PURE_LINES &&
		    (i == 0 || table[in[i - 1]] == LINE_END) &&
		    (i = impure_line(in, len, i)) == len)
			break;
		value = table[in[i]];
		if (mode == MM_BASE64_URL && (in[i] == '-' || in[i] == '_'))
			value = in[i] == '-' ? 62 : 63;
		if (value >= 0)
			add(&q, (unsigned int)value);
		else if (value == PAD && mode == MM_BASE64_SKIP)
			continue;
		else if (value == PAD && q.used + q.count > 0 &&
			 (mode == MM_BASE64_STOP || mode == MM_BASE64_STRICT))
			break;
		else if (value == PAD ||
			 (value == LINE_END && mode == MM_BASE64_LINES))
			flush(&q);
		else if (value == JUNK && mode == MM_BASE64_STRICT)
			break;
	}
	flush(&q);
	return q.used;
}

static int hex(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool blank_at(const unsigned char *in, size_t len, size_t pos)
{
	return pos < len && (in[pos] == ' ' || in[pos] == '\t');
}

static bool end_at(const unsigned char *in, size_t len, size_t pos)
{
	return pos >= len || in[pos] == '\r' || in[pos] == '\n';
}

static bool hex_at(const unsigned char *in, size_t len, size_t pos)
{
	return len - pos > 2 && hex(in[pos + 1]) >= 0 && hex(in[pos + 2]) >= 0;
}

/* The first byte behind the blanks at pos. */
static size_t skip_blanks(const unsigned char *in, size_t len, size_t pos)
{
	while (blank_at(in, len, pos))
		pos++;
	return pos;
}

/* The first byte behind the line end at pos. */
static size_t skip_end(const unsigned char *in, size_t len, size_t pos)
{
	if (pos < len && in[pos] == '\r')
		pos++;
	if (pos < len && in[pos] == '\n')
		pos++;
	return pos;
}

void mm_quoted_look(const unsigned char *in, size_t len, size_t *escapes_r,
		    size_t *invalid_r, bool *blanks_r)
{
	const unsigned char *pos = in;
	const unsigned char *end = in + len;

	*escapes_r = *invalid_r = 0;
	*blanks_r = false;
	while (pos < end &&
	       (pos = memchr(pos, '=', (size_t)(end - pos))) != NULL) {
		const size_t at = (size_t)(pos - in);

		if (hex_at(in, len, at))
			(*escapes_r)++;
		else if (!end_at(in, len, at + 1) &&
			 end_at(in, len, skip_blanks(in, len, at + 1)))
			*blanks_r = true;
		else if (!end_at(in, len, at + 1))
			(*invalid_r)++;
		pos++;
	}
}

/* What follows an invalid "=" at pos and is left out together with it. */
static size_t after_invalid(const unsigned char *in, size_t len, size_t pos,
			    unsigned int how)
{
	size_t count = (how & MM_QUOTED_DROP_PAIR)   ? 2
		       : (how & MM_QUOTED_DROP_NEXT) ? 1
						     : 0;

	for (pos++;
	     count > 0 && pos < len && in[pos] != '=' && !end_at(in, len, pos);
	     count--)
		pos++;
	return pos;
}

/* Without line ends, soft or hard. */
static size_t join_lines(const unsigned char *in, size_t len,
			 unsigned char *out)
{
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		if (in[i] == '=' &&
		    end_at(in, len, skip_blanks(in, len, i + 1)))
			i = skip_blanks(in, len, i + 1) - 1;
		else if (!end_at(in, len, i))
			out[used++] = in[i];
	}
	return used;
}

static bool must_be_encoded(unsigned char c)
{
	return c != '\r' && c != '\n' && (c < 0x20 || c > 0x7e);
}

/* What is left of the blanks from pos to next. Returns how many bytes. */
static size_t read_blanks(const unsigned char *in, size_t pos, size_t next,
			  unsigned int how, unsigned char *out)
{
	size_t used = 0;

	for (; pos < next; pos++)
		if (!(how & MM_QUOTED_CLEAN) || !must_be_encoded(in[pos]))
			out[used++] = in[pos];
	return used;
}

static size_t read_lines(const unsigned char *in, size_t len, unsigned int how,
			 unsigned char *out)
{
	const bool drops = (how & (MM_QUOTED_DROP | MM_QUOTED_DROP_NEXT |
				   MM_QUOTED_DROP_PAIR)) != 0;
	bool first = true; /* at the begin of a line */
	size_t used = 0;
	size_t pos = 0;

	while (pos < len) {
		const unsigned char c = in[pos];
		/* All blanks in one step: there may be millions. */
		const size_t next = c == '=' || blank_at(in, len, pos)
					    ? skip_blanks(in, len, pos + 1)
					    : pos + 1;

		if (c == '=' && hex_at(in, len, pos)) {
			out[used++] = (unsigned char)(hex(in[pos + 1]) << 4 |
						      hex(in[pos + 2]));
			pos += 3;
		} else if (c == '=' && end_at(in, len, next)) {
			pos = skip_end(in, len, next);
			first = true;
			continue;
		} else if (c == '=' && drops) {
			pos = after_invalid(in, len, pos, how);
		} else if (blank_at(in, len, pos)) {
			if (!((how & MM_QUOTED_LEFT) && first) &&
			    !((how & MM_QUOTED_STRIP) && end_at(in, len, next)))
				used += read_blanks(in, pos, next, how,
						    out + used);
			pos = next;
		} else {
			if (!(how & MM_QUOTED_CLEAN) || !must_be_encoded(c))
				out[used++] = c;
			pos++;
		}
		first = c == '\n' || c == '\r';
	}
	return used;
}

size_t mm_quoted_read(const unsigned char *in, size_t len, unsigned int how,
		      unsigned char *out)
{
	/* What is left is shorter than what was there, so that it can be read
	 * where it stands. */
	if (how & MM_QUOTED_JOIN) {
		len = join_lines(in, len, out);
		in = out;
	}
	return read_lines(in, len, how, out);
}
