#ifndef MM_TEST_GATE_TREATMENT_FIXTURE_H
#define MM_TEST_GATE_TREATMENT_FIXTURE_H

/* The shipped presets, and findings, for tests of treatments. Behind cmocka's
 * headers. */
#include <string.h>

#include "mamorid/gate/treatment.h"

#define PRESETS 5u

static const char *const presets[PRESETS] = { "standard", "smartconnect",
					      "mwb", "acmf", "kinou-m" };
static struct mm_rules rules[PRESETS];

static inline int load(void **state)
{
	struct mm_buf error;
	size_t i;
	int r = 0;

	(void)state;
	mm_buf_init(&error, 1000);
	for (i = 0; i < PRESETS && r == 0; i++)
		r = mm_rules_load(&rules[i], NULL, "config/presets",
				  presets[i], &error);
	mm_buf_clear(&error);
	return r;
}

static inline int unload(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < PRESETS; i++)
		mm_rules_clear(&rules[i]);
	return 0;
}

static inline bool by_preset(const void *context, const struct mm_rule *rule,
		      bool receiving)
{
	(void)context;
	(void)receiving;
	return rule->enabled;
}

static inline bool all_off(const void *context, const struct mm_rule *rule,
		    bool receiving)
{
	(void)context;
	(void)rule;
	(void)receiving;
	return false;
}

static inline bool all_on(const void *context, const struct mm_rule *rule,
		   bool receiving)
{
	(void)context;
	(void)rule;
	(void)receiving;
	return true;
}

/* A finding in part 2, or in part 1 when it is in the body. */
static inline struct mm_finding finding(enum mm_kind kind, bool in_body)
{
	return (struct mm_finding){ .part = in_body ? "1" : "2",
				    .name = in_body ? "" : "file",
				    .mime_type = "",
				    .type = "",
				    .kind = kind,
				    .detail = "detail",
				    .in_body = in_body };
}

static inline enum mm_verdict verdict_of(enum mm_kind kind)
{
	return kind == MM_KIND_VIRUS ? MM_VERDICT_INFECTED
	       : kind == MM_KIND_ENCRYPTED || kind == MM_KIND_LIMIT ||
			       kind == MM_KIND_ERROR
		       ? MM_VERDICT_NOT_CHECKED
		       : MM_VERDICT_CLEAN;
}

static inline const struct mm_rules *find(const char *name)
{
	size_t i;

	for (i = 0; i < PRESETS; i++)
		if (strcmp(presets[i], name) == 0)
			return &rules[i];
	fail();
	return NULL;
}

static inline void decide(struct mm_case *c, struct mm_treatment *t,
		   enum mm_outcome_kind outcome, const char *reason)
{
	mm_treatment_decide(c, t);
	assert_int_equal(t->outcome, outcome);
	assert_string_equal(t->reason, reason);
}

#define IN MM_DIRECTION_INBOUND
#define OUT MM_DIRECTION_OUTBOUND
#define LOCAL MM_DIRECTION_LOCAL

#endif
