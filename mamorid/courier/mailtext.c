/*
 * Text of our own mails: encodings of header and body, and foreign values made
 * harmless. Courier, uid mamori-courier. Whatever comes in, a value must never
 * end its line or leave 7-bit ASCII on the wire.
 */
#include "mamorid/courier/mailtext.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "core/err.h"
#include "core/text.h"

#define LINE_BYTES 57u /* 76 characters of base64 */
#define HEADER_LINE 76u /* RFC 2047, 2 */
#define WORD_HEAD "=?UTF-8?B?"
#define WORD_FRAME 12u /* "=?UTF-8?B?" and "?=" */

static void encode3(const unsigned char *in, size_t len, char out[4])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned int bits = (unsigned int)in[0] << 16 |
				  (len > 1 ? (unsigned int)in[1] << 8 : 0) |
				  (len > 2 ? (unsigned int)in[2] : 0);

	out[0] = digits[bits >> 18 & 63];
	out[1] = digits[bits >> 12 & 63];
	out[2] = len > 1 ? digits[bits >> 6 & 63] : '=';
	out[3] = len > 2 ? digits[bits & 63] : '=';
}

/* One line of base64, without its end. */
static int put_base64(struct mm_buf *buf, const char *text, size_t len)
{
	const unsigned char *in = (const unsigned char *)text;
	char out[4];
	size_t i;
	int r = 0;

	for (i = 0; i < len && r == 0; i += 3) {
		encode3(in + i, len - i, out);
		r = mm_buf_put(buf, out, sizeof(out));
	}
	return r;
}

int mm_mailtext_base64(struct mm_buf *buf, const char *text, size_t len)
{
	size_t pos, part;
	int r = 0;

	for (pos = 0; pos < len && r == 0; pos += part) {
		part = len - pos < LINE_BYTES ? len - pos : LINE_BYTES;
		if ((r = put_base64(buf, text + pos, part)) == 0)
			r = mm_buf_puts(buf, "\n");
	}
	return r;
}

static bool is_plain(const char *text, size_t room)
{
	const size_t len = strlen(text);
	size_t i;

	/* "=?" in plain text would be read as an encoded word; spaces at the
	 * ends would be lost. */
	if (len > room || strstr(text, "=?") != NULL ||
	    (len > 0 && (text[0] == ' ' || text[len - 1] == ' ')))
		return false;
	for (i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return true;
}

/* How many bytes, of whole characters, fit into room. At least one character:
 * room is never so small. */
static size_t take_chars(const char *text, size_t len, size_t room)
{
	size_t n = len < room ? len : room;

	while (n > 0 && n < len && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return n;
}

int mm_mailtext_header(struct mm_buf *buf, const char *text, size_t name_len)
{
	size_t pos = 0, part, line = name_len, len = strlen(text), i;
	char chunk[HEADER_LINE];
	int r = 0;

	if (name_len + WORD_FRAME + 8 > HEADER_LINE)
		return MM_ERR_LIMIT;
	if (is_plain(text, HEADER_LINE - name_len))
		return mm_buf_puts(buf, text);
	while (pos < len && r == 0) {
		part = take_chars(text + pos, len - pos,
				  (HEADER_LINE - line - WORD_FRAME) / 4 * 3);
		if (part == 0)
			return MM_ERR_FORMAT;
		for (i = 0; i < part; i++)
			chunk[i] = (unsigned char)text[pos + i] < ' ' ||
						   text[pos + i] == 0x7f
					   ? ' '
					   : text[pos + i];
		if ((r = mm_buf_puts(buf, pos > 0 ? "\n " WORD_HEAD
						  : WORD_HEAD)) == 0 &&
		    (r = put_base64(buf, chunk, part)) == 0)
			r = mm_buf_puts(buf, "?=");
		pos += part;
		line = 1;
	}
	return r;
}

int mm_mailtext_date(struct mm_buf *buf, int64_t when)
{
	static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed",
					 "Thu", "Fri", "Sat" };
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr",
					    "May", "Jun", "Jul", "Aug",
					    "Sep", "Oct", "Nov", "Dec" };
	const time_t at = (time_t)when;
	struct tm tm;
	long zone;

	if (localtime_r(&at, &tm) == NULL)
		return MM_ERR_INVALID;
	zone = tm.tm_gmtoff / 60;
	return mm_buf_printf(buf, "%s, %02d %s %d %02d:%02d:%02d %c%02ld%02ld",
			     days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
			     tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
			     tm.tm_sec, zone < 0 ? '-' : '+',
			     (zone < 0 ? -zone : zone) / 60,
			     (zone < 0 ? -zone : zone) % 60);
}
