/*
 * Rules that server, domain or mailbox have switched on or off.
 */
#include <string.h>

#include "core/rules.h"
#include "core/settings_read.h"

/* 1 on, 0 off, -1 nothing said. */
static int switch_of(const struct mm_settings_file *file, const char *name)
{
	const struct mm_setting_value *rules;
	const char *text;

	if (file == NULL)
		return -1;
	rules = &file->values.list[MM_SETTING_RULES];
	if (!rules->set || rules->off)
		return -1;
	text = mm_conf_map_get(&rules->map, name);
	return text == NULL ? -1 : strcmp(text, "yes") == 0;
}

bool mm_rule_is_on(const struct mm_settings_view *view,
		   const struct mm_rule *rule, enum mm_level *level_r)
{
	const struct {
		const struct mm_settings_file *file;
		enum mm_level level;
	} levels[] = {
		{ view->account, MM_LEVEL_ACCOUNT },
		{ view->domain, MM_LEVEL_DOMAIN },
		{ view->server, MM_LEVEL_SERVER },
	};
	size_t i;
	int on;

	for (i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
		on = switch_of(levels[i].file, rule->name);
		if (on < 0)
			continue;
		if (level_r != NULL)
			*level_r = levels[i].level;
		return on != 0;
	}
	if (level_r != NULL)
		*level_r = (enum mm_level)0;
	return rule->enabled;
}
