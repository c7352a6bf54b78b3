#ifndef MM_MAMORID_GATE_JOB_H
#define MM_MAMORID_GATE_JOB_H

#include "core/proto_rewrite.h"
#include "mamorid/gate/direction.h"
#include "mamorid/gate/groups.h"
#include "mamorid/gate/headers.h"
#include "mamorid/gate/hold.h"
#include "mamorid/gate/inspect_client.h"
#include "mamorid/gate/request.h"

/*
 * One message while it is served. serve.c goes through the steps; each step is
 * a file: targets (who gets it), decide, changes (new mails), keep (what must
 * be on disk), answer.
 */

/* A recipient. */
struct mm_target {
	const char *address; /* as in the request */
	const char *options; /* DSN, or NULL */
	bool local; /* its mailbox is on this server, or on the gateway host
		     * behind it */
	bool fixed; /* gateway or forward: subject and body are not edited */
	bool unchangeable; /* clean or strip was tried in vain */
	bool approved; /* the sender, by its mailbox */
	bool blocked;
	char *mailbox; /* whose settings count; "" for the server's */
	const char *language; /* "ja", "en": of texts in the mail */
	struct mm_settings_view view;
	const struct mm_treatment *treatment;
};

/* A mail that some recipients get in place of the one that came. */
struct mm_changed {
	struct mm_header_edits edits; /* of the request's headers */
	int body; /* sealed memfd from offset 0; -1: as it came */
	bool stripped;
	bool cleaned;
	bool stamped;
	bool tagged;
	enum mm_rewrite_kind done[MM_CHANGES_MAX]; /* to the treatment's
						    * changes; 0: nothing */
};

struct mm_job {
	const struct mm_gate *gate;
	struct mm_request *request;
	enum mm_source source;
	enum mm_direction direction;
	bool reply_is_read;
	const char *account; /* NULL: nobody */
	struct mm_buf login; /* what account points to */
	struct mm_settings_view sender; /* the account's, or the server's */
	bool registered; /* is the mail to be checked at all? */
	struct mm_buf allowed; /* virus names that do not count, lines */
	struct mm_gate_inspection inspection;
	struct mm_hold hold; /* of the sender */
	struct mm_target *targets; /* as many as recipients */
	struct mm_treatment **treatments; /* each different one once */
	size_t ntreatments;
	struct mm_member *members;
	struct mm_groups groups;
	struct mm_changed *changed; /* one for each group */
	const char *reason; /* of the message: the strongest treatment's */
	enum mm_verdict verdict;
	const char *failed; /* why nothing is taken, or NULL */
	struct mm_buf *story; /* of a dry run: takes rows in place of what
			       * would be recorded; else NULL */
	int64_t started_ms;
};

/* What inspection said, or NULL. */
const struct mm_findings *mm_job_findings(const struct mm_job *job);

/* Is it not let out since the sender is on hold? */
bool mm_job_is_held(const struct mm_job *job);

/* ---- targets.c: find everybody's settings ----------------------------- */

void mm_job_find_sender(struct mm_job *job);
void mm_job_find_targets(struct mm_job *job);

/* Was the mail, or is it, to be checked for anybody? */
bool mm_job_is_registered(const struct mm_job *job);
void mm_job_clear_targets(struct mm_job *job);

/* ---- decide.c: treatments and groups ----------------------------------- */

/* Decide for every recipient, and divide them into groups; anew when called
 * again. */
void mm_job_decide(struct mm_job *job);
void mm_job_clear_decision(struct mm_job *job);

/* What the target gets now. */
void mm_job_treat(const struct mm_job *job, const struct mm_target *target,
		  struct mm_treatment *t_r);

/* Would a mail with these findings be delivered to the target as it is? */
bool mm_job_may_pass(const struct mm_job *job, const struct mm_target *target,
		     const struct mm_findings *findings);

/* ---- changes.c: the mails of the groups -------------------------------- */

/* Make them. A group whose mail cannot be changed as it must be gets its
 * targets marked unchangeable: false, decide again. */
bool mm_job_change(struct mm_job *job);
void mm_job_clear_changes(struct mm_job *job);

/* Append all marks of a subject: those before and those behind it. 0,
 * MM_ERR_LIMIT or MM_ERR_NOMEM. */
MM_CHECK int mm_job_marks(const struct mm_treatment *t, struct mm_buf *tag,
			  struct mm_buf *suffix);

/* ---- keep.c ------------------------------------------------------------- */

/* Record copies, notices and variants; in a dry run tell of the notices. 0,
 * or an error: then the mail must be deferred. */
MM_CHECK int mm_job_keep(struct mm_job *job);

#endif
