/*
 * What to do with a message: pure functions over how it came and what the
 * daemon said. Runs in Exim's receiving process.
 *
 * A temporary refusal is an answer only where somebody reads it. For
 * `sendmail -t` it is final, and Exim mails the whole message, virus
 * included, to the sender: so such mail is never refused and never frozen.
 */
#include "exim_local_scan/outcome.h"

#include <string.h>

#include "core/err.h"

#define REPLY_LINES 8u
#define REPLY_LINE_MAX 400u

/* Nobody but Exim itself runs with its uid and without a host address, so the
 * re-scan cannot be had by outsiders or customers. Exim's own bounces are
 * ordinary local mail: the text in them is somebody else's, and anybody can
 * have one sent to anyone, by `sendmail -t -f VICTIM` without a recipient. */
enum mm_submission mm_submission_of(const struct mm_origin *origin)
{
	bool own = origin->host_address == NULL &&
		   origin->uid == origin->exim_uid;

	if (origin->host_checking)
		return MM_SUBMISSION_TEST;
	if (own && origin->marked && origin->batched &&
	    origin->protocol != NULL &&
	    strcmp(origin->protocol, "local-bsmtp") == 0)
		return MM_SUBMISSION_RESCAN;
	if (origin->smtp && !origin->batched)
		return MM_SUBMISSION_DIALOGUE;
	return MM_SUBMISSION_LOCAL;
}

enum mm_outcome mm_outcome_of_verdict(enum mm_submission submission,
				      enum mm_action action)
{
	switch (action) {
	case MM_ACTION_ACCEPT:
		return MM_OUTCOME_ACCEPT;
	case MM_ACTION_DISCARD:
		return MM_OUTCOME_DISCARD;
	case MM_ACTION_REJECT:
		return submission == MM_SUBMISSION_DIALOGUE
			       ? MM_OUTCOME_REJECT
			       : MM_OUTCOME_DISCARD;
	case MM_ACTION_DEFER:
		break;
	}
	return mm_outcome_of_failure(submission, false);
}

enum mm_outcome mm_outcome_of_failure(enum mm_submission submission,
				      bool accept_on_failure)
{
	if (accept_on_failure)
		return MM_OUTCOME_UNCHECKED;
	return submission == MM_SUBMISSION_LOCAL ? MM_OUTCOME_PENDING
						 : MM_OUTCOME_TEMPREJECT;
}

const char *mm_failure_reason(int err)
{
	switch (err) {
	case MM_ERR_TIMEOUT:
		return "timeout";
	case MM_ERR_CLOSED:
		return "connection-closed";
	case MM_ERR_PEER:
		return "scanner-error";
	case MM_ERR_VERSION:
		return "protocol-version";
	case MM_ERR_FORMAT:
	case MM_ERR_DENIED:
	case MM_ERR_INVALID:
		return "protocol-error";
	case MM_ERR_LIMIT:
		return "too-large";
	case MM_ERR_NOMEM:
		return "out-of-memory";
	default:
		return "scanner-unavailable";
	}
}

/* Length of a leading "5.7.1 " of this class, else 0. */
static size_t status_code(const char *line, size_t len, char class)
{
	size_t i = 1, start;
	unsigned int part;

	if (len < 2 || line[0] != class)
		return 0;
	for (part = 0; part < 2; part++) {
		if (i == len || line[i++] != '.')
			return 0;
		start = i;
		while (i < len && line[i] >= '0' && line[i] <= '9')
			i++;
		if (i == start || i - start > 3)
			return 0;
	}
	return i < len && line[i] == ' ' ? i + 1 : 0;
}

static int put_line(struct mm_buf *out, const char *line, size_t len,
		    char class)
{
	size_t start = out->len;
	size_t i;
	int r = 0;

	if (start > 0)
		r = mm_buf_puts(out, "\n");
	if (r == 0 && status_code(line, len, class) == 0)
		r = mm_buf_puts(out, class == '5' ? "5.7.1 " : "4.7.1 ");
	for (i = 0; r == 0 && i < len && out->len - start < REPLY_LINE_MAX;
	     i++)
		r = mm_buf_put(out, line[i] >= ' ' && line[i] <= '~'
					    ? &line[i] : "?", 1);
	return r;
}

int mm_reply_text(struct mm_buf *out, const char *reply, char class)
{
	unsigned int lines = 0;
	size_t len;
	int r = 0;

	if (reply == NULL || reply[strspn(reply, " \n")] == '\0')
		reply = class == '5' ? "Message refused"
				     : "Message could not be checked now, "
				       "please try again later";
	while (r == 0 && *reply != '\0' && lines < REPLY_LINES) {
		len = strcspn(reply, "\n");
		if (len > 0) {
			r = put_line(out, reply, len, class);
			lines++;
		}
		reply += len + (reply[len] == '\n');
	}
	return r;
}
