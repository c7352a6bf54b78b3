/*
 * One message's way through a gate: inspect, decide, change, keep, answer. Runs
 * as users.gate, blocking, bounded by the request's deadline. Never answers
 * "discard" or "reject" before the keeper has what must be kept. A dry run goes
 * the same way, but nothing is sent, recorded or counted.
 */
#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/channel.h"
#include "mamorid/gate/answer.h"
#include "mamorid/gate/history.h"
#include "mamorid/gate/inspect_client.h"
#include "mamorid/gate/job.h"
#include "mamorid/gate/story.h"
#include "mamorid/log.h"
#include "mamorid/status.h"
#include "mamorid/xalloc.h"

static void inspect(struct mm_job *job)
{
	const struct mm_scan_request *scan = &job->request->scan;
	const struct mm_inspect_request ask = {
		.trace = scan->trace,
		.deadline = job->request->deadline,
		.body_offset = scan->body_offset,
		.wireformat = (scan->flags & MM_SCAN_WIREFORMAT) != 0,
		.allowed = mm_buf_str(&job->allowed),
	};

	if (job->direction == MM_DIRECTION_OWN)
		job->inspection.state = MM_INSPECTED_UNAVAILABLE;
	else if (!job->registered)
		job->inspection.state = MM_INSPECTED_UNREGISTERED;
	else if (job->request->body_size >
		 job->gate->role->conf->limits_message_size)
		job->inspection.state = MM_INSPECTED_TOO_BIG;
	else
		mm_gate_inspect(job->gate->inspect_path, &ask,
				job->request->headers, job->request->body,
				&job->inspection);
}

/* Without the list all signatures count. */
static void find_allowed(struct mm_job *job)
{
	mm_buf_init(&job->allowed, MM_ALLOWED_MAX);
	if (mm_settings_allowed(job->gate->tree, &job->allowed) < 0)
		mm_buf_reset(&job->allowed);
}

static int send_verdict(const struct mm_job *job,
			const struct mm_answer *answer, int fd, uint32_t id)
{
	struct mm_buf bytes;
	int fds[2] = { -1, answer->body }, r;

	mm_buf_init(&bytes, MM_LIST_MAX);
	if ((r = mm_scan_verdict_encode(&bytes, &answer->verdict)) == 0)
		r = fds[0] = mm_sealed_memfd("verdict", bytes.data, bytes.len);
	if (r >= 0)
		r = mm_frame_send(fd, MM_FRAME_VERDICT, id, NULL, fds,
				  answer->body < 0 ? 1 : 2,
				  job->request->scan.deadline);
	mm_close(&fds[0]);
	mm_buf_clear(&bytes);
	return r;
}

/* Why a mail was not checked, in the inspector's words. */
static const char *detail_of(const struct mm_job *job)
{
	const struct mm_findings *findings = mm_job_findings(job);
	size_t i;

	if (findings == NULL || job->verdict != MM_VERDICT_NOT_CHECKED)
		return "";
	for (i = 0; i < findings->count; i++)
		if (findings->list[i].kind == MM_KIND_ENCRYPTED ||
		    findings->list[i].kind == MM_KIND_LIMIT ||
		    findings->list[i].kind == MM_KIND_ERROR)
			return findings->list[i].detail;
	return "";
}

static void log_verdict(const struct mm_job *job,
			const struct mm_answer *answer)
{
	const struct mm_scan_request *scan = &job->request->scan;
	struct mm_buf viruses;

	mm_buf_init(&viruses, MM_TEXT_MAX);
	if (mm_answer_viruses(mm_job_findings(job), &viruses) < 0)
		mm_buf_reset(&viruses);
	mm_log(MM_LOG_INFO, "verdict", scan->trace, "verdict",
	       mm_verdict_name(job->verdict), "action",
	       mm_action_name(answer->verdict.action), "reason", job->reason,
	       "virus", mm_buf_str(&viruses), "detail", detail_of(job),
	       "direction", mm_direction_name(job->direction), "source",
	       mm_source_name(job->source), "account",
	       job->account == NULL ? "" : job->account, "sender",
	       scan->sender, "recipients", MM_NUM(scan->nrecipients), "size",
	       MM_NUM(job->request->body_size), "host",
	       scan->host_address == NULL ? "" : scan->host_address, "ms",
	       MM_NUM(mm_now_ms() - job->started_ms), NULL);
	mm_buf_clear(&viruses);
}

/* A line for each group, where there is anything to tell. */
static void log_treatments(const struct mm_job *job)
{
	const struct mm_group *group;
	struct mm_buf edits, rules;
	size_t i;

	for (i = 0; i < job->groups.count; i++) {
		group = &job->groups.list[i];
		if (job->groups.count == 1 &&
		    group->members->treatment->nhits == 0)
			continue;
		mm_buf_init(&edits, MM_TEXT_MAX);
		mm_buf_init(&rules, MM_TEXT_MAX);
		if (mm_answer_edits(&edits, job->changed == NULL
						    ? NULL
						    : &job->changed[i]) < 0 ||
		    mm_answer_rules(&rules, group->members->treatment) < 0)
			mm_buf_reset(&rules);
		mm_log(MM_LOG_INFO, "treatment", job->request->scan.trace,
		       "outcome", mm_outcome_kind_name(group->outcome),
		       "reason", group->members->treatment->reason, "edits",
		       mm_buf_str(&edits), "copy", group->copy ? "yes" : "no",
		       "variant",
		       mm_groups_is_variant(&job->groups, group) ? "yes" : "no",
		       "rules",
		       mm_buf_str(&rules), "recipients", MM_NUM(group->count),
		       "first", group->members->address, NULL);
		mm_buf_clear(&edits);
		mm_buf_clear(&rules);
	}
}

static enum mm_counter verdict_counter(enum mm_verdict verdict)
{
	switch (verdict) {
	case MM_VERDICT_CLEAN:
		return MM_COUNTER_CLEAN;
	case MM_VERDICT_INFECTED:
		return MM_COUNTER_INFECTED;
	default:
		return MM_COUNTER_NOT_CHECKED;
	}
}

static enum mm_counter action_counter(enum mm_action action)
{
	switch (action) {
	case MM_ACTION_ACCEPT:
		return MM_COUNTER_ACCEPTED;
	case MM_ACTION_REJECT:
		return MM_COUNTER_REJECTED;
	case MM_ACTION_DEFER:
		return MM_COUNTER_DEFERRED;
	default:
		return MM_COUNTER_DISCARDED;
	}
}

/* Counters are a courtesy: a full channel costs a count, never a mail. */
static void count(const struct mm_job *job, enum mm_action action)
{
	const struct mm_findings *findings = mm_job_findings(job);
	struct mm_buf pairs;

	mm_buf_init(&pairs, MM_CHANNEL_MAX);
	if (mm_pair_put_num(
		    &pairs,
		    mm_counter_name(verdict_counter(job->verdict)),
		    1) == 0 &&
	    mm_pair_put_num(
		    &pairs,
		    mm_counter_name(action_counter(action)),
		    1) == 0 &&
	    mm_pair_put_num(&pairs, mm_counter_name(MM_COUNTER_RETRIED),
			    job->inspection.lost) == 0 &&
	    mm_pair_put_num(&pairs, mm_counter_name(MM_COUNTER_SCAN_MS),
			    findings == NULL ? 0 : findings->scan_ms) == 0 &&
	    mm_channel_send(job->gate->role->channel, MM_CHANNEL_COUNT, 0,
			    &pairs) < 0)
		mm_log(MM_LOG_DEBUG, "count-lost", NULL, NULL);
	mm_buf_clear(&pairs);
}

/* What became of one recipient. */
static void fill_recipient(const struct mm_job *job,
			   struct mm_gate_history *history, size_t group,
			   const struct mm_member *member, struct mm_buf *texts)
{
	const struct mm_group *of = &job->groups.list[group];
	const struct mm_target *target = member->target;
	struct mm_history_recipient *one =
		&history->recipients[target - job->targets];

	one->outcome = job->failed != NULL
			       ? mm_action_name(MM_ACTION_DEFER)
			       : mm_outcome_kind_name(of->outcome);
	one->edits = mm_buf_str(&texts[0]);
	one->rules = mm_buf_str(&texts[1]);
	one->copy = of->copy && job->failed == NULL;
	one->variant = mm_groups_is_variant(&job->groups, of);
	one->local = target->local;
}

static void fill_groups(const struct mm_job *job,
			struct mm_gate_history *history, struct mm_buf *texts)
{
	size_t i, k;

	for (i = 0; i < job->groups.count; i++) {
		const struct mm_group *group = &job->groups.list[i];
		struct mm_buf *own = &texts[2 * i];

		mm_buf_init(&own[0], MM_TEXT_MAX);
		mm_buf_init(&own[1], 4 * MM_TEXT_MAX);
		if (mm_answer_edits(&own[0], job->changed == NULL
						     ? NULL
						     : &job->changed[i]) < 0 ||
		    mm_answer_rules(&own[1], group->members->treatment) < 0)
			mm_buf_reset(&own[1]);
		for (k = 0; k < group->count; k++)
			fill_recipient(job, history, i, &group->members[k],
				       own);
	}
}

/* Also when no answer could be given: then it was deferred. What we inject
 * ourselves is a part of the story of another mail. */
static void tell_history(const struct mm_job *job, enum mm_action action)
{
	struct mm_buf *texts;
	struct mm_gate_history history;
	size_t i;

	if (job->direction == MM_DIRECTION_OWN)
		return;
	texts = mm_xcalloc(2 * job->groups.count + 1, sizeof(*texts));
	mm_gate_history_init(&history, job->request, job->source,
			     mm_job_findings(job));
	history.mail.account = job->account == NULL ? "" : job->account;
	history.mail.verdict = mm_verdict_name(job->verdict);
	history.mail.action = mm_action_name(action);
	history.mail.reason = job->reason;
	history.mail.held = mm_job_is_held(job);
	history.mail.ms = (uint64_t)(mm_now_ms() - job->started_ms);
	fill_groups(job, &history, texts);
	mm_history_send(job->gate->history, &history.mail);
	mm_gate_history_clear(&history);
	for (i = 0; i < 2 * job->groups.count; i++)
		mm_buf_clear(&texts[i]);
	free(texts);
}

/* ---- the steps ---------------------------------------------------------- */

/* Once more with other settings for those whose mail cannot be changed. A
 * second failure cannot be: nothing of theirs is changed then. */
static void decide(struct mm_job *job)
{
	mm_job_decide(job);
	if (mm_job_change(job))
		return;
	mm_job_decide(job);
	if (!mm_job_change(job))
		job->failed = "unchangeable";
}

/* A submission client is told at once, and may shorten the mail; nothing is
 * kept of it. */
static bool is_refused_for_size(const struct mm_job *job)
{
	return job->inspection.state == MM_INSPECTED_TOO_BIG &&
	       job->direction == MM_DIRECTION_OUTBOUND && job->reply_is_read;
}

static void act(struct mm_job *job)
{
	size_t i;

	if (is_refused_for_size(job)) {
		job->groups.action = MM_ACTION_REJECT;
		for (i = 0; i < job->groups.count; i++) {
			job->groups.list[i].outcome = MM_OUTCOME_REJECT;
			job->groups.list[i].copy = false;
		}
		return;
	}
	if (job->failed == NULL && mm_job_keep(job) < 0)
		job->failed = "unrecorded";
	if (job->failed != NULL)
		job->reason = job->failed;
}

static void clear(struct mm_job *job)
{
	mm_job_clear_decision(job);
	mm_gate_inspection_clear(&job->inspection);
	mm_job_clear_targets(job);
	mm_buf_clear(&job->allowed);
}

static bool is_dry_run(const struct mm_job *job)
{
	return (job->request->scan.flags & MM_SCAN_DRY_RUN) != 0;
}

/* What would be answered and kept: rows in place of all that is done. */
static int tell(struct mm_job *job, const struct mm_answer *answer, int fd,
		uint32_t id)
{
	struct mm_buf rows;
	int memfd = -1, r;

	mm_buf_init(&rows, MM_LIST_MAX);
	if ((r = mm_story_make(&rows, job, answer)) == 0 &&
	    (r = mm_buf_put(&rows, job->story->data, job->story->len)) == 0)
		r = memfd = mm_sealed_memfd("story", rows.data, rows.len);
	if (r >= 0)
		r = mm_frame_send(fd, MM_FRAME_STORY, id, NULL, &memfd, 1,
				  job->request->scan.deadline);
	mm_close(&memfd);
	mm_buf_clear(&rows);
	mm_log(MM_LOG_INFO, "dry-run", job->request->scan.trace, "verdict",
	       mm_verdict_name(job->verdict), "action",
	       mm_action_name(answer->verdict.action), "reason", job->reason,
	       "recipients", MM_NUM(job->request->scan.nrecipients), NULL);
	return r < 0 ? r : 0;
}

static int answer(struct mm_job *job, const struct mm_answer *answer, int r,
		  int fd, uint32_t id)
{
	if (r == 0)
		r = send_verdict(job, answer, fd, id);
	log_verdict(job, answer);
	log_treatments(job);
	count(job, answer->verdict.action);
	tell_history(job, answer->verdict.action);
	return r;
}

int mm_request_serve(const struct mm_gate *gate, struct mm_request *request,
		     int fd, uint32_t id)
{
	struct mm_answer made;
	struct mm_buf story;
	struct mm_job job = {
		.gate = gate,
		.request = request,
		.started_ms = mm_now_ms(),
	};
	int r;

	mm_buf_init(&story, MM_LIST_MAX);
	if (is_dry_run(&job))
		job.story = &story;
	mm_job_find_sender(&job);
	job.registered = mm_job_is_registered(&job);
	find_allowed(&job);
	inspect(&job);
	mm_job_find_targets(&job);
	decide(&job);
	act(&job);
	r = mm_answer_make(&made, &job);
	if (!is_dry_run(&job))
		r = answer(&job, &made, r, fd, id);
	else if (r == 0)
		r = tell(&job, &made, fd, id);
	if (r < 0)
		mm_log(MM_LOG_WARN, "answer-unsent", request->scan.trace,
		       "reason", mm_err_text(r), NULL);
	mm_answer_clear(&made);
	clear(&job);
	mm_buf_clear(&story);
	return r;
}
