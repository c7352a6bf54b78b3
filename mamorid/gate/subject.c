/*
 * Marks in the Subject. Pure. The original's bytes are never decoded and put
 * together again: no charset, known to us or not, can be spoilt.
 */
#include "mamorid/gate/subject.h"

#include <string.h>
#include <strings.h>

#include "core/err.h"

#define NAME "Subject:"
/* RFC 2047 2: an encoded word has at most 75 bytes; this many of them, less
 * the frame, make 60 in base64. */
#define WORD_BYTES 45u

static bool is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

static int put_base64(struct mm_buf *out, const unsigned char *data, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned long bits;
	char four[4];
	size_t i, part;
	int r = 0;

	for (i = 0; i < len && r == 0; i += 3) {
		part = len - i < 3 ? len - i : 3;
		bits = (unsigned long)data[i] << 16;
		bits |= part > 1 ? (unsigned long)data[i + 1] << 8 : 0;
		bits |= part > 2 ? data[i + 2] : 0;
		four[0] = digits[bits >> 18];
		four[1] = digits[bits >> 12 & 63];
		four[2] = part > 1 ? digits[bits >> 6 & 63] : '=';
		four[3] = part > 2 ? digits[bits & 63] : '=';
		r = mm_buf_put(out, four, sizeof(four));
	}
	return r;
}

/* A mark, as encoded words if need be, each on a line of its own: a reader
 * joins them, and drops the break between two. */
static int put_mark(struct mm_buf *out, const char *mark)
{
	size_t len, part;
	bool first = true;
	int r = 0;

	if (is_ascii(mark))
		return mm_buf_puts(out, mark);
	for (len = strlen(mark); len > 0 && r == 0; mark += part, len -= part) {
		part = len < WORD_BYTES ? len : WORD_BYTES;
		while (part < len && part > 1 &&
		       ((unsigned char)mark[part] & 0xc0) == 0x80)
			part--;
		if ((r = mm_buf_puts(out, first ? "=?UTF-8?B?"
						: "\n =?UTF-8?B?")) == 0 &&
		    (r = put_base64(out, (const unsigned char *)mark, part)) ==
			    0)
			r = mm_buf_puts(out, "?=");
		first = false;
	}
	return r;
}

static bool begins(const char *text, const char *mark)
{
	while (*text == ' ')
		text++;
	return strncmp(text, mark, strlen(mark)) == 0;
}

static bool ends(const char *text, const char *mark)
{
	const size_t len = strlen(text), n = strlen(mark);

	return len >= n && strcmp(text + len - n, mark) == 0;
}

/* Is it to be put there, before what is read or behind it? */
static bool is_wanted(const char *mark, const char *decoded,
		      bool (*has)(const char *text, const char *mark))
{
	return mark != NULL && *mark != '\0' && !has(decoded, mark);
}

/* Cut the header to its value: what is between the colon (and one space) and
 * the final line end. */
static void find_value(const char **text, size_t *len)
{
	const char *colon = *text == NULL ? NULL : memchr(*text, ':', *len);

	if (colon == NULL) {
		*text = "";
		*len = 0;
		return;
	}
	*len -= (size_t)(colon + 1 - *text);
	*text = colon + 1;
	while (*len > 0 && strchr("\r\n \t", (*text)[*len - 1]) != NULL &&
	       (*text)[*len - 1] != '\0')
		--*len;
	if (*len > 0 && **text == ' ') {
		++*text;
		--*len;
	}
}

int mm_subject_mark(struct mm_buf *out, const char *text, size_t len,
		    const char *decoded, const char *tag, const char *suffix)
{
	const bool before = is_wanted(tag, decoded, begins);
	const bool behind = is_wanted(suffix, decoded, ends);
	int r;

	if (!before && !behind)
		return 0;
	find_value(&text, &len);
	if ((r = mm_buf_puts(out, NAME " ")) < 0)
		return r;
	if (before && ((r = put_mark(out, tag)) < 0 ||
		       (len > 0 && *text != '\n' &&
			(r = mm_buf_puts(out, is_ascii(tag) ? " " : "\n ")) <
				0)))
		return r;
	if ((r = mm_buf_put(out, text, len)) < 0)
		return r;
	if (behind && ((r = mm_buf_puts(out, "\n ")) < 0 ||
		       (r = put_mark(out, suffix)) < 0))
		return r;
	return (r = mm_buf_puts(out, "\n")) < 0 ? r : 1;
}

int mm_subject_marked(struct mm_buf *out, const char *decoded, const char *tag,
		      const char *suffix)
{
	const bool before = is_wanted(tag, decoded, begins);

	return mm_buf_printf(out, "%s%s%s%s", before ? tag : "",
			     before && *decoded != '\0' ? " " : "", decoded,
			     is_wanted(suffix, decoded, ends) ? suffix : "");
}
