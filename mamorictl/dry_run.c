/*
 * What a gate says of a dry run, for people and for programs. Texts come from
 * mails and settings: none is printed unescaped.
 */
#include "mamorictl/dry_run.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/err.h"
#include "mamorictl/ctl.h"
#include "mamorictl/story.h"

static bool is_row(const struct mm_pairs *row, const char *kind)
{
	return strcmp(mm_story_get(row, "row"), kind) == 0;
}

static bool has(const struct mm_pairs *row, const char *name)
{
	return *mm_story_get(row, name) != '\0';
}

/* ---- for people ---------------------------------------------------------- */

static void label(const char *name)
{
	printf("  %-10s ", name);
}

static void text(const struct mm_pairs *row, const char *name)
{
	mm_out_text(mm_story_get(row, name));
}

/* A text between others, unless there is none. */
static void text_in(const char *before, const struct mm_pairs *row,
		    const char *name, const char *behind)
{
	if (!has(row, name))
		return;
	fputs(before, stdout);
	text(row, name);
	fputs(behind, stdout);
}

static void line(const struct mm_pairs *row, const char *name)
{
	if (!has(row, name))
		return;
	label(name);
	text(row, name);
	putchar('\n');
}

static void print_preset(const struct mm_pairs *row)
{
	if (!has(row, "preset"))
		return;
	label("preset");
	text(row, "preset");
	text_in(" (", row, "preset_from", ")\n");
}

static void print_message(const struct mm_pairs *row)
{
	text(row, "direction");
	text_in(" mail, source ", row, "source", "");
	text_in(", account ", row, "account", "");
	fputs(", from <", stdout);
	text(row, "sender");
	puts(">");
	print_preset(row);
	line(row, "subject");
	label("verdict");
	text(row, "verdict");
	text_in(" (", row, "reason", ")");
	putchar('\n');
	label("answer");
	text(row, "action");
	text_in(": ", row, "code", "");
	text_in(" ", row, "reply", "");
	putchar('\n');
}

static void print_finding(const struct mm_pairs *row)
{
	label("found");
	text(row, "kind");
	text_in(" ", row, "detail", "");
	text_in(", part ", row, "part", "");
	text_in(" \"", row, "name", "\"");
	text_in(" ", row, "type", "");
	printf(", %" PRId64 " bytes", mm_story_num(row, "size"));
	text_in(", ", row, "place", "\n");
}

static void print_settings(const struct mm_pairs *row)
{
	static const struct {
		const char *name;
		const char *meaning;
	} flags[] = {
		{ "approved", "; the sender is approved" },
		{ "blocked", "; the sender is blocked" },
		{ "unedited", "; goes on to another server, is not edited" },
		{ "unchangeable", "; the mail cannot be changed" },
	};
	const char *box = mm_story_get(row, "mailbox");
	size_t i;

	label("settings");
	fputs("of the ", stdout);
	text(row, "settings");
	if (mm_story_num(row, "local") == 0)
		fputs(", not on this server", stdout);
	else if (*box != '@' && *box != '\0' &&
		 strcasecmp(box, mm_story_get(row, "recipient")) != 0)
		text_in(", mailbox <", row, "mailbox", ">");
	for (i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (mm_story_num(row, flags[i].name) != 0)
			fputs(flags[i].meaning, stdout);
	putchar('\n');
}

static void print_recipient(const struct mm_pairs *row)
{
	fputs("\n<", stdout);
	text(row, "recipient");
	puts(">");
	print_settings(row);
	print_preset(row);
	label("outcome");
	text(row, "outcome");
	text_in(" (", row, "reason", ")");
	putchar('\n');
	line(row, "edits");
	if (has(row, "subject_after")) {
		label("subject");
		text_in("\"", row, "subject_before", "\" becomes ");
		text_in("\"", row, "subject_after", "\"\n");
	}
	label("copy");
	puts(mm_story_num(row, "copy") != 0 ? "in quarantine" : "none");
	if (mm_story_num(row, "variant") != 0) {
		label("variant");
		puts("sent as a mail of its own");
	}
}

static void print_rule(const struct mm_pairs *row)
{
	const bool on = mm_story_num(row, "on") != 0;
	const char *by = mm_story_get(row, "switched");

	label(on ? "rule" : "off");
	text(row, "rule");
	text_in(": ", row, "do", "");
	text_in(", or else ", row, "else", "");
	text_in(", tells ", row, "notify", "");
	text_in(" (", row, "side", " side, ");
	text_in("preset ", row, "preset", "");
	if (strcmp(by, "preset") != 0)
		printf(", switched %s by the %s", on ? "on" : "off", by);
	else if (!on)
		fputs(", off in it", stdout);
	puts(")");
}

static void print_part(const struct mm_pairs *row)
{
	label("part");
	text(row, "part");
	text_in(" \"", row, "name", "\"");
	text_in(" ", row, "done", "\n");
}

/* Why nobody is told, in words. */
static const char *why_of(const struct mm_pairs *row)
{
	static const struct {
		const char *word;
		const char *meaning;
	} list[] = {
		{ "disabled", "notices are switched off for the server" },
		{ "outside", "is not on this server" },
		{ "suspended", "notices are suspended" },
		{ "off", "warnings are switched off by the " },
		{ "null-sender", "the mail has no sender to answer to" },
		{ "nobody", "nobody is known to have sent it" },
		{ "no-operator", "mamori.yaml names no operator" },
	};
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (strcmp(mm_story_get(row, "why"), list[i].word) == 0)
			return list[i].meaning;
	return mm_story_get(row, "why");
}

static void print_notice(const struct mm_pairs *row)
{
	label("notice");
	text_in("", row, "template", " ");
	text_in("to <", row, "to", ">");
	if (mm_story_num(row, "sent") != 0) {
		putchar('\n');
		return;
	}
	fputs(": not sent, ", stdout);
	mm_out_text(why_of(row));
	if (strcmp(mm_story_get(row, "why"), "off") == 0)
		fputs(has(row, "level") ? mm_story_get(row, "level")
					: "default", stdout);
	putchar('\n');
}

void mm_dry_run_print(const struct mm_rows *rows)
{
	const struct mm_pairs *row;
	bool noticed = false;
	size_t i;

	for (i = 0; i < rows->count; i++) {
		row = &rows->list[i];
		if (is_row(row, "message"))
			print_message(row);
		else if (is_row(row, "finding"))
			print_finding(row);
		else if (is_row(row, "recipient"))
			print_recipient(row);
		else if (is_row(row, "rule"))
			print_rule(row);
		else if (is_row(row, "part"))
			print_part(row);
		else if (is_row(row, "notice")) {
			if (!noticed)
				putchar('\n');
			noticed = true;
			print_notice(row);
		}
	}
}

/* ---- for programs -------------------------------------------------------- */

static bool is_among(const char *const *names, const char *name)
{
	for (; *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

static cJSON *value_of(const struct mm_pairs *row, const struct mm_pair *pair)
{
	static const char *const flags[] = { "local",	 "approved",
					     "blocked",	 "unedited",
					     "copy",	 "unchangeable",
					     "variant",	 "on",
					     "sent",	 NULL };
	static const char *const numbers[] = { "size", "code", NULL };
	static const char *const lists[] = { "do", "else", "notify", "edits",
					     NULL };

	if (is_among(flags, pair->name))
		return cJSON_CreateBool(mm_story_num(row, pair->name) != 0);
	if (is_among(numbers, pair->name))
		return cJSON_CreateNumber(
			(double)mm_story_num(row, pair->name));
	if (is_among(lists, pair->name))
		return mm_json_words(pair->value);
	return mm_json_text(pair->value);
}

static cJSON *object_of(const struct mm_pairs *row)
{
	cJSON *object = mm_json_must(cJSON_CreateObject());
	const struct mm_pair *pair;
	size_t i;

	for (i = 0; i < row->count; i++) {
		pair = &row->list[i];
		if (strcmp(pair->name, "row") != 0 &&
		    cJSON_GetObjectItemCaseSensitive(object, pair->name) ==
			    NULL)
			mm_json_add(object, pair->name, value_of(row, pair));
	}
	return object;
}

static cJSON *append(cJSON *list, const struct mm_pairs *row)
{
	cJSON *object = object_of(row);

	if (!cJSON_AddItemToArray(list, object))
		mm_ctl_must(MM_ERR_NOMEM);
	return object;
}

static cJSON *add_list(cJSON *object, const char *name)
{
	return mm_json_add(object, name, cJSON_CreateArray());
}

/* Rules and parts stand in the recipient before them. */
cJSON *mm_dry_run_json(const struct mm_rows *rows)
{
	cJSON *message = mm_json_must(cJSON_CreateObject());
	cJSON *findings, *recipients, *notices, *rules = NULL, *parts = NULL;
	cJSON *one;
	const struct mm_pairs *row;
	size_t i = 0;

	if (rows->count > 0 && is_row(rows->list, "message")) {
		cJSON_Delete(message);
		message = object_of(&rows->list[i++]);
	}
	findings = add_list(message, "findings");
	recipients = add_list(message, "recipients");
	notices = add_list(message, "notices");
	for (; i < rows->count; i++) {
		row = &rows->list[i];
		if (is_row(row, "finding"))
			(void)append(findings, row);
		else if (is_row(row, "recipient")) {
			one = append(recipients, row);
			rules = add_list(one, "rules");
			parts = add_list(one, "parts");
		} else if (is_row(row, "rule") && rules != NULL)
			(void)append(rules, row);
		else if (is_row(row, "part") && parts != NULL)
			(void)append(parts, row);
		else if (is_row(row, "notice"))
			(void)append(notices, row);
	}
	return message;
}
