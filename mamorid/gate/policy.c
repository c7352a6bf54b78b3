/*
 * From findings to a treatment. Pure functions, no I/O.
 */
#include "mamorid/gate/policy.h"

#include <stddef.h>

static bool has_kind(const struct mm_findings *findings, enum mm_kind kind)
{
	size_t i;

	for (i = 0; i < findings->count; i++)
		if (findings->list[i].kind == kind)
			return true;
	return false;
}

/* The server could not look: nothing is known about the mail, so it is asked
 * for again. The module keeps local submissions as pending instead. */
static struct mm_treatment unavailable(const char *reason)
{
	return (struct mm_treatment){ .verdict = MM_VERDICT_NOT_CHECKED,
				      .action = MM_ACTION_DEFER,
				      .reason = reason };
}

static struct mm_treatment infected(enum mm_direction direction)
{
	struct mm_treatment t = { .verdict = MM_VERDICT_INFECTED,
				  .quarantine = true,
				  .reason = "virus" };

	if (direction == MM_DIRECTION_INBOUND) {
		t.action = MM_ACTION_DISCARD;
		t.warn_recipients = true;
		return t;
	}
	/* A program that submits locally gets no answer that it could show to
	 * anybody: the mail is taken and stopped. */
	t.action = direction == MM_DIRECTION_OUTBOUND ? MM_ACTION_REJECT
						      : MM_ACTION_DISCARD;
	t.warn_account = true;
	return t;
}

/* What the operator has set for a reason, made fit for the direction. */
static struct mm_treatment not_checked(enum mm_direction direction,
				       const char *reason, uint64_t setting)
{
	struct mm_treatment t = { .verdict = MM_VERDICT_NOT_CHECKED,
				  .action = MM_ACTION_ACCEPT,
				  .reason = reason };

	if (setting == MM_CONF_NOT_CHECKED_ACCEPT)
		return t;
	if (setting == MM_CONF_NOT_CHECKED_DEFER &&
	    direction != MM_DIRECTION_LOCAL) {
		t.action = MM_ACTION_DEFER;
		return t;
	}
	/* Who submits is told at once and still has the mail. */
	if (direction == MM_DIRECTION_OUTBOUND) {
		t.action = MM_ACTION_REJECT;
		return t;
	}
	if (setting == MM_CONF_NOT_CHECKED_REJECT &&
	    direction == MM_DIRECTION_INBOUND) {
		t.action = MM_ACTION_REJECT;
		return t;
	}
	/* Quarantine; and for local mail also what cannot be rejected, and
	 * what would never get better by waiting. */
	t.action = MM_ACTION_DISCARD;
	t.quarantine = true;
	t.tell_operator = true;
	return t;
}

/* The stricter of two settings for one mail. */
static unsigned int strictness(uint64_t setting)
{
	switch (setting) {
	case MM_CONF_NOT_CHECKED_REJECT:
		return 3;
	case MM_CONF_NOT_CHECKED_QUARANTINE:
		return 2;
	case MM_CONF_NOT_CHECKED_DEFER:
		return 1;
	default:
		return 0;
	}
}

static struct mm_treatment of_findings(enum mm_direction direction,
				       const struct mm_findings *findings,
				       const struct mm_conf *conf)
{
	const bool limit = has_kind(findings, MM_KIND_LIMIT);

	if (findings->verdict == MM_VERDICT_CLEAN)
		return (struct mm_treatment){ .verdict = MM_VERDICT_CLEAN,
					      .action = MM_ACTION_ACCEPT,
					      .reason = "" };
	if (findings->verdict == MM_VERDICT_INFECTED)
		return infected(direction);
	if (has_kind(findings, MM_KIND_ENCRYPTED) &&
	    (!limit || strictness(conf->not_checked_encrypted) >=
			       strictness(conf->not_checked_limit)) &&
	    !has_kind(findings, MM_KIND_ERROR))
		return not_checked(direction, "encrypted",
				   conf->not_checked_encrypted);
	if (limit && !has_kind(findings, MM_KIND_ERROR))
		return not_checked(direction, "limit", conf->not_checked_limit);
	return unavailable("error");
}

struct mm_treatment mm_policy_decide(enum mm_direction direction,
				     enum mm_inspected inspected,
				     const struct mm_findings *findings,
				     const struct mm_conf *conf)
{
	if (direction == MM_DIRECTION_OWN)
		return (struct mm_treatment){ .verdict = MM_VERDICT_NOT_CHECKED,
					      .action = MM_ACTION_ACCEPT,
					      .reason = "own" };
	switch (inspected) {
	case MM_INSPECTED_DONE:
		return of_findings(direction, findings, conf);
	case MM_INSPECTED_CRASHED:
		return not_checked(direction, "crashed",
				   conf->not_checked_crashed);
	case MM_INSPECTED_UNREGISTERED:
		return (struct mm_treatment){
			.verdict = MM_VERDICT_NOT_CHECKED,
			.action = MM_ACTION_ACCEPT,
			.reason = "unregistered",
		};
	case MM_INSPECTED_TOO_BIG:
		return not_checked(direction, "limit", conf->not_checked_limit);
	default:
		return unavailable("unavailable");
	}
}
