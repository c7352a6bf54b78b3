/*
 * The mails that groups get in place of the one that came: parts replaced or
 * cleaned, stamps, marks in the subject. Runs as users.gate; an inspector
 * changes the body and reads the result as a new mail. Must never use a body
 * that was not found fit to be delivered as it is.
 */
#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/gate/job.h"
#include "mamorid/gate/rewrite_client.h"
#include "mamorid/gate/subject.h"
#include "mamorid/gate/texts.h"
#include "mamorid/log.h"
#include "mamorid/xalloc.h"

/* The plan for one group, and the texts that it points to. */
struct plan {
	struct mm_rewrite_request request;
	struct mm_rewrite_op ops[MM_CHANGES_MAX];
	struct mm_buf texts[MM_CHANGES_MAX];
	struct mm_buf stamp;
};

static const struct mm_target *first_of(const struct mm_group *group)
{
	return group->members->target;
}

static int add_op(struct plan *plan, const struct mm_job *job,
		  const struct mm_change *change, const char *language)
{
	const struct mm_finding *finding =
		&mm_job_findings(job)->list[change->finding];
	const size_t i = plan->request.nops++;
	struct mm_buf *text = &plan->texts[i];
	int r;

	mm_buf_init(text, MM_REWRITE_TEXT_MAX);
	r = mm_text_removed(text, finding, language);
	plan->ops[i] = (struct mm_rewrite_op){
		.kind = (change->actions & MM_DO_CLEAN) != 0
				? MM_REWRITE_CLEAN
				: MM_REWRITE_REMOVE,
		.part = finding->part,
		.text = mm_buf_str(text),
	};
	return r;
}

static int make_plan(struct plan *plan, const struct mm_job *job,
		     const struct mm_group *group)
{
	const struct mm_scan_request *scan = &job->request->scan;
	const struct mm_treatment *t = group->members->treatment;
	const char *language = first_of(group)->language;
	size_t i;
	int r = 0;

	memset(plan, 0, sizeof(*plan));
	mm_buf_init(&plan->stamp, MM_REWRITE_TEXT_MAX);
	plan->request = (struct mm_rewrite_request){
		.trace = scan->trace,
		.deadline = job->request->deadline,
		.body_offset = scan->body_offset,
		.wireformat = (scan->flags & MM_SCAN_WIREFORMAT) != 0,
		.ops = plan->ops,
		.allowed = mm_buf_str(&job->allowed),
	};
	for (i = 0; i < t->nchanges && r == 0; i++)
		r = add_op(plan, job, &t->changes[i], language);
	for (i = 0; i < t->nhits && r == 0; i++)
		if ((t->hits[i]->actions & MM_DO_STAMP) != 0)
			r = mm_text_stamp(&plan->stamp, t->hits[i],
					  mm_job_findings(job), language);
	if (plan->stamp.len > 0)
		plan->request.stamp = mm_buf_str(&plan->stamp);
	return r;
}

static void clear_plan(struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->request.nops; i++)
		mm_buf_clear(&plan->texts[i]);
	mm_buf_clear(&plan->stamp);
}

/* A part that was to be cleaned, and nothing else, is still there or gone. */
static bool is_done(const struct plan *plan, const struct mm_treatment *t,
		    const struct mm_gate_rewritten *got)
{
	size_t i;

	for (i = 0; i < plan->request.nops; i++)
		if (t->changes[i].actions == MM_DO_CLEAN &&
		    got->result.outcomes[i].done != MM_REWRITE_CLEAN)
			return false;
	return true;
}

static bool is_fit(const struct mm_job *job, const struct mm_group *group,
		   const struct mm_findings *findings)
{
	size_t i;

	for (i = 0; i < group->count; i++)
		if (!mm_job_may_pass(job, group->members[i].target, findings))
			return false;
	return true;
}

static void note(struct mm_changed *changed, const struct plan *plan,
		 const struct mm_gate_rewritten *got)
{
	size_t i;

	changed->stamped = plan->request.stamp != NULL;
	for (i = 0; i < got->result.noutcomes; i++) {
		changed->done[i] = got->result.outcomes[i].done;
		if (got->result.outcomes[i].done == MM_REWRITE_CLEAN)
			changed->cleaned = true;
		else
			changed->stripped = true;
	}
}

/* Have the body changed. False: it cannot be, or is not fit afterwards. */
static bool rewrite(struct mm_job *job, const struct mm_group *group,
		    const struct plan *plan, struct mm_changed *changed)
{
	const struct mm_scan_request *scan = &job->request->scan;
	struct mm_gate_rewritten got;
	const char *why = "not fit to be delivered";
	bool good;

	good = mm_gate_rewrite(job->gate->inspect_path, &plan->request,
			       job->request->headers, job->request->body,
			       &got) == 0;
	if (!good)
		why = mm_buf_str(&got.why);
	else if (!is_done(plan, group->members->treatment, &got)) {
		good = false;
		why = "cannot be cleaned";
	} else {
		good = is_fit(job, group, &got.findings);
	}
	if (good) {
		/* Else the header stays as it is. */
		if (got.result.header_len > 0)
			mm_headers_replace(&changed->edits, scan,
					   got.result.header,
					   got.result.header_len);
		changed->body = got.body;
		got.body = -1;
		note(changed, plan, &got);
	} else {
		mm_log(MM_LOG_WARN, "unchangeable", scan->trace, "parts",
		       MM_NUM(plan->request.nops), "stamp",
		       plan->request.stamp == NULL ? "no" : "yes", "reason",
		       why, NULL);
	}
	mm_gate_rewritten_clear(&got);
	return good;
}

/* ---- the subject -------------------------------------------------------- */

/* Append a mark that is not among those before it. */
static int join(struct mm_buf *out, const char *mark, const char *between)
{
	int r = 0;

	if (mark == NULL || *mark == '\0' ||
	    strstr(mm_buf_str(out), mark) != NULL)
		return 0;
	if (out->len > 0)
		r = mm_buf_puts(out, between);
	return r < 0 ? r : mm_buf_puts(out, mark);
}

static int mark_subjects(const struct mm_job *job, struct mm_changed *changed,
			 const char *tag, const char *suffix)
{
	const struct mm_scan_request *scan = &job->request->scan;
	const struct mm_findings *findings = mm_job_findings(job);
	const char *decoded = findings == NULL ? "" : findings->subject;
	const struct mm_header none = { .text = NULL };
	const struct mm_header *header;
	struct mm_buf text;
	bool found = false;
	size_t i;
	int r = 0;

	mm_buf_init(&text, MM_SUBJECT_MAX);
	for (i = 0; i <= scan->nheaders && r >= 0; i++) {
		header = i < scan->nheaders ? &scan->headers[i] : &none;
		if (i < scan->nheaders ? !mm_header_is(header, "Subject:")
				       : found)
			continue;
		found = true;
		mm_buf_reset(&text);
		r = mm_subject_mark(&text, header->text, header->len, decoded,
				    tag, suffix);
		if (r != 1)
			continue;
		changed->tagged = true;
		mm_header_edit(&changed->edits,
			       i < scan->nheaders ? MM_EDIT_SET_HEADER
						  : MM_EDIT_ADD_HEADER,
			       i, mm_buf_str(&text), text.len);
	}
	mm_buf_clear(&text);
	return r < 0 ? r : 0;
}

int mm_job_marks(const struct mm_treatment *t, struct mm_buf *tag,
		 struct mm_buf *suffix)
{
	size_t i;
	int r = 0;

	for (i = 0; i < t->nhits && r == 0; i++) {
		if ((t->hits[i]->actions & MM_DO_TAG) == 0)
			continue;
		if ((r = join(tag, t->hits[i]->tag, " ")) == 0)
			r = join(suffix, t->hits[i]->suffix, "");
	}
	return r;
}

static void mark(const struct mm_job *job, const struct mm_treatment *t,
		 struct mm_changed *changed)
{
	struct mm_buf tag, suffix;
	int r;

	mm_buf_init(&tag, MM_TEXT_MAX);
	mm_buf_init(&suffix, MM_TEXT_MAX);
	r = mm_job_marks(t, &tag, &suffix);
	if (r == 0 && (tag.len > 0 || suffix.len > 0))
		r = mark_subjects(job, changed, mm_buf_str(&tag),
				  mm_buf_str(&suffix));
	if (r < 0)
		mm_log(MM_LOG_WARN, "subject-unmarked",
		       job->request->scan.trace, "reason", mm_err_text(r),
		       NULL);
	mm_buf_clear(&tag);
	mm_buf_clear(&suffix);
}

/* ---- all groups --------------------------------------------------------- */

static bool change(struct mm_job *job, const struct mm_group *group,
		   struct mm_changed *changed)
{
	const struct mm_treatment *t = group->members->treatment;
	bool good = true;
	struct plan plan;

	if (first_of(group)->fixed)
		return true;
	if (make_plan(&plan, job, group) < 0)
		good = t->nchanges == 0;
	else if (plan.request.nops > 0 || plan.request.stamp != NULL)
		/* A stamp is a courtesy: without it the mail goes on. */
		good = rewrite(job, group, &plan, changed) ||
		       t->nchanges == 0;
	clear_plan(&plan);
	if (good)
		mark(job, t, changed);
	return good;
}

bool mm_job_change(struct mm_job *job)
{
	const struct mm_group *group;
	struct mm_target *target;
	bool good = true;
	size_t i, k;

	job->changed = mm_xcalloc(job->groups.count + 1,
				  sizeof(*job->changed));
	for (i = 0; i < job->groups.count; i++)
		job->changed[i].body = -1;
	for (i = 0; i < job->groups.count; i++) {
		group = &job->groups.list[i];
		if ((group->outcome != MM_OUTCOME_DELIVER &&
		     group->outcome != MM_OUTCOME_JUNK) ||
		    change(job, group, &job->changed[i]))
			continue;
		for (k = 0; k < group->count; k++) {
			target = group->members[k].target;
			target->unchangeable = true;
		}
		good = false;
	}
	return good;
}

void mm_job_clear_changes(struct mm_job *job)
{
	size_t i;

	for (i = 0; job->changed != NULL && i < job->groups.count; i++) {
		mm_header_edits_clear(&job->changed[i].edits);
		mm_close(&job->changed[i].body);
	}
	free(job->changed);
	job->changed = NULL;
}
