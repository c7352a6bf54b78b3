#ifndef MM_INSPECT_HTML_TOKEN_H
#define MM_INSPECT_HTML_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#define MM_HTML_NAME 32u

/*
 * The start tags of HTML or XML, found as browsers do (WHATWG HTML 13.2.5):
 * nothing is an error, every byte sequence is a document. Views into the
 * caller's bytes; allocates nothing.
 */
struct mm_html {
	const unsigned char *pos;
	const unsigned char *end;
};

struct mm_html_tag {
	char name[MM_HTML_NAME]; /* lower case, without prefix, cut */
	const unsigned char *pos; /* of the next attribute */
	const unsigned char *end;
};

struct mm_html_attr {
	char name[MM_HTML_NAME]; /* likewise */
	const unsigned char *value; /* as written, entities and all */
	size_t len;
};

void mm_html_open(struct mm_html *html, const unsigned char *data, size_t len);

/* The next start tag outside of comments; conditional comments of Internet
 * Explorer are looked into. False at the end. */
bool mm_html_next(struct mm_html *html, struct mm_html_tag *tag_r);

/* The next attribute of a tag; false at its end. */
bool mm_html_attribute(struct mm_html_tag *tag, struct mm_html_attr *attr_r);

/* Skip to the end tag of this name, or the end: what the document holds up to
 * there is *text_r. For elements that hold no markup. */
void mm_html_raw(struct mm_html *html, const char *name,
		 const unsigned char **text_r, size_t *len_r);

/* Decode entities into out, always ended by a NUL, at most size - 1 bytes and
 * never more than len; characters above U+007F become UTF-8. Returns the
 * length. */
size_t mm_html_decode(const unsigned char *text, size_t len, char *out,
		      size_t size);

/* The same in lower case without blanks and control characters: what a URL or
 * a keyword comes down to. */
size_t mm_html_squeeze(const unsigned char *text, size_t len, char *out,
		       size_t size);

#endif
