/*
 * Tells mails of the simplest form from all others (plain_mail.h).
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never call a mail plain because it knows no reason against it: every
 * line is of a form that is listed here, or the mail is not plain.
 */
#include "mamorid/inspect/plain_mail.h"

#include <string.h>
#include <strings.h>

#define VALUE_MAX 512u
#define BOUNDARY_MAX 70u
#define LINE_MAX 998u
#define NAME_CHARS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
#define TOKEN_CHARS NAME_CHARS "_.+/"

/* A line without its end. */
struct line {
	const char *text;
	size_t len;
};

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

enum body { BODY_NONE, BODY_TEXT, BODY_BASE64, BODY_MULTIPART };

/* The next line: 1, 0 at the end, -1 for one of a strange form. */
static int next_line(struct text *text, struct line *line_r)
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
	if (line_r->len > LINE_MAX ||
	    memchr(line_r->text, '\0', line_r->len) != NULL ||
	    memchr(line_r->text, '\r', line_r->len) != NULL)
		return -1;
	return 1;
}

static bool is(const struct line *line, const char *word)
{
	return line->len == strlen(word) &&
	       memcmp(line->text, word, line->len) == 0;
}

static bool begins(const struct line *line, const char *word)
{
	return line->len >= strlen(word) &&
	       strncasecmp(line->text, word, strlen(word)) == 0;
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
static bool header_line(struct part *part, const struct line *line,
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
	if (begins(line, "content-type:"))
		*value = part->type;
	else if (begins(line, "content-transfer-encoding:"))
		*value = part->encoding;
	else if (begins(line, "content-disposition:"))
		*value = part->disposition;
	if (*value != NULL)
		/* Two of a kind are read in two ways. */
		return name > 0 && (*value)[0] == '\0' &&
		       append(*value, colon + 1,
			      line->len - name - 1) && (*value)[0] != '\0';
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (begins(line, harmless[i]))
			return true;
	return name > 0 && !begins(line, "content-");
}

/* Up to the blank line. */
static bool read_headers(struct text *text, struct part *part)
{
	char *value = NULL;
	struct line line;

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
	/* libclamav tries base64 on a text that says so. */
	if (body == BODY_TEXT && strcasecmp(encoding, "7bit") == 0)
		return BODY_NONE;
	if (!base64 && *disposition != '\0' &&
	    strcasecmp(disposition, "inline") != 0)
		return BODY_NONE;
	return body;
}

/* Nothing that libclamav searches texts for, whatever their type. */
static bool text_line(const struct line *line)
{
	/* MIME without a header (and then bounces), uuencode, yEnc, BinHex,
	 * delimiters. */
	static const char *const marks[] = {
		"content-", "begin", "=y", "(this file", "--",
	};
	struct line rest = *line;

	while (rest.len > 0 && (*rest.text == ' ' || *rest.text == '\t')) {
		rest.text++;
		rest.len--;
	}
	if (rest.len > 0 && strchr("cCbB=(-", *rest.text) != NULL)
		for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
			if (begins(&rest, marks[i]) && !is(line, "-- "))
				return false;
	return memchr(line->text, '<', line->len) == NULL;
}

static bool is_base64(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/* Full lines of one length, then at most one shorter one. */
static bool base64_line(const struct line *line, size_t *first, bool *last)
{
	size_t len = line->len;

	if (len == 0) {
		*last = *last || *first != 0;
		return *last;
	}
	if (*last || len % 4 != 0 || len > LINE_MAX - 2)
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

/* A body up to a line that begins with the delimiter, which may be NULL, or
 * the end: that line, or one without text. */
static bool read_body(struct text *text, enum body body,
		      const char *delimiter, struct line *end_r)
{
	bool last = false;
	size_t first = 0;
	struct line line;
	int r;

	while ((r = next_line(text, &line)) == 1) {
		if (delimiter != NULL && begins(&line, delimiter)) {
			*end_r = line;
			return true;
		}
		if (body == BODY_TEXT ? !text_line(&line)
				      : !base64_line(&line, &first, &last))
			return false;
	}
	*end_r = (struct line){ .text = text->end };
	return r == 0 && delimiter == NULL;
}

/* Nothing but blank lines. */
static bool blank(struct text *text)
{
	struct line line;
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
	struct line line;
	enum body body;

	memcpy(delimiter + 2, boundary, strlen(boundary) + 1);
	do {
		if (next_line(text, &line) != 1)
			return false;
	} while (line.len == 0);
	while (is(&line, delimiter)) {
		if (!read_headers(text, &part))
			return false;
		body = body_of(&part, inner);
		if ((body != BODY_TEXT && body != BODY_BASE64) ||
		    !read_body(text, body, delimiter, &line))
			return false;
		/* libclamav joins texts. */
		texts += body == BODY_TEXT;
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
	struct line line;
	size_t parts = 1;
	enum body body;

	if (mail->limit != NULL || !read_headers(&text, &part))
		return false;
	body = body_of(&part, boundary);
	if (body == BODY_MULTIPART) {
		parts = 0;
		if (!read_multipart(&text, boundary, &parts))
			return false;
	} else if (body != BODY_TEXT ||
		   !read_body(&text, body, NULL, &line)) {
		return false;
	}
	/* GMime must have found the same. */
	return mail->count == parts;
}
