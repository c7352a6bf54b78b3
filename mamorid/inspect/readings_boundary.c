/*
 * The boundary parameter of a Content-Type, in all its readings: the first one
 * or the last (CVE-2024-28054), quoted or cut, continued (RFC 2231), with
 * comments or without. Process: inspector (as users.inspector, in its jail),
 * and one-shot mode. Must never pass the end of the value.
 */
#include "mamorid/inspect/readings_boundary.h"

#include <string.h>
#include <strings.h>

#define VALUES_MAX 16u /* parameters that are looked at */

static const char name[] = "boundary";
#define NAME_LEN (sizeof(name) - 1)

struct text {
	unsigned char data[MM_BOUNDARY_MAX];
	size_t len;
};

struct reading {
	const struct mm_boundary_sink *sink;
	struct text first; /* what the standard says */
	struct text joined; /* RFC 2231 3: of boundary*0, *1, ... */
	size_t count;
	bool differ;
	bool malformed;
};

static void put(struct text *text, unsigned char c)
{
	if (text->len < sizeof(text->data))
		text->data[text->len++] = c;
}

static void put_all(struct text *text, const unsigned char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		put(text, data[i]);
}

static bool equal(const struct text *a, const struct text *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static bool in_set(unsigned char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool control_or_blank(unsigned char c)
{
	return c <= ' ' || c == 0x7f;
}

static void tell(struct reading *rd, const struct text *text)
{
	struct text cut = *text;

	rd->sink->boundary(rd->sink->context, text->data, text->len);
	/* RFC 2046 5.1.1: it does not end with white space. */
	while (cut.len > 0 && control_or_blank(cut.data[cut.len - 1]))
		cut.len--;
	if (cut.len != text->len)
		rd->sink->boundary(rd->sink->context, cut.data, cut.len);
}

/* Up to one of the set. */
static struct text until(const unsigned char *pos, const unsigned char *end,
			 const char *set)
{
	struct text text = { .len = 0 };

	while (pos < end && !in_set(*pos, set) && *pos != '\0')
		put(&text, *pos++);
	return text;
}

/* RFC 2231 4: %XX; and what precedes it, charset'language', is left out. */
static struct text percent_decoded(const struct text *from)
{
	static const char digits[] = "0123456789abcdef";
	struct text text = { .len = 0 };
	size_t i = 0;
	const unsigned char *quote = memchr(from->data, '\'', from->len);

	if (quote != NULL) {
		i = (size_t)(quote - from->data) + 1;
		quote = memchr(from->data + i, '\'', from->len - i);
		if (quote != NULL)
			i = (size_t)(quote - from->data) + 1;
	}
	for (; i < from->len; i++) {
		const char *high = NULL, *low = NULL;

		if (from->data[i] == '%' && from->len - i > 2 &&
		    from->data[i + 1] != 0 && from->data[i + 2] != 0) {
			high = strchr(digits, from->data[i + 1] | 0x20);
			low = strchr(digits, from->data[i + 2] | 0x20);
		}
		if (high == NULL || low == NULL) {
			put(&text, from->data[i]);
			continue;
		}
		put(&text,
		    (unsigned char)((high - digits) << 4 | (low - digits)));
		i += 2;
	}
	return text;
}

/* Without what stands in parentheses. */
static struct text uncommented(const struct text *from)
{
	struct text text = { .len = 0 };
	unsigned int depth = 0;

	for (size_t i = 0; i < from->len; i++) {
		if (from->data[i] == '(')
			depth++;
		else if (from->data[i] == ')' && depth > 0)
			depth--;
		else if (depth == 0)
			put(&text, from->data[i]);
	}
	return text;
}

static struct text quoted(struct reading *rd, const unsigned char *pos,
			  const unsigned char *end)
{
	struct text plain = { .len = 0 };
	struct text raw = { .len = 0 };
	struct text rest, whole;

	for (pos++; pos < end && *pos != '"'; pos++) {
		if (*pos == '\\' && end - pos > 1)
			put(&raw, *pos++);
		if (*pos == '\r' || *pos == '\n')
			continue;
		put(&raw, *pos);
		put(&plain, *pos);
	}
	if (!equal(&plain, &raw)) {
		rd->malformed = true;
		tell(rd, &raw);
	}
	rest = until(pos < end ? pos + 1 : end, end, "; \t\r\n");
	if (pos == end || rest.len > 0 || plain.len == 0)
		rd->malformed = true;
	if (rest.len > 0) {
		/* "a"b: a, b, ab and all of it */
		tell(rd, &rest);
		whole = plain;
		put_all(&whole, rest.data, rest.len);
		tell(rd, &whole);
		whole = (struct text){ .data = { '"' }, .len = 1 };
		put_all(&whole, raw.data, raw.len);
		put(&whole, '"');
		put_all(&whole, rest.data, rest.len);
		tell(rd, &whole);
	} else if (plain.len > 0 && memchr(plain.data, ' ', plain.len)) {
		whole = until(plain.data, plain.data + plain.len, " ");
		tell(rd, &whole);
	}
	return plain;
}

static struct text token(struct reading *rd, const unsigned char *pos,
			 const unsigned char *end)
{
	struct text line = until(pos, end, "\r\n");
	struct text text = until(pos, end, "; \t\r\n");
	struct text other;

	if (text.len == 0 || memchr(text.data, '(', text.len) != NULL ||
	    memchr(text.data, ',', text.len) != NULL ||
	    (text.len > 1 && memcmp(text.data, "=?", 2) == 0))
		rd->malformed = true;
	if (pos + text.len < end && pos[text.len] == '\0')
		rd->malformed = true;
	/* Behind a blank only a comment, or the next parameter, may come. */
	other = until(pos + text.len, end, ";\r\n");
	for (size_t i = 0; i < other.len && other.data[i] != '('; i++)
		if (!control_or_blank(other.data[i]))
			rd->malformed = true;
	if (!rd->malformed)
		return text;
	tell(rd, &line);
	other = until(pos, end, ";\r\n");
	tell(rd, &other);
	other = uncommented(&other);
	tell(rd, &other);
	other = until(pos, end, ",; \t\r\n");
	tell(rd, &other);
	other = until(pos, end, "(,; \t\r\n");
	tell(rd, &other);
	return text;
}

/* One parameter; pos is behind the word "boundary". */
static void parameter(struct reading *rd, const unsigned char *pos,
		      const unsigned char *end)
{
	bool continued = false, first_blank = true;
	struct text text;

	for (; pos < end && *pos != '='; pos++) {
		if (*pos == '*')
			continued = true;
		else if (!control_or_blank(*pos) && !continued)
			return;
		else if (*pos == '\0')
			rd->malformed = true;
	}
	if (pos == end)
		return;
	for (pos++; pos < end && control_or_blank(*pos); pos++)
		if (first_blank && *pos == '\0')
			rd->malformed = true;
	text = pos < end && *pos == '"' ? quoted(rd, pos, end)
					: token(rd, pos, end);
	tell(rd, &text);
	if (continued) {
		put_all(&rd->joined, text.data, text.len);
		tell(rd, &rd->joined);
		text = percent_decoded(&rd->joined);
		tell(rd, &text);
		return;
	}
	if (rd->count++ == 0)
		rd->first = text;
	else if (!equal(&rd->first, &text))
		rd->differ = true;
}

const char *mm_boundary_read(const unsigned char *value, size_t len,
			     const struct mm_boundary_sink *sink)
{
	const unsigned char *end = value + len;
	const unsigned char *pos = value;
	struct reading rd = { .sink = sink };
	size_t found = 0;

	for (; (size_t)(end - pos) > NAME_LEN && found < VALUES_MAX; pos++) {
		if (strncasecmp((const char *)pos, name, NAME_LEN) != 0)
			continue;
		parameter(&rd, pos + NAME_LEN, end);
		found++;
	}
	if (rd.differ || (rd.joined.len > 0 && rd.count > 0))
		return "ambiguous: several boundaries";
	return rd.malformed ? "ambiguous: boundary" : NULL;
}
