/*
 * What Exim is told: reply, log line, result header. The header names no
 * recipient, since all of them see it.
 */
#include "mamorid/gate/answer.h"

#include <string.h>

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

static int make_reply(struct mm_answer *answer, const struct mm_treatment *t,
		      const char *viruses)
{
	if (t->action == MM_ACTION_DEFER)
		return mm_buf_printf(
			&answer->reply,
			"4.7.1 This message could not be checked for viruses "
			"now (%s), please try again later",
			t->reason);
	if (t->action != MM_ACTION_REJECT)
		return 0;
	if (t->verdict == MM_VERDICT_INFECTED)
		return mm_buf_printf(&answer->reply,
				     "5.7.1 Message refused: it contains a "
				     "virus (%s)",
				     viruses);
	return mm_buf_printf(&answer->reply,
			     "5.7.1 Message refused: it cannot be checked for "
			     "viruses (%s)",
			     t->reason);
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

static int make_log(struct mm_answer *answer, const struct mm_treatment *t,
		    const char *viruses)
{
	int r = mm_buf_printf(&answer->log, "verdict=%s action=%s",
			      mm_verdict_name(t->verdict),
			      mm_action_name(t->action));

	if (r == 0 && t->reason[0] != '\0')
		r = mm_buf_printf(&answer->log, " reason=%s", t->reason);
	if (r == 0 && viruses[0] != '\0')
		r = mm_buf_printf(&answer->log, " virus=%s", viruses);
	if (r == 0 && t->quarantine)
		r = mm_buf_puts(&answer->log, " quarantined=yes");
	return r;
}

static int make_header(struct mm_answer *answer, const struct mm_treatment *t,
		       const char *trace)
{
	int r = mm_buf_printf(&answer->header, "X-Mamori-Result: %s",
			      mm_verdict_name(t->verdict));

	if (r == 0 && t->reason[0] != '\0')
		r = mm_buf_printf(&answer->header, "; reason=%s", t->reason);
	if (r == 0)
		r = mm_buf_printf(&answer->header, "; id=%s\n", trace);
	return r;
}

int mm_answer_make(struct mm_answer *answer,
		   const struct mm_treatment *treatment,
		   const struct mm_findings *findings, const char *trace)
{
	struct mm_buf viruses;
	int r;

	memset(answer, 0, sizeof(*answer));
	mm_buf_init(&answer->reply, MM_TEXT_MAX);
	mm_buf_init(&answer->log, MM_TEXT_MAX);
	mm_buf_init(&answer->header, MM_TEXT_MAX);
	mm_buf_init(&viruses, MM_TEXT_MAX);
	if ((r = mm_answer_viruses(findings, &viruses)) == 0 &&
	    (r = make_reply(answer, treatment, mm_buf_str(&viruses))) == 0 &&
	    (r = make_log(answer, treatment, mm_buf_str(&viruses))) == 0)
		r = make_header(answer, treatment, trace);
	mm_buf_clear(&viruses);
	answer->edit = (struct mm_edit){ .type = MM_EDIT_ADD_HEADER,
					 .text = mm_buf_str(&answer->header) };
	answer->verdict = (struct mm_scan_verdict){
		.action = treatment->action,
		.reply = answer->reply.len > 0 ? mm_buf_str(&answer->reply)
					       : NULL,
		.log = mm_buf_str(&answer->log),
		.edits = &answer->edit,
		.nedits = treatment->action == MM_ACTION_ACCEPT,
	};
	return r;
}

int mm_answer_held(struct mm_answer *answer, const struct mm_hold *hold,
		   const char *sender)
{
	int r;

	if (answer->verdict.action != MM_ACTION_DEFER)
		return 0;
	mm_buf_reset(&answer->reply);
	r = mm_hold_reply(hold, sender, &answer->reply);
	answer->verdict.reply = mm_buf_str(&answer->reply);
	return r;
}

void mm_answer_clear(struct mm_answer *answer)
{
	mm_buf_clear(&answer->reply);
	mm_buf_clear(&answer->log);
	mm_buf_clear(&answer->header);
}
