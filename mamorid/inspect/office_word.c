/*
 * What acts in binary Word documents: DDE fields, WordBasic, remote templates.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 */
#include "mamorid/inspect/office_word.h"

#include <string.h>
#include <strings.h>

#include "mamorid/inspect/bytes.h"

/* The letters DDE behind U+0013, which begins a field (MS-DOC 2.8.25). step is
 * the width of a character. */
static bool is_dde_field(const unsigned char *pos, const unsigned char *end,
			 size_t step)
{
	static const char word[] = "dde";
	size_t found = 0;

	for (pos += step; (size_t)(end - pos) >= step; pos += step) {
		if (step == 2 && pos[1] != 0)
			return false;
		if (found == 0 && (*pos <= ' ' || *pos == '"'))
			continue;
		if ((*pos | 0x20) != word[found])
			return false;
		if (++found == 3)
			return true;
	}
	return false;
}

bool mm_office_word_dde(const unsigned char *data, size_t len)
{
	const unsigned char *end = data + len;
	const unsigned char *pos = data;

	for (; (pos = memchr(pos, 0x13, (size_t)(end - pos))) != NULL; pos++)
		if (is_dde_field(pos, end, 1) ||
		    (end - pos > 1 && pos[1] == 0 && is_dde_field(pos, end, 2)))
			return true;
	return false;
}

/* The header tells where the commands are: FFh, then tables, each behind a
 * byte that says which. The first one, 01h, counts the macros. */
bool mm_office_word_basic(const unsigned char *data, size_t len)
{
	const size_t where = 0x118;
	const uint16_t word97 = 0x00c1;
	size_t pos, size;

	if (len < where + 8 || mm_le16(data + 2) >= word97)
		return false;
	pos = mm_le32(data + where);
	size = mm_le32(data + where + 4);
	return size >= 4 && size <= len && pos <= len - size &&
	       data[pos] == 0xff && data[pos + 1] == 0x01 &&
	       mm_le16(data + pos + 2) > 0;
}

/* "http://host/..." or "\\\\host\\..."; a path with a drive is local. */
static bool is_remote(const unsigned char *text, size_t count)
{
	static const char *const begins[] = { "http://", "https://", "ftp://",
					      "file://", "\\\\" };
	char path[16] = "";
	size_t i;

	for (i = 0; i < count && i + 1 < sizeof(path); i++)
		path[i] = text[2 * i + 1] == 0 ? (char)text[2 * i] : '?';
	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (strncasecmp(path, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

/* SttbfAssoc (MS-DOC 2.9.273): eighteen strings in UTF-16, the second of which
 * is the template's path. */
static bool is_assoc_remote(const unsigned char *pos, const unsigned char *end)
{
	size_t count;
	int i;

	for (i = 0; i < 2; i++) {
		if (end - pos < 2)
			return false;
		count = mm_le16(pos);
		pos += 2;
		if ((size_t)(end - pos) < 2 * count)
			return false;
		if (i == 1)
			return is_remote(pos, count);
		pos += 2 * count;
	}
	return false;
}

bool mm_office_word_template(const unsigned char *data, size_t len)
{
	static const char head[] = "\xff\xff\x12\0\0\0";
	const size_t size = sizeof(head) - 1;
	const unsigned char *end = data + len, *pos = data;

	for (; (pos = memmem(pos, (size_t)(end - pos), head, size)) != NULL;
	     pos++)
		if (is_assoc_remote(pos + size, end))
			return true;
	return false;
}
