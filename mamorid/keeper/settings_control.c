/*
 * control.sock: looking at the shared settings, and deleting. Keeper, uid
 * mamori-keeper. Must never answer about anything before the permission table
 * has been asked.
 */
#include "mamorid/keeper/settings_control.h"

#include <stdlib.h>
#include <string.h>

#include "core/address.h"
#include "core/err.h"
#include "core/settings_path.h"
#include "core/settings_read.h"
#include "core/text.h"
#include "mamorid/keeper/routes.h"
#include "mamorid/keeper/rows.h"
#include "mamorid/keeper/settings_purge.h"
#include "mamorid/keeper/settings_rights.h"
#include "mamorid/log.h"

#define NAMES_DEFAULT 10000u
#define NAMES_MAX 100000u

static bool check_name(enum mm_level level, const char *name)
{
	struct mm_buf path;
	int r;

	mm_buf_init(&path, MM_SETTINGS_PATH_MAX);
	r = mm_settings_path(&path, level, name);
	mm_buf_clear(&path);
	return r == 0;
}

/* Of names that are listed, "name" is the domain they are in. */
static bool check_target(uint16_t type, enum mm_level level, const char *name)
{
	if (type == MM_FRAME_CTL_USAGE)
		return *name == '\0' || mm_settings_is_domain(name);
	if (type != MM_FRAME_CTL_SETTINGS_NAMES)
		return check_name(level, name);
	return level == MM_LEVEL_DOMAIN || level == MM_LEVEL_LOGIN
		       ? *name == '\0'
		       : mm_settings_is_domain(name);
}

/* Permission to list what a domain has is that of the domain. */
static const char *permission_name(uint16_t type, enum mm_level level,
				   const char *name, struct mm_buf *out)
{
	if (type != MM_FRAME_CTL_SETTINGS_NAMES || *name == '\0' ||
	    mm_settings_folder(level) == NULL)
		return name;
	return mm_buf_printf(out, "*@%s", name) < 0 ? name : mm_buf_str(out);
}

/* The mailbox that a console's user is logged in to; *as_r is NULL without. At
 * most once, so that nobody can add another to a request. */
static bool read_as(const struct mm_pairs *pairs, const char **as_r)
{
	size_t i;

	*as_r = NULL;
	for (i = 0; i < pairs->count; i++) {
		if (strcmp(pairs->list[i].name, "as") != 0)
			continue;
		if (*as_r != NULL ||
		    !check_name(MM_LEVEL_ACCOUNT, pairs->list[i].value))
			return false;
		*as_r = pairs->list[i].value;
	}
	return true;
}

bool mm_settings_request(struct mm_client *client,
			 struct mm_settings_request *request_r)
{
	const struct mm_buf *payload = &client->request.payload;
	const uint16_t type = client->request.type;
	const char *level, *as;
	struct mm_buf name;
	bool may;

	memset(request_r, 0, sizeof(*request_r));
	if (mm_pairs_decode(payload->data, payload->len, &request_r->pairs) <
	    0) {
		mm_pairs_clear(&request_r->pairs);
		mm_client_fail(client, "malformed request");
		return false;
	}
	level = mm_pairs_get(&request_r->pairs, "level");
	request_r->level = level == NULL ? 0 : mm_level_find(level);
	request_r->name = mm_pairs_get(&request_r->pairs, "name");
	if (request_r->name == NULL)
		request_r->name = "";
	if (request_r->level == 0 || !read_as(&request_r->pairs, &as) ||
	    !check_target(type, request_r->level, request_r->name)) {
		mm_pairs_clear(&request_r->pairs);
		mm_client_fail(client, "not a mail address, domain or login");
		return false;
	}
	mm_buf_init(&name, MM_TEXT_MAX + 8);
	may = mm_settings_permitted(client, as, request_r->level,
				    permission_name(type, request_r->level,
						    request_r->name, &name),
				    &request_r->role);
	mm_buf_clear(&name);
	if (!may)
		mm_pairs_clear(&request_r->pairs);
	return may;
}

void mm_settings_answer(struct mm_client *client, const char *text,
			const char *name, const char *value)
{
	struct mm_buf pairs, rows;

	mm_buf_init(&pairs, 4 * MM_TEXT_MAX);
	mm_buf_init(&rows, 4 * MM_TEXT_MAX);
	if (mm_rows_text(&pairs, "text", text) < 0 ||
	    (name != NULL && mm_rows_text(&pairs, name, value) < 0) ||
	    mm_rows_add(&rows, &pairs) < 0)
		mm_client_fail(client, "out of memory");
	else
		mm_rows_answer(client, &rows, -1);
	mm_buf_clear(&pairs);
	mm_buf_clear(&rows);
}

void mm_settings_answer_change(struct mm_client *client, const char *text,
			       const struct mm_settings_request *request,
			       bool routes)
{
	struct mm_keeper *keeper = client->keeper;

	if ((routes ||
	     mm_routes_matter(keeper, request->level, request->name)) &&
	    !mm_routes_update(keeper))
		mm_settings_answer(client, MM_ROUTES_LATE, NULL, NULL);
	else
		mm_settings_answer(client, text, NULL, NULL);
}

void mm_settings_fail(struct mm_client *client, int r, const char *error)
{
	if (error != NULL && *error != '\0')
		mm_client_fail(client, error);
	else if (r == MM_ERR_LIMIT)
		mm_client_fail(client, "too large: a file of settings holds "
				       "at most 64 KiB");
	else if (r == MM_ERR_NOTFOUND)
		mm_client_fail(client, "there are no such settings");
	else
		mm_client_fail(client, "the settings cannot be read or "
				       "written");
}

/* ---- show ------------------------------------------------------------ */

static int put_row(struct mm_buf *rows, const char *const texts[], size_t n)
{
	struct mm_buf pairs;
	size_t i;
	int r = 0;

	mm_buf_init(&pairs, MM_FRAME_MAX);
	for (i = 0; i + 1 < n && r == 0; i += 2)
		if (texts[i + 1] != NULL)
			r = mm_rows_text(&pairs, texts[i], texts[i + 1]);
	if (r == 0)
		r = mm_rows_add(rows, &pairs);
	mm_buf_clear(&pairs);
	return r;
}

static int put_entries(struct mm_buf *rows, enum mm_setting i,
		       const struct mm_setting_value *value)
{
	const char *key = mm_setting_rows[i].key;
	size_t k;
	int r = 0;

	for (k = 0; k < value->list.count && r == 0; k++) {
		const char *const row[] = { "entry", key, "value",
					    value->list.items[k] };

		r = put_row(rows, row, 4);
	}
	for (k = 0; k < value->map.count && r == 0; k++) {
		const char *const row[] = { "entry", key,
					    "name",  value->map.keys[k],
					    "value", value->map.values[k] };

		r = put_row(rows, row, 6);
	}
	return r;
}

/* What does not inherit is looked up in the account's place. */
static int put_key(struct mm_buf *rows, enum mm_setting i,
		   const struct mm_settings_view *view, enum mm_level level)
{
	static const char *const types[] = { "bool",	 "enum", "number",
					     "duration", "text", "list",
					     "map" };
	enum mm_level from;
	const struct mm_setting_value *value =
		mm_settings_value(view, i, &from);
	struct mm_buf text;
	int r;

	if (from == MM_LEVEL_ACCOUNT)
		from = level;
	mm_buf_init(&text, 4 * MM_SETTINGS_FILE_MAX);
	if ((r = mm_setting_show(i, value, &text)) == 0) {
		const char *const row[] = {
			"key",	 mm_setting_rows[i].key,
			"value", mm_buf_str(&text),
			"from",	 mm_level_name(from),
			"type",	 types[mm_setting_rows[i].type]
		};

		r = put_row(rows, row, 8);
	}
	mm_buf_clear(&text);
	return r < 0 ? r : put_entries(rows, i, value);
}

/* What counts: inherited values, for the levels that inherit. */
static void look_up(struct mm_settings_tree *tree,
		    const struct mm_settings_request *request,
		    struct mm_settings_view *view)
{
	struct mm_settings_file **place = &view->account;
	struct mm_buf at;

	memset(view, 0, sizeof(*view));
	mm_buf_init(&at, MM_TEXT_MAX + 8);
	switch (request->level) {
	case MM_LEVEL_ACCOUNT:
		mm_settings_view(tree, request->name, view);
		break;
	case MM_LEVEL_DOMAIN:
		if (mm_buf_printf(&at, "@%s", request->name) == 0)
			mm_settings_view(tree, mm_buf_str(&at), view);
		break;
	case MM_LEVEL_SERVER:
		place = &view->server;
		/* fall through */
	default:
		(void)!mm_settings_get(tree, request->level, request->name,
				       place);
		break;
	}
	mm_buf_clear(&at);
}

void mm_settings_show_handle(struct mm_client *client)
{
	struct mm_settings_request request;
	struct mm_settings_view view;
	struct mm_buf rows;
	size_t i;
	int r = 0;

	if (!mm_settings_request(client, &request))
		return;
	mm_buf_init(&rows, MM_LIST_MAX);
	look_up(client->keeper->tree, &request, &view);
	for (i = 0; i < MM_SETTINGS && r == 0; i++)
		if ((mm_setting_rows[i].levels & (unsigned int)request.level) !=
		    0)
			r = put_key(&rows, (enum mm_setting)i, &view,
				    request.level);
	if (r < 0)
		mm_settings_fail(client, r, NULL);
	else
		mm_rows_answer(client, &rows, -1);
	mm_settings_view_clear(&view);
	mm_buf_clear(&rows);
	mm_pairs_clear(&request.pairs);
}

/* ---- names ----------------------------------------------------------- */

struct names {
	struct mm_buf rows;
	uint64_t left;
};

static int add_name(void *arg, const char *name)
{
	struct names *names = arg;
	const char *const row[] = { "name", name };

	if (names->left == 0)
		return 1;
	names->left--;
	return put_row(&names->rows, row, 2);
}

void mm_settings_names_handle(struct mm_client *client)
{
	struct mm_settings_request request;
	struct names names = { .left = NAMES_DEFAULT };
	const char *limit;
	int r = 0;

	if (!mm_settings_request(client, &request))
		return;
	mm_buf_init(&names.rows, MM_LIST_MAX);
	limit = mm_pairs_get(&request.pairs, "limit");
	if (limit != NULL &&
	    mm_text_number(limit, 1, NAMES_MAX, &names.left) < 0)
		mm_client_fail(client, "limit is a number from 1 to 100000");
	else if ((r = mm_settings_store_list(&client->keeper->settings,
					     request.level, request.name,
					     add_name, &names)) < 0)
		mm_settings_fail(client, r, NULL);
	else
		mm_rows_answer(client, &names.rows, -1);
	mm_buf_clear(&names.rows);
	mm_pairs_clear(&request.pairs);
}

/* ---- delete ---------------------------------------------------------- */

void mm_settings_delete_handle(struct mm_client *client)
{
	struct mm_settings_request request;
	bool routes;
	int r;

	if (!mm_settings_request(client, &request))
		return;
	routes = mm_routes_matter(client->keeper, request.level, request.name);
	r = mm_settings_purge(client->keeper, request.level, request.name);
	if (r >= 0) {
		mm_log(MM_LOG_INFO, "settings-deleted", NULL, "level",
		       mm_level_name(request.level), "name", request.name,
		       "uid", MM_NUM(client->uid), NULL);
		mm_settings_answer_change(client,
					  r == 1 ? "deleted" : "was not there",
					  &request, routes);
	} else {
		mm_settings_fail(client, r, NULL);
	}
	mm_pairs_clear(&request.pairs);
}
