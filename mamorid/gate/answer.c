/*
 * What Exim is told: reply, log line, result header, edits. The header names no
 * recipient, since all of them see it.
 */
#include "mamorid/gate/answer.h"

#include <stdlib.h>
#include <string.h>

#include "mamorid/xalloc.h"

#define VIRUSES_MAX 5u
#define VIRUS_LEN_MAX 64u

static bool is_shown(const struct mm_findings *findings, size_t i)
{
	const struct mm_finding *list = findings->list;
	size_t k;

	if (list[i].kind != MM_KIND_VIRUS)
		return false;
	for (k = 0; k < i; k++)
		if (list[k].kind == MM_KIND_VIRUS &&
		    strcmp(list[k].detail, list[i].detail) == 0)
			return false;
	return true;
}

/* A signature's name as it may stand in an SMTP reply. */
static int put_name(struct mm_buf *out, const char *name)
{
	char safe[VIRUS_LEN_MAX + 1];
	size_t i;

	for (i = 0; i < VIRUS_LEN_MAX && name[i] != '\0'; i++)
		safe[i] = name[i] > ' ' && name[i] < 0x7f && name[i] != ',' &&
					  name[i] != ';'
				  ? name[i]
				  : '_';
	safe[i] = '\0';
	return mm_buf_puts(out, safe);
}

int mm_answer_viruses(const struct mm_findings *findings, struct mm_buf *out)
{
	size_t i, shown = 0;
	int r = 0;

	if (findings == NULL)
		return 0;
	for (i = 0; i < findings->count && shown < VIRUSES_MAX; i++) {
		if (!is_shown(findings, i))
			continue;
		if (shown++ > 0)
			r = mm_buf_puts(out, ",");
		if (r == 0)
			r = put_name(out, findings->list[i].detail);
		if (r < 0)
			return r;
	}
	return 0;
}

static int make_reply(struct mm_answer *answer, const struct mm_job *job,
		      const char *viruses)
{
	struct mm_buf *out = &answer->reply;

	if (mm_job_is_held(job) && answer->verdict.action == MM_ACTION_DEFER)
		return mm_hold_reply(&job->hold,
				     job->account != NULL
					     ? job->account
					     : mm_hold_login(job->source,
							     &job->request
								      ->scan),
				     out);
	if (answer->verdict.action == MM_ACTION_DEFER)
		return mm_buf_printf(
			out,
			"4.7.1 This message could not be checked for viruses "
			"now (%s), please try again later",
			job->reason);
	if (answer->verdict.action != MM_ACTION_REJECT)
		return 0;
	/* RFC 3463: 5.3.4, message too big for the system. */
	if (job->inspection.state == MM_INSPECTED_TOO_BIG)
		return mm_buf_printf(out,
				     "5.3.4 Message too large: at most %llu "
				     "bytes are taken",
				     (unsigned long long)job->gate->role->conf
					     ->limits_message_size);
	if (job->verdict == MM_VERDICT_INFECTED)
		return mm_buf_printf(out,
				     "5.7.1 Message refused: it contains a "
				     "virus (%s)",
				     viruses);
	if (job->verdict == MM_VERDICT_CLEAN)
		return mm_buf_printf(out,
				     "5.7.1 Message refused: not permitted "
				     "here (%s)",
				     job->reason);
	return mm_buf_printf(out,
			     "5.7.1 Message refused: it cannot be checked for "
			     "viruses (%s)",
			     job->reason);
}

const char *mm_action_name(enum mm_action action)
{
	switch (action) {
	case MM_ACTION_ACCEPT:
		return "accept";
	case MM_ACTION_REJECT:
		return "reject";
	case MM_ACTION_DEFER:
		return "defer";
	default:
		return "discard";
	}
}

static bool has_copy(const struct mm_job *job)
{
	size_t i;

	if (job->groups.action == MM_ACTION_DEFER || job->failed != NULL)
		return false;
	for (i = 0; i < job->groups.count; i++)
		if (job->groups.list[i].copy)
			return true;
	return false;
}

static int make_log(struct mm_answer *answer, const struct mm_job *job,
		    const char *viruses)
{
	int r = mm_buf_printf(&answer->log, "verdict=%s action=%s",
			      mm_verdict_name(job->verdict),
			      mm_action_name(answer->verdict.action));

	if (r == 0 && job->reason[0] != '\0')
		r = mm_buf_printf(&answer->log, " reason=%s", job->reason);
	if (r == 0 && viruses[0] != '\0')
		r = mm_buf_printf(&answer->log, " virus=%s", viruses);
	if (r == 0 && has_copy(job))
		r = mm_buf_puts(&answer->log, " quarantined=yes");
	if (r == 0 && job->groups.count > 1)
		r = mm_buf_printf(&answer->log, " treatments=%zu",
				  job->groups.count);
	return r;
}

int mm_answer_edits(struct mm_buf *out, const struct mm_changed *changed)
{
	const struct {
		bool done;
		const char *name;
	} list[] = {
		{ changed != NULL && changed->cleaned, "clean" },
		{ changed != NULL && changed->stripped, "strip" },
		{ changed != NULL && changed->stamped, "stamp" },
		{ changed != NULL && changed->tagged, "tag" },
	};
	const char *before = "";
	size_t i;
	int r = 0;

	for (i = 0; i < sizeof(list) / sizeof(list[0]) && r == 0; i++) {
		if (!list[i].done)
			continue;
		r = mm_buf_printf(out, "%s%s", before, list[i].name);
		before = ",";
	}
	return r;
}

int mm_answer_rules(struct mm_buf *out, const struct mm_treatment *t)
{
	size_t i;
	int r = 0;

	for (i = 0; i < t->nhits && r == 0; i++)
		r = mm_buf_printf(out, "%s%s", i == 0 ? "" : ",",
				  t->hits[i]->name);
	return r;
}

int mm_answer_header(struct mm_buf *out, const struct mm_treatment *t,
		     const struct mm_changed *changed, const char *trace)
{
	struct mm_buf edits;
	int r;

	mm_buf_init(&edits, 100);
	if ((r = mm_answer_edits(&edits, changed)) < 0 ||
	    (r = mm_buf_printf(out, "X-Mamori-Result: %s",
			       mm_verdict_name(t->verdict))) < 0 ||
	    (t->reason[0] != '\0' &&
	     (r = mm_buf_printf(out, "; reason=%s", t->reason)) < 0) ||
	    (edits.len > 0 && (r = mm_buf_printf(out, "; action=%s",
						 mm_buf_str(&edits))) < 0) ||
	    (t->outcome == MM_OUTCOME_JUNK &&
	     (r = mm_buf_puts(out, "; junk=yes")) < 0) ||
	    (t->nhits > 0 && ((r = mm_buf_puts(out, ";\n rules=")) < 0 ||
			      (r = mm_answer_rules(out, t)) < 0)))
		goto done;
	r = mm_buf_printf(out, ";%sid=%s\n", t->nhits > 0 ? "\n " : " ",
			  trace);
done:
	mm_buf_clear(&edits);
	return r;
}

/* ---- edits -------------------------------------------------------------- */

/* What our courier injects was judged before it was recorded. */
static int own_header(struct mm_answer *answer, const struct mm_job *job)
{
	const char *result = job->request->scan.result;

	if (job->source == MM_SOURCE_COURIER && result != NULL &&
	    result[strcspn(result, "\r")] == '\0')
		return mm_buf_puts(&answer->header, result);
	return mm_buf_printf(&answer->header,
			     "X-Mamori-Result: not-checked; reason=own; "
			     "id=%s\n",
			     job->request->scan.trace);
}

/* Everybody but those who get the message at hand. */
static void add_removals(struct mm_answer *answer, const struct mm_job *job)
{
	const struct mm_group *group;
	size_t i, k;

	for (i = 0; i < job->groups.count; i++) {
		group = &job->groups.list[i];
		for (k = 0; group != job->groups.main && k < group->count; k++)
			answer->edits[answer->verdict.nedits++] =
				(struct mm_edit){
					.type = MM_EDIT_REMOVE_RECIPIENT,
					.text = group->members[k].address,
				};
	}
}

static int make_edits(struct mm_answer *answer, const struct mm_job *job)
{
	const struct mm_group *main = job->groups.main;
	const struct mm_changed *changed =
		&job->changed[main - job->groups.list];
	const struct mm_header_edits *headers = &changed->edits;
	int r;

	r = job->direction == MM_DIRECTION_OWN
		    ? own_header(answer, job)
		    : mm_answer_header(&answer->header,
				       main->members->treatment, changed,
				       job->request->scan.trace);
	if (r < 0)
		return r;
	answer->edits = mm_xcalloc(headers->count + 1 +
					   job->request->scan.nrecipients,
				   sizeof(*answer->edits));
	if (headers->count > 0)
		memcpy(answer->edits, headers->list,
		       headers->count * sizeof(*answer->edits));
	answer->edits[headers->count] =
		(struct mm_edit){ .type = MM_EDIT_ADD_HEADER,
				  .text = mm_buf_str(&answer->header) };
	answer->verdict.nedits = headers->count + 1;
	answer->verdict.edits = answer->edits;
	answer->body = changed->body;
	add_removals(answer, job);
	return 0;
}

int mm_answer_make(struct mm_answer *answer, const struct mm_job *job)
{
	struct mm_buf viruses;
	int r;

	memset(answer, 0, sizeof(*answer));
	answer->body = -1;
	answer->verdict.action =
		job->failed != NULL ? MM_ACTION_DEFER : job->groups.action;
	mm_buf_init(&answer->reply, MM_TEXT_MAX);
	mm_buf_init(&answer->log, MM_TEXT_MAX);
	mm_buf_init(&answer->header, 4 * MM_TEXT_MAX);
	mm_buf_init(&viruses, MM_TEXT_MAX);
	if ((r = mm_answer_viruses(mm_job_findings(job), &viruses)) == 0 &&
	    (r = make_reply(answer, job, mm_buf_str(&viruses))) == 0)
		r = make_log(answer, job, mm_buf_str(&viruses));
	if (r == 0 && answer->verdict.action == MM_ACTION_ACCEPT)
		r = make_edits(answer, job);
	mm_buf_clear(&viruses);
	answer->verdict.reply =
		answer->reply.len > 0 ? mm_buf_str(&answer->reply) : NULL;
	answer->verdict.log = mm_buf_str(&answer->log);
	return r;
}

void mm_answer_clear(struct mm_answer *answer)
{
	free(answer->edits);
	mm_buf_clear(&answer->reply);
	mm_buf_clear(&answer->log);
	mm_buf_clear(&answer->header);
}
