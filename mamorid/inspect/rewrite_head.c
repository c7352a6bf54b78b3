/*
 * The header of a message or part, as bytes: found, read, copied.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Pure functions. Must never change what they copy.
 */
#include "mamorid/inspect/rewrite_head.h"

#include <string.h>
#include <strings.h>

#include "core/err.h"
#include "core/text.h"

static size_t line_begin(const unsigned char *data, size_t end)
{
	size_t pos = end > 0 ? end - 1 : 0;

	while (pos > 0 && data[pos - 1] != '\n')
		pos--;
	return pos;
}

static bool is_blank(const unsigned char *data, size_t begin, size_t end)
{
	return end - begin == 1 || (end - begin == 2 && data[begin] == '\r');
}

bool mm_head_find(const unsigned char *data, size_t body, const char *eol,
		  struct mm_head *head_r)
{
	size_t pos = body;

	*head_r = (struct mm_head){
		.data = data, .body = body, .eol = eol,
	};
	if (body == 0 || data[body - 1] != '\n')
		return false;
	pos = line_begin(data, body);
	if (!is_blank(data, pos, body))
		return false;
	head_r->end = pos;
	while (pos > 0) {
		size_t begin = line_begin(data, pos);

		if (is_blank(data, begin, pos) ||
		    (pos - begin > 2 && memcmp(data + begin, "--", 2) == 0))
			break;
		pos = begin;
	}
	head_r->begin = pos;
	return true;
}

/* The end of the field that begins at pos: behind its folded lines. */
static size_t field_end(const struct mm_head *head, size_t pos)
{
	do {
		const unsigned char *stop = memchr(head->data + pos, '\n',
						   head->end - pos);

		pos = stop == NULL ? head->end
				   : (size_t)(stop - head->data) + 1;
	} while (pos < head->end &&
		 (head->data[pos] == ' ' || head->data[pos] == '\t'));
	return pos;
}

static bool is_named(const unsigned char *field, size_t len, const char *name)
{
	size_t i = strlen(name);

	if (len <= i || strncasecmp((const char *)field, name, i) != 0)
		return false;
	while (i < len && (field[i] == ' ' || field[i] == '\t'))
		i++;
	return i < len && field[i] == ':';
}

bool mm_head_value(const struct mm_head *head, const char *name, char *value,
		   size_t size)
{
	size_t pos = head->begin, next = pos, used = 0;

	for (; pos < head->end; pos = next) {
		next = field_end(head, pos);
		if (is_named(head->data + pos, next - pos, name))
			break;
	}
	if (pos >= head->end)
		return false;
	while (head->data[pos] != ':')
		pos++;
	for (pos++; pos < next; pos++) {
		unsigned char c = head->data[pos];

		if (c == '\r' || c == '\n' ||
		    (used == 0 && (c == ' ' || c == '\t')))
			continue;
		if (used + 1 >= size || c == '\0')
			return false;
		value[used++] = (char)c;
	}
	while (used > 0 && (value[used - 1] == ' ' ||
			    value[used - 1] == '\t'))
		used--;
	value[used] = '\0';
	return true;
}

/* The parameter's "=" outside of quotes, NULL when there is none; *other_r is
 * set for the name with a star or behind a comment. */
static const char *find_param(const char *value, const char *name,
			      bool *other_r)
{
	const size_t len = strlen(name);
	bool quoted = false;

	for (const char *pos = value; *pos != '\0'; pos++) {
		const char *word = pos + 1;

		if (*pos == '\\' && quoted && pos[1] != '\0')
			pos++;
		else if (*pos == '"')
			quoted = !quoted;
		else if (*pos == '(' && !quoted)
			*other_r = true;
		if (*pos != ';' || quoted)
			continue;
		word += strspn(word, " \t");
		if (strncasecmp(word, name, len) != 0)
			continue;
		word += len;
		if (*word == '*')
			*other_r = true;
		word += strspn(word, " \t");
		if (*word == '=')
			return word;
	}
	return NULL;
}

int mm_head_param(const char *value, const char *name, char *param,
		  size_t size)
{
	bool other = false;
	const char *pos = find_param(value, name, &other);
	size_t len;

	if (other)
		return MM_ERR_FORMAT;
	if (pos == NULL)
		return 0;
	pos++;
	pos += strspn(pos, " \t");
	if (*pos == '"')
		len = strcspn(++pos, "\"");
	else
		len = strcspn(pos, "; \t");
	if (len >= size)
		return MM_ERR_FORMAT;
	memcpy(param, pos, len);
	param[len] = '\0';
	return 1;
}

int mm_head_copy(const struct mm_head *head, bool content, struct mm_buf *out)
{
	static const char prefix[] = "Content-";
	size_t next;
	int r = 0;

	for (size_t pos = head->begin; pos < head->end && r == 0;
	     pos = next) {
		bool is_content;

		next = field_end(head, pos);
		is_content = next - pos > sizeof(prefix) - 1 &&
			strncasecmp((const char *)head->data + pos, prefix,
				    sizeof(prefix) - 1) == 0;
		if (is_content == content)
			r = mm_buf_put(out, head->data + pos, next - pos);
	}
	return r;
}

int mm_head_copy_base64(const struct mm_head *head, struct mm_buf *out)
{
	/* What tells of the old bytes (RFC 1864, and some programs). */
	static const char *const stale[] = {
		"Content-Transfer-Encoding", "Content-MD5", "Content-Length",
	};
	size_t next;
	int r = 0;

	for (size_t pos = head->begin; pos < head->end && r == 0;
	     pos = next) {
		bool is_stale = false;

		next = field_end(head, pos);
		for (size_t i = 0; i < sizeof(stale) / sizeof(*stale); i++)
			is_stale |= is_named(head->data + pos, next - pos,
					     stale[i]);
		if (!is_stale)
			r = mm_buf_put(out, head->data + pos, next - pos);
	}
	return r < 0 ? r : mm_buf_printf(out, "Content-Transfer-Encoding: "
					 "base64%s", head->eol);
}

int mm_head_recharset(const char *value, const char *charset,
		      struct mm_buf *out)
{
	bool other = false;
	const char *pos = find_param(value, "charset", &other);
	const char *rest;
	int r;

	if (other)
		return MM_ERR_FORMAT;
	if (pos == NULL)
		return mm_buf_printf(out, "%s; charset=%s", value, charset);
	rest = pos + 1;
	rest += strspn(rest, " \t");
	if (*rest == '"') {
		rest += 1 + strcspn(rest + 1, "\"");
		rest += *rest == '"';
	} else {
		rest += strcspn(rest, "; \t");
	}
	if ((r = mm_buf_put(out, value, (size_t)(pos + 1 - value))) < 0)
		return r;
	return mm_buf_printf(out, "%s%s", charset, rest);
}
