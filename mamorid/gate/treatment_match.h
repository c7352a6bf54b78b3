#ifndef MM_MAMORID_GATE_TREATMENT_MATCH_H
#define MM_MAMORID_GATE_TREATMENT_MATCH_H

#include "mamorid/gate/treatment.h"

/* The enum mm_rule_finding of a finding; 0: rules do not speak of it. */
unsigned int mm_finding_bit(const struct mm_finding *finding);

/* What stands for findings when there are none. */
unsigned int mm_state_bit(enum mm_inspected inspected);

/* Is the rule about this finding, in its place? */
bool mm_rule_means(const struct mm_rule *rule,
		   const struct mm_finding *finding);

#endif
