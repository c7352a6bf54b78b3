/*
 * What a dry run tells: every decision of a job and what it rests on, as rows.
 * Runs as users.gate; reads the job and the shared settings, changes nothing.
 */
#include "mamorid/gate/story.h"

#include <string.h>

#include "core/wire.h"
#include "mamorid/gate/presets.h"
#include "mamorid/gate/subject.h"

/* A row being made. The first error stays, and nothing is put after it. */
struct row {
	struct mm_buf pairs;
	int r;
};

static void put(struct row *row, const char *name, const char *value)
{
	if (row->r == 0)
		row->r = mm_pair_put_cut(&row->pairs, name, value);
}

static void put_num(struct row *row, const char *name, uint64_t value)
{
	if (row->r == 0)
		row->r = mm_pair_put_num(&row->pairs, name, value);
}

static void begin(struct row *row, const char *kind)
{
	mm_buf_init(&row->pairs, MM_LIST_MAX);
	row->r = 0;
	put(row, "row", kind);
}

static int end(struct row *row, struct mm_buf *rows)
{
	int r = row->r;

	if (r == 0)
		r = mm_wire_put(rows, MM_TAG_ROW, row->pairs.data,
				row->pairs.len);
	mm_buf_clear(&row->pairs);
	return r;
}

static void put_words(struct row *row, const char *name, enum mm_rule_set set,
		      unsigned int bits)
{
	struct mm_buf words;

	mm_buf_init(&words, MM_TEXT_MAX);
	if (row->r == 0)
		row->r = mm_rule_words(&words, set, bits);
	put(row, name, mm_buf_str(&words));
	mm_buf_clear(&words);
}

/* Where a setting is from, when none has it: what. */
static const char *from(enum mm_level level, const char *what)
{
	return level == 0 ? what : mm_level_name(level);
}

static void put_preset(struct row *row, const struct mm_job *job,
		       const struct mm_settings_view *view)
{
	enum mm_level level;

	(void)mm_settings_value(view, MM_SETTING_PRESET, &level);
	/* The one that was taken: that of the settings may be broken. */
	put(row, "preset", mm_presets_of(job->gate->presets, view)->preset);
	put(row, "preset_from", from(level, "default"));
}

/* ---- the message --------------------------------------------------------- */

/* What Exim says to an SMTP client, 0 when nobody is there to read it. */
static unsigned int code_of(const struct mm_job *job, enum mm_action action)
{
	if (!job->reply_is_read)
		return 0;
	switch (action) {
	case MM_ACTION_REJECT:
		return 550;
	case MM_ACTION_DEFER:
		return 451;
	default:
		return 250;
	}
}

static int add_message(struct mm_buf *rows, const struct mm_job *job,
		       const struct mm_answer *answer)
{
	const struct mm_findings *findings = mm_job_findings(job);
	const struct mm_scan_verdict *verdict = &answer->verdict;
	const unsigned int code = code_of(job, verdict->action);
	struct row row;

	begin(&row, "message");
	put(&row, "trace", job->request->scan.trace);
	put(&row, "direction", mm_direction_name(job->direction));
	put(&row, "source", mm_source_name(job->source));
	put(&row, "sender", job->request->scan.sender);
	put(&row, "account", job->account);
	if (job->direction == MM_DIRECTION_OUTBOUND ||
	    job->direction == MM_DIRECTION_LOCAL)
		put_preset(&row, job, &job->sender);
	put(&row, "from", findings == NULL ? NULL : findings->from);
	put(&row, "subject", findings == NULL ? NULL : findings->subject);
	put_num(&row, "size", job->request->body_size);
	put(&row, "verdict", mm_verdict_name(job->verdict));
	put(&row, "reason", job->reason);
	put(&row, "action", mm_action_name(verdict->action));
	if (code != 0)
		put_num(&row, "code", code);
	put(&row, "reply", verdict->reply);
	return end(&row, rows);
}

static int add_finding(struct mm_buf *rows, const struct mm_finding *finding)
{
	struct row row;

	begin(&row, "finding");
	put(&row, "kind", mm_kind_name(finding->kind));
	put(&row, "detail", finding->detail);
	put(&row, "part", finding->part);
	put(&row, "name", finding->name);
	put(&row, "mime_type", finding->mime_type);
	put(&row, "type", finding->type);
	put_num(&row, "size", finding->size);
	put(&row, "place", finding->in_body ? "body" : "attachment");
	return end(&row, rows);
}

/* ---- recipients ---------------------------------------------------------- */

/* A recipient's place in the decision. */
struct place {
	const struct mm_target *target;
	const struct mm_group *group;
	const struct mm_changed *changed;
	struct mm_treatment t; /* its own: a group's is that of the first */
};

static void find_group(const struct mm_job *job, struct place *place)
{
	const struct mm_group *group;
	size_t i, k;

	for (i = 0; i < job->groups.count; i++) {
		group = &job->groups.list[i];
		for (k = 0; k < group->count; k++)
			if (group->members[k].target == place->target)
				break;
		if (k == group->count)
			continue;
		place->group = group;
		place->changed = job->changed == NULL ? NULL
						      : &job->changed[i];
		return;
	}
}

/* Whose settings count: the nearest that there are. */
static const char *settings_of(const struct mm_settings_view *view)
{
	return mm_level_name(view->account != NULL  ? MM_LEVEL_ACCOUNT
			     : view->domain != NULL ? MM_LEVEL_DOMAIN
						    : MM_LEVEL_SERVER);
}

static void put_subject(struct row *row, const struct mm_job *job,
			const struct mm_treatment *t)
{
	const struct mm_findings *findings = mm_job_findings(job);
	const char *decoded = findings == NULL ? "" : findings->subject;
	struct mm_buf tag, suffix, text;

	mm_buf_init(&tag, MM_TEXT_MAX);
	mm_buf_init(&suffix, MM_TEXT_MAX);
	mm_buf_init(&text, MM_LIST_MAX);
	if (row->r == 0 &&
	    (row->r = mm_job_marks(t, &tag, &suffix)) == 0)
		row->r = mm_subject_marked(&text, decoded, mm_buf_str(&tag),
					   mm_buf_str(&suffix));
	put(row, "subject_before", decoded);
	put(row, "subject_after", mm_buf_str(&text));
	mm_buf_clear(&tag);
	mm_buf_clear(&suffix);
	mm_buf_clear(&text);
}

static void put_outcome(struct row *row, const struct mm_job *job,
			const struct place *place)
{
	struct mm_buf edits;

	put(row, "verdict", mm_verdict_name(place->t.verdict));
	put(row, "outcome",
	    job->failed != NULL ? mm_action_name(MM_ACTION_DEFER)
				: mm_outcome_kind_name(place->group->outcome));
	put(row, "reason", place->t.reason);
	mm_buf_init(&edits, MM_TEXT_MAX);
	if (row->r == 0)
		row->r = mm_answer_edits(&edits, place->changed);
	put(row, "edits", mm_buf_str(&edits));
	mm_buf_clear(&edits);
	if (place->changed != NULL && place->changed->tagged)
		put_subject(row, job, &place->t);
	put_num(row, "copy", place->group->copy && job->failed == NULL &&
				     job->groups.action != MM_ACTION_DEFER);
	put_num(row, "variant",
		mm_groups_is_variant(&job->groups, place->group));
}

static bool has_receiving_rules(const struct mm_job *job,
				const struct mm_target *target)
{
	return job->direction == MM_DIRECTION_INBOUND ||
	       (job->direction != MM_DIRECTION_OWN && target->local);
}

static int add_recipient(struct mm_buf *rows, const struct mm_job *job,
			 const struct place *place)
{
	const struct mm_target *target = place->target;
	struct row row;

	begin(&row, "recipient");
	put(&row, "recipient", target->address);
	put_num(&row, "local", target->local);
	put(&row, "mailbox", target->mailbox);
	put(&row, "settings", settings_of(&target->view));
	if (has_receiving_rules(job, target))
		put_preset(&row, job, &target->view);
	put(&row, "language", target->language);
	put_num(&row, "approved", target->approved);
	put_num(&row, "blocked", target->blocked);
	put_num(&row, "unedited", target->fixed);
	put_num(&row, "unchangeable", target->unchangeable);
	put_outcome(&row, job, place);
	return end(&row, rows);
}

static int add_rule(struct mm_buf *rows, const struct mm_job *job,
		    const struct mm_target *target, const struct mm_rule *rule,
		    bool sending)
{
	enum mm_level level;
	struct row row;
	bool on;

	on = mm_rule_is_on(sending ? &job->sender : &target->view, rule,
			   &level);
	begin(&row, "rule");
	put(&row, "recipient", target->address);
	put(&row, "rule", rule->name);
	put(&row, "side", sending ? "sending" : "receiving");
	put_num(&row, "on", on);
	put(&row, "switched", from(level, "preset"));
	put(&row, "preset", rule->origin);
	put_words(&row, "do", MM_RULE_SET_ACTION, rule->actions);
	put_words(&row, "else", MM_RULE_SET_OUTCOME, rule->otherwise);
	put_words(&row, "notify", MM_RULE_SET_NOTIFY, rule->notify);
	put(&row, "tag", rule->tag);
	put(&row, "suffix", rule->suffix);
	return end(&row, rows);
}

static int add_rules(struct mm_buf *rows, const struct mm_job *job,
		     const struct place *place)
{
	const struct mm_treatment *t = &place->t;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < t->nhits; i++)
		r = add_rule(rows, job, place->target, t->hits[i],
			     i < t->nhits_sending);
	for (i = 0; r == 0 && i < t->noff; i++)
		r = add_rule(rows, job, place->target, t->off[i],
			     i < t->noff_sending);
	return r;
}

static int add_parts(struct mm_buf *rows, const struct mm_job *job,
		     const struct place *place)
{
	const struct mm_findings *findings = mm_job_findings(job);
	const struct mm_finding *finding;
	struct row row;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && place->changed != NULL && findings != NULL &&
		    i < place->t.nchanges; i++) {
		if (place->changed->done[i] == 0)
			continue;
		finding = &findings->list[place->t.changes[i].finding];
		begin(&row, "part");
		put(&row, "recipient", place->target->address);
		put(&row, "part", finding->part);
		put(&row, "name", finding->name);
		put(&row, "done",
		    place->changed->done[i] == MM_REWRITE_CLEAN ? "cleaned"
								: "removed");
		r = end(&row, rows);
	}
	return r;
}

static int add_target(struct mm_buf *rows, const struct mm_job *job,
		      const struct mm_target *target)
{
	struct place place = { .target = target };
	int r;

	find_group(job, &place);
	if (place.group == NULL)
		return 0;
	mm_job_treat(job, target, &place.t);
	if ((r = add_recipient(rows, job, &place)) < 0 ||
	    (r = add_rules(rows, job, &place)) < 0)
		return r;
	return add_parts(rows, job, &place);
}

int mm_story_make(struct mm_buf *rows, const struct mm_job *job,
		  const struct mm_answer *answer)
{
	const struct mm_findings *findings = mm_job_findings(job);
	int r = add_message(rows, job, answer);
	size_t i;

	for (i = 0; r == 0 && findings != NULL && i < findings->count; i++)
		r = add_finding(rows, &findings->list[i]);
	for (i = 0; r == 0 && i < job->request->scan.nrecipients; i++)
		r = add_target(rows, job, &job->targets[i]);
	return r;
}

/* ---- notices ------------------------------------------------------------- */

static int add_notice(struct mm_buf *rows, const struct mm_treatment *t,
		      const struct mm_untold *notice)
{
	struct row row;

	begin(&row, "notice");
	put(&row, "reason", t->reason);
	put(&row, "to", notice->to);
	put(&row, "template", notice->name);
	put_num(&row, "sent", notice->why == NULL);
	put(&row, "why", notice->why);
	if (notice->level != 0)
		put(&row, "level", mm_level_name(notice->level));
	return end(&row, rows);
}

int mm_story_notices(struct mm_buf *rows, const struct mm_treatment *t,
		     const struct mm_notices *notices)
{
	struct mm_untold told = { .why = NULL };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < notices->count; i++) {
		told.name = notices->list[i].name;
		told.to = notices->list[i].to;
		r = add_notice(rows, t, &told);
	}
	for (i = 0; r == 0 && i < notices->nuntold; i++)
		r = add_notice(rows, t, &notices->untold[i]);
	return r;
}
