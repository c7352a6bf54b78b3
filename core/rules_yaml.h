#ifndef MM_CORE_RULES_YAML_H
#define MM_CORE_RULES_YAML_H

#include "core/conf_yaml.h"
#include "core/rules.h"

/* Reading one file of rules: the file as a whole is rules_yaml.c, the keys of
 * one rule are rules_keys.c. All return 0, MM_ERR_INVALID with the place and
 * reason in the reader's error, or MM_ERR_NOMEM. */

#define MM_RULES_KEY_SIZE 32u

/* A key of the mapping at hand: 1, 0 at its end. key has MM_RULES_KEY_SIZE
 * bytes. */
MM_CHECK int mm_rules_next_key(struct mm_yaml *in, char *key);

/* Go to a value that is one text without a NUL. */
MM_CHECK int mm_rules_next_text(struct mm_yaml *in, const char *key);

/* {ja: ..., en: ...}; a language that is not given stays as it is. */
MM_CHECK int mm_rules_texts(struct mm_yaml *in, const char *of,
			    struct mm_rule_text *text);

/* The keys behind a rule's name, to the mapping's end, on top of what the rule
 * has; and whether what it has then makes sense. */
MM_CHECK int mm_rules_read_rule(struct mm_yaml *in, struct mm_rule *rule);

#endif
