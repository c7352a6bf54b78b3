/*
 * Text that hides from scanners by its character set: UTF-16 and UTF-7, read
 * as UTF-8. Process: inspector (as users.inspector, in its jail), and one-shot
 * mode. Must never write past three bytes for two that it reads.
 */
#include "mamorid/inspect/readings_charset.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "mamorid/xalloc.h"

#define SAMPLE 64u

struct utf8 {
	unsigned char *data;
	size_t len;
	uint32_t high; /* first half of a pair, or 0 */
};

static void put_utf8(struct utf8 *out, uint32_t c)
{
	if (c < 0x80) {
		out->data[out->len++] = (unsigned char)c;
		return;
	}
	if (c < 0x800) {
		out->data[out->len++] = (unsigned char)(0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			out->data[out->len++] = (unsigned char)(0xe0 | c >> 12);
		} else {
			out->data[out->len++] = (unsigned char)(0xf0 | c >> 18);
			out->data[out->len++] =
				(unsigned char)(0x80 | (c >> 12 & 0x3f));
		}
		out->data[out->len++] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
	}
	out->data[out->len++] = (unsigned char)(0x80 | (c & 0x3f));
}

/* One unit of UTF-16; halves of pairs that stand alone are dropped. */
static void put_unit(struct utf8 *out, uint32_t unit)
{
	if (unit >= 0xd800 && unit < 0xdc00) {
		out->high = unit;
		return;
	}
	if (unit >= 0xdc00 && unit < 0xe000) {
		if (out->high != 0)
			put_utf8(out, 0x10000 + ((out->high - 0xd800) << 10) +
					      (unit - 0xdc00));
	} else {
		put_utf8(out, unit);
	}
	out->high = 0;
}

/* 1: big-endian, 0: little-endian, -1: neither. */
static int byte_order(const unsigned char *data, size_t len)
{
	size_t zeros[2] = { 0, 0 };
	size_t count = len < SAMPLE ? len & ~(size_t)1 : SAMPLE;

	if (len < 4)
		return -1;
	if (data[0] == 0xfe && data[1] == 0xff)
		return 1;
	if (data[0] == 0xff && data[1] == 0xfe &&
	    (data[2] != 0 || data[3] != 0))
		return 0;
	for (size_t i = 0; i < count; i++)
		if (data[i] == 0)
			zeros[i % 2]++;
	/* Markup is ASCII nearly throughout. */
	if (zeros[0] >= count * 3 / 8 && zeros[1] == 0)
		return 1;
	if (zeros[1] >= count * 3 / 8 && zeros[0] == 0)
		return 0;
	return -1;
}

static unsigned char *from_utf16(const unsigned char *data, size_t len,
				 bool big, size_t *len_r)
{
	struct utf8 out = { .data = mm_xcalloc(len / 2 * 3 + 4, 1) };

	for (size_t i = 0; i + 1 < len; i += 2) {
		const uint32_t a = data[i], b = data[i + 1];
		const uint32_t unit = big ? a << 8 | b : b << 8 | a;

		if (i > 0 || unit != 0xfeff)
			put_unit(&out, unit);
	}
	*len_r = out.len;
	return out.data;
}

unsigned char *mm_charset_utf16(const unsigned char *data, size_t len,
				size_t *len_r)
{
	const int order = byte_order(data, len);

	return order < 0 ? NULL : from_utf16(data, len, order == 1, len_r);
}

unsigned char *mm_charset_utf16_le(const unsigned char *data, size_t len,
				   size_t *len_r)
{
	return from_utf16(data, len, false, len_r);
}

static int letter(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The shifted text at pos; returns where it ends. */
static size_t read_shifted(const unsigned char *data, size_t len, size_t pos,
			   struct utf8 *out)
{
	unsigned int count = 0;
	uint32_t bits = 0;

	for (; pos < len && letter(data[pos]) >= 0; pos++) {
		bits = bits << 6 | (uint32_t)letter(data[pos]);
		count += 6;
		if (count < 16)
			continue;
		count -= 16;
		put_unit(out, bits >> count & 0xffff);
	}
	if (pos < len && data[pos] == '-')
		pos++;
	return pos;
}

unsigned char *mm_charset_utf7(const unsigned char *data, size_t len,
			       size_t *len_r)
{
	struct utf8 out = { .data = mm_xcalloc(len + len / 2 + 4, 1) };
	bool shifted = false;
	size_t pos = 0;

	while (pos < len) {
		if (data[pos] != '+' || len - pos < 2) {
			out.data[out.len++] = data[pos++];
		} else if (data[pos + 1] == '-') {
			out.data[out.len++] = '+';
			pos += 2;
		} else {
			shifted = shifted || letter(data[pos + 1]) >= 0;
			pos = read_shifted(data, len, pos + 1, &out);
		}
	}
	if (!shifted) {
		free(out.data);
		return NULL;
	}
	*len_r = out.len;
	return out.data;
}
