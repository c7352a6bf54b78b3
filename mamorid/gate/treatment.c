/*
 * From what is known of a message to what one recipient's mail gets. Pure
 * functions, no I/O. Must never deliver in silence what is infected or was not
 * checked: what no rule speaks of is kept in quarantine.
 */
#include "mamorid/gate/treatment.h"

#include <string.h>

#include "mamorid/gate/treatment_match.h"

#define OUTCOMES \
	(MM_DO_ACCEPT | MM_DO_JUNK | MM_DO_QUARANTINE | MM_DO_DISCARD | \
	 MM_DO_REJECT)

/* What is collected while the rules are gone through. */
struct deciding {
	const struct mm_case *c;
	struct mm_treatment *t;
	unsigned int direction; /* of the rules at hand */
	unsigned int spam; /* for their side */
	unsigned int hit; /* findings that made a rule match */
	unsigned int hit_spam;
};

const char *mm_outcome_kind_name(enum mm_outcome_kind outcome)
{
	static const char *const names[] = {
		[MM_OUTCOME_DELIVER] = "deliver",
		[MM_OUTCOME_JUNK] = "junk",
		[MM_OUTCOME_QUARANTINE] = "quarantine",
		[MM_OUTCOME_DISCARD] = "discard",
		[MM_OUTCOME_REJECT] = "reject",
		[MM_OUTCOME_DEFER] = "defer",
	};

	return names[outcome];
}

/* The findings that the rule is about; a rule that asks for none has none. */
static unsigned int matched(const struct deciding *d,
			    const struct mm_rule *rule)
{
	const struct mm_findings *findings = d->c->findings;
	unsigned int bits = 0;
	size_t i;

	if (findings == NULL)
		return rule->findings & mm_state_bit(d->c->inspected);
	for (i = 0; i < findings->count; i++)
		if (mm_rule_means(rule, &findings->list[i]))
			bits |= mm_finding_bit(&findings->list[i]);
	return bits;
}

static bool is_match(const struct deciding *d, const struct mm_rule *rule,
		     unsigned int bits)
{
	return (rule->directions == 0 ||
		(rule->directions & d->direction) != 0) &&
	       (rule->findings == 0 || bits != 0) &&
	       (rule->spam == 0 || (rule->spam & d->spam) != 0);
}

static void raise(struct mm_treatment *t, enum mm_outcome_kind outcome)
{
	if (outcome > t->outcome)
		t->outcome = outcome;
}

/* copies: what makes QUARANTINE mean a copy only. */
static void add_outcomes(struct deciding *d, unsigned int actions, bool copies)
{
	struct mm_treatment *t = d->t;
	const bool local = d->c->direction == MM_DIRECTION_LOCAL;

	/* A program that submits locally has nobody to be told. */
	if ((actions & MM_DO_REJECT) != 0 && local) {
		t->copy = true;
		raise(t, MM_OUTCOME_DISCARD);
	} else if ((actions & MM_DO_REJECT) != 0) {
		raise(t, MM_OUTCOME_REJECT);
	}
	if ((actions & MM_DO_DISCARD) != 0)
		raise(t, MM_OUTCOME_DISCARD);
	if ((actions & MM_DO_JUNK) != 0)
		raise(t, MM_OUTCOME_JUNK);
	if ((actions & MM_DO_QUARANTINE) == 0)
		return;
	t->copy = true;
	if (!copies && (actions & (MM_DO_DISCARD | MM_DO_REJECT)) == 0)
		raise(t, MM_OUTCOME_QUARANTINE);
}

/* Note that the finding's part is to be changed. False: it cannot be. */
static bool add_change(struct deciding *d, size_t finding, unsigned int actions)
{
	const struct mm_finding *list = d->c->findings->list;
	struct mm_treatment *t = d->t;
	size_t i;

	if (d->c->unchangeable || list[finding].part[0] == '\0')
		return false;
	for (i = 0; i < t->nchanges; i++) {
		if (strcmp(list[t->changes[i].finding].part,
			   list[finding].part) == 0) {
			t->changes[i].actions |= actions;
			return true;
		}
	}
	if (t->nchanges == MM_CHANGES_MAX)
		return false;
	t->changes[t->nchanges++] =
		(struct mm_change){ .finding = finding, .actions = actions };
	return true;
}

static bool add_changes(struct deciding *d, const struct mm_rule *rule,
			unsigned int actions)
{
	const struct mm_findings *findings = d->c->findings;
	bool all = findings != NULL;
	size_t i;

	for (i = 0; all && i < findings->count; i++)
		if (mm_rule_means(rule, &findings->list[i]))
			all = add_change(d, i, actions);
	return all;
}

static void apply(struct deciding *d, const struct mm_rule *rule)
{
	const unsigned int edits = rule->actions & (MM_DO_CLEAN | MM_DO_STRIP);
	unsigned int actions = rule->actions & OUTCOMES;
	bool changed = false;

	d->t->notify |= rule->notify;
	if (d->t->nhits < MM_HITS_MAX)
		d->t->hits[d->t->nhits++] = rule;
	if (edits != 0 && !(changed = add_changes(d, rule, edits))) {
		/* A copy that the rule wants is kept in this case too. */
		d->t->copy |= (actions & MM_DO_QUARANTINE) != 0;
		actions = rule->otherwise != 0 ? rule->otherwise
					       : MM_DO_QUARANTINE;
	}
	add_outcomes(d, actions, changed);
}

/* What a recipient thinks of a sender is nothing to the sending side. */
static unsigned int spam_bit(const struct mm_case *c, bool receiving)
{
	if (receiving && c->approved)
		return 0;
	if ((receiving && c->blocked) || c->spam == MM_SPAM_SPAM)
		return MM_RULE_SPAM;
	return c->spam == MM_SPAM_SUSPECT ? MM_RULE_SUSPECT : 0;
}

static void apply_rules(struct deciding *d, const struct mm_rules *rules,
			bool receiving, unsigned int direction)
{
	unsigned int bits;
	size_t i;

	d->direction = direction;
	d->spam = spam_bit(d->c, receiving);
	for (i = 0; rules != NULL && i < rules->count; i++) {
		const struct mm_rule *rule = &rules->list[i];

		bits = matched(d, rule);
		if (!is_match(d, rule, bits))
			continue;
		if (!d->c->is_on(d->c->context, rule, receiving)) {
			if (d->t->noff < MM_HITS_MAX)
				d->t->off[d->t->noff++] = rule;
			continue;
		}
		d->hit |= bits;
		d->hit_spam |= rule->spam & d->spam;
		apply(d, rule);
	}
}

static const char *part_of(const struct deciding *d, size_t change)
{
	return d->c->findings->list[d->t->changes[change].finding].part;
}

static bool is_changed(const struct deciding *d,
		       const struct mm_finding *finding)
{
	size_t i;

	for (i = 0; i < d->t->nchanges; i++)
		if (strcmp(part_of(d, i), finding->part) == 0)
			return true;
	return false;
}

/* finding NULL: what stands for findings when there are none. */
static bool has_rule(const struct mm_case *c, const struct mm_rule *const *list,
		     size_t count, const struct mm_finding *finding)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (finding != NULL ? mm_rule_means(list[i], finding)
				    : (list[i]->findings &
				       mm_state_bit(c->inspected)) != 0)
			return true;
	return false;
}

/* Does a rule answer for delivering this? One that hit a virus must have
 * changed its part; one that is switched off does answer: who switched it off
 * wants such mail, and its header says what it holds. */
static bool is_spoken_of(const struct deciding *d,
			 const struct mm_finding *finding)
{
	const struct mm_treatment *t = d->t;
	const bool hit = has_rule(d->c, t->hits, t->nhits, finding);

	if (hit && finding != NULL && finding->kind == MM_KIND_VIRUS)
		return is_changed(d, finding);
	return hit || has_rule(d->c, t->off, t->noff, finding);
}

/* All that was found. The verdict has the last word on a virus. */
static unsigned int found_bits(const struct mm_case *c)
{
	unsigned int bits = mm_state_bit(c->inspected);
	size_t i;

	for (i = 0; c->findings != NULL && i < c->findings->count; i++)
		bits |= mm_finding_bit(&c->findings->list[i]);
	if (c->findings != NULL && c->findings->verdict == MM_VERDICT_INFECTED)
		bits |= MM_RULE_VIRUS;
	return bits;
}

/* Is there something, each for itself, that no rule speaks of? */
static bool is_unspoken(const struct deciding *d)
{
	const struct mm_findings *findings = d->c->findings;
	bool virus = false;
	size_t i;

	if (findings == NULL)
		return !is_spoken_of(d, NULL);
	for (i = 0; i < findings->count; i++) {
		virus |= findings->list[i].kind == MM_KIND_VIRUS;
		if ((findings->list[i].kind == MM_KIND_VIRUS ||
		     findings->list[i].kind == MM_KIND_LIMIT) &&
		    !is_spoken_of(d, &findings->list[i]))
			return true;
	}
	/* The verdict has the last word. */
	return findings->verdict == MM_VERDICT_INFECTED && !virus;
}

/* The last rule, which every preset has: what no rule speaks of is kept. */
static void keep_unspoken(struct deciding *d)
{
	if (d->t->outcome >= MM_OUTCOME_QUARANTINE || !is_unspoken(d))
		return;
	raise(d->t, MM_OUTCOME_QUARANTINE);
	d->t->notify |= MM_NOTIFY_OPERATOR;
}

/* The weightiest of what was found and, for a clean mail, treated. */
static const char *reason_of(const struct deciding *d, unsigned int bits)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} names[] = {
		{ MM_RULE_VIRUS, "virus" },
		{ MM_RULE_CRASHED, "crashed" },
		{ MM_RULE_LIMIT, "limit" },
		{ MM_RULE_ENCRYPTED | MM_RULE_ENCRYPTED_MAIL, "encrypted" },
		{ MM_RULE_EXECUTABLE, "executable" },
		{ MM_RULE_MACRO, "macro" },
		{ MM_RULE_SCRIPT, "script" },
		{ MM_RULE_AMBIGUOUS, "ambiguous" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if ((bits & names[i].bit) != 0)
			return names[i].name;
	return (d->hit_spam & MM_RULE_SPAM) != 0 ? "spam"
	       : d->hit_spam != 0		  ? "suspect"
						  : "";
}

/* Did the inspection fail, rather than end with a fact that rules know? */
static bool is_failed(const struct mm_findings *findings)
{
	bool known = findings->verdict != MM_VERDICT_NOT_CHECKED;
	size_t i;

	if (findings->verdict == MM_VERDICT_INFECTED)
		return false;
	for (i = 0; i < findings->count; i++) {
		if (findings->list[i].kind == MM_KIND_ERROR)
			return true;
		known |= findings->list[i].kind == MM_KIND_ENCRYPTED ||
			 findings->list[i].kind == MM_KIND_LIMIT;
	}
	return !known;
}

/* What is settled before any rule is asked: true. */
static bool is_settled(const struct mm_case *c, struct mm_treatment *t)
{
	t->verdict = MM_VERDICT_NOT_CHECKED;
	t->outcome = MM_OUTCOME_DELIVER;
	if (c->direction == MM_DIRECTION_OWN) {
		t->reason = "own";
		return true;
	}
	switch (c->inspected) {
	case MM_INSPECTED_UNREGISTERED:
		t->reason = "unregistered";
		return true;
	case MM_INSPECTED_CRASHED:
	case MM_INSPECTED_TOO_BIG:
		return false;
	case MM_INSPECTED_DONE:
		t->verdict = c->findings->verdict;
		if (!is_failed(c->findings))
			return false;
		t->reason = "error";
		break;
	default:
		t->reason = "unavailable";
	}
	/* Nothing is known about the mail: it is asked for again. The module
	 * keeps local submissions as pending instead. */
	t->verdict = MM_VERDICT_NOT_CHECKED;
	t->outcome = MM_OUTCOME_DEFER;
	return true;
}

/* The reason of a mail that was not checked must be one for that. */
static unsigned int reason_bits(const struct deciding *d)
{
	return d->t->verdict == MM_VERDICT_CLEAN ? d->hit : found_bits(d->c);
}

void mm_treatment_decide(const struct mm_case *c, struct mm_treatment *t_r)
{
	struct deciding d = { .c = c, .t = t_r };

	memset(t_r, 0, sizeof(*t_r));
	if (is_settled(c, t_r))
		return;
	if (c->direction != MM_DIRECTION_INBOUND)
		apply_rules(&d, c->sending, false,
			    c->direction == MM_DIRECTION_LOCAL
				    ? MM_RULE_LOCAL
				    : MM_RULE_OUTBOUND);
	t_r->nhits_sending = t_r->nhits;
	t_r->noff_sending = t_r->noff;
	/* What its own side stops never comes to the recipient. */
	if (t_r->outcome < MM_OUTCOME_QUARANTINE)
		apply_rules(&d, c->receiving, true, MM_RULE_INBOUND);
	keep_unspoken(&d);
	t_r->reason = reason_of(&d, reason_bits(&d));
	if (t_r->outcome == MM_OUTCOME_QUARANTINE)
		t_r->copy = true;
	if (t_r->outcome >= MM_OUTCOME_QUARANTINE)
		t_r->nchanges = 0;
}
