/*
 * control.sock: changing the shared settings. Keeper, uid mamori-keeper. A
 * request is checked as a whole before anything is written, and all of it
 * goes into one file, so that it happens or does not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/address.h"
#include "core/conf_value.h"
#include "core/err.h"
#include "core/settings_read.h"
#include "mamorid/keeper/abuse.h"
#include "mamorid/keeper/routes.h"
#include "mamorid/keeper/settings_control.h"
#include "mamorid/keeper/settings_rights.h"
#include "mamorid/keeper/settings_rules.h"
#include "mamorid/keeper/settings_write.h"
#include "mamorid/log.h"

#define ERROR_MAX (2 * MM_CONF_TEXT_MAX)

struct change {
	struct mm_client *client;
	const struct mm_settings_request *request;
	struct mm_settings values;
	struct mm_buf error;
	bool create;
	unsigned int count;
};

/* One change: what it is done to and with. */
struct edit {
	enum mm_setting key;
	char *name; /* of a map's entry, or NULL */
	char *text; /* NULL without a value */
};

static int refuse(struct change *change, const char *key, const char *what)
{
	mm_buf_reset(&change->error);
	(void)!mm_buf_printf(&change->error, "%s: %s", key, what);
	return MM_ERR_INVALID;
}

/* KEY or KEY.NAME, where KEY is a map: its row, or -1; cuts the name off. */
static int find_key(char *key, char **name_r)
{
	char *dot = strrchr(key, '.');
	int i = mm_setting_find(key);

	*name_r = NULL;
	if (i >= 0 || dot == NULL)
		return i;
	*dot = '\0';
	i = mm_setting_find(key);
	*name_r = dot + 1;
	return i >= 0 && mm_setting_rows[i].type == MM_TYPE_MAP ? i : -1;
}

static int find_edit(struct change *change, char *text, struct edit *edit_r)
{
	const struct mm_setting_row *row;
	char *equals = strchr(text, '=');
	int i;

	edit_r->text = equals == NULL ? NULL : equals + 1;
	if (equals != NULL)
		*equals = '\0';
	i = find_key(text, &edit_r->name);
	if (i < 0)
		return refuse(change, text, "unknown key");
	row = &mm_setting_rows[i];
	edit_r->key = (enum mm_setting)i;
	if ((row->levels & (unsigned int)change->request->level) == 0)
		return refuse(change, row->key, "cannot be set here");
	if (change->request->role < (int)row->who)
		return refuse(change, row->key, "permission denied");
	return 0;
}

static int apply(struct change *change, const char *verb,
		 const struct edit *edit)
{
	struct mm_settings *values = &change->values;
	const char *key = mm_setting_rows[edit->key].key;
	const char *name = edit->name;
	struct mm_buf why;
	int r;

	if (strcmp(verb, "unset") == 0 && name == NULL) {
		mm_settings_unset(values, edit->key);
		return 0;
	}
	if (strcmp(verb, "unset") != 0 && edit->text == NULL)
		return refuse(change, key, "needs a value");
	mm_buf_init(&why, MM_CONF_TEXT_MAX);
	if (strcmp(verb, "set") == 0)
		r = mm_settings_set(values, edit->key, name, edit->text, &why);
	else if (strcmp(verb, "add") == 0)
		r = mm_settings_add(values, edit->key, name, edit->text, &why);
	else
		r = mm_settings_remove(values, edit->key,
				       name == NULL ? edit->text : name, &why);
	if (r == MM_ERR_INVALID)
		r = refuse(change, key, mm_buf_str(&why));
	mm_buf_clear(&why);
	return r;
}

/* Each rule says itself who may switch it. Taking the switch away is one. */
static int check_rule(struct change *change, const char *verb,
		      const struct edit *edit)
{
	const struct mm_settings_request *request = change->request;
	const bool named = edit->name != NULL;
	char address[MM_ADDRESS_MAX + 2];
	struct mm_buf why;
	int r;

	if (edit->key != MM_SETTING_RULES)
		return 0;
	(void)snprintf(address, sizeof(address), "%s%s",
		       request->level == MM_LEVEL_DOMAIN ? "@" : "",
		       request->level == MM_LEVEL_SERVER ? "" : request->name);
	mm_buf_init(&why, ERROR_MAX);
	r = mm_settings_may_switch(change->client->keeper, request->role,
				   address,
				   named || strcmp(verb, "remove") != 0
					   ? edit->name
					   : edit->text,
				   &change->values, &why);
	if (r == MM_ERR_INVALID)
		r = refuse(change, mm_setting_rows[edit->key].key,
			   mm_buf_str(&why));
	mm_buf_clear(&why);
	return r;
}

static int apply_pair(struct change *change, const struct mm_pair *pair)
{
	struct edit edit = { .text = NULL };
	char *text;
	int r;

	if (strcmp(pair->name, "level") == 0 ||
	    strcmp(pair->name, "name") == 0 || strcmp(pair->name, "as") == 0)
		return 0;
	if (strcmp(pair->name, "create") == 0) {
		change->create = true;
		return 0;
	}
	/* A newer mamorictl may ask for what we cannot do: not half of it. */
	if (strcmp(pair->name, "set") != 0 &&
	    strcmp(pair->name, "unset") != 0 &&
	    strcmp(pair->name, "add") != 0 && strcmp(pair->name, "remove") != 0)
		return refuse(change, pair->name, "unknown change");
	text = strdup(pair->value);
	if (text == NULL)
		return MM_ERR_NOMEM;
	if ((r = find_edit(change, text, &edit)) == 0 &&
	    (r = check_rule(change, pair->name, &edit)) == 0)
		r = apply(change, pair->name, &edit);
	change->count++;
	free(text);
	return r;
}

static uint64_t most_senders(struct change *change)
{
	const struct mm_setting_value *value;
	struct mm_settings_view view;
	uint64_t most;

	mm_settings_view(change->client->keeper->tree, change->request->name,
			 &view);
	value = mm_settings_value(&view, MM_SETTING_SENDERS_MAX, NULL);
	/* The table has a bound of its own. */
	most = value->off ? UINT64_MAX : value->num;
	mm_settings_view_clear(&view);
	return most;
}

/* An account, alias or list only in a domain that is there. */
static int check_domain(struct change *change)
{
	const enum mm_level level = change->request->level;
	const char *domain = mm_address_domain(change->request->name);
	struct mm_settings_file *file = NULL;
	int r;

	if (level == MM_LEVEL_GATE)
		domain = change->request->name;
	else if (level != MM_LEVEL_ACCOUNT && level != MM_LEVEL_ALIAS &&
		 level != MM_LEVEL_LIST)
		return 0;
	r = mm_settings_get(change->client->keeper->tree, MM_LEVEL_DOMAIN,
			    domain, &file);
	mm_settings_release(file);
	return r == 1 ? 0
		      : refuse(change, domain,
			       "this domain has no settings "
			       "yet: first mamorictl domain "
			       "create");
}

static int read_old(struct change *change, bool *found_r)
{
	int r = mm_settings_store_get(&change->client->keeper->settings,
				      change->request->level,
				      change->request->name, &change->values,
				      &change->error);

	*found_r = r == 0;
	/* What cannot be read is not overwritten: it may be of a newer
	 * version. */
	return r == MM_ERR_NOTFOUND ? 0 : r;
}

static int run(struct change *change)
{
	const struct mm_pairs *pairs = &change->request->pairs;
	struct mm_settings_store *store = &change->client->keeper->settings;
	bool found = false;
	size_t i;
	int r;

	if ((r = check_domain(change)) < 0 ||
	    (r = read_old(change, &found)) < 0)
		return r;
	for (i = 0; i < pairs->count && r == 0; i++)
		r = apply_pair(change, &pairs->list[i]);
	if (r == 0 && (change->request->level & MM_LEVEL_ACCOUNT) != 0)
		r = mm_settings_check(&change->values, most_senders(change),
				      &change->error);
	if (r < 0 || (change->count == 0 && (found || !change->create)))
		return r;
	return mm_settings_store_put(store, change->request->level,
				     change->request->name, &change->values);
}

static void tell_abuse(struct mm_keeper *keeper,
		       const struct mm_settings_request *request)
{
	size_t i;

	if (request->level != MM_LEVEL_ACCOUNT &&
	    request->level != MM_LEVEL_LOGIN)
		return;
	for (i = 0; i < request->pairs.count; i++)
		mm_abuse_changed(keeper, request->name,
				 request->pairs.list[i].value);
}

void mm_settings_change_handle(struct mm_client *client)
{
	struct mm_settings_store *store = &client->keeper->settings;
	struct mm_settings_request request;
	struct change change = { .client = client, .request = &request };
	bool routes;
	int r;

	if (!mm_settings_request(client, &request))
		return;
	mm_settings_init(&change.values);
	mm_buf_init(&change.error, ERROR_MAX);
	routes = mm_routes_matter(client->keeper, request.level, request.name);
	if ((r = mm_settings_lock(store)) == 0) {
		r = run(&change);
		mm_settings_unlock(store);
	}
	if (r == 0) {
		mm_log(MM_LOG_INFO, "settings-changed", NULL, "level",
		       mm_level_name(request.level), "name", request.name,
		       "changes", MM_NUM(change.count), "uid",
		       MM_NUM(client->uid), NULL);
		tell_abuse(client->keeper, &request);
		mm_settings_answer_change(client, "saved", &request, routes);
	} else {
		mm_settings_fail(client, r, mm_buf_str(&change.error));
	}
	mm_settings_clear(&change.values);
	mm_buf_clear(&change.error);
	mm_pairs_clear(&request.pairs);
}
