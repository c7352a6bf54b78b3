#ifndef MM_INSPECT_PLAIN_LINES_H
#define MM_INSPECT_PLAIN_LINES_H

#include <stdbool.h>
#include <stddef.h>

#define MM_PLAIN_LINE_MAX 998u

/* A line without its end, of at most MM_PLAIN_LINE_MAX bytes. */
struct mm_plain_line {
	const char *text;
	size_t len;
};

bool mm_plain_is(const struct mm_plain_line *line, const char *word);

/* Capital letters or not. */
bool mm_plain_begins(const struct mm_plain_line *line, const char *word);

/* Has it nothing that libclamav searches texts for, whatever their type? */
bool mm_plain_text_line(const struct mm_plain_line *line);

/* The same in a text that says "7bit", on which libclamav tries base64. That
 * would be long lines of its letters, or no others than such: *words, false
 * at first, becomes true with one that is none. */
bool mm_plain_7bit_line(const struct mm_plain_line *line, bool *words);

/* Is it of base64: full lines of one length, then at most one shorter one?
 * *first is 0 and *last false at first. */
bool mm_plain_base64_line(const struct mm_plain_line *line, size_t *first,
			  bool *last);

#endif
