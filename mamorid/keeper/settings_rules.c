/*
 * Who may switch which rule: the preset says it, rule by rule. Keeper, uid
 * mamori-keeper. A virus rule is never a customer's to switch.
 */
#include "mamorid/keeper/settings_rules.h"

#include <string.h>

#include "core/err.h"
#include "core/rules.h"
#include "core/settings_read.h"

static int load(struct mm_keeper *keeper, const char *address,
		struct mm_rules *rules, struct mm_buf *why)
{
	const struct mm_conf *conf = keeper->role->conf;
	struct mm_settings_view view;
	const char *preset;
	int r;

	mm_settings_view(keeper->tree, address, &view);
	preset = mm_settings_value(&view, MM_SETTING_PRESET, NULL)->text;
	r = mm_rules_load(rules, conf->presets_own_folder, conf->presets_folder,
			  preset == NULL || *preset == '\0' ? MM_PRESET_STANDARD
							    : preset,
			  why);
	mm_settings_view_clear(&view);
	return r < 0 && r != MM_ERR_NOMEM ? MM_ERR_INVALID : r;
}

static int refuse(struct mm_buf *why, const char *name, const char *what)
{
	mm_buf_reset(why);
	return mm_buf_printf(why, "%.100s: %s", name, what) < 0
		       ? MM_ERR_NOMEM
		       : MM_ERR_INVALID;
}

static int check(const struct mm_rules *rules, int role, const char *name,
		 struct mm_buf *why)
{
	const struct mm_rule *rule = mm_rules_find(rules, name);

	if (rule == NULL)
		return refuse(why, name, "the preset has no rule of this name");
	if (role >= (int)rule->switched_by)
		return 0;
	return refuse(why, name,
		      rule->switched_by == MM_WHO_ROOT
			      ? "permission denied: only the operator "
				"switches this rule"
			      : "permission denied");
}

int mm_settings_may_switch(struct mm_keeper *keeper, int role,
			   const char *address, const char *name,
			   const struct mm_settings *values, struct mm_buf *why)
{
	const struct mm_conf_map *map = &values->list[MM_SETTING_RULES].map;
	struct mm_rules rules;
	size_t i;
	int r;

	/* Root may also tidy up what no preset knows any more. */
	if (name == NULL && role >= MM_WHO_ROOT)
		return 0;
	r = load(keeper, address, &rules, why);
	if (r == 0 && name != NULL)
		r = check(&rules, role, name, why);
	for (i = 0; r == 0 && name == NULL && i < map->count; i++)
		r = check(&rules, role, map->keys[i], why);
	mm_rules_clear(&rules);
	return r;
}
