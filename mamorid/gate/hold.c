/*
 * Senders on hold: who they are, and what they are told. Runs as users.gate.
 * The keeper decides who is held; this only reads it.
 */
#include "mamorid/gate/hold.h"

#include <string.h>
#include <time.h>

#include "mamorid/gate/treatment.h"

#define SHOWN_MAX 150u

static const char *or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

const char *mm_hold_login(enum mm_source source,
			  const struct mm_scan_request *scan)
{
	switch (source) {
	case MM_SOURCE_AUTH:
		return or_empty(scan->auth_id);
	case MM_SOURCE_CUSTOMER:
	case MM_SOURCE_WEB:
		return or_empty(scan->login);
	default:
		return "";
	}
}

void mm_hold_find(struct mm_settings_tree *tree, enum mm_source source,
		  const struct mm_scan_request *scan, const char *account,
		  struct mm_hold *hold_r)
{
	const enum mm_direction direction = mm_source_direction(source);

	memset(hold_r, 0, sizeof(*hold_r));
	if (direction == MM_DIRECTION_OUTBOUND ||
	    direction == MM_DIRECTION_LOCAL)
		mm_settings_hold(tree, account, mm_hold_login(source, scan),
				 (int64_t)time(NULL), hold_r);
}

void mm_treatment_hold(struct mm_treatment *t, enum mm_outcome_kind at_least)
{
	if (t->outcome >= MM_OUTCOME_QUARANTINE)
		return;
	t->outcome = at_least;
	t->copy = at_least == MM_OUTCOME_QUARANTINE;
	t->reason = "held";
	t->nchanges = 0;
	t->notify = 0;
}

/* Foreign text in a reply: printable ASCII, cut. */
static int put_ascii(struct mm_buf *out, const char *text)
{
	size_t left = SHOWN_MAX;
	char safe;
	int r = 0;

	for (; *text != '\0' && left > 0 && r == 0; text++, left--) {
		safe = *text >= ' ' && *text < 0x7f ? *text : '?';
		r = mm_buf_put(out, &safe, 1);
	}
	return r;
}

int mm_hold_reply(const struct mm_hold *hold, const char *sender,
		  struct mm_buf *reply)
{
	int r;

	if ((r = mm_buf_puts(reply, "4.7.1 Sending is held for ")) < 0 ||
	    (r = put_ascii(reply, *sender == '\0' ? "this account" : sender)) <
		    0)
		return r;
	if (hold->reason[0] != '\0' &&
	    ((r = mm_buf_puts(reply, " (")) < 0 ||
	     (r = put_ascii(reply, hold->reason)) < 0 ||
	     (r = mm_buf_puts(reply, ")")) < 0))
		return r;
	return mm_buf_puts(reply, ": please ask the operator of this server");
}
