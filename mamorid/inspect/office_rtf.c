/*
 * Objects, fields and templates in RTF, read as Word does: hex digits anywhere
 * in an object's group count, whatever stands between them.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Linear in the length; must never trust the count of \bin.
 */
#include "mamorid/inspect/office_rtf.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/text.h"
#include "mamorid/inspect/fact.h"
#include "mamorid/xalloc.h"

#define WORD_MAX 32u
#define TEXT_MAX 256u

struct rtf {
	const unsigned char *pos;
	const unsigned char *end;
	unsigned int depth;	/* open braces */
};

/* What the group that is being read is for. */
struct group {
	char text[TEXT_MAX];	/* its text, cut */
	size_t len;
	unsigned int depth;	/* of the group; 0: none */
};

enum kind { CHARACTER, WORD, SKIPPED, END };

struct token {
	enum kind kind;
	unsigned char c;
	char word[WORD_MAX + 1];
};

static bool is_letter(unsigned char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static void control(struct rtf *rtf, struct token *token)
{
	size_t used = 0, count = 0;

	token->kind = SKIPPED;
	if (rtf->pos >= rtf->end)
		return;
	if (!is_letter(*rtf->pos)) {
		/* \'hh is a character, not hex digits of an object. */
		rtf->pos += *rtf->pos == '\'' && rtf->end - rtf->pos > 2
			? 3 : 1;
		return;
	}
	token->kind = WORD;
	for (; rtf->pos < rtf->end && is_letter(*rtf->pos); rtf->pos++)
		if (used < WORD_MAX)
			token->word[used++] = (char)*rtf->pos;
	token->word[used] = '\0';
	if (rtf->pos < rtf->end && *rtf->pos == '-')
		rtf->pos++;
	for (; rtf->pos < rtf->end && is_digit(*rtf->pos); rtf->pos++)
		if (count < (1u << 30))
			count = count * 10 + (*rtf->pos - (size_t)'0');
	if (rtf->pos < rtf->end && *rtf->pos == ' ')
		rtf->pos++;
	if (strcmp(token->word, "bin") != 0)
		return;
	/* Bytes as they are: not text. */
	token->kind = SKIPPED;
	if (count <= (size_t)(rtf->end - rtf->pos))
		rtf->pos += count;
}

static void next(struct rtf *rtf, struct token *token)
{
	token->kind = END;
	if (rtf->pos >= rtf->end)
		return;
	token->c = *rtf->pos++;
	token->kind = CHARACTER;
	if (token->c == '\\') {
		control(rtf, token);
	} else if (token->c == '{') {
		rtf->depth++;
		token->kind = SKIPPED;
	} else if (token->c == '}') {
		if (rtf->depth > 0)
			rtf->depth--;
		token->kind = SKIPPED;
	}
}

static int hex_value(unsigned char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Read the hex digits of an object up to the end of its group into data, if
 * that is not NULL. Returns how many bytes they are. */
static size_t read_object(struct rtf *rtf, unsigned char *data)
{
	unsigned int depth = rtf->depth;
	struct token token = { 0 };
	size_t digits = 0;
	int value;

	while (rtf->depth >= depth) {
		next(rtf, &token);
		if (token.kind == END)
			break;
		if (token.kind != CHARACTER ||
		    (value = hex_value(token.c)) < 0)
			continue;
		if (data != NULL && digits % 2 == 0)
			data[digits / 2] = (unsigned char)(value << 4);
		else if (data != NULL)
			data[digits / 2] |= (unsigned char)value;
		digits++;
	}
	return digits / 2;
}

/* Caller frees. */
static unsigned char *object_data(struct rtf *rtf, size_t *len_r)
{
	struct rtf ahead = *rtf;
	unsigned char *data;

	/* An odd digit at the end still needs its place. */
	data = mm_xcalloc(read_object(&ahead, NULL) + 1, 1);
	*len_r = read_object(rtf, data);
	return data;
}

static bool is_class_name(const char *text)
{
	return text[0] != '\0' && strspn(text,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789._-") == strlen(text);
}

/* MS-OLEDS 2.2.4: version, format, the length of the class's name, the name.
 * What it holds is pushed from its own beginning on, if that is found. */
static void object(struct mm_walk *walk, const struct mm_item *item,
		   struct rtf *rtf)
{
	static const char *const magics[] = {
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "PK\3\4", "{\\rt",
	};
	const unsigned char *start = NULL;
	unsigned char *data, *copy;
	size_t len;

	data = object_data(rtf, &len);
	if (len > 12 && memchr(data + 12, '\0', len - 12) != NULL &&
	    is_class_name((const char *)data + 12))
		mm_fact(walk, item, MM_KIND_MACRO, "macro: ole object",
			(const char *)data + 12);
	else
		mm_walk_find(walk, item, MM_KIND_MACRO, "macro: ole object");
	for (size_t i = 0; start == NULL &&
	     i < sizeof(magics) / sizeof(magics[0]); i++)
		start = memmem(data, len, magics[i], strlen(magics[i]));
	if (start == NULL)
		start = data;
	len -= (size_t)(start - data);
	if (len > 0) {
		copy = mm_xcalloc(len, 1);
		memcpy(copy, start, len);
		(void)mm_walk_push_take(walk, item, NULL, copy, len);
	}
	free(data);
}

static void judge_template(struct mm_walk *walk, const struct mm_item *item,
			   const char *target)
{
	static const char *const remote[] = {
		"http:", "https:", "ftp:", "mhtml:", "file://",
	};

	target += strspn(target, " \t\r\n");
	for (size_t i = 0; i < sizeof(remote) / sizeof(remote[0]); i++) {
		if (!mm_text_has_prefix(target, remote[i]))
			continue;
		mm_walk_find(walk, item, MM_KIND_MACRO,
			     "macro: remote template");
		return;
	}
}

static void judge_field(struct mm_walk *walk, const struct mm_item *item,
			const char *code)
{
	code += strspn(code, " \t\r\n\"");
	if (mm_text_has_prefix(code, "dde"))
		mm_walk_find(walk, item, MM_KIND_MACRO, "macro: dde");
}

static void collect(struct group *group, const struct rtf *rtf,
		    const struct token *token)
{
	if (group->depth == 0 || token->kind != CHARACTER ||
	    rtf->depth < group->depth || token->c == '\n' ||
	    token->c == '\r' || group->len >= TEXT_MAX - 1)
		return;
	group->text[group->len++] = (char)token->c;
	group->text[group->len] = '\0';
}

static bool closed(struct group *group, const struct rtf *rtf, bool end)
{
	if (group->depth == 0 || (rtf->depth >= group->depth && !end))
		return false;
	group->depth = 0;
	return true;
}

static void begin(struct group *group, const struct rtf *rtf)
{
	if (rtf->depth == 0)
		return;
	memset(group, 0, sizeof(*group));
	group->depth = rtf->depth;
}

bool mm_office_is_rtf(const unsigned char *data, size_t len)
{
	return len >= 4 && strncasecmp((const char *)data, "{\\rt", 4) == 0;
}

void mm_office_rtf(struct mm_walk *walk, const struct mm_item *item,
		   const unsigned char *data, size_t len)
{
	struct rtf rtf = { .pos = data, .end = data + len };
	struct group field = { .depth = 0 };
	struct group template = { .depth = 0 };
	struct token token = { 0 };

	do {
		next(&rtf, &token);
		if (closed(&field, &rtf, token.kind == END))
			judge_field(walk, item, field.text);
		if (closed(&template, &rtf, token.kind == END))
			judge_template(walk, item, template.text);
		collect(&field, &rtf, &token);
		collect(&template, &rtf, &token);
		if (token.kind != WORD)
			continue;
		if (strcmp(token.word, "objdata") == 0) {
			if (mm_walk_stopped(walk, item->leaf))
				return;
			object(walk, item, &rtf);
		}
		if (strcmp(token.word, "objocx") == 0)
			mm_walk_find(walk, item, MM_KIND_MACRO,
				     "macro: activex");
		else if (strcmp(token.word, "fldinst") == 0)
			begin(&field, &rtf);
		else if (strcmp(token.word, "template") == 0)
			begin(&template, &rtf);
	} while (token.kind != END);
}
