/*
 * Treatments of all recipients, and the groups that follow from them. Pure but
 * for the presets, which are read once.
 */
#include <stdlib.h>
#include <string.h>

#include "mamorid/gate/job.h"
#include "mamorid/gate/presets.h"
#include "mamorid/xalloc.h"

/* Whose switches count on each side. */
struct sides {
	const struct mm_settings_view *sender;
	const struct mm_settings_view *receiver;
};

const struct mm_findings *mm_job_findings(const struct mm_job *job)
{
	return job->inspection.state == MM_INSPECTED_DONE
		       ? &job->inspection.findings
		       : NULL;
}

bool mm_job_is_held(const struct mm_job *job)
{
	return strcmp(job->reason, "held") == 0;
}

static bool is_on(const void *context, const struct mm_rule *rule,
		  bool receiving)
{
	const struct sides *sides = context;

	return mm_rule_is_on(receiving ? sides->receiver : sides->sender, rule,
			     NULL);
}

static void decide_with(const struct mm_job *job,
			const struct mm_target *target,
			const struct mm_findings *findings, bool unchangeable,
			struct mm_treatment *t)
{
	const bool inbound = job->direction == MM_DIRECTION_INBOUND;
	const struct sides sides = { &job->sender, &target->view };
	struct mm_presets *presets = job->gate->presets;
	const struct mm_case c = {
		.direction = job->direction,
		.inspected = job->inspection.state,
		.findings = findings,
		.approved = target->approved,
		.blocked = target->blocked,
		.unchangeable = unchangeable,
		.sending = inbound ? NULL
				   : mm_presets_of(presets, sides.sender),
		.receiving = inbound || target->local
				     ? mm_presets_of(presets, sides.receiver)
				     : NULL,
		.is_on = is_on,
		.context = &sides,
	};

	mm_treatment_decide(&c, t);
}

bool mm_job_may_pass(const struct mm_job *job, const struct mm_target *target,
		     const struct mm_findings *findings)
{
	struct mm_treatment t;

	decide_with(job, target, findings, true, &t);
	return t.outcome == MM_OUTCOME_DELIVER || t.outcome == MM_OUTCOME_JUNK;
}

/* The treatment, kept once for all who have it. */
static const struct mm_treatment *keep(struct mm_job *job,
				       const struct mm_treatment *t)
{
	struct mm_treatment *same;
	size_t i;

	for (i = 0; i < job->ntreatments; i++)
		if (job->treatments[i]->notify == t->notify &&
		    mm_treatment_same(job->treatments[i], t))
			return job->treatments[i];
	same = mm_xcalloc(1, sizeof(*same));
	*same = *t;
	return job->treatments[job->ntreatments++] = same;
}

static bool has_texts(const struct mm_treatment *t)
{
	size_t i;

	for (i = 0; i < t->nhits; i++)
		if ((t->hits[i]->actions & MM_DO_STAMP) != 0)
			return true;
	return t->nchanges > 0;
}

/* What makes two mails of one treatment differ. */
static unsigned int variety_of(const struct mm_target *target)
{
	unsigned int variety = target->fixed ? 2 : 0;

	if (!target->fixed && has_texts(target->treatment) &&
	    strcmp(target->language, "en") == 0)
		variety |= 1;
	return variety;
}

/* The strongest outcome of all gives the message's reason; of two equal ones
 * that of the smallest address, so that it is the same in any order. */
static void name_reason(struct mm_job *job)
{
	const struct mm_treatment *t;
	enum mm_outcome_kind strongest = 0;
	size_t i;

	job->reason = "";
	job->verdict = MM_VERDICT_NOT_CHECKED;
	for (i = 0; i < job->groups.count; i++) {
		t = job->groups.list[i].members->treatment;
		if (i > 0 && t->outcome <= strongest)
			continue;
		strongest = t->outcome;
		job->reason = t->reason;
		job->verdict = t->verdict;
	}
}

void mm_job_treat(const struct mm_job *job, const struct mm_target *target,
		  struct mm_treatment *t_r)
{
	decide_with(job, target, mm_job_findings(job),
		    target->fixed || target->unchangeable, t_r);
	/* Who reads the reply keeps the mail and is told. */
	if (job->hold.held)
		mm_treatment_hold(t_r, job->reply_is_read
					       ? MM_OUTCOME_DEFER
					       : MM_OUTCOME_QUARANTINE);
}

void mm_job_decide(struct mm_job *job)
{
	const size_t count = job->request->scan.nrecipients;
	struct mm_treatment t;
	struct mm_target *target;
	size_t i;

	mm_job_clear_decision(job);
	job->treatments = mm_xcalloc(count + 1, sizeof(*job->treatments));
	job->members = mm_xcalloc(count + 1, sizeof(*job->members));
	for (i = 0; i < count; i++) {
		target = &job->targets[i];
		mm_job_treat(job, target, &t);
		target->treatment = keep(job, &t);
		job->members[i] = (struct mm_member){
			.address = target->address,
			.treatment = target->treatment,
			.variety = variety_of(target),
			.target = target,
		};
	}
	mm_groups_make(&job->groups, job->members, count, job->reply_is_read);
	name_reason(job);
}

void mm_job_clear_decision(struct mm_job *job)
{
	size_t i;

	mm_job_clear_changes(job);
	mm_groups_clear(&job->groups);
	for (i = 0; i < job->ntreatments; i++)
		free(job->treatments[i]);
	free(job->treatments);
	free(job->members);
	job->treatments = NULL;
	job->ntreatments = 0;
	job->members = NULL;
}
