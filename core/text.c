/*
 * Foreign text made safe to show, and small text tests.
 */
#include "core/text.h"

#include <string.h>
#include <strings.h>

#include "core/err.h"

/* Length of the well-formed UTF-8 sequence at p, 0 if there is none. */
static size_t utf8_len(const unsigned char *p, size_t left, uint32_t *code_r)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t code;
	size_t len, i;

	if (p[0] < 0x80) {
		*code_r = p[0];
		return 1;
	}
	if (p[0] >= 0xf0 && p[0] <= 0xf4)
		len = 4;
	else if (p[0] >= 0xe0 && p[0] < 0xf0)
		len = 3;
	else if (p[0] >= 0xc2 && p[0] < 0xe0)
		len = 2;
	else
		return 0;
	if (len > left)
		return 0;
	code = p[0] & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3fu);
	}
	if (code < least[len] || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*code_r = code;
	return len;
}

/* Controls and marks that reorder or hide text on a terminal. */
static bool is_unsafe(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == '"' ||
	       code == '\\' || code == 0x061c || code == 0x200e ||
	       code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

int mm_text_printable(struct mm_buf *buf, const char *text, size_t len,
		      size_t max_len)
{
	const unsigned char *p = (const unsigned char *)text;
	const size_t take = len < max_len ? len : max_len;
	size_t i, n, k;
	uint32_t code;
	int r = 0;

	for (i = 0; i < take && r == 0; i += n) {
		n = utf8_len(p + i, len - i, &code);
		if (n > 0 && !is_unsafe(code)) {
			r = mm_buf_put(buf, p + i, n);
			continue;
		}
		if (n == 0)
			n = 1;
		for (k = 0; k < n && r == 0; k++)
			r = mm_buf_printf(buf, "\\x%02x", p[i + k]);
	}
	if (r == 0 && take < len)
		r = mm_buf_puts(buf, "...");
	return r;
}

bool mm_text_is_utf8(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t i, n;
	uint32_t code;

	for (i = 0; i < len; i += n)
		if ((n = utf8_len(p + i, len - i, &code)) == 0)
			return false;
	return true;
}

size_t mm_text_fit(const char *text, size_t max)
{
	size_t len = strnlen(text, max + 1);

	if (len <= max)
		return len;
	len = max;
	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	return len;
}

void mm_text_lower(char *text)
{
	for (; *text != '\0'; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text + ('a' - 'A'));
}

bool mm_text_has_prefix(const char *text, const char *prefix)
{
	return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

bool mm_text_has_suffix(const char *text, const char *suffix)
{
	size_t len = strlen(text);
	size_t tail = strlen(suffix);

	return len >= tail && strcasecmp(text + len - tail, suffix) == 0;
}

bool mm_text_is_name(const char *text, size_t max)
{
	const size_t len = strlen(text);

	return len > 0 && len <= max &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

int mm_text_number(const char *text, uint64_t min, uint64_t max,
		   uint64_t *num_r)
{
	uint64_t num = 0;

	if (*text == '\0')
		return MM_ERR_INVALID;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return MM_ERR_INVALID;
		if (num > (UINT64_MAX - 9) / 10)
			return MM_ERR_LIMIT;
		num = num * 10 + (uint64_t)(*text - '0');
	}
	if (num < min || num > max)
		return MM_ERR_LIMIT;
	*num_r = num;
	return 0;
}
