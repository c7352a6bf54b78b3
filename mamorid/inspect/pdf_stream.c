/*
 * Names and filters of PDF (ISO 32000-1, 7.3.5 and 7.4).
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never hold what a stream unpacks to: only a window of it.
 */
#include "mamorid/inspect/pdf_stream.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "mamorid/xalloc.h"

#define WINDOW 16384u
#define ASCII85_MAX (16u << 20)
#define OVERLAP 512u

static int hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_delimiter(unsigned char c)
{
	return c <= ' ' || strchr("()<>[]{}/%", c) != NULL;
}

size_t mm_pdf_name(const unsigned char *data, size_t len,
		   char name[MM_PDF_NAME])
{
	size_t used = 0, i = 1;

	while (i < len && !is_delimiter(data[i])) {
		unsigned char c = data[i++];

		if (c == '#' && len - i >= 2 && hex_value(data[i]) >= 0 &&
		    hex_value(data[i + 1]) >= 0) {
			c = (unsigned char)(hex_value(data[i]) << 4 |
					    hex_value(data[i + 1]));
			i += 2;
		}
		if (used < MM_PDF_NAME - 1)
			name[used++] = (char)c;
	}
	name[used] = '\0';
	return i;
}

/* Caller frees. */
static unsigned char *decode_hex(const unsigned char *data, size_t len,
				 size_t *len_r)
{
	unsigned char *out = mm_xcalloc(len / 2 + 1, 1);
	size_t digits = 0;

	for (size_t i = 0; i < len && data[i] != '>'; i++) {
		int value = hex_value(data[i]);

		if (value < 0)
			continue;
		if (digits % 2 == 0)
			out[digits / 2] = (unsigned char)(value << 4);
		else
			out[digits / 2] |= (unsigned char)value;
		digits++;
	}
	*len_r = (digits + 1) / 2;
	return out;
}

/* Caller frees. Five characters are at most four bytes, "z" is four NULs. */
static unsigned char *decode_85(const unsigned char *data, size_t len,
				size_t *len_r)
{
	unsigned char *out;
	unsigned long value = 0;
	size_t used = 0;
	int count = 0;

	if (len > ASCII85_MAX)
		len = ASCII85_MAX;
	out = mm_xcalloc(len + 5, 4);
	for (size_t i = 0; i < len && data[i] != '~'; i++) {
		if (data[i] == 'z' && count == 0) {
			used += 4;
			continue;
		}
		if (data[i] < '!' || data[i] > 'u')
			continue;
		value = (value * 85 + (data[i] - (unsigned long)'!')) &
			0xffffffffu;
		if (++count < 5)
			continue;
		for (int k = 24; k >= 0; k -= 8)
			out[used++] = (unsigned char)(value >> k);
		value = 0;
		count = 0;
	}
	for (int k = count; count > 1 && k < 5; k++)
		value = (value * 85 + 84) & 0xffffffffu;
	for (int k = 0; k + 1 < count; k++)
		out[used++] = (unsigned char)(value >> (24 - 8 * k));
	*len_r = used;
	return out;
}

static void inflate_pieces(const unsigned char *data, size_t len,
			   const struct mm_pdf_sink *sink)
{
	unsigned char *window = mm_xcalloc(OVERLAP + WINDOW, 1);
	z_stream zip = { 0 };
	size_t kept = 0;
	bool more = true;
	int r = Z_OK;

	if (len > 0x7fffffff || inflateInit(&zip) != Z_OK) {
		free(window);
		return;
	}
	zip.next_in = (Bytef *)(uintptr_t)data;
	zip.avail_in = (uInt)len;
	while (more && r == Z_OK) {
		size_t got;

		zip.next_out = window + kept;
		zip.avail_out = WINDOW;
		r = inflate(&zip, Z_SYNC_FLUSH);
		got = WINDOW - zip.avail_out;
		if (got == 0)
			break;
		more = sink->piece(sink->context, window, kept + got);
		got += kept;
		kept = got < OVERLAP ? got : OVERLAP;
		memmove(window, window + got - kept, kept);
	}
	inflateEnd(&zip);
	free(window);
}

enum filter { NONE, FLATE, HEX, ASCII85, OTHER };

/* The next filter that a dictionary names, from *pos on. */
static enum filter next_filter(const unsigned char *dict, size_t len,
			       size_t *pos)
{
	static const struct {
		const char *name;
		enum filter filter;
	} filters[] = {
		{ "FlateDecode", FLATE }, { "Fl", FLATE },
		{ "ASCIIHexDecode", HEX }, { "AHx", HEX },
		{ "ASCII85Decode", ASCII85 }, { "A85", ASCII85 },
		{ "LZWDecode", OTHER }, { "LZW", OTHER },
		{ "RunLengthDecode", OTHER }, { "RL", OTHER },
		{ "DCTDecode", OTHER }, { "Crypt", OTHER },
	};
	char name[MM_PDF_NAME];

	while (*pos < len) {
		const unsigned char *slash =
			memchr(dict + *pos, '/', len - *pos);

		if (slash == NULL)
			break;
		*pos = (size_t)(slash - dict);
		*pos += mm_pdf_name(slash, len - *pos, name);
		for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]);
		     i++)
			if (strcmp(name, filters[i].name) == 0)
				return filters[i].filter;
	}
	return NONE;
}

void mm_pdf_decode(const unsigned char *dict, size_t dict_len,
		   const unsigned char *data, size_t len,
		   const struct mm_pdf_sink *sink)
{
	unsigned char *copy = NULL;
	size_t pos = 0;

	for (int i = 0; i < 4; i++) {
		unsigned char *next;
		enum filter filter = next_filter(dict, dict_len, &pos);

		if (filter == NONE || filter == OTHER) {
			if (filter == NONE && len > 0)
				(void)sink->piece(sink->context, data, len);
			break;
		}
		if (filter == FLATE) {
			inflate_pieces(data, len, sink);
			break;
		}
		next = filter == HEX ? decode_hex(data, len, &len)
				     : decode_85(data, len, &len);
		free(copy);
		data = copy = next;
	}
	free(copy);
}
