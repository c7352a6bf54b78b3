/*
 * Deleting accounts and domains. Keeper, uid mamori-keeper. The settings go
 * last: while they are there, the deletion can be repeated.
 */
#include "mamorid/keeper/settings_purge.h"

#include <string.h>
#include <strings.h>

#include "core/address.h"
#include "core/err.h"
#include "core/text.h"
#include "mamorid/keeper/vault_purge.h"
#include "mamorid/log.h"

struct disown {
	struct mm_keeper *keeper;
	enum mm_level level;
	const char *name;
};

static bool goes(const struct disown *disown, const char *text, bool domain)
{
	const char *of = domain ? text : mm_address_domain(text);

	return disown->level == MM_LEVEL_DOMAIN
		       ? of != NULL && strcasecmp(of, disown->name) == 0
		       : !domain && strcasecmp(text, disown->name) == 0;
}

static bool drop_items(const struct disown *disown, struct mm_settings *values,
		       enum mm_setting key)
{
	struct mm_conf_list *list = &values->list[key].list;
	const bool domain = key == MM_SETTING_DOMAINS;
	struct mm_buf why;
	bool changed = false;
	size_t i = 0;

	mm_buf_init(&why, MM_TEXT_MAX);
	while (i < list->count) {
		if (goes(disown, list->items[i], domain) &&
		    mm_settings_remove(values, key, list->items[i], &why) == 0)
			changed = true;
		else
			i++;
	}
	mm_buf_clear(&why);
	return changed;
}

/* A login that could change the address must not any more. */
static int disown_login(void *arg, const char *login)
{
	const struct disown *disown = arg;
	struct mm_settings_store *store = &disown->keeper->settings;
	struct mm_settings values;
	const char *account;
	struct mm_buf error;
	bool changed;
	int r;

	mm_buf_init(&error, MM_TEXT_MAX);
	r = mm_settings_store_get(store, MM_LEVEL_LOGIN, login, &values,
				  &error);
	if (r == 0) {
		account = values.list[MM_SETTING_ACCOUNT].text;
		changed = drop_items(disown, &values, MM_SETTING_ADDRESSES);
		changed |= drop_items(disown, &values, MM_SETTING_DOMAINS);
		if (account != NULL && goes(disown, account, false)) {
			mm_settings_unset(&values, MM_SETTING_ACCOUNT);
			changed = true;
		}
		if (changed)
			r = mm_settings_store_put(store, MM_LEVEL_LOGIN, login,
						  &values);
	} else {
		mm_log(MM_LOG_ERROR, "settings-unreadable", NULL, "error",
		       mm_buf_str(&error), NULL);
		r = 0;
	}
	mm_settings_clear(&values);
	mm_buf_clear(&error);
	return r;
}

static bool has_settings(void *arg, const char *address)
{
	static const enum mm_level levels[] = {
		MM_LEVEL_ACCOUNT, MM_LEVEL_ALIAS, MM_LEVEL_LIST,
	};
	struct mm_keeper *keeper = arg;
	struct mm_settings_file *file;
	size_t i;

	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (mm_settings_get(keeper->tree, levels[i], address, &file) ==
		    1) {
			mm_settings_release(file);
			return true;
		}
	return false;
}

/* What is kept for a+tag@d goes with a@d where the domain has such tags. */
static int purge_address(struct mm_keeper *keeper, const char *address)
{
	struct mm_purge_tags tags = { .is_own = has_settings, .arg = keeper };
	struct mm_settings_view view;
	const char *text;
	int r;

	mm_settings_view(keeper->tree, address, &view);
	text = mm_settings_value(&view, MM_SETTING_PLUS_TAGS, NULL)->text;
	tags.separator = text == NULL ? "" : text;
	r = mm_vault_purge_address(&keeper->vault, address, &tags);
	mm_settings_view_clear(&view);
	return r;
}

static int purge_state(struct mm_keeper *keeper, enum mm_level level,
		       const char *name)
{
	char low[MM_ADDRESS_MAX + 1];
	int r;

	if (strlen(name) > MM_ADDRESS_MAX)
		return MM_ERR_INVALID;
	memcpy(low, name, strlen(name) + 1);
	mm_text_lower(low);
	if (level == MM_LEVEL_DOMAIN) {
		r = mm_vault_purge_domain(&keeper->vault, low);
		return r < 0 ? r
			     : mm_history_purge(&keeper->history, NULL, low);
	}
	r = purge_address(keeper, low);
	return r < 0 ? r : mm_history_purge(&keeper->history, low, NULL);
}

static int purge(struct mm_keeper *keeper, enum mm_level level,
		 const char *name)
{
	struct disown disown = { keeper, level, name };
	int r;

	if (level == MM_LEVEL_ACCOUNT || level == MM_LEVEL_DOMAIN ||
	    level == MM_LEVEL_ALIAS || level == MM_LEVEL_LIST)
		if ((r = purge_state(keeper, level, name)) < 0)
			return r;
	if (level == MM_LEVEL_ACCOUNT || level == MM_LEVEL_DOMAIN) {
		r = mm_settings_store_list(&keeper->settings, MM_LEVEL_LOGIN,
					   NULL, disown_login, &disown);
		if (r < 0)
			return r;
	}
	return mm_settings_store_delete(&keeper->settings, level, name);
}

int mm_settings_purge(struct mm_keeper *keeper, enum mm_level level,
		      const char *name)
{
	int r = mm_settings_lock(&keeper->settings);

	if (r < 0)
		return r;
	r = purge(keeper, level, name);
	mm_settings_unlock(&keeper->settings);
	return r;
}
