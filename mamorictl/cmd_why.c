/*
 * mamorictl why and history list: what became of mails. The keeper knows what
 * Mamori did and decides what the caller may see; deliveries are in Exim's
 * log, which is read here, with the caller's own rights.
 */
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/err.h"
#include "core/frame.h"
#include "core/text.h"
#include "mamorictl/client.h"
#include "mamorictl/story.h"
#include "mamorictl/when.h"

#define LIMIT_MAX 10000u
#define IDS_MAX 64u

/* Exim stamps a line when it writes it; clocks and time zones are its own. */
#define SLACK 120

static int put_text(struct mm_buf *request, const char *name, const char *text)
{
	if (mm_pair_put(request, name, text) < 0)
		return mm_ctl_error("an argument is too long");
	return 0;
}

/* Whose mails may be seen: what was named, else the server's. */
static int put_scope(const struct mm_ctl *ctl, struct mm_buf *request)
{
	const bool account = ctl->account != NULL;
	const char *level = account		  ? "account"
			    : ctl->domain != NULL ? "domain"
						  : "server";
	const char *name = account		 ? ctl->account
			   : ctl->domain != NULL ? ctl->domain
						 : "";

	if (put_text(request, "level", level) != 0)
		return MM_EXIT_ERROR;
	return put_text(request, "name", name);
}

/* ---- why ------------------------------------------------------------- */

/* Variants and releases went through Exim again, under ids that its reply to
 * the courier names: "250 OK id=...". */
static size_t find_ids(const struct mm_story *story, char ids[][MM_TRACE_MAX],
		       size_t max)
{
	const struct mm_pairs *row;
	const char *text, *id;
	size_t i, len, count = 0;

	for (i = 0; i < story->rows->count && count < max; i++) {
		row = &story->rows->list[i];
		text = mm_story_get(row, "text");
		if (!mm_story_is(story, row, "event") ||
		    (id = strstr(text, "id=")) == NULL)
			continue;
		id += strlen("id=");
		len = strcspn(id, " \r\n");
		if (len == 0 || len >= MM_TRACE_MAX)
			continue;
		memcpy(ids[count], id, len);
		ids[count++][len] = '\0';
	}
	return count;
}

/* Each log, the rotated one first. */
static void read_logs(const struct mm_ctl *ctl, struct mm_story *story,
		      const char *const *ids, size_t count,
		      struct mm_exim_lines *lines)
{
	static const char *const ends[] = { ".1", "" };
	const struct mm_conf_list *logs = &ctl->conf.exim_log;
	const int64_t since = mm_story_num(story->mail, "time") - SLACK;
	char path[4096];
	bool read = false;
	size_t i, k;

	for (i = 0; i < logs->count; i++)
		for (k = 0; k < 2; k++) {
			(void)snprintf(path, sizeof(path), "%s%s",
				       logs->items[i], ends[k]);
			if (mm_exim_log_find(path, ids, count, since, lines) ==
			    0)
				read = true;
		}
	if (!read)
		story->note = "Exim's log, exim.log in mamori.yaml, cannot "
			      "be read: deliveries are not shown";
	else if (lines->cut)
		story->note = "not all of Exim's log was read";
}

static void tell(const struct mm_ctl *ctl, const struct mm_story *found,
		 cJSON *list)
{
	struct mm_story story = *found;
	struct mm_exim_lines lines = { 0 };
	char more[IDS_MAX][MM_TRACE_MAX];
	const char *ids[IDS_MAX + 1];
	size_t i, count;

	ids[0] = mm_story_get(story.mail, "trace");
	count = find_ids(&story, more, IDS_MAX);
	for (i = 0; i < count; i++)
		ids[i + 1] = more[i];
	read_logs(ctl, &story, ids, count + 1, &lines);
	story.lines = &lines;
	if (list == NULL)
		mm_story_print(&story);
	else if (!cJSON_AddItemToArray(list, mm_story_json(&story)))
		mm_ctl_must(MM_ERR_NOMEM);
	mm_exim_lines_clear(&lines);
}

/* A mail's rows go up to the next mail's, or to the first that is of all. */
static size_t end_of(const struct mm_rows *rows, size_t i)
{
	const char *kind;

	for (; i < rows->count; i++) {
		kind = mm_story_get(&rows->list[i], "row");
		if (strcmp(kind, "finding") != 0 &&
		    strcmp(kind, "recipient") != 0)
			break;
	}
	return i;
}

static void each_story(const struct mm_ctl *ctl, const struct mm_rows *rows,
		       cJSON *list,
		       void (*visit)(const struct mm_ctl *ctl,
				     const struct mm_story *story, cJSON *list))
{
	size_t i;

	for (i = 0; i < rows->count; i++) {
		const struct mm_story story = { .mail = &rows->list[i],
						.rows = rows,
						.first = i + 1,
						.end = end_of(rows, i + 1) };

		if (strcmp(mm_story_get(story.mail, "row"), "mail") == 0)
			visit(ctl, &story, list);
	}
}

static int ask(struct mm_ctl *ctl, uint16_t type, const struct mm_buf *request,
	       void (*visit)(const struct mm_ctl *ctl,
			     const struct mm_story *story, cJSON *list))
{
	struct mm_rows rows = { 0 };
	cJSON *list = ctl->json ? mm_json_must(cJSON_CreateArray()) : NULL;
	int status = mm_client_ask(ctl, type, request, &rows, NULL);

	if (status == 0) {
		each_story(ctl, &rows, list, visit);
		if (list != NULL)
			mm_json_print(list);
		else if (rows.count == 0)
			puts("no such mail is known");
	} else {
		cJSON_Delete(list);
	}
	mm_rows_clear(&rows);
	return status;
}

int mm_cmd_why(struct mm_ctl *ctl)
{
	struct mm_buf request;
	int status = mm_ctl_conf(ctl);

	if (status != 0)
		return status;
	mm_buf_init(&request, MM_FRAME_MAX);
	status = put_scope(ctl, &request);
	if (status == 0)
		status = put_text(&request, "id", ctl->operands[0]);
	if (status == 0)
		status = ask(ctl, MM_FRAME_CTL_WHY, &request, tell);
	mm_buf_clear(&request);
	return status;
}

/* ---- history list ---------------------------------------------------- */

static int put_time(struct mm_buf *request, const char *name, const char *text)
{
	int64_t when;

	if (text == NULL)
		return 0;
	if (mm_when_read(text, &when) < 0)
		return mm_ctl_error("--%s %s: not a time; write 2h, 3d, "
				    "2026-01-31 or \"2026-01-31 23:59\"",
				    name, text);
	mm_ctl_must(mm_pair_put_num(request, name, (uint64_t)when));
	return 0;
}

static int put_filters(const struct mm_ctl *ctl, struct mm_buf *request)
{
	uint64_t limit;

	if (ctl->limit != NULL &&
	    mm_text_number(ctl->limit, 1, LIMIT_MAX, &limit) < 0)
		return mm_ctl_error("--limit %s: not a number from 1 to %u",
				    ctl->limit, LIMIT_MAX);
	if (put_scope(ctl, request) != 0 ||
	    put_text(request, "recipient", ctl->recipient) != 0 ||
	    put_text(request, "sender", ctl->sender) != 0 ||
	    put_text(request, "verdict", ctl->verdict) != 0 ||
	    put_text(request, "limit", ctl->limit) != 0 ||
	    put_time(request, "since", ctl->since) != 0 ||
	    put_time(request, "until", ctl->until) != 0)
		return MM_EXIT_ERROR;
	return 0;
}

static const struct mm_pairs *first_recipient(const struct mm_story *story)
{
	size_t i;

	for (i = story->first; i < story->end; i++)
		if (mm_story_is(story, &story->rows->list[i], "recipient"))
			return &story->rows->list[i];
	return NULL;
}

/* One line: when, trace, verdict, what the first recipient got, subject. */
static void list_one(const struct mm_ctl *ctl, const struct mm_story *story,
		     cJSON *list)
{
	const struct mm_pairs *to = first_recipient(story);
	const time_t at = (time_t)mm_story_num(story->mail, "time");
	char when[64] = "";
	struct tm tm;

	(void)ctl;
	if (list != NULL) {
		if (!cJSON_AddItemToArray(list, mm_story_json(story)))
			mm_ctl_must(MM_ERR_NOMEM);
		return;
	}
	if (localtime_r(&at, &tm) != NULL &&
	    strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm) > 0)
		fputs(when, stdout);
	putchar(' ');
	mm_out_text(mm_story_get(story->mail, "trace"));
	putchar(' ');
	mm_out_text(mm_story_get(story->mail, "verdict"));
	fputs(" <", stdout);
	mm_out_text(mm_story_get(story->mail, "sender"));
	fputs("> ", stdout);
	if (to != NULL) {
		mm_out_text(mm_story_get(to, "outcome"));
		fputs(" <", stdout);
		mm_out_text(mm_story_get(to, "recipient"));
		fputs(mm_story_num(story->mail, "recipients") > 1 ? ", ...> "
								  : "> ",
		      stdout);
	}
	mm_out_text(mm_story_get(story->mail, "subject"));
	putchar('\n');
}

int mm_cmd_history_list(struct mm_ctl *ctl)
{
	struct mm_buf request;
	int status = mm_ctl_conf(ctl);

	mm_buf_init(&request, MM_FRAME_MAX);
	if (status == 0)
		status = put_filters(ctl, &request);
	if (status == 0)
		status = ask(ctl, MM_FRAME_CTL_HISTORY, &request, list_one);
	mm_buf_clear(&request);
	return status;
}
