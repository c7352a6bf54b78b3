/*
 * Text as a mail holds it: character sets and transfer encodings (RFC 2045).
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Pure functions; character sets must have been opened before the jail.
 */
#include "mamorid/inspect/rewrite_text.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "core/err.h"

#define LINE 57u	/* bytes of a base64 line of 76 */

int mm_encode_base64(const void *data, size_t len, const char *eol,
		     struct mm_buf *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *in = data;
	int r = 0;

	for (size_t i = 0; i < len && r == 0; i += 3) {
		size_t left = len - i;
		uint32_t bits = (uint32_t)in[i] << 16 |
			(left > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
			(left > 2 ? in[i + 2] : 0);
		const char group[4] = {
			digits[bits >> 18], digits[bits >> 12 & 63],
			left > 1 ? digits[bits >> 6 & 63] : '=',
			left > 2 ? digits[bits & 63] : '=',
		};

		r = mm_buf_put(out, group, 4);
		if (r == 0 && (left <= 3 || i % LINE == LINE - 3))
			r = mm_buf_puts(out, eol);
	}
	return r;
}

/* Blanks at a line's end, "From " and a dot at its beginning are quoted too:
 * some servers change them. */
static bool is_plain(const unsigned char *in, size_t i, size_t len,
		     size_t column)
{
	unsigned char c = in[i];

	if (c == ' ' || c == '\t')
		return i + 1 < len && in[i + 1] != '\n' && in[i + 1] != '\r';
	if (column == 0 && (c == '.' || c == 'F'))
		return false;
	return c > ' ' && c < 0x7f && c != '=';
}

int mm_encode_quoted(const void *data, size_t len, const char *eol,
		     struct mm_buf *out)
{
	const unsigned char *in = data;
	size_t column = 0;
	int r = 0;

	for (size_t i = 0; i < len && r == 0; i++) {
		if (in[i] == '\r' && i + 1 < len && in[i + 1] == '\n')
			continue;
		if (in[i] == '\n') {
			r = mm_buf_puts(out, eol);
			column = 0;
			continue;
		}
		if (column > 72) {
			if ((r = mm_buf_printf(out, "=%s", eol)) < 0)
				break;
			column = 0;
		}
		if (is_plain(in, i, len, column)) {
			r = mm_buf_put(out, in + i, 1);
			column++;
		} else {
			r = mm_buf_printf(out, "=%02X", in[i]);
			column += 3;
		}
	}
	return r;
}

/* One character of well-formed UTF-8. */
static uint32_t next_character(const unsigned char **pos)
{
	const unsigned char *p = *pos;
	unsigned int more = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : *p >= 0xc0;
	uint32_t c = more > 0 ? *p & (0x3fu >> more) : *p;

	for (p++; more > 0 && (*p & 0xc0) == 0x80; more--)
		c = c << 6 | (*p++ & 0x3f);
	*pos = p;
	return c;
}

int mm_encode_html(const char *text, struct mm_buf *out)
{
	const unsigned char *pos = (const unsigned char *)text;
	int r = mm_buf_puts(out, "<div>");

	while (*pos != '\0' && r == 0) {
		uint32_t c = next_character(&pos);

		if (c == '\n')
			r = mm_buf_puts(out, "<br>");
		else if (c >= 0x80 || strchr("<>&\"'", (int)c) != NULL)
			r = mm_buf_printf(out, "&#%u;", (unsigned int)c);
		else if (c >= ' ')
			r = mm_buf_printf(out, "%c", (int)c);
	}
	return r < 0 ? r : mm_buf_puts(out, "</div>");
}

int mm_encode_lines(const char *text, const char *eol, struct mm_buf *out)
{
	int r = 0;

	while (*text != '\0' && r == 0) {
		size_t len = strcspn(text, "\n");

		r = mm_buf_put(out, text, len);
		text += len;
		if (*text == '\n' && r == 0) {
			r = mm_buf_puts(out, eol);
			text++;
		}
	}
	return r;
}

static int convert(iconv_t converter, char *in, size_t left,
		   struct mm_buf *out)
{
	bool flush = false;
	char space[1024];
	int r;

	for (;;) {
		char *pos = space;
		size_t room = sizeof(space);
		size_t got = iconv(converter, flush ? NULL : &in,
				   flush ? NULL : &left, &pos, &room);
		const int error = errno;

		if ((r = mm_buf_put(out, space, sizeof(space) - room)) < 0)
			return r;
		if (got == (size_t)-1 && error != E2BIG)
			return MM_ERR_INVALID;
		/* Characters that were replaced by others. */
		if (got != (size_t)-1 && got > 0)
			return MM_ERR_INVALID;
		if (got != (size_t)-1 && flush)
			return 0;
		if (got != (size_t)-1)
			flush = true;
	}
}

int mm_encode_charset(const char *from, const char *to, const void *data,
		      size_t len, struct mm_buf *out)
{
	iconv_t converter = iconv_open(to, from);
	int r;

	if (converter == (iconv_t)-1)
		return MM_ERR_INVALID;
	r = convert(converter, (char *)(uintptr_t)data, len, out);
	iconv_close(converter);
	return r;
}

bool mm_is_ascii(const void *data, size_t len)
{
	const unsigned char *pos = data;

	for (size_t i = 0; i < len; i++)
		if (pos[i] >= 0x80)
			return false;
	return true;
}
