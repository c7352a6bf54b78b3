/*
 * Macros in the plain formats that Excel opens: .slk, .csv, sheets of its
 * first versions. Process: inspector (as users.inspector, in its jail), and
 * one-shot mode. Pure functions, linear in the length.
 */
#include "mamorid/inspect/office_text.h"

#include <string.h>
#include <strings.h>

#include "mamorid/inspect/bytes.h"

#define SERVICE_MAX 80u	/* "=HYPERLINK(cmd" */
#define TOPIC_MAX 1024u

static bool begins(const unsigned char *pos, const unsigned char *end,
		   const char *word)
{
	size_t len = strlen(word);

	return (size_t)(end - pos) >= len &&
	       strncasecmp((const char *)pos, word, len) == 0;
}

/* A record of type O with the field E declares a macro sheet; names that run
 * by themselves begin with "auto". */
static bool slk_record(const unsigned char *pos, const unsigned char *end)
{
	if (begins(pos, end, "NN;") &&
	    (memmem(pos, (size_t)(end - pos), ";NAuto", 6) != NULL ||
	     memmem(pos, (size_t)(end - pos), ";Nauto", 6) != NULL ||
	     memmem(pos, (size_t)(end - pos), ";NAUTO", 6) != NULL))
		return true;
	if (!begins(pos, end, "O;"))
		return false;
	for (pos++; pos < end; pos++)
		if (pos[0] == ';' && end - pos > 1 && pos[1] == 'E' &&
		    (end - pos == 2 || pos[2] == ';'))
			return true;
	return false;
}

bool mm_office_slk_macro(const unsigned char *data, size_t len)
{
	const unsigned char *end = data + len;
	const unsigned char *pos = data;

	if (!begins(pos, end, "ID;"))
		return false;
	while (pos < end) {
		const unsigned char *stop = pos;

		while (stop < end && *stop != '\n' && *stop != '\r')
			stop++;
		if (slk_record(pos, stop))
			return true;
		pos = stop + (stop < end);
	}
	return false;
}

/* Is there a formula's beginning in the cell before the bar? In .slk a cell's
 * formula follows ";E". */
static bool formula_before(const unsigned char *data, const unsigned char *bar)
{
	size_t count = 0;

	while (bar > data && count++ < SERVICE_MAX) {
		unsigned char c = *--bar;

		if (c == '\n' || c == '\r' || c == '|')
			return false;
		if (strchr("=+-@", c) != NULL && c != '\0' &&
		    (bar == data || strchr(",;\t\n\r\" '", bar[-1]) != NULL))
			return true;
		if (c == 'E' && bar > data && bar[-1] == ';')
			return true;
	}
	return false;
}

bool mm_office_dde_formula(const unsigned char *data, size_t len)
{
	const unsigned char *end = data + len;
	const unsigned char *bar = data;

	for (; (bar = memchr(bar, '|', (size_t)(end - bar))) != NULL; bar++) {
		size_t left = (size_t)(end - bar);
		const unsigned char *line;

		if (bar == data || bar[-1] <= ' ' || bar[-1] == '|')
			continue;
		if (left > TOPIC_MAX)
			left = TOPIC_MAX;
		line = memchr(bar, '\n', left);
		if (line != NULL)
			left = (size_t)(line - bar);
		if (memchr(bar, '!', left) != NULL &&
		    formula_before(data, bar))
			return true;
	}
	return false;
}

/* BIFF2 to BIFF4 begin with a BOF record whose second number is the kind of
 * sheet: 0x40 for macros. */
bool mm_office_bare_macro_sheet(const unsigned char *data, size_t len)
{
	uint16_t record, size;

	if (len < 8)
		return false;
	record = mm_le16(data);
	size = mm_le16(data + 2);
	if (record != 0x0009 && record != 0x0209 && record != 0x0409 &&
	    record != 0x0809)
		return false;
	return size >= 4 && size <= 16 && mm_le16(data + 6) == 0x0040;
}
