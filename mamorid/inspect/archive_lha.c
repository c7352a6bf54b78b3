/*
 * Finds LHA (LZH) archives: they have no signature, only the plausible header
 * of their first member.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never trust a length in the data.
 */
#include "mamorid/inspect/archive_lha.h"

#include <string.h>

#define METHOD_OFFSET 2u
#define LEVEL_OFFSET 20u
#define HEADER_MIN 24u

/* "-lh5-", "-lz4-", "-pm0-" */
static bool is_method(const unsigned char *method)
{
	if (method[0] != '-' || method[4] != '-')
		return false;
	if (method[1] == 'l' && (method[2] == 'h' || method[2] == 'z'))
		return strchr("0123456789dsx", method[3]) != NULL &&
		       method[3] != '\0';
	return method[1] == 'p' && method[2] == 'm' &&
	       (method[3] == '0' || method[3] == '1' || method[3] == '2' ||
		method[3] == 's');
}

/* Levels 0 and 1 begin with their length and a sum of what follows. */
static bool sum_holds(const unsigned char *data, size_t len)
{
	unsigned char sum = 0;
	size_t size = data[0];

	if (size < HEADER_MIN - 2 || size > len - 2)
		return false;
	for (size_t i = 0; i < size; i++)
		sum = (unsigned char)(sum + data[2 + i]);
	return sum == data[1];
}

bool mm_lha_header(const unsigned char *data, size_t len)
{
	size_t size;

	if (len < HEADER_MIN || !is_method(data + METHOD_OFFSET))
		return false;
	size = data[0] | (size_t)data[1] << 8;
	switch (data[LEVEL_OFFSET]) {
	case 0:
	case 1:
		return sum_holds(data, len);
	case 2:
		return size >= 26 && size <= len;
	case 3:
		return size == 4 && len >= 32;
	default:
		return false;
	}
}

size_t mm_lha_find(const unsigned char *data, size_t len, size_t offset)
{
	const unsigned char *end = data + len;
	const unsigned char *pos;

	if (len < HEADER_MIN || offset > len - HEADER_MIN)
		return len;
	pos = data + offset + METHOD_OFFSET;
	while ((pos = memchr(pos, '-', (size_t)(end - pos))) != NULL) {
		const unsigned char *start = pos - METHOD_OFFSET;

		if (mm_lha_header(start, (size_t)(end - start)))
			return (size_t)(start - data);
		pos++;
	}
	return len;
}
