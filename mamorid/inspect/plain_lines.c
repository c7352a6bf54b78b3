/*
 * The lines of bodies in mails of the simplest form (plain_mail.h).
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never let a line pass in which libclamav would look for more.
 */
#include "mamorid/inspect/plain_lines.h"

#include <string.h>
#include <strings.h>

#define ESC '\033'
#define WORD_MAX 16u /* letters; more may be base64 */

bool mm_plain_is(const struct mm_plain_line *line, const char *word)
{
	return line->len == strlen(word) &&
	       memcmp(line->text, word, line->len) == 0;
}

bool mm_plain_begins(const struct mm_plain_line *line, const char *word)
{
	return line->len >= strlen(word) &&
	       strncasecmp(line->text, word, strlen(word)) == 0;
}

/* In the two-byte characters of ISO-2022 (ESC $) it is none. */
static bool has_tag(const struct mm_plain_line *line)
{
	bool wide = false;

	for (size_t i = 0; i < line->len; i++) {
		if (line->text[i] == ESC)
			wide = i + 1 < line->len && line->text[i + 1] == '$';
		else if (line->text[i] == '<' && !wide)
			return true;
	}
	return false;
}

bool mm_plain_text_line(const struct mm_plain_line *line)
{
	/* MIME without a header (and then bounces), uuencode, yEnc, BinHex,
	 * delimiters. */
	static const char *const marks[] = {
		"content-", "begin", "=y", "(this file", "--",
	};
	struct mm_plain_line rest = *line;

	while (rest.len > 0 && (*rest.text == ' ' || *rest.text == '\t')) {
		rest.text++;
		rest.len--;
	}
	if (rest.len > 0 && strchr("cCbB=(-", *rest.text) != NULL)
		for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
			if (mm_plain_begins(&rest, marks[i]) &&
			    !mm_plain_is(line, "-- "))
				return false;
	return memchr(line->text, '<', line->len) == NULL || !has_tag(line);
}

static bool is_base64(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '+' || c == '/';
}

bool mm_plain_7bit_line(const struct mm_plain_line *line, bool *words)
{
	size_t len = line->len;
	size_t i = 0;

	while (len > 0 && line->text[len - 1] == '=')
		len--;
	while (i < len && is_base64(line->text[i]))
		i++;
	if (i < len)
		*words = true;
	return (i < len || len < WORD_MAX) && mm_plain_text_line(line);
}

bool mm_plain_base64_line(const struct mm_plain_line *line, size_t *first,
			  bool *last)
{
	size_t len = line->len;

	if (len == 0) {
		*last = *last || *first != 0;
		return *last;
	}
	if (*last || len % 4 != 0 || len > MM_PLAIN_LINE_MAX - 2)
		return false;
	if (*first == 0)
		*first = len;
	*last = len < *first || line->text[len - 1] == '=';
	if (len > *first)
		return false;
	for (int i = 0; i < 2 && line->text[len - 1] == '='; i++)
		len--;
	for (size_t i = 0; i < len; i++)
		if (!is_base64(line->text[i]))
			return false;
	return true;
}
