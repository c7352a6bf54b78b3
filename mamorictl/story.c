/*
 * The story of a mail for people: what came, what was found, what was done
 * with it and what happened since.
 */
#include "mamorictl/story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/err.h"
#include "core/text.h"
#include "mamorictl/ctl.h"

const char *mm_story_get(const struct mm_pairs *row, const char *name)
{
	const char *text = mm_pairs_get(row, name);

	return text == NULL ? "" : text;
}

int64_t mm_story_num(const struct mm_pairs *row, const char *name)
{
	uint64_t num = 0;

	if (mm_text_number(mm_story_get(row, name), 0, INT64_MAX, &num) < 0)
		return 0;
	return (int64_t)num;
}

bool mm_story_is(const struct mm_story *story, const struct mm_pairs *row,
		 const char *kind)
{
	const char *trace = mm_pairs_get(row, "trace");

	return strcmp(mm_story_get(row, "row"), kind) == 0 &&
	       (trace == NULL ||
		strcmp(trace, mm_story_get(story->mail, "trace")) == 0);
}

const struct mm_pairs *mm_story_copy(const struct mm_story *story,
				     const char *recipient)
{
	const struct mm_pairs *row;
	size_t i;

	for (i = 0; i < story->rows->count; i++) {
		row = &story->rows->list[i];
		if (mm_story_is(story, row, "quarantine") &&
		    strcmp(mm_story_get(row, "recipient"), recipient) == 0)
			return row;
	}
	return NULL;
}

/* One moment of the story. */
struct moment {
	int64_t time;
	size_t order;
	char *text;
};

struct moments {
	struct moment *list;
	size_t count;
	size_t size;
};

static void add(struct moments *moments, int64_t time, struct mm_buf *text)
{
	struct moment *moment;

	if (moments->count == moments->size)
		exit(mm_ctl_error("more events than there can be"));
	moment = &moments->list[moments->count];
	*moment = (struct moment){ time, moments->count, mm_buf_take(text) };
	if (moment->text == NULL)
		mm_ctl_must(MM_ERR_NOMEM);
	moments->count++;
}

static int compare(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* " word VALUE" when there is a value; foreign text is made printable. */
static void put(struct mm_buf *out, const char *before, const char *value,
		const char *behind)
{
	if (*value == '\0')
		return;
	mm_ctl_must(mm_buf_puts(out, before));
	mm_ctl_must(mm_text_printable(out, value, strlen(value), 300));
	mm_ctl_must(mm_buf_puts(out, behind));
}

static void add_received(const struct mm_story *story, struct moments *moments)
{
	const struct mm_pairs *mail = story->mail;
	struct mm_buf text;

	mm_buf_init(&text, 16384);
	put(&text, "received, ", mm_story_get(mail, "direction"), "");
	put(&text, ", from host ", mm_story_get(mail, "host"), "");
	put(&text, " (", mm_story_get(mail, "helo"), ")");
	put(&text, ", login ", mm_story_get(mail, "login"), "");
	put(&text, ", account ", mm_story_get(mail, "account"), "");
	put(&text, ", sender <", mm_story_get(mail, "sender"), ">");
	if (*mm_story_get(mail, "sender") == '\0')
		put(&text, ", sender ", "<>", "");
	put(&text, ", ", mm_story_get(mail, "size"), " bytes");
	put(&text, ", for ", mm_story_get(mail, "recipients"), " recipient(s)");
	if (mm_story_num(mail, "invalid") > 0)
		put(&text, ", ", mm_story_get(mail, "invalid"),
		    " more refused as unknown");
	add(moments, mm_story_num(mail, "time"), &text);
	mm_buf_clear(&text);
}

static void add_verdict(const struct mm_story *story, struct moments *moments)
{
	const struct mm_pairs *mail = story->mail;
	struct mm_buf text;

	mm_buf_init(&text, 16384);
	put(&text, "checked: ", mm_story_get(mail, "verdict"), "");
	put(&text, " (", mm_story_get(mail, "reason"), ")");
	put(&text, ", spam: ", mm_story_get(mail, "spam"), "");
	put(&text, ", answer to Exim: ", mm_story_get(mail, "action"), "");
	put(&text, ", took ", mm_story_get(mail, "ms"), " ms");
	put(&text, ", notices: ", mm_story_get(mail, "notices"), "");
	add(moments, mm_story_num(mail, "time"), &text);
	mm_buf_clear(&text);
}

static void add_finding(const struct mm_story *story,
			const struct mm_pairs *row, struct moments *moments)
{
	struct mm_buf text;

	mm_buf_init(&text, 16384);
	put(&text, "found: ", mm_story_get(row, "kind"), "");
	put(&text, " in part ", mm_story_get(row, "part"), "");
	put(&text, " \"", mm_story_get(row, "name"), "\"");
	put(&text, ": ", mm_story_get(row, "detail"), "");
	add(moments, mm_story_num(story->mail, "time"), &text);
	mm_buf_clear(&text);
}

static void add_recipient(const struct mm_story *story,
			  const struct mm_pairs *row, struct moments *moments)
{
	const char *who = mm_story_get(row, "recipient");
	const struct mm_pairs *copy = mm_story_copy(story, who);
	struct mm_buf text;

	mm_buf_init(&text, 16384);
	put(&text, "for ", who, ": ");
	put(&text, "", mm_story_get(row, "outcome"), "");
	put(&text, ", changed: ", mm_story_get(row, "edits"), "");
	put(&text, ", by rules: ", mm_story_get(row, "rules"), "");
	put(&text, ", notices: ", mm_story_get(row, "notices"), "");
	if (mm_story_num(row, "variant") != 0)
		put(&text, ", ", "as a mail of its own", "");
	if (copy != NULL)
		put(&text, ", in quarantine with id ", mm_story_get(copy, "id"),
		    "");
	else if (mm_story_num(row, "copy") != 0)
		put(&text, ", ", "put into quarantine (no longer there)", "");
	add(moments, mm_story_num(story->mail, "time"), &text);
	mm_buf_clear(&text);
}

static void add_event(const struct mm_pairs *row, struct moments *moments)
{
	struct mm_buf text;

	mm_buf_init(&text, 16384);
	put(&text, "", mm_story_get(row, "event"), "");
	put(&text, " ", mm_story_get(row, "who"), "");
	put(&text, ": ", mm_story_get(row, "text"), "");
	add(moments, mm_story_num(row, "time"), &text);
	mm_buf_clear(&text);
}

static void add_lines(const struct mm_story *story, struct moments *moments)
{
	struct mm_buf text;
	size_t i;

	for (i = 0; i < story->lines->count; i++) {
		const struct mm_exim_line *line = &story->lines->list[i];

		mm_buf_init(&text, 16384);
		put(&text, "Exim ", line->id, " ");
		put(&text, "", line->text, "");
		add(moments, line->time, &text);
		mm_buf_clear(&text);
	}
}

static void collect(const struct mm_story *story, struct moments *moments)
{
	size_t i;

	add_received(story, moments);
	for (i = story->first; i < story->end; i++)
		if (mm_story_is(story, &story->rows->list[i], "finding"))
			add_finding(story, &story->rows->list[i], moments);
	add_verdict(story, moments);
	for (i = story->first; i < story->end; i++)
		if (mm_story_is(story, &story->rows->list[i], "recipient"))
			add_recipient(story, &story->rows->list[i], moments);
	for (i = 0; i < story->rows->count; i++)
		if (mm_story_is(story, &story->rows->list[i], "event"))
			add_event(&story->rows->list[i], moments);
	add_lines(story, moments);
}

static void print_head(const struct mm_story *story)
{
	static const char *const names[][2] = {
		{ "trace", "Mail" },
		{ "message_id", "Message-ID" },
		{ "from", "From" },
		{ "subject", "Subject" },
	};
	const char *text;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		text = mm_story_get(story->mail, names[i][0]);
		if (*text == '\0')
			continue;
		printf("%s: ", names[i][1]);
		mm_out_text(text);
		putchar('\n');
	}
}

void mm_story_print(const struct mm_story *story)
{
	struct moments moments = { 0 };
	char when[64];
	struct tm tm;
	time_t at;
	size_t i;

	moments.size = story->rows->count + story->lines->count + 2;
	moments.list = calloc(moments.size, sizeof(*moments.list));
	if (moments.list == NULL)
		mm_ctl_must(MM_ERR_NOMEM);
	collect(story, &moments);
	qsort(moments.list, moments.count, sizeof(*moments.list), compare);
	print_head(story);
	for (i = 0; i < moments.count; i++) {
		at = (time_t)moments.list[i].time;
		if (localtime_r(&at, &tm) == NULL ||
		    strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm) == 0)
			when[0] = '\0';
		printf("  %s  %s\n", when, moments.list[i].text);
		free(moments.list[i].text);
	}
	free(moments.list);
	if (story->note != NULL)
		printf("  (%s)\n", story->note);
}
