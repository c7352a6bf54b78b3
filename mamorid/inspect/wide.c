/*
 * UTF-16 text for parsers that only care for ASCII.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Pure functions.
 */
#include "mamorid/inspect/wide.h"

#include "mamorid/xalloc.h"

enum width { BYTES, LITTLE, BIG };

static enum width width_of(const unsigned char *data, size_t len)
{
	if (len < 4)
		return BYTES;
	if (data[0] == 0xff && data[1] == 0xfe)
		return LITTLE;
	if (data[0] == 0xfe && data[1] == 0xff)
		return BIG;
	if (data[0] != 0 && data[1] == 0 && data[2] != 0 && data[3] == 0)
		return LITTLE;
	if (data[0] == 0 && data[1] != 0 && data[2] == 0 && data[3] != 0)
		return BIG;
	return BYTES;
}

unsigned char *mm_wide_narrow(const unsigned char *data, size_t len)
{
	enum width width = width_of(data, len);
	unsigned char *copy;

	if (width == BYTES)
		return NULL;
	copy = mm_xcalloc(len / 2 + 1, 1);
	for (size_t i = 0; i < len / 2; i++) {
		unsigned char high = data[2 * i + (width == LITTLE)];
		unsigned char low = data[2 * i + (width == BIG)];

		copy[i] = high == 0 && low < 0x80 ? low : '?';
	}
	return copy;
}
