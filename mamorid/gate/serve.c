/*
 * One message's way through a gate: inspect, decide, record, answer. Runs as
 * users.gate, blocking, bounded by the request's deadline. Never answers
 * "discard" or "reject" before the keeper has what must be kept.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/channel.h"
#include "mamorid/gate/answer.h"
#include "mamorid/gate/direction.h"
#include "mamorid/gate/history.h"
#include "mamorid/gate/hold.h"
#include "mamorid/gate/inspect_client.h"
#include "mamorid/gate/keeper_client.h"
#include "mamorid/gate/notify.h"
#include "mamorid/gate/policy.h"
#include "mamorid/gate/request.h"
#include "mamorid/log.h"
#include "mamorid/status.h"

/* Everything that is known of the message while it is served. */
struct job {
	const struct mm_gate *gate;
	struct mm_request *request;
	enum mm_source source;
	enum mm_direction direction;
	const char *account; /* NULL: nobody */
	struct mm_buf login; /* what account points to */
	bool registered; /* is the mail to be checked at all? */
	struct mm_gate_inspection inspection;
	struct mm_hold hold; /* of the sender */
	struct mm_treatment treatment;
	int64_t started_ms;
};

static const struct mm_findings *findings_of(const struct job *job)
{
	return job->inspection.state == MM_INSPECTED_DONE
		       ? &job->inspection.findings
		       : NULL;
}

static struct mm_notify notify_of(const struct job *job)
{
	return (struct mm_notify){
		.conf = job->gate->role->conf,
		.domains = &job->gate->domains,
		.tree = job->gate->tree,
		.now = (int64_t)time(NULL),
	};
}

/* A relay host is its domain's: the postmaster there is warned, since who of
 * the domain wrote the mail is only the envelope's word (RFC 5321 4.5.1). */
static void find_relay(struct job *job)
{
	const struct mm_scan_request *scan = &job->request->scan;
	struct mm_buf domain;

	mm_buf_init(&domain, MM_ADDRESS_MAX);
	if (scan->host_address != NULL && scan->auth_id == NULL &&
	    mm_relays_find(job->gate->relays, scan->host_address, scan->sender,
			   &domain) == 1 &&
	    mm_buf_printf(&job->login, "postmaster@%s", mm_buf_str(&domain)) ==
		    0)
		job->account = mm_buf_str(&job->login);
	mm_buf_clear(&domain);
}

/* The account as the settings map the login, else the configuration. */
static void find_sender(struct job *job)
{
	const struct mm_scan_request *scan = &job->request->scan;
	const struct mm_conf *conf = job->gate->role->conf;
	const char *login;

	mm_buf_init(&job->login, MM_TEXT_MAX);
	find_relay(job);
	job->source = mm_source_of(scan, &job->gate->users,
				   job->account != NULL);
	job->direction = mm_source_direction(job->source);
	login = mm_source_login(job->source, scan);
	if (login != NULL &&
	    mm_map_login(job->gate->tree, conf, login, &job->login) == 1)
		job->account = mm_buf_str(&job->login);
}

/* A mail that is from or to at least one domain with settings is checked for
 * all of them. */
static bool is_registered(const struct job *job)
{
	const struct mm_scan_request *scan = &job->request->scan;
	struct mm_settings_tree *tree = job->gate->tree;
	struct mm_settings_view view;
	size_t i;
	bool check;

	mm_settings_view(tree, "", &view);
	check = mm_settings_value(&view, MM_SETTING_CHECK_UNREGISTERED, NULL)
			->num != 0;
	mm_settings_view_clear(&view);
	if (check ||
	    (job->account != NULL && mm_map_is_registered(tree, job->account)))
		return true;
	for (i = 0; i < scan->nrecipients; i++)
		if (mm_map_is_registered(tree, scan->recipients[i]))
			return true;
	return false;
}

static void inspect(struct job *job)
{
	const struct mm_scan_request *scan = &job->request->scan;
	const struct mm_inspect_request ask = {
		.trace = scan->trace,
		.deadline = job->request->deadline,
		.body_offset = scan->body_offset,
		.wireformat = (scan->flags & MM_SCAN_WIREFORMAT) != 0,
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

/* Mail of a sender on hold: who reads the reply keeps it and is told, other
 * mail waits in quarantine. What is stopped anyway stays so. */
static void hold_back(struct job *job)
{
	struct mm_treatment *treatment = &job->treatment;
	const bool told = mm_source_reads_reply(&job->request->scan);

	mm_hold_find(job->gate->tree, job->source, &job->request->scan,
		     job->account, &job->hold);
	if (!job->hold.held || treatment->action != MM_ACTION_ACCEPT)
		return;
	treatment->action = told ? MM_ACTION_DEFER : MM_ACTION_DISCARD;
	treatment->quarantine = !told;
	treatment->warn_recipients = treatment->warn_account = false;
	treatment->tell_operator = false;
	treatment->reason = "held";
}

static bool is_held(const struct job *job)
{
	return strcmp(job->treatment.reason, "held") == 0;
}

static struct mm_notify_wish wish_of(const struct job *job)
{
	const struct mm_treatment *t = &job->treatment;

	return (struct mm_notify_wish){
		.notify = (t->warn_recipients ? MM_NOTIFY_RECIPIENT : 0u) |
			  (t->warn_account ? MM_NOTIFY_SENDER : 0u) |
			  (t->tell_operator ? MM_NOTIFY_OPERATOR : 0u),
		.recipient = "virus-inbound",
		.sender = job->direction == MM_DIRECTION_OUTBOUND
				  ? "virus-outbound"
				  : "virus-local",
		.operator = "not-checked",
	};
}

/* What must be on disk first. On failure the mail is deferred: neither lost
 * nor passed. */
static void record(struct job *job)
{
	const struct mm_scan_request *scan = &job->request->scan;
	struct mm_record rec = {
		.trace = scan->trace,
		.sender = scan->sender,
		.recipients = scan->recipients,
		.nrecipients = scan->nrecipients,
		.account = job->account,
		.direction = mm_direction_name(job->direction),
		.reason = job->treatment.reason,
		.quarantine = job->treatment.quarantine,
		.body_offset = scan->body_offset,
		.findings = job->inspection.bytes.data,
		.findings_len = job->inspection.bytes.len,
	};
	const struct mm_notify notify = notify_of(job);
	const struct mm_notify_wish wish = wish_of(job);
	struct mm_notices notices;
	struct mm_buf why;

	mm_notices_make(&notices, &rec, &wish, &notify);
	rec.notices = notices.list;
	rec.nnotices = notices.count;
	if (!rec.quarantine && rec.nnotices == 0)
		goto out;
	mm_buf_init(&why, MM_TEXT_MAX);
	if (mm_keeper_record(job->gate->keeper_path, &rec,
			     job->request->headers, job->request->body,
			     job->request->deadline, &why) < 0) {
		mm_log(MM_LOG_ERROR, "record-failed", scan->trace, "reason",
		       mm_buf_str(&why), NULL);
		job->treatment.action = MM_ACTION_DEFER;
		job->treatment.quarantine = false;
		job->treatment.reason = "unrecorded";
	}
	mm_buf_clear(&why);
out:
	mm_notices_clear(&notices);
}

static int send_verdict(const struct job *job, const struct mm_answer *answer,
			int fd, uint32_t id)
{
	struct mm_buf bytes;
	int memfd = -1, r;

	mm_buf_init(&bytes, MM_LIST_MAX);
	if ((r = mm_scan_verdict_encode(&bytes, &answer->verdict)) == 0)
		r = memfd = mm_sealed_memfd("verdict", bytes.data, bytes.len);
	if (r >= 0)
		r = mm_frame_send(fd, MM_FRAME_VERDICT, id, NULL, &memfd, 1,
				  job->request->scan.deadline);
	mm_close(&memfd);
	mm_buf_clear(&bytes);
	return r;
}

/* Why a mail was not checked, in the inspector's words. */
static const char *detail_of(const struct job *job)
{
	const struct mm_findings *findings = findings_of(job);
	size_t i;

	if (findings == NULL ||
	    job->treatment.verdict != MM_VERDICT_NOT_CHECKED)
		return "";
	for (i = 0; i < findings->count; i++)
		if (findings->list[i].kind == MM_KIND_ENCRYPTED ||
		    findings->list[i].kind == MM_KIND_LIMIT ||
		    findings->list[i].kind == MM_KIND_ERROR)
			return findings->list[i].detail;
	return "";
}

static void log_verdict(const struct job *job, const struct mm_answer *answer)
{
	const struct mm_scan_request *scan = &job->request->scan;
	struct mm_buf viruses;

	mm_buf_init(&viruses, MM_TEXT_MAX);
	if (mm_answer_viruses(findings_of(job), &viruses) < 0)
		mm_buf_reset(&viruses);
	mm_log(MM_LOG_INFO, "verdict", scan->trace, "verdict",
	       mm_verdict_name(job->treatment.verdict), "action",
	       mm_action_name(answer->verdict.action), "reason",
	       job->treatment.reason, "virus", mm_buf_str(&viruses), "detail",
	       detail_of(job), "direction", mm_direction_name(job->direction),
	       "source", mm_source_name(job->source), "account",
	       job->account == NULL ? "" : job->account, "sender", scan->sender,
	       "recipients", MM_NUM(scan->nrecipients), "size",
	       MM_NUM(job->request->body_size), "host",
	       scan->host_address == NULL ? "" : scan->host_address, "ms",
	       MM_NUM(mm_now_ms() - job->started_ms), NULL);
	mm_buf_clear(&viruses);
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
static void count(const struct job *job)
{
	const struct mm_findings *findings = findings_of(job);
	struct mm_buf pairs;

	mm_buf_init(&pairs, MM_CHANNEL_MAX);
	if (mm_pair_put_num(
		    &pairs,
		    mm_counter_name(verdict_counter(job->treatment.verdict)),
		    1) == 0 &&
	    mm_pair_put_num(
		    &pairs,
		    mm_counter_name(action_counter(job->treatment.action)),
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

static const char *outcome_of(const struct mm_treatment *treatment)
{
	switch (treatment->action) {
	case MM_ACTION_ACCEPT:
		return "deliver";
	case MM_ACTION_DISCARD:
		return treatment->quarantine ? "quarantine" : "discard";
	default:
		return mm_action_name(treatment->action);
	}
}

/* Also when no answer could be given: then it was deferred. What we inject
 * ourselves is a part of the story of another mail. */
static void tell_history(const struct job *job)
{
	const struct mm_treatment *treatment = &job->treatment;
	const struct mm_notify notify = notify_of(job);
	struct mm_gate_history history;
	size_t i;

	if (job->direction == MM_DIRECTION_OWN)
		return;
	mm_gate_history_init(&history, job->request, job->source,
			     findings_of(job));
	history.mail.account = job->account == NULL ? "" : job->account;
	history.mail.verdict = mm_verdict_name(treatment->verdict);
	history.mail.action = mm_action_name(treatment->action);
	history.mail.reason = treatment->reason;
	history.mail.held = is_held(job);
	history.mail.ms = (uint64_t)(mm_now_ms() - job->started_ms);
	for (i = 0; i < history.mail.nrecipients; i++) {
		history.recipients[i].outcome = outcome_of(treatment);
		history.recipients[i].copy = treatment->quarantine;
		history.recipients[i].local = mm_notify_is_local(
			&notify, history.recipients[i].address);
	}
	mm_history_send(job->gate->history, &history.mail);
	mm_gate_history_clear(&history);
}

int mm_request_serve(const struct mm_gate *gate, struct mm_request *request,
		     int fd, uint32_t id)
{
	struct mm_answer answer;
	struct job job = {
		.gate = gate,
		.request = request,
		.started_ms = mm_now_ms(),
	};
	int r;

	find_sender(&job);
	job.registered = is_registered(&job);
	inspect(&job);
	job.treatment = mm_policy_decide(job.direction, job.inspection.state,
					 findings_of(&job), gate->role->conf);
	hold_back(&job);
	record(&job);
	r = mm_answer_make(&answer, &job.treatment, findings_of(&job),
			   request->scan.trace);
	if (r == 0 && is_held(&job))
		r = mm_answer_held(&answer, &job.hold,
				   job.account == NULL
					   ? mm_hold_login(job.source,
							   &request->scan)
					   : job.account);
	if (r == 0)
		r = send_verdict(&job, &answer, fd, id);
	log_verdict(&job, &answer);
	if (r < 0)
		mm_log(MM_LOG_WARN, "answer-unsent", request->scan.trace,
		       "reason", mm_err_text(r), NULL);
	count(&job);
	tell_history(&job);
	mm_answer_clear(&answer);
	mm_gate_inspection_clear(&job.inspection);
	mm_buf_clear(&job.login);
	return r;
}
