/* Files of rules: refused with one line, or read to rules that make sense. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_rule(const struct mm_rule *rule)
{
	if (!mm_rule_name_ok(rule->name) || rule->actions == 0 ||
	    rule->origin == NULL ||
	    (rule->notice != NULL && !mm_rule_name_ok(rule->notice)) ||
	    (rule->tag != NULL && strchr(rule->tag, '\n') != NULL) ||
	    (rule->suffix != NULL && strchr(rule->suffix, '\n') != NULL))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mm_rules rules = { .count = 0 };
	char base[MM_RULE_NAME_MAX + 1];
	struct mm_buf error;
	size_t i;
	int r;

	mm_buf_init(&error, 8192);
	r = mm_rules_parse(&rules, "f.yaml", (const char *)data, size, base,
			   &error);
	if (r < 0 && (error.len == 0 || strchr(error.data, '\n') != NULL))
		abort();
	if (*base != '\0' && !mm_rule_name_ok(base))
		abort();
	for (i = 0; r == 0 && i < rules.count; i++)
		check_rule(&rules.list[i]);
	mm_rules_clear(&rules);
	mm_buf_clear(&error);
	return 0;
}
