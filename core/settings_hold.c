/*
 * Whether an account or a login is held back from sending.
 */
#include "core/settings_hold.h"

#include <stdio.h>
#include <string.h>

static void look(struct mm_settings_tree *tree, enum mm_level level,
		 const char *name, int64_t now, struct mm_hold *hold)
{
	const struct mm_setting_value *list;
	struct mm_settings_file *file = NULL;
	int64_t until;

	if (hold->held || name == NULL || *name == '\0' ||
	    mm_settings_get(tree, level, name, &file) != 1)
		return;
	list = file->values.list;
	until = (int64_t)list[MM_SETTING_SENDING_HOLD_UNTIL].num;
	if (until > hold->until)
		hold->until = until;
	if (list[MM_SETTING_SENDING_HOLD].num != 0 &&
	    (until == 0 || until > now)) {
		hold->held = true;
		hold->until = until;
		if (list[MM_SETTING_SENDING_HOLD_REASON].text != NULL)
			(void)snprintf(
				hold->reason, sizeof(hold->reason), "%s",
				list[MM_SETTING_SENDING_HOLD_REASON].text);
	}
	mm_settings_release(file);
}

void mm_settings_hold(struct mm_settings_tree *tree, const char *account,
		      const char *login, int64_t now, struct mm_hold *hold_r)
{
	memset(hold_r, 0, sizeof(*hold_r));
	look(tree, MM_LEVEL_ACCOUNT, account, now, hold_r);
	look(tree, MM_LEVEL_LOGIN, login, now, hold_r);
}
