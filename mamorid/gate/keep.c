/*
 * What must be on disk before the verdict: copies in quarantine, notices, and
 * the variants that the courier injects. Runs as users.gate. One record for
 * each; a client's retry finds them all recorded, whatever came of the first
 * attempt.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/proto_variant.h"
#include "mamorid/gate/answer.h"
#include "mamorid/gate/job.h"
#include "mamorid/gate/keeper_client.h"
#include "mamorid/gate/notify_words.h"
#include "mamorid/gate/story.h"
#include "mamorid/log.h"
#include "mamorid/xalloc.h"

static int send_record(const struct mm_job *job, const struct mm_record *record,
		       int headers, int body)
{
	struct mm_buf why;
	int r;

	mm_buf_init(&why, MM_TEXT_MAX);
	r = mm_keeper_record(job->gate->keeper_path, record, headers, body,
			     job->request->deadline, &why);
	if (r < 0)
		mm_log(MM_LOG_ERROR, "record-failed", record->trace, "reason",
		       mm_buf_str(&why), NULL);
	mm_buf_clear(&why);
	return r;
}

static struct mm_record new_record(const struct mm_job *job)
{
	const struct mm_scan_request *scan = &job->request->scan;

	return (struct mm_record){
		.trace = scan->trace,
		.sender = scan->sender,
		.account = job->account,
		.direction = mm_direction_name(job->direction),
		.body_offset = scan->body_offset,
	};
}

/* ---- copies and notices ------------------------------------------------- */

/* Recipients of whom one record tells, all of them in the same way. */
struct bundle {
	const struct mm_treatment *treatment; /* of the first */
	struct mm_notify_made made;
	const char **recipients;
	size_t count;
	unsigned int notify;
};

static struct mm_notify_made made_of(const struct mm_job *job,
				     const struct mm_group *group)
{
	const struct mm_changed *changed =
		&job->changed[group - job->groups.list];

	return (struct mm_notify_made){
		.edits = (changed->cleaned ? MM_DO_CLEAN : 0u) |
			 (changed->stripped ? MM_DO_STRIP : 0u) |
			 (changed->stamped ? MM_DO_STAMP : 0u) |
			 (changed->tagged ? MM_DO_TAG : 0u),
		.copy = group->copy,
		.outcome = group->outcome,
	};
}

/* Are the recipients warned, and alike? */
static bool is_told_alike(const struct mm_job *job, const struct bundle *bundle,
			  const struct mm_treatment *t)
{
	const struct mm_treatment *first = bundle->treatment;

	if (((first->notify ^ t->notify) & MM_NOTIFY_RECIPIENT) != 0)
		return false;
	return (t->notify & MM_NOTIFY_RECIPIENT) == 0 ||
	       strcmp(mm_notify_wish_of(first, &bundle->made, job->direction)
			      .recipient,
		      mm_notify_wish_of(t, &bundle->made, job->direction)
			      .recipient) == 0;
}

static bool is_told_of(const struct mm_group *group,
		       const struct mm_member *member)
{
	return group->copy || member->treatment->notify != 0;
}

static bool belongs(const struct mm_job *job, const struct bundle *bundle,
		    const struct mm_group *group,
		    const struct mm_member *member)
{
	const struct mm_notify_made made = made_of(job, group);

	return bundle->treatment == NULL ||
	       (mm_notify_made_same(&bundle->made, &made) &&
		strcmp(bundle->treatment->reason, member->treatment->reason) ==
			0 &&
		is_told_alike(job, bundle, member->treatment));
}

static void add_member(const struct mm_job *job, struct bundle *bundle,
		       const struct mm_group *group,
		       const struct mm_member *member)
{
	if (bundle->treatment == NULL) {
		bundle->treatment = member->treatment;
		bundle->made = made_of(job, group);
	}
	bundle->recipients[bundle->count++] = member->address;
	bundle->notify |= member->treatment->notify;
}

/* The next bundle: of the first member that is in none yet. */
static bool collect(const struct mm_job *job, struct bundle *bundle, bool *done)
{
	const struct mm_group *group;
	const struct mm_member *member;
	size_t i, k, at = 0;

	bundle->treatment = NULL;
	bundle->count = 0;
	bundle->notify = 0;
	for (i = 0; i < job->groups.count; i++) {
		group = &job->groups.list[i];
		for (k = 0; k < group->count; k++, at++) {
			member = &group->members[k];
			if (done[at] || !is_told_of(group, member) ||
			    !belongs(job, bundle, group, member))
				continue;
			add_member(job, bundle, group, member);
			done[at] = true;
		}
	}
	return bundle->count > 0;
}

/* told: who has been named in an earlier record of this message. The sender
 * and the operator hear of a message once. Where nobody sent it who could be
 * warned, the operator is: a program on the server is in somebody's charge. */
static int keep_bundle(const struct mm_job *job, const struct bundle *bundle,
		       unsigned int *told)
{
	const struct mm_notify notify = {
		.conf = job->gate->role->conf,
		.domains = &job->gate->domains,
		.tree = job->gate->tree,
		.now = (int64_t)time(NULL),
	};
	struct mm_notify_wish wish = mm_notify_wish_of(
		bundle->treatment, &bundle->made, job->direction);
	struct mm_record record = new_record(job);
	struct mm_notices notices;
	struct mm_buf made;
	int r;

	mm_buf_init(&made, MM_TEXT_MAX);
	r = mm_notify_done(&bundle->made, &made);
	record.done = mm_buf_str(&made);
	record.recipients = bundle->recipients;
	record.nrecipients = bundle->count;
	record.reason = bundle->treatment->reason;
	record.quarantine = bundle->made.copy;
	record.findings = job->inspection.bytes.data;
	record.findings_len = job->inspection.bytes.len;
	wish.notify = bundle->notify & ~*told;
	if ((wish.notify & MM_NOTIFY_SENDER) != 0 && job->account == NULL &&
	    job->direction == MM_DIRECTION_LOCAL)
		wish.notify |= MM_NOTIFY_OPERATOR & ~*told;
	*told |= wish.notify & ~(unsigned int)MM_NOTIFY_RECIPIENT;
	mm_notices_make(&notices, &record, &wish, &notify);
	record.notices = notices.list;
	record.nnotices = notices.count;
	if (r == 0 && job->story != NULL)
		r = mm_story_notices(job->story, bundle->treatment, &notices);
	else if (r == 0 && (record.quarantine || record.nnotices > 0))
		r = send_record(job, &record, job->request->headers,
				job->request->body);
	mm_notices_clear(&notices);
	mm_buf_clear(&made);
	return r;
}

static int keep_bundles(const struct mm_job *job)
{
	const size_t count = job->request->scan.nrecipients;
	struct bundle bundle = { .treatment = NULL };
	bool *done = mm_xcalloc(count + 1, sizeof(*done));
	unsigned int told = 0;
	int r = 0;

	bundle.recipients = mm_xcalloc(count + 1, sizeof(*bundle.recipients));
	while (r == 0 && collect(job, &bundle, done))
		r = keep_bundle(job, &bundle, &told);
	free(bundle.recipients);
	free(done);
	return r;
}

/* ---- variants ------------------------------------------------------------ */

/* Append the words of the client's MAIL that are for us to pass on. */
static int put_mail_options(struct mm_buf *out, const char *text)
{
	static const char *const wanted[] = { "RET=FULL", "RET=HDRS",
					      "ENVID=" };
	size_t i, len;
	int r = 0;

	for (; text != NULL && *text != '\0' && r == 0; text += len) {
		text += strspn(text, " ");
		len = strcspn(text, " ");
		for (i = 0; i < 3 && r == 0; i++) {
			const size_t n = strlen(wanted[i]);

			/* RFC 3461 4.4: at most 100 characters. */
			if (len < n || strncasecmp(text, wanted[i], n) != 0 ||
			    (i < 2 ? len != n : len == n || len > n + 100))
				continue;
			r = mm_buf_printf(out, "%s%.*s",
					  out->len > 0 ? " " : "", (int)len,
					  text);
		}
	}
	if (r == 0 && !mm_variant_is_options(mm_buf_str(out)))
		mm_buf_reset(out);
	return r;
}

static int make_head(const struct mm_job *job, const struct mm_group *group,
		     const struct mm_changed *changed)
{
	struct mm_buf text;
	int r;

	mm_buf_init(&text, MM_HEADER_MAX);
	r = mm_answer_header(&text, group->members->treatment, changed,
			     job->request->scan.trace);
	if (r == 0)
		r = mm_headers_render(&text, &job->request->scan,
				      &changed->edits);
	if (r == 0)
		r = mm_sealed_memfd("headers", text.data, text.len);
	mm_buf_clear(&text);
	return r;
}

static void list_rcpts(const struct mm_group *group, struct mm_rcpt *rcpts,
		       const char **addresses)
{
	const struct mm_target *target;
	size_t i;

	for (i = 0; i < group->count; i++) {
		target = group->members[i].target;
		addresses[i] = target->address;
		rcpts[i] = (struct mm_rcpt){ .address = target->address,
					     .options = target->options };
	}
}

static int keep_variant(const struct mm_job *job, const struct mm_group *group,
			const struct mm_changed *changed)
{
	const bool same = changed->body < 0;
	struct mm_rcpt *rcpts = mm_xcalloc(group->count, sizeof(*rcpts));
	const char **addresses = mm_xcalloc(group->count, sizeof(*addresses));
	struct mm_variant variant = { .rcpts = rcpts, .count = group->count };
	struct mm_record record = new_record(job);
	struct mm_buf options, bytes;
	int head = -1, r;

	list_rcpts(group, rcpts, addresses);
	mm_buf_init(&options, MM_TEXT_MAX);
	mm_buf_init(&bytes, MM_LIST_MAX);
	if ((r = put_mail_options(&options,
				  job->request->scan.mail_command)) < 0)
		goto out;
	variant.options = mm_buf_str(&options);
	if ((r = mm_variant_encode(&bytes, &variant)) < 0 ||
	    (r = head = make_head(job, group, changed)) < 0)
		goto out;
	record.recipients = addresses;
	record.nrecipients = group->count;
	record.reason = "variant";
	record.variant = bytes.data;
	record.variant_len = bytes.len;
	if (!same)
		record.body_offset = 0;
	r = send_record(job, &record, head,
			same ? job->request->body : changed->body);
out:
	mm_close(&head);
	mm_buf_clear(&options);
	mm_buf_clear(&bytes);
	free(rcpts);
	free(addresses);
	return r < 0 ? r : 0;
}

static int keep_variants(const struct mm_job *job)
{
	const struct mm_group *group;
	size_t i;
	int r = 0;

	for (i = 0; i < job->groups.count && r == 0; i++) {
		group = &job->groups.list[i];
		if (group != job->groups.main &&
		    (group->outcome == MM_OUTCOME_DELIVER ||
		     group->outcome == MM_OUTCOME_JUNK))
			r = keep_variant(job, group, &job->changed[i]);
	}
	return r;
}

int mm_job_keep(struct mm_job *job)
{
	int r;

	if (job->direction == MM_DIRECTION_OWN ||
	    job->groups.action == MM_ACTION_DEFER)
		return 0;
	r = keep_bundles(job);
	return r < 0 || job->story != NULL ? r : keep_variants(job);
}
