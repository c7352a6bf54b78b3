/*
 * The header of a message or a part in all its readings. Process: inspector
 * (as users.inspector, in its jail), and one-shot mode. Must never take a
 * header for harmless because a strict reader would not see it.
 */
#include "mamorid/inspect/readings_header.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "mamorid/inspect/readings_boundary.h"

#define JUNK_MAX 8u /* characters that may precede a name */
#define SQUASHED_MAX 512u
#define VALUE_MAX 65536u

enum field_kind { FIELD_NONE, FIELD_TYPE, FIELD_ENCODING, FIELD_DISPOSITION };

static const struct {
	const char *name;
	enum field_kind kind;
} names[] = {
	{ "content-type", FIELD_TYPE },
	{ "content-transfer-encoding", FIELD_ENCODING },
	{ "content-disposition", FIELD_DISPOSITION },
};

#define NAMES (sizeof(names) / sizeof(names[0]))

/* The first CR or LF. In steps, since the next of the one may be far away when
 * there are many of the other. */
static size_t line_end(const unsigned char *data, size_t len, size_t pos)
{
	for (size_t step = 128; pos < len; pos += step, step *= 2) {
		const unsigned char *lf, *cr;

		if (step > len - pos)
			step = len - pos;
		lf = memchr(data + pos, '\n', step);
		cr = memchr(data + pos, '\r',
			    lf == NULL ? step : (size_t)(lf - data) - pos);
		if (cr != NULL)
			return (size_t)(cr - data);
		if (lf != NULL)
			return (size_t)(lf - data);
	}
	return len;
}

struct mm_line mm_line_at(const unsigned char *data, size_t len, size_t pos)
{
	struct mm_line line = { .begin = pos };

	line.end = line_end(data, len, pos);
	line.next = line.end < len ? line.end + 1 : len;
	if (len - line.end > 1 && data[line.end] == '\r' &&
	    data[line.end + 1] == '\n')
		line.next++;
	return line;
}

bool mm_line_blank(const unsigned char *data, const struct mm_line *line)
{
	for (size_t i = line->begin; i < line->end; i++)
		if (data[i] != ' ' && data[i] != '\t')
			return false;
	return true;
}

bool mm_line_folded(const unsigned char *data, const struct mm_line *line)
{
	return line->end > line->begin &&
	       (data[line->begin] == ' ' || data[line->begin] == '\t');
}

/* Which field, and is it written as it should be? */
static enum field_kind field_at(const unsigned char *data,
				const struct mm_line *line, bool *exact_r,
				size_t *value_r)
{
	size_t pos = line->begin;
	size_t len;

	while (pos < line->end && pos - line->begin < JUNK_MAX &&
	       !isalpha(data[pos]))
		pos++;
	/* Each line is looked at, and all names begin alike. */
	if (pos == line->end || tolower(data[pos]) != names[0].name[0])
		return FIELD_NONE;
	for (size_t i = 0; i < NAMES; i++) {
		len = strlen(names[i].name);
		if (line->end - pos < len ||
		    strncasecmp((const char *)data + pos, names[i].name, len) !=
			    0)
			continue;
		*exact_r = pos == line->begin && pos + len < line->end &&
			   data[pos + len] == ':';
		*value_r = pos + len;
		/* Content-Type-Foo is none of ours. */
		if (pos + len < line->end &&
		    (isalnum(data[pos + len]) || data[pos + len] == '-'))
			return FIELD_NONE;
		return names[i].kind;
	}
	return FIELD_NONE;
}

bool mm_line_is_mime_field(const unsigned char *data,
			   const struct mm_line *line)
{
	size_t value;
	bool exact;

	return field_at(data, line, &exact, &value) != FIELD_NONE;
}

bool mm_line_is_field(const unsigned char *data, const struct mm_line *line)
{
	size_t i;

	for (i = line->begin; i < line->end && data[i] != ':'; i++)
		if (data[i] <= ' ' || data[i] >= 0x7f)
			return false;
	return i < line->end && i > line->begin;
}

/* Letters and digits only, in lower case. */
static void squash(const unsigned char *data, size_t len,
		   char out[SQUASHED_MAX])
{
	size_t used = 0;

	for (size_t i = 0; i < len && used + 1 < SQUASHED_MAX; i++)
		if (isalnum(data[i]))
			out[used++] = (char)tolower(data[i]);
	out[used] = '\0';
}

struct value {
	const unsigned char *data;
	size_t len;
	bool exact; /* its name and colon */
};

struct head {
	const unsigned char *data;
	const struct mm_boundary_sink *sink;
	struct mm_head *out;
	char type[SQUASHED_MAX]; /* the first Content-Type's */
	char disposition[SQUASHED_MAX];
	size_t types, encodings, dispositions;
	unsigned int encoding; /* the first one */
};

static void blame(struct head *head, const char *why)
{
	head->out->odd = true;
	if (head->out->why == NULL)
		head->out->why = why;
}

static struct value trimmed(const struct value *from)
{
	struct value value = *from;

	while (value.len > 0 && strchr(" \t\r\n", value.data[0]) != NULL &&
	       value.data[0] != '\0') {
		value.data++;
		value.len--;
	}
	while (value.len > 0 && isspace(value.data[value.len - 1]))
		value.len--;
	return value;
}

static unsigned int known_encoding(const struct value *value)
{
	static const struct {
		const char *name;
		unsigned int encoding;
	} known[] = {
		{ "7bit", MM_ENC_PLAIN },
		{ "8bit", MM_ENC_PLAIN },
		{ "binary", MM_ENC_PLAIN },
		{ "base64", MM_ENC_BASE64 },
		{ "quoted-printable", MM_ENC_QUOTED },
		{ "x-uuencode", MM_ENC_PLAIN },
		{ "uuencode", MM_ENC_PLAIN },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i].name) == value->len &&
		    strncasecmp((const char *)value->data, known[i].name,
				value->len) == 0)
			return known[i].encoding;
	return 0;
}

static void take_encoding(struct head *head, const struct value *raw)
{
	const struct value value = trimmed(raw);
	const unsigned int encoding = known_encoding(&value);
	char all[SQUASHED_MAX];

	squash(value.data, value.len, all);
	if (strstr(all, "quot") != NULL || strstr(all, "print") != NULL)
		head->out->hints_quoted = true;
	if (encoding == 0 || !raw->exact) {
		head->out->exact = false;
		head->out->odd = true;
		head->out->encodings = MM_ENC_ALL;
	}
	if (head->encodings++ == 0) {
		head->encoding = encoding;
		head->out->encodings |= encoding;
	} else if (head->encoding != encoding) {
		head->out->exact = false;
		head->out->encodings = MM_ENC_ALL;
		blame(head, "ambiguous: duplicate Content-Transfer-Encoding");
	}
}

static void take_boundaries(struct head *head, const struct value *value)
{
	const char *why;

	why = mm_boundary_read(value->data, value->len, head->sink);
	if (why != NULL)
		blame(head, why);
}

static void take_type(struct head *head, const struct value *value)
{
	struct mm_head *out = head->out;
	const unsigned char *semicolon = memchr(value->data, ';', value->len);
	char all[SQUASHED_MAX], type[SQUASHED_MAX];

	squash(value->data, value->len, all);
	squash(value->data,
	       semicolon == NULL ? value->len
				 : (size_t)(semicolon - value->data),
	       type);
	if (strstr(type, "multipart") != NULL) {
		out->multipart = true;
		take_boundaries(head, value);
	}
	out->message = out->message || strncmp(type, "message", 7) == 0;
	out->partial = out->partial || strncmp(type, "messagepartial", 14) == 0;
	out->external = out->external || strstr(type, "externalbody") != NULL;
	out->text = out->text || strncmp(type, "text", 4) == 0;
	out->named = out->named || strstr(all, "name") != NULL;
	out->utf7 = out->utf7 || strstr(all, "utf7") != NULL;
	if (!value->exact)
		out->odd = true;
	if (head->types++ == 0)
		memcpy(head->type, type, sizeof(type));
	else if (strcmp(head->type, type) != 0 ||
		 strstr(type, "multipart") != NULL)
		blame(head, "ambiguous: duplicate Content-Type");
}

static void take_disposition(struct head *head, const struct value *value)
{
	char all[SQUASHED_MAX];

	squash(value->data, value->len, all);
	head->out->named = head->out->named || strstr(all, "name") != NULL;
	if (head->dispositions++ == 0)
		memcpy(head->disposition, all, sizeof(all));
	else if (strcmp(head->disposition, all) != 0)
		blame(head, "ambiguous: duplicate Content-Disposition");
}

static void take_field(struct head *head, enum field_kind kind,
		       const struct value *value)
{
	head->out->fields++;
	if (!value->exact)
		blame(head, "ambiguous: malformed header");
	if (memchr(value->data, '\0', value->len) != NULL ||
	    memchr(value->data, '\v', value->len) != NULL ||
	    memchr(value->data, '\f', value->len) != NULL)
		blame(head, "ambiguous: control character in a header");
	if (kind == FIELD_TYPE)
		take_type(head, value);
	else if (kind == FIELD_ENCODING)
		take_encoding(head, value);
	else
		take_disposition(head, value);
}

/* A line that is no field of ours, but for somebody it may be. The lists of
 * header names in signatures (DKIM, ARC) are not meant. */
static bool suspicious(const char *all, bool folded)
{
	static const char *const begins[] = {
		"contenttransfer", "transferencoding", "contentencoding",
		"base64",	   "quotedprintable",  "multipart",
	};

	if (strstr(all, "transferencodingbase64") != NULL ||
	    strstr(all, "transferencodingquoted") != NULL ||
	    strstr(all, "contenttypemultipart") != NULL)
		return true;
	for (size_t i = 0; !folded && i < sizeof(begins) / sizeof(begins[0]);
	     i++)
		if (strncmp(all, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

static void suspect(struct head *head, const struct mm_line *line)
{
	const bool folded = mm_line_folded(head->data, line);
	char all[SQUASHED_MAX];

	squash(head->data + line->begin, line->end - line->begin, all);
	if (!suspicious(all, folded))
		return;
	head->out->odd = true;
	head->out->exact = false;
	head->out->encodings = MM_ENC_ALL;
	take_boundaries(head,
			&(struct value){ head->data + line->begin,
					 line->end - line->begin, false });
}

/* A field's value with its continuation lines. The colon is left out. */
static struct value value_of(const unsigned char *data, size_t end,
			     const struct mm_line *first, size_t begin,
			     bool exact, size_t *next_r)
{
	struct mm_line line = *first;
	size_t stop = line.end;
	struct value value;
	size_t colon = begin;
	bool ignored;
	size_t unused;

	for (*next_r = line.next; line.next < end; *next_r = line.next) {
		line = mm_line_at(data, end, line.next);
		if (!mm_line_folded(data, &line) ||
		    field_at(data, &line, &ignored, &unused) != FIELD_NONE)
			break;
		stop = line.end;
	}
	while (colon < stop && data[colon] != ':')
		colon++;
	if (colon < stop)
		begin = colon + 1;
	value.data = data + begin;
	value.len = stop - begin < VALUE_MAX ? stop - begin : VALUE_MAX;
	value.exact = exact;
	return value;
}

void mm_head_read(const unsigned char *data, size_t begin, size_t end,
		  const struct mm_boundary_sink *sink, struct mm_head *head_r)
{
	struct head head = { .data = data, .sink = sink, .out = head_r };
	struct mm_line line;
	enum field_kind kind;
	struct value value;
	size_t pos = begin;
	bool ours = true; /* the line before */
	size_t at;
	bool exact;

	*head_r = (struct mm_head){ .exact = true };
	while (pos < end) {
		line = mm_line_at(data, end, pos);
		kind = field_at(data, &line, &exact, &at);
		if (kind == FIELD_NONE ||
		    (!ours && mm_line_folded(data, &line))) {
			suspect(&head, &line);
			pos = line.next;
			ours = false;
			continue;
		}
		ours = true;
		value = value_of(data, end, &line, at, exact, &pos);
		take_field(&head, kind, &value);
	}
	if (head_r->encodings == 0)
		head_r->encodings = MM_ENC_PLAIN;
}
