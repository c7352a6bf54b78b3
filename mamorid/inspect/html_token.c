/*
 * A tokenizer for HTML and XML as forgiving as browsers are.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Pure functions, linear in the length; must never read past the end.
 */
#include "mamorid/inspect/html_token.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

static bool is_space(unsigned char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_letter(unsigned char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static unsigned char lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool at_prefix(const unsigned char *pos, const unsigned char *end,
		      const char *word)
{
	size_t len = strlen(word);

	return (size_t)(end - pos) >= len &&
	       strncasecmp((const char *)pos, word, len) == 0;
}

static const unsigned char *find(const unsigned char *pos,
				 const unsigned char *end, const char *word)
{
	const size_t len = strlen(word);

	for (; (pos = memchr(pos, word[0], (size_t)(end - pos))) != NULL; pos++)
		if ((size_t)(end - pos) >= len && memcmp(pos, word, len) == 0)
			return pos;
	return end;
}

/* A name up to a delimiter. NUL bytes, which old browsers ignore, are left
 * out; a prefix as in "svg:script" as well. */
static const unsigned char *read_name(const unsigned char *pos,
				      const unsigned char *end,
				      bool attribute, char name[MM_HTML_NAME])
{
	const unsigned char *begin = pos;
	size_t len = 0;

	for (; pos < end; pos++) {
		unsigned char c = *pos;

		if (is_space(c) || c == '/' || c == '>' ||
		    (attribute && c == '=' && pos > begin))
			break;
		if (c == ':' && pos > begin)
			len = 0;
		else if (c != '\0' && len < MM_HTML_NAME - 1)
			name[len++] = (char)lower(c);
	}
	name[len] = '\0';
	return pos;
}

/* A value behind "=": quoted, or up to a blank. */
static const unsigned char *read_value(const unsigned char *pos,
				       const unsigned char *end,
				       struct mm_html_attr *attr)
{
	const unsigned char *stop;

	while (pos < end && is_space(*pos))
		pos++;
	attr->value = pos;
	if (pos < end && (*pos == '"' || *pos == '\'')) {
		stop = memchr(pos + 1, *pos, (size_t)(end - pos - 1));
		attr->value = pos + 1;
		if (stop == NULL)
			stop = end;
		attr->len = (size_t)(stop - attr->value);
		return stop < end ? stop + 1 : end;
	}
	while (pos < end && !is_space(*pos) && *pos != '>')
		pos++;
	attr->len = (size_t)(pos - attr->value);
	return pos;
}

/* Returns the position behind the attribute, NULL at the tag's end. */
static const unsigned char *read_attribute(const unsigned char *pos,
					   const unsigned char *end,
					   struct mm_html_attr *attr)
{
	while (pos < end && (is_space(*pos) || *pos == '/'))
		pos++;
	if (pos >= end || *pos == '>')
		return NULL;
	pos = read_name(pos, end, true, attr->name);
	attr->value = pos;
	attr->len = 0;
	while (pos < end && is_space(*pos))
		pos++;
	if (pos < end && *pos == '=')
		return read_value(pos + 1, end, attr);
	return pos;
}

/* The ">" that ends the tag whose attributes begin at pos. */
static const unsigned char *tag_end(const unsigned char *pos,
				    const unsigned char *end)
{
	const unsigned char *next;
	struct mm_html_attr attr;

	while ((next = read_attribute(pos, end, &attr)) != NULL)
		pos = next;
	return find(pos, end, ">");
}

static const unsigned char *after(const unsigned char *found,
				  const unsigned char *end, size_t len)
{
	return (size_t)(end - found) > len ? found + len : end;
}

/* pos is behind "<!--". */
static const unsigned char *comment_end(const unsigned char *pos,
					const unsigned char *end)
{
	const unsigned char *close;

	if (at_prefix(pos, end, ">"))
		return pos + 1;
	if (at_prefix(pos, end, "->"))
		return pos + 2;
	/* <!--[if mso]> <p>shown by Outlook</p> <![endif]--> */
	if (at_prefix(pos, end, "[if"))
		return after(find(pos, end, "]>"), end, 2);
	for (close = pos; (close = find(close, end, "--")) < end; close++) {
		if (at_prefix(close, end, "-->"))
			return close + 3;
		if (at_prefix(close, end, "--!>"))
			return close + 4;
	}
	return end;
}

/* pos is behind "<!". A document type may hold declarations in brackets, which
 * are of interest themselves: it is looked into like a conditional comment. */
static const unsigned char *declaration_end(const unsigned char *pos,
					    const unsigned char *end)
{
	if (at_prefix(pos, end, "--"))
		return comment_end(pos + 2, end);
	return after(find(pos, end, ">"), end, 1);
}

void mm_html_open(struct mm_html *html, const unsigned char *data, size_t len)
{
	html->pos = data;
	html->end = data + len;
}

bool mm_html_next(struct mm_html *html, struct mm_html_tag *tag)
{
	const unsigned char *pos = html->pos;
	const unsigned char *end = html->end;

	while ((pos = find(pos, end, "<")) < end) {
		bool closing;

		for (pos++; pos < end && *pos == '\0'; )
			pos++;
		if (pos < end && (*pos == '!' || *pos == '?')) {
			pos = *pos == '!' ? declaration_end(pos + 1, end)
					  : after(find(pos, end, ">"), end, 1);
			continue;
		}
		closing = pos < end && *pos == '/';
		pos += closing;
		if (pos >= end || !is_letter(*pos))
			continue;
		tag->pos = read_name(pos, end, false, tag->name);
		tag->end = tag_end(tag->pos, end);
		pos = after(tag->end, end, 1);
		if (!closing) {
			html->pos = pos;
			return true;
		}
	}
	html->pos = end;
	return false;
}

bool mm_html_attribute(struct mm_html_tag *tag, struct mm_html_attr *attr_r)
{
	const unsigned char *next =
		read_attribute(tag->pos, tag->end, attr_r);

	if (next == NULL)
		return false;
	tag->pos = next;
	return true;
}

void mm_html_raw(struct mm_html *html, const char *name,
		 const unsigned char **text_r, size_t *len_r)
{
	const unsigned char *pos = html->pos;
	const unsigned char *end = html->end;
	size_t len = strlen(name);

	*text_r = pos;
	for (; (pos = find(pos, end, "</")) < end; pos += 2) {
		const unsigned char *behind = pos + 2;

		if (!at_prefix(behind, end, name))
			continue;
		behind += len;
		if (behind == end || is_space(*behind) || *behind == '/' ||
		    *behind == '>')
			break;
	}
	*len_r = (size_t)(pos - *text_r);
	html->pos = pos;
}

/* Those that a URL or a piece of markup can be written with. */
static const struct {
	const char *name;
	unsigned char c;
} entities[] = {
	{ "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' },
	{ "apos", '\'' }, { "colon", ':' }, { "tab", '\t' },
	{ "newline", '\n' }, { "lpar", '(' }, { "rpar", ')' },
	{ "sol", '/' }, { "bsol", '\\' }, { "period", '.' },
	{ "semi", ';' }, { "comma", ',' }, { "num", '#' },
	{ "equals", '=' }, { "nbsp", ' ' }, { "lowbar", '_' },
	{ "plus", '+' }, { "excl", '!' }, { "quest", '?' },
};

static const unsigned char *numeric_entity(const unsigned char *pos,
					   const unsigned char *end,
					   uint32_t *c_r)
{
	const unsigned char *digits;
	uint32_t c = 0;
	bool hex = pos < end && (*pos | 0x20) == 'x';

	pos += hex;
	for (digits = pos; pos < end; pos++) {
		unsigned char d = lower(*pos);

		if (d >= '0' && d <= '9')
			c = c * (hex ? 16 : 10) + (d - '0');
		else if (hex && d >= 'a' && d <= 'f')
			c = c * 16 + (uint32_t)(d - 'a' + 10);
		else
			break;
		if (c > 0x10ffff)
			c = 0x110000;
	}
	if (pos == digits)
		return NULL;
	*c_r = c;
	return pos < end && *pos == ';' ? pos + 1 : pos;
}

/* pos is behind "&"; NULL when it is just an ampersand. */
static const unsigned char *entity(const unsigned char *pos,
				   const unsigned char *end, uint32_t *c_r)
{
	if (pos < end && *pos == '#')
		return numeric_entity(pos + 1, end, c_r);
	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		if (!at_prefix(pos, end, entities[i].name))
			continue;
		pos += strlen(entities[i].name);
		*c_r = entities[i].c;
		return pos < end && *pos == ';' ? pos + 1 : pos;
	}
	return NULL;
}

static size_t utf8(uint32_t c, unsigned char out[4])
{
	if (c < 0x80) {
		out[0] = (unsigned char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (unsigned char)(0xc0 | c >> 6);
		out[1] = (unsigned char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (unsigned char)(0xe0 | c >> 12);
		out[1] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (unsigned char)(0x80 | (c & 0x3f));
		return 3;
	}
	if (c > 0x10ffff)
		return 0;
	out[0] = (unsigned char)(0xf0 | c >> 18);
	out[1] = (unsigned char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (unsigned char)(0x80 | (c & 0x3f));
	return 4;
}

static size_t decode(const unsigned char *pos, size_t len, bool squeeze,
		     char *out, size_t size)
{
	const unsigned char *end = pos + len;
	size_t used = 0;

	while (pos < end) {
		const unsigned char *next = NULL;
		unsigned char bytes[4] = { *pos };
		size_t count = 1;
		uint32_t c = 0;

		if (*pos == '&')
			next = entity(pos + 1, end, &c);
		if (next != NULL)
			count = utf8(c, bytes);
		pos = next != NULL ? next : pos + 1;
		if (squeeze && count == 1 &&
		    (bytes[0] <= ' ' || bytes[0] == 0x7f))
			continue;
		if (count >= size - used)
			break;
		for (size_t i = 0; i < count; i++)
			out[used++] = (char)(squeeze ? lower(bytes[i])
						     : bytes[i]);
	}
	out[used] = '\0';
	return used;
}

size_t mm_html_decode(const unsigned char *text, size_t len, char *out,
		      size_t size)
{
	return decode(text, len, false, out, size);
}

size_t mm_html_squeeze(const unsigned char *text, size_t len, char *out,
		       size_t size)
{
	return decode(text, len, true, out, size);
}
