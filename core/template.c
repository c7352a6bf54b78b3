/*
 * Templates of notices: reading, checking, filling in. A value must never be
 * looked at for placeholders again, nor begin a line of the head.
 */
#include "core/template.h"

#include <string.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/text.h"

static const char *const names[MM_VALUES] = {
	[MM_VALUE_VIRUS] = "virus",
	[MM_VALUE_SENDER] = "sender",
	[MM_VALUE_RECIPIENTS] = "recipients",
	[MM_VALUE_SUBJECT] = "subject",
	[MM_VALUE_DATE] = "date",
	[MM_VALUE_FILES] = "files",
	[MM_VALUE_ACTIONS] = "actions",
	[MM_VALUE_REASON] = "reason",
	[MM_VALUE_ACCOUNT] = "account",
	[MM_VALUE_TRACE] = "trace",
	[MM_VALUE_SERVER] = "server",
	[MM_VALUE_TO] = "to",
	[MM_VALUE_SIZE] = "size",
	[MM_VALUE_ATTACHMENT] = "attachment",
	[MM_VALUE_ATTACHMENT_SIZE] = "attachment_size",
	[MM_VALUE_ATTACHMENTS] = "attachments",
	[MM_VALUE_MESSAGE_ID] = "message_id",
	[MM_VALUE_HELP] = "help",
	[MM_VALUE_COUNT] = "count",
	[MM_VALUE_SINCE] = "since",
	[MM_VALUE_UNTIL] = "until",
	[MM_VALUE_LIST] = "list",
};

const char *mm_value_name(enum mm_value value)
{
	return names[value];
}

int mm_value_find(const char *name, size_t len)
{
	int i;

	for (i = 0; i < MM_VALUES; i++)
		if (strlen(names[i]) == len &&
		    strncmp(names[i], name, len) == 0)
			return i;
	return -1;
}

/* Is "{" at text a placeholder? 1 with its value and the length of the whole,
 * 0 for an ordinary brace, MM_ERR_FORMAT for an unknown one. */
static int placeholder(const char *text, enum mm_value *value_r, size_t *len_r)
{
	const char *end;
	size_t len;
	int i;

	if (text[1] < 'a' || text[1] > 'z')
		return 0;
	end = strpbrk(text, "}\n");
	if (end == NULL || *end != '}')
		return MM_ERR_FORMAT;
	len = (size_t)(end - text) - 1;
	if ((i = mm_value_find(text + 1, len)) < 0)
		return MM_ERR_FORMAT;
	*value_r = (enum mm_value)i;
	*len_r = len + 2;
	return 1;
}

/* Fill in text up to end; values may be NULL only to check, with out. */
static int fill(const char *text, const char *end,
		const struct mm_values *values, struct mm_buf *out)
{
	enum mm_value value = MM_VALUE_VIRUS;
	size_t len = 1;
	int r = 0, is;

	for (; text < end && r == 0; text += len) {
		is = *text == '{' ? placeholder(text, &value, &len) : 0;
		if (is < 0)
			return is;
		if (is == 0)
			len = 1;
		if (values == NULL)
			continue;
		r = is == 1 ? mm_buf_puts(out, mm_buf_str(&values->list[value]))
			    : mm_buf_put(out, text, 1);
	}
	return r;
}

/* The value of a head line: 1 and where it is, or 0. */
static int find_word(const struct mm_template *tpl, const char *name,
		     const char **start_r, const char **end_r)
{
	const char *line = mm_buf_str(&tpl->text);
	const char *head_end = line + tpl->body, *eol;
	const size_t len = strlen(name);

	for (; line < head_end; line = eol + 1) {
		eol = strchr(line, '\n');
		if (eol == NULL || eol == line)
			return 0;
		if (!mm_text_has_prefix(line, name) || line[len] != ':')
			continue;
		for (line += len + 1; *line == ' '; line++)
			;
		*start_r = line;
		*end_r = eol;
		return 1;
	}
	return 0;
}

/* Control bytes have no place in a template but line ends and tabs. CR goes,
 * so that a file saved by a Windows editor is the same. */
static int clean(struct mm_template *tpl)
{
	char *data = tpl->text.data;
	size_t i, n = 0;

	if (tpl->text.len == 0 || !mm_text_is_utf8(data, tpl->text.len))
		return MM_ERR_FORMAT;
	for (i = 0; i < tpl->text.len; i++) {
		if (data[i] == '\r')
			continue;
		if ((data[i] >= 0 && data[i] < ' ' && data[i] != '\n' &&
		     data[i] != '\t') ||
		    data[i] == 0x7f)
			return MM_ERR_FORMAT;
		data[n++] = data[i];
	}
	mm_buf_truncate(&tpl->text, n);
	return 0;
}

static int check(struct mm_template *tpl)
{
	const char *text, *blank, *start, *end;
	int r;

	if ((r = clean(tpl)) < 0)
		return r;
	text = mm_buf_str(&tpl->text);
	blank = strstr(text, "\n\n");
	if (blank == NULL || blank[2] == '\0')
		return MM_ERR_FORMAT;
	tpl->body = (size_t)(blank - text) + 2;
	if (find_word(tpl, "Subject", &start, &end) == 0 || start == end ||
	    (r = fill(start, end, NULL, NULL)) < 0)
		return MM_ERR_FORMAT;
	return fill(text + tpl->body, text + tpl->text.len, NULL, NULL);
}

int mm_template_load(struct mm_template *tpl, const char *path)
{
	int r;

	tpl->body = 0;
	mm_buf_init(&tpl->text, MM_TEMPLATE_MAX);
	r = mm_read_file(path, &tpl->text);
	return r < 0 ? r : check(tpl);
}

int mm_template_parse(struct mm_template *tpl, const char *text)
{
	int r;

	tpl->body = 0;
	mm_buf_init(&tpl->text, MM_TEMPLATE_MAX);
	r = mm_buf_puts(&tpl->text, text);
	return r < 0 ? r : check(tpl);
}

void mm_template_clear(struct mm_template *tpl)
{
	mm_buf_clear(&tpl->text);
}

int mm_template_word(const struct mm_template *tpl, const char *name,
		     struct mm_buf *out)
{
	const char *start, *end;
	int r;

	if (find_word(tpl, name, &start, &end) == 0)
		return 0;
	r = mm_buf_put(out, start, (size_t)(end - start));
	return r < 0 ? r : 1;
}

int mm_template_subject(const struct mm_template *tpl,
			const struct mm_values *values, struct mm_buf *out)
{
	const char *start, *end;

	if (find_word(tpl, "Subject", &start, &end) == 0)
		return MM_ERR_FORMAT;
	return fill(start, end, values, out);
}

int mm_template_body(const struct mm_template *tpl,
		     const struct mm_values *values, struct mm_buf *out)
{
	const char *text = mm_buf_str(&tpl->text);

	return fill(text + tpl->body, text + tpl->text.len, values, out);
}
