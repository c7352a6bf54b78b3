/*
 * The permission table of the shared settings. Keeper, uid mamori-keeper. Must
 * never trust anything but the peer's uid: no name that a client sends makes
 * it somebody, unless the uid is a console's.
 */
#include "mamorid/keeper/settings_rights.h"

#include <pwd.h>
#include <string.h>
#include <strings.h>

#include "core/address.h"
#include "core/settings_path.h"
#include "core/settings_read.h"
#include "core/text.h"
#include "mamorid/log.h"

#define ANY 0xffu

static const struct {
	uint16_t type;
	unsigned int levels;
	enum mm_who least;
} verbs[] = {
	{ MM_FRAME_CTL_SETTINGS_SHOW, MM_LEVEL_ACCOUNT, MM_WHO_OWNER },
	{ MM_FRAME_CTL_SETTINGS_SHOW,
	  MM_LEVEL_DOMAIN | MM_LEVEL_ALIAS | MM_LEVEL_LIST | MM_LEVEL_GATE,
	  MM_WHO_ADMIN },
	{ MM_FRAME_CTL_SETTINGS_SHOW, MM_LEVEL_SERVER | MM_LEVEL_LOGIN,
	  MM_WHO_PANEL },
	/* And each key has its own least role. */
	{ MM_FRAME_CTL_SETTINGS_CHANGE, MM_LEVEL_ACCOUNT, MM_WHO_OWNER },
	{ MM_FRAME_CTL_SETTINGS_CHANGE,
	  MM_LEVEL_DOMAIN | MM_LEVEL_LIST | MM_LEVEL_GATE, MM_WHO_ADMIN },
	{ MM_FRAME_CTL_SETTINGS_CHANGE, MM_LEVEL_ALIAS | MM_LEVEL_LOGIN,
	  MM_WHO_PANEL },
	{ MM_FRAME_CTL_SETTINGS_DELETE, MM_LEVEL_LIST | MM_LEVEL_GATE,
	  MM_WHO_ADMIN },
	{ MM_FRAME_CTL_SETTINGS_DELETE,
	  MM_LEVEL_ACCOUNT | MM_LEVEL_DOMAIN | MM_LEVEL_ALIAS | MM_LEVEL_LOGIN,
	  MM_WHO_PANEL },
	{ MM_FRAME_CTL_SETTINGS_NAMES,
	  MM_LEVEL_ACCOUNT | MM_LEVEL_ALIAS | MM_LEVEL_LIST, MM_WHO_ADMIN },
	{ MM_FRAME_CTL_SETTINGS_NAMES, MM_LEVEL_DOMAIN | MM_LEVEL_LOGIN,
	  MM_WHO_PANEL },
	{ MM_FRAME_CTL_USAGE, MM_LEVEL_DOMAIN, MM_WHO_ADMIN },
	{ MM_FRAME_CTL_USAGE, MM_LEVEL_SERVER, MM_WHO_PANEL },
	{ MM_FRAME_CTL_WHY, MM_LEVEL_ACCOUNT, MM_WHO_OWNER },
	{ MM_FRAME_CTL_WHY, MM_LEVEL_DOMAIN, MM_WHO_ADMIN },
	{ MM_FRAME_CTL_WHY, MM_LEVEL_SERVER, MM_WHO_PANEL },
	{ MM_FRAME_CTL_HISTORY, MM_LEVEL_ACCOUNT, MM_WHO_OWNER },
	{ MM_FRAME_CTL_HISTORY, MM_LEVEL_DOMAIN, MM_WHO_ADMIN },
	{ MM_FRAME_CTL_HISTORY, MM_LEVEL_SERVER, MM_WHO_PANEL },
	{ MM_FRAME_CTL_ABUSE, MM_LEVEL_SERVER, MM_WHO_PANEL },
	{ 0, ANY, MM_WHO_ROOT }, /* all else */
};

enum mm_who mm_settings_least(uint16_t type, enum mm_level level)
{
	size_t i = 0;

	while (verbs[i].type != 0 &&
	       (verbs[i].type != type ||
		(verbs[i].levels & (unsigned int)level) == 0))
		i++;
	return verbs[i].least;
}

void mm_settings_users_init(struct mm_keeper *keeper)
{
	const struct mm_conf *conf = keeper->role->conf;

	mm_uids_find(&conf->users_panel, "users-panel", &keeper->panel);
	mm_uids_find(&conf->users_console, "users-console", &keeper->console);
}

static bool is_customer(struct mm_keeper *keeper, uid_t uid, char *login)
{
	struct mm_settings_file *file = NULL;
	const struct passwd *pw;
	bool known;

	if (keeper->tree == NULL || (pw = getpwuid(uid)) == NULL ||
	    strlen(pw->pw_name) >= MM_LOGIN_SIZE)
		return false;
	memcpy(login, pw->pw_name, strlen(pw->pw_name) + 1);
	known = mm_conf_map_get(&keeper->role->conf->local_owners, login) !=
			NULL ||
		mm_settings_get(keeper->tree, MM_LEVEL_LOGIN, login, &file) ==
			1;
	mm_settings_release(file);
	return known;
}

unsigned int mm_settings_admit(struct mm_keeper *keeper, uid_t uid, char *login)
{
	*login = '\0';
	/* First: who is in both lists has the fewer rights. */
	if (mm_uids_have(&keeper->console, uid))
		return MM_RIGHT_SETTINGS | MM_RIGHT_CONSOLE;
	if (mm_uids_have(&keeper->panel, uid) ||
	    is_customer(keeper, uid, login))
		return MM_RIGHT_SETTINGS;
	return 0;
}

static bool is_in(const struct mm_conf_list *list, const char *text)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (strcasecmp(list->items[i], text) == 0)
			return true;
	return false;
}

static bool is_mailbox(const char *text, const char *name)
{
	return text != NULL && strcasecmp(text, name) == 0;
}

static int customer_role(struct mm_client *client, enum mm_level level,
			 const char *name)
{
	const struct mm_keeper *keeper = client->keeper;
	const struct mm_setting_value *values;
	const char *domain = mm_address_domain(name);
	struct mm_settings_file *file = NULL;
	int role = -1;

	if (level == MM_LEVEL_DOMAIN || level == MM_LEVEL_GATE)
		domain = name;
	if (level == MM_LEVEL_SERVER || level == MM_LEVEL_LOGIN ||
	    domain == NULL)
		return -1;
	if (level == MM_LEVEL_ACCOUNT &&
	    is_mailbox(mm_conf_map_get(&keeper->role->conf->local_owners,
				       client->login),
		       name))
		role = MM_WHO_OWNER;
	if (mm_settings_get(keeper->tree, MM_LEVEL_LOGIN, client->login,
			    &file) != 1)
		return role;
	values = file->values.list;
	if (level == MM_LEVEL_ACCOUNT &&
	    (is_mailbox(values[MM_SETTING_ACCOUNT].text, name) ||
	     is_in(&values[MM_SETTING_ADDRESSES].list, name)))
		role = MM_WHO_OWNER;
	if (is_in(&values[MM_SETTING_DOMAINS].list, domain))
		role = MM_WHO_ADMIN;
	mm_settings_release(file);
	return role;
}

int mm_settings_role(struct mm_client *client, const char *as,
		     enum mm_level level, const char *name)
{
	if ((client->rights & MM_RIGHT_CONSOLE) != 0)
		return level == MM_LEVEL_ACCOUNT && is_mailbox(as, name)
			       ? MM_WHO_OWNER
			       : -1;
	if (as != NULL)
		return -1;
	if ((client->rights & MM_RIGHT_CONTROL) != 0)
		return MM_WHO_ROOT;
	if ((client->rights & MM_RIGHT_SETTINGS) == 0)
		return -1;
	if (client->login[0] == '\0')
		return MM_WHO_PANEL;
	return customer_role(client, level, name);
}

bool mm_settings_permitted(struct mm_client *client, const char *as,
			   enum mm_level level, const char *name, int *role_r)
{
	const uint16_t type = client->request.type;

	*role_r = mm_settings_role(client, as, level, name);
	if (*role_r >= (int)mm_settings_least(type, level))
		return true;
	mm_log(MM_LOG_WARN, "settings-refused", NULL, "uid",
	       MM_NUM(client->uid), "level", mm_level_name(level), "name", name,
	       "as", as == NULL ? "" : as, NULL);
	/* The same words whether it exists or not. */
	mm_client_fail(client, "permission denied");
	return false;
}
