/*
 * What of a message a rule is about. Pure, no I/O.
 */
#include "mamorid/gate/treatment_match.h"

#include <string.h>

/* A mail whose sender encrypted all of it, told apart from a file that asks
 * for a password. */
static unsigned int encrypted_bit(const char *detail)
{
	return strcmp(detail, "encrypted: pgp") == 0 ||
			       strcmp(detail, "encrypted: s/mime") == 0
		       ? MM_RULE_ENCRYPTED_MAIL
		       : MM_RULE_ENCRYPTED;
}

unsigned int mm_finding_bit(const struct mm_finding *finding)
{
	switch (finding->kind) {
	case MM_KIND_VIRUS:
		return MM_RULE_VIRUS;
	case MM_KIND_ENCRYPTED:
		return encrypted_bit(finding->detail);
	case MM_KIND_MACRO:
		return MM_RULE_MACRO;
	case MM_KIND_SCRIPT:
		return MM_RULE_SCRIPT;
	case MM_KIND_EXECUTABLE:
		return MM_RULE_EXECUTABLE;
	case MM_KIND_AMBIGUOUS:
		return MM_RULE_AMBIGUOUS;
	case MM_KIND_LIMIT:
		return MM_RULE_LIMIT;
	default:
		return 0; /* an error is no finding that rules speak of */
	}
}

unsigned int mm_state_bit(enum mm_inspected inspected)
{
	switch (inspected) {
	case MM_INSPECTED_CRASHED:
		return MM_RULE_CRASHED;
	case MM_INSPECTED_TOO_BIG:
		return MM_RULE_LIMIT;
	default:
		return 0;
	}
}

bool mm_rule_means(const struct mm_rule *rule,
		   const struct mm_finding *finding)
{
	const unsigned int place = finding->in_body ? MM_RULE_BODY
						    : MM_RULE_ATTACHMENT;

	return (rule->findings & mm_finding_bit(finding)) != 0 &&
	       (rule->places == 0 || (rule->places & place) != 0);
}
