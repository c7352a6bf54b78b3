/*
 * Bounds on a message before it is parsed (mime_bounds.h).
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never take much longer than to read the message, nor give up on
 * ordinary mail.
 */
#include "mamorid/inspect/mime_bounds.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "mamorid/inspect/limits.h"
#include "mamorid/inspect/readings_header.h"

/* Shorter messages pass none of the bounds. */
#define HARMLESS 16384u
#define LINES_FEW 1000u
#define LINES_MAX ((size_t)4 << 20) /* some 70 bytes of memory each */
#define DASH_LINES_MAX 100000u /* that may begin a part */
#define ADDRESSES_MAX ((size_t)4 << 20) /* bytes; 70 of memory for each */
#define GROUPS_MAX 10000u /* in each other: a stack frame each */
#define FIELDS_MAX ((size_t)2 << 20) /* bytes; 130 of memory for each */
/* Bytes of what is not base64 in base64: libclamav moves the rest of the line
 * to the front for each. */
#define JUNK_MAX ((size_t)16 << 20)

enum field { FIELD_NONE, FIELD_ADDRESSES, FIELD_MIME };

struct counter {
	const unsigned char *data;
	size_t len;
	bool lone_cr; /* CR ends a line as well */
	size_t parts_max;
	size_t headers_max;
	size_t lines, dash_lines, files, fields;
	size_t address_bytes, mime_bytes;
	size_t groups; /* in this field */
	size_t junk;
	bool encoded; /* some text may be base64 */
	enum field field; /* that the line before belongs to */
};

static const struct {
	const char *name;
	enum field field;
} names[] = {
	{ "bcc", FIELD_ADDRESSES },
	{ "cc", FIELD_ADDRESSES },
	{ "content-", FIELD_MIME },
	{ "disposition-notification-to", FIELD_ADDRESSES },
	{ "from", FIELD_ADDRESSES },
	{ "reply-to", FIELD_ADDRESSES },
	{ "resent-bcc", FIELD_ADDRESSES },
	{ "resent-cc", FIELD_ADDRESSES },
	{ "resent-from", FIELD_ADDRESSES },
	{ "resent-reply-to", FIELD_ADDRESSES },
	{ "resent-sender", FIELD_ADDRESSES },
	{ "resent-to", FIELD_ADDRESSES },
	{ "sender", FIELD_ADDRESSES },
	{ "to", FIELD_ADDRESSES },
};

#define NAMES (sizeof(names) / sizeof(names[0]))

static bool begins(const unsigned char *line, size_t len, const char *word)
{
	const size_t word_len = strlen(word);

	return len >= word_len &&
	       strncasecmp((const char *)line, word, word_len) == 0;
}

/* Only blanks between a name and its colon: "From a@b" is none. */
static bool colon_follows(const unsigned char *text, size_t len)
{
	size_t i = 0;

	while (i < len && (text[i] == ' ' || text[i] == '\t'))
		i++;
	return i < len && text[i] == ':';
}

static enum field field_of(const unsigned char *line, size_t len)
{
	const char first = (char)tolower(line[0]);

	for (size_t i = 0; i < NAMES; i++) {
		const size_t n = strlen(names[i].name);

		if (names[i].name[0] != first ||
		    !begins(line, len, names[i].name))
			continue;
		if (names[i].field == FIELD_MIME ||
		    colon_follows(line + n, len - n))
			return names[i].field;
	}
	return FIELD_NONE;
}

/* Is it anything but one of those that leave text as it is? */
static bool may_be_base64(const unsigned char *line, size_t len)
{
	static const char name[] = "content-transfer-encoding:";
	static const char *const others[] = { "7bit", "8bit", "binary",
					      "quoted-printable" };
	size_t pos = sizeof(name) - 1;

	if (!begins(line, len, "content-transfer-encoding"))
		return false;
	if (!begins(line, len, name))
		return true;
	while (pos < len && line[pos] == ' ')
		pos++;
	while (len > pos && (line[len - 1] == '\r' || line[len - 1] == ' '))
		len--;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strlen(others[i]) == len - pos &&
		    begins(line + pos, len - pos, others[i]))
			return false;
	return true;
}

static size_t count_colons(const unsigned char *line, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += line[i] == ':';
	return count;
}

static size_t count_junk(const unsigned char *line, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += !(isalnum(line[i]) || line[i] == '+' ||
			   line[i] == '/' || line[i] == '=' || line[i] == '\r');
	return count;
}

static void count_field(struct counter *ct, const unsigned char *line,
			size_t len)
{
	/* A folded line belongs to what is above it. */
	if (line[0] != ' ' && line[0] != '\t') {
		ct->field = field_of(line, len);
		ct->groups = 0;
		if (ct->field == FIELD_MIME)
			ct->fields++;
		if (ct->field == FIELD_MIME && may_be_base64(line, len))
			ct->encoded = true;
	}
	if (ct->field == FIELD_MIME)
		ct->mime_bytes += len + 1;
	if (ct->field == FIELD_ADDRESSES) {
		ct->address_bytes += len + 1;
		ct->groups += count_colons(line, len);
	}
}

/* Of a file in plain text: libclamav makes one for each such line. */
static bool begins_file(const unsigned char *line, size_t len)
{
	if (strchr("bB=(", line[0]) == NULL)
		return false;
	if (memchr("bB=(", line[0], 4) == NULL)
		return false;
	return (begins(line, len, "begin ") && len > 6 && isdigit(line[6])) ||
	       begins(line, len, "begin-base64 ") ||
	       begins(line, len, "=ybegin ") ||
	       begins(line, len, "(this file must be converted with binhex");
}

static void count_line(struct counter *ct, size_t pos, size_t len)
{
	const unsigned char *line = ct->data + pos;

	ct->lines++;
	if (len == 0) {
		ct->field = FIELD_NONE;
		return;
	}
	if (line[0] == '-' && len > 1 && line[1] == '-')
		ct->dash_lines++;
	else if (begins_file(line, len))
		ct->files++;
	if (ct->encoded && ct->len > JUNK_MAX)
		ct->junk += count_junk(line, len);
	count_field(ct, line, len);
}

static const char *passed(const struct counter *ct)
{
	if (ct->lines > LINES_MAX)
		return MM_LIMIT_LINES;
	if (ct->dash_lines > DASH_LINES_MAX || ct->files > ct->parts_max)
		return MM_LIMIT_PARTS;
	if (ct->fields > ct->headers_max || ct->mime_bytes > FIELDS_MAX ||
	    ct->address_bytes > ADDRESSES_MAX || ct->groups > GROUPS_MAX)
		return MM_LIMIT_HEADERS;
	return ct->junk > JUNK_MAX ? MM_LIMIT_TEXT : NULL;
}

static bool has_lone_cr(const unsigned char *data, size_t len)
{
	const unsigned char *pos = data;
	const unsigned char *end = data + len;

	while (pos < end &&
	       (pos = memchr(pos, '\r', (size_t)(end - pos))) != NULL) {
		if (++pos == end || *pos != '\n')
			return true;
	}
	return false;
}

/* The line at pos. */
static struct mm_line line_at(const struct counter *ct, size_t pos)
{
	struct mm_line line = { .begin = pos, .end = ct->len };
	const unsigned char *lf;

	if (ct->lone_cr)
		return mm_line_at(ct->data, ct->len, pos);
	lf = memchr(ct->data + pos, '\n', ct->len - pos);
	if (lf != NULL)
		line.end = (size_t)(lf - ct->data);
	line.next = line.end < ct->len ? line.end + 1 : ct->len;
	return line;
}

const char *mm_mime_bounds(const unsigned char *data, size_t len,
			   size_t parts, size_t headers)
{
	struct counter ct = {
		.data = data,
		.len = len,
		.parts_max = parts,
		.headers_max = headers,
	};
	const char *limit = NULL;
	struct mm_line line = { .next = 0 };

	if (len <= HARMLESS)
		return NULL;
	ct.lone_cr = has_lone_cr(data, len);
	while (line.next < len && limit == NULL) {
		line = line_at(&ct, line.next);
		count_line(&ct, line.begin, line.end - line.begin);
		limit = passed(&ct);
	}
	return limit;
}

bool mm_mime_few_lines(const unsigned char *data, size_t len, size_t headers)
{
	const size_t most = headers < LINES_FEW ? headers : LINES_FEW;
	const unsigned char *end = data + len;

	for (size_t n = 0; n < most; n++, data++)
		if ((data = memchr(data, '\n', (size_t)(end - data))) == NULL)
			return true;
	return false;
}
