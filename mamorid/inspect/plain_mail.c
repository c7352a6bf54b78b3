/*
 * Tells mails of the simplest form from all others (plain_mail.h).
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never call a mail plain because it knows no reason against it: every
 * line is of a form that is listed here, or the mail is not plain.
 */
#include "mamorid/inspect/plain_mail.h"

#include <string.h>
#include <strings.h>

#include "mamorid/inspect/plain_lines.h"

#define VALUE_MAX 512u
#define BOUNDARY_MAX 70u
#define NAME_CHARS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
#define TOKEN_CHARS NAME_CHARS "_.+/"

struct text {
	const char *pos;
	const char *end;
};

/* What the headers of a mail or part say, "" if nothing. */
struct part {
	char type[VALUE_MAX];
	char encoding[VALUE_MAX];
	char disposition[VALUE_MAX];
};

enum body {
	BODY_NONE,
	BODY_TEXT,
	BODY_7BIT,	/* text that says so: libclamav tries base64 on it */
	BODY_BASE64,
	BODY_MULTIPART,
};

/* The next line: 1, 0 at the end, -1 for one of a strange form. */
static int next_line(struct text *text, struct mm_plain_line *line_r)
{
	size_t left = (size_t)(text->end - text->pos);
	const char *lf;

	if (left == 0)
		return 0;
	lf = memchr(text->pos, '\n', left);
	line_r->text = text->pos;
	line_r->len = lf != NULL ? (size_t)(lf - text->pos) : left;
	text->pos = lf != NULL ? lf + 1 : text->end;
	if (line_r->len > 0 && line_r->text[line_r->len - 1] == '\r')
		line_r->len--;
	if (line_r->len > MM_PLAIN_LINE_MAX ||
	    memchr(line_r->text, '\0', line_r->len) != NULL ||
	    memchr(line_r->text, '\r', line_r->len) != NULL)
		return -1;
	return 1;
}

static bool append(char *value, const char *text, size_t len)
{
	size_t used = strlen(value);

	if (used + len >= VALUE_MAX)
		return false;
	memcpy(value + used, text, len);
	value[used + len] = '\0';
	return true;
}

/* The value that a header line begins or goes on, NULL for one of no
 * interest; false for one that is not understood. */
static bool header_line(struct part *part, const struct mm_plain_line *line,
			char **value)
{
	static const char *const harmless[] = {
		"content-language:", "content-id:", "content-description:",
	};
	const char *colon;
	size_t name;

	if (line->text[0] == ' ' || line->text[0] == '\t')
		return *value == NULL ||
		       append(*value, line->text, line->len);
	*value = NULL;
	colon = memchr(line->text, ':', line->len);
	if (colon == NULL)
		return false;
	name = (size_t)(colon - line->text);
	for (size_t i = 0; i < name; i++)
		if (strchr(NAME_CHARS "_", line->text[i]) == NULL)
			return false;
	if (mm_plain_begins(line, "content-type:"))
		*value = part->type;
	else if (mm_plain_begins(line, "content-transfer-encoding:"))
		*value = part->encoding;
	else if (mm_plain_begins(line, "content-disposition:"))
		*value = part->disposition;
	if (*value != NULL)
		/* Two of a kind are read in two ways. */
		return name > 0 && (*value)[0] == '\0' &&
		       append(*value, colon + 1,
			      line->len - name - 1) && (*value)[0] != '\0';
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (mm_plain_begins(line, harmless[i]))
			return true;
	return name > 0 && !mm_plain_begins(line, "content-");
}

/* Up to the blank line. */
static bool read_headers(struct text *text, struct part *part)
{
	char *value = NULL;
	struct mm_plain_line line;

	memset(part, 0, sizeof(*part));
	while (next_line(text, &line) == 1) {
		if (line.len == 0)
			return true;
		if (!header_line(part, &line, &value))
			return false;
	}
	return false;
}

static const char *skip_blanks(const char *pos)
{
	return pos + strspn(pos, " \t");
}

/* ; name=value: the value in out. The position behind it, or NULL. */
static const char *parameter(const char *pos, char *name, char *out)
{
	const char *end;
	size_t len;

	pos = skip_blanks(pos + 1);
	len = strspn(pos, NAME_CHARS);
	if (len == 0 || len >= 32 || pos[len] != '=')
		return NULL;
	memcpy(name, pos, len);
	name[len] = '\0';
	pos += len + 1;
	if (*pos == '"') {
		end = strchr(++pos, '"');
		len = end != NULL ? (size_t)(end - pos) : 0;
		if (memchr(pos, '\\', len) != NULL)
			return NULL;
	} else {
		len = strspn(pos, TOKEN_CHARS);
		end = pos + len;
	}
	if (len == 0 || len >= VALUE_MAX)
		return NULL;
	memcpy(out, pos, len);
	out[len] = '\0';
	return skip_blanks(end + (*end == '"'));
}

/* The type and its parameters, of which a text may have no name: libclamav
 * takes an unencoded part with a name for base64. */
static enum body type_of(const char *value, char *boundary)
{
	size_t len = strspn(value = skip_blanks(value), TOKEN_CHARS);
	bool multipart = strncasecmp(value, "multipart/", 10) == 0;
	bool text = len == 10 && strncasecmp(value, "text/plain", 10) == 0;
	const char *pos = skip_blanks(value + len);
	char out[VALUE_MAX];
	char name[32];

	boundary[0] = '\0';
	if (*value == '\0')
		return BODY_TEXT;
	if (multipart && !(len == 15 && strncasecmp(value + 10, "mixed", 5) ==
			   0))
		return BODY_NONE;
	if (!text && (strncasecmp(value, "text/", 5) == 0 ||
		      strncasecmp(value, "message/", 8) == 0 ||
		      memchr(value, '/', len) == NULL))
		return BODY_NONE;
	while (*pos == ';') {
		if ((pos = parameter(pos, name, out)) == NULL)
			return BODY_NONE;
		if (multipart && strcasecmp(name, "boundary") == 0 &&
		    boundary[0] == '\0' && strlen(out) <= BOUNDARY_MAX &&
		    strspn(out, TOKEN_CHARS "=?'(),:") == strlen(out))
			memcpy(boundary, out, strlen(out) + 1);
		else if (text ? strcasecmp(name, "charset") != 0 &&
				strcasecmp(name, "format") != 0 &&
				strcasecmp(name, "delsp") != 0
			      : multipart || strcasecmp(name, "name") != 0)
			return BODY_NONE;
	}
	/* Some character sets are encodings of their own. */
	if (*pos != '\0' || multipart != (boundary[0] != '\0') ||
	    strcasestr(value, "utf-7") != NULL ||
	    strcasestr(value, "utf7") != NULL ||
	    strcasestr(value, "utf-16") != NULL ||
	    strcasestr(value, "utf-32") != NULL)
		return BODY_NONE;
	return multipart ? BODY_MULTIPART : text ? BODY_TEXT : BODY_BASE64;
}

static enum body body_of(const struct part *part, char *boundary)
{
	const char *encoding = skip_blanks(part->encoding);
	const char *disposition = skip_blanks(part->disposition);
	enum body body = type_of(part->type, boundary);
	bool base64 = strcasecmp(encoding, "base64") == 0;

	if (!base64 && *encoding != '\0' &&
	    strcasecmp(encoding, "7bit") != 0 &&
	    strcasecmp(encoding, "8bit") != 0)
		return BODY_NONE;
	if (base64 != (body == BODY_BASE64))
		return BODY_NONE;
	if (body == BODY_TEXT && strcasecmp(encoding, "7bit") == 0)
		body = BODY_7BIT;
	if (!base64 && *disposition != '\0' &&
	    strcasecmp(disposition, "inline") != 0)
		return BODY_NONE;
	return body;
}

static bool is_text(enum body body)
{
	return body == BODY_TEXT || body == BODY_7BIT;
}

/* A body up to a line that begins with the delimiter, which may be NULL, or
 * the end: that line, or one without text. */
static bool read_body(struct text *text, enum body body,
		      const char *delimiter, struct mm_plain_line *end_r)
{
	bool words = body != BODY_7BIT;
	bool last = false;
	bool good = true;
	size_t first = 0;
	struct mm_plain_line line;
	int r;

	while (good && (r = next_line(text, &line)) == 1) {
		if (delimiter != NULL && mm_plain_begins(&line, delimiter)) {
			*end_r = line;
			return words;
		}
		if (body == BODY_BASE64)
			good = mm_plain_base64_line(&line, &first, &last);
		else if (body == BODY_7BIT)
			good = mm_plain_7bit_line(&line, &words);
		else
			good = mm_plain_text_line(&line);
	}
	*end_r = (struct mm_plain_line){ .text = text->end };
	return good && r == 0 && delimiter == NULL && words;
}

/* Nothing but blank lines. */
static bool blank(struct text *text)
{
	struct mm_plain_line line;
	int r;

	while ((r = next_line(text, &line)) == 1)
		if (line.len > 0)
			return false;
	return r == 0;
}

static bool read_multipart(struct text *text, const char *boundary,
			   size_t *parts_r)
{
	size_t texts = 0;
	char delimiter[BOUNDARY_MAX + 3] = "--";
	char inner[VALUE_MAX];
	struct part part;
	struct mm_plain_line line;
	enum body body;

	memcpy(delimiter + 2, boundary, strlen(boundary) + 1);
	do {
		if (next_line(text, &line) != 1)
			return false;
	} while (line.len == 0);
	while (mm_plain_is(&line, delimiter)) {
		if (!read_headers(text, &part))
			return false;
		body = body_of(&part, inner);
		if ((!is_text(body) && body != BODY_BASE64) ||
		    !read_body(text, body, delimiter, &line))
			return false;
		/* libclamav joins texts. */
		texts += is_text(body);
		if (texts > 1)
			return false;
		(*parts_r)++;
	}
	return *parts_r > 0 && line.len == strlen(delimiter) + 2 &&
	       memcmp(line.text, delimiter, strlen(delimiter)) == 0 &&
	       memcmp(line.text + line.len - 2, "--", 2) == 0 && blank(text);
}

bool mm_plain_mail(const unsigned char *data, size_t len,
		   const struct mm_mail *mail)
{
	struct text text = {
		.pos = (const char *)data,
		.end = (const char *)data + len,
	};
	char boundary[VALUE_MAX];
	struct part part;
	struct mm_plain_line line;
	size_t parts = 1;
	enum body body;

	if (mail->limit != NULL || !read_headers(&text, &part))
		return false;
	body = body_of(&part, boundary);
	if (body == BODY_MULTIPART) {
		parts = 0;
		if (!read_multipart(&text, boundary, &parts))
			return false;
	} else if (!is_text(body) ||
		   !read_body(&text, body, NULL, &line)) {
		return false;
	}
	/* GMime must have found the same. */
	return mail->count == parts;
}
