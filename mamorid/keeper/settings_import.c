/*
 * Taking over the settings of a whole server from one YAML. Keeper, uid
 * mamori-keeper; for root alone. Everything is checked and written beside the
 * settings in force, which are then replaced in one step, or kept.
 */
#include <stdio.h>
#include <string.h>

#include "core/address.h"
#include "core/err.h"
#include "core/fdutil.h"
#include "core/settings_path.h"
#include "core/settings_yaml.h"
#include "mamorid/keeper/routes.h"
#include "mamorid/keeper/settings_control.h"
#include "mamorid/keeper/settings_io.h"
#include "mamorid/log.h"

#define NAME_LEN 256u

struct import {
	struct mm_settings_store *store;
	struct mm_yaml in;
	unsigned int version;
	size_t count;
};

/* The current event is a name; its values follow. */
static int read_file(struct import *import, enum mm_level level,
		     const char *name)
{
	struct mm_settings values;
	struct mm_buf path;
	int r;

	mm_buf_init(&path, MM_SETTINGS_PATH_MAX);
	r = mm_settings_path(&path, level, name);
	mm_buf_clear(&path);
	if (r == MM_ERR_INVALID)
		return mm_yaml_fail_here(&import->in, "no such name can be",
					 name);
	if (r < 0 || (r = mm_yaml_next(&import->in)) < 0)
		return r;
	if (import->in.event.type != YAML_MAPPING_START_EVENT)
		return mm_yaml_fail_here(&import->in, "must be a mapping",
					 name);
	mm_settings_init(&values);
	r = mm_settings_read(&import->in, &values, level, mm_settings_renamed,
			     &import->version);
	if (r == 0)
		r = mm_settings_store_put(import->store, level, name, &values);
	if (r == MM_ERR_LIMIT)
		r = mm_yaml_fail_here(&import->in,
				      "more than a file of "
				      "settings holds",
				      name);
	import->count++;
	mm_settings_clear(&values);
	return r;
}

/* The current event must be the start of a mapping. For each key: take. */
static int read_names(struct import *import,
		      int (*take)(struct import *import, const char *name,
				  const void *arg),
		      const void *arg)
{
	char name[NAME_LEN + 1];
	int r;

	if ((r = mm_yaml_next(&import->in)) < 0)
		return r;
	if (import->in.event.type != YAML_MAPPING_START_EVENT)
		return mm_yaml_fail_here(&import->in, "must be a mapping",
					 NULL);
	while ((r = mm_yaml_next(&import->in)) == 0) {
		if (import->in.event.type == YAML_MAPPING_END_EVENT)
			return 0;
		if (!mm_yaml_is_scalar(&import->in) ||
		    mm_yaml_len(&import->in) > NAME_LEN ||
		    strlen(mm_yaml_text(&import->in)) !=
			    mm_yaml_len(&import->in))
			return mm_yaml_fail_here(
				&import->in, "a key must be one text", NULL);
		memcpy(name, mm_yaml_text(&import->in),
		       mm_yaml_len(&import->in) + 1);
		if ((r = take(import, name, arg)) < 0)
			break;
	}
	return r;
}

/* Has this file been there in the same YAML already? */
static int check_fresh(struct import *import, enum mm_level level,
		       const char *name)
{
	int r = mm_settings_store_has(import->store, level, name);

	return r == 1 ? mm_yaml_fail_here(&import->in, "a repeated key", name)
	       : r == MM_ERR_INVALID ? 0
				     : r;
}

struct place {
	enum mm_level level;
	const char *domain;
};

static int take_named(struct import *import, const char *name, const void *arg)
{
	const struct place *place = arg;
	char full[NAME_LEN + MM_DOMAIN_MAX + 2];
	int r;

	(void)snprintf(full, sizeof(full), "%s%s%s", name,
		       place->domain == NULL ? "" : "@",
		       place->domain == NULL ? "" : place->domain);
	if ((r = check_fresh(import, place->level, full)) < 0)
		return r;
	return read_file(import, place->level, full);
}

static int take_part(struct import *import, const char *name, const void *arg)
{
	static const struct {
		const char *name;
		enum mm_level level;
	} parts[] = { { "accounts", MM_LEVEL_ACCOUNT },
		      { "aliases", MM_LEVEL_ALIAS },
		      { "lists", MM_LEVEL_LIST } };
	const char *domain = arg;
	struct place place = { 0, domain };
	size_t i;
	int r;

	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		place.level = parts[i].level;
		if (strcmp(parts[i].name, name) == 0)
			return read_names(import, take_named, &place);
	}
	place.level = strcmp(name, "settings") == 0 ? MM_LEVEL_DOMAIN
		      : strcmp(name, "gate") == 0   ? MM_LEVEL_GATE
						    : 0;
	if (place.level == 0)
		return mm_yaml_fail_here(&import->in, "unknown key", name);
	if ((r = check_fresh(import, place.level, domain)) < 0)
		return r;
	return read_file(import, place.level, domain);
}

static int take_domain(struct import *import, const char *name, const void *arg)
{
	int r;

	(void)arg;
	if (!mm_settings_is_domain(name))
		return mm_yaml_fail_here(&import->in, "not a domain name",
					 name);
	if ((r = check_fresh(import, MM_LEVEL_DOMAIN, name)) < 0 ||
	    (r = read_names(import, take_part, name)) < 0)
		return r;
	if (mm_settings_store_has(import->store, MM_LEVEL_DOMAIN, name) != 1)
		return mm_yaml_fail_here(&import->in,
					 "has no \"settings\"; "
					 "write {} for none",
					 name);
	return 0;
}

static int take_top(struct import *import, const char *name, const void *arg)
{
	static const struct place logins = { MM_LEVEL_LOGIN, NULL };
	int r;

	(void)arg;
	if (strcmp(name, "version") == 0 && import->version == 0)
		return mm_settings_read_version(&import->in, &import->version);
	if (import->version == 0)
		return mm_yaml_fail_here(&import->in,
					 "the version must stand "
					 "first",
					 NULL);
	if (strcmp(name, "server") == 0) {
		if ((r = check_fresh(import, MM_LEVEL_SERVER, "")) < 0)
			return r;
		return read_file(import, MM_LEVEL_SERVER, "");
	}
	if (strcmp(name, "logins") == 0)
		return read_names(import, take_named, &logins);
	if (strcmp(name, "domains") == 0)
		return read_names(import, take_domain, NULL);
	return mm_yaml_fail_here(&import->in, "unknown key", name);
}

static int read_all(struct import *import)
{
	int r;

	if ((r = mm_yaml_next(&import->in)) < 0 ||
	    (r = mm_yaml_next(&import->in)) < 0)
		return r;
	if (import->in.event.type != YAML_DOCUMENT_START_EVENT)
		return mm_yaml_fail_here(&import->in, "an empty file", NULL);
	if ((r = read_names(import, take_top, NULL)) < 0)
		return r;
	if (import->version == 0)
		return mm_yaml_fail_here(&import->in, "no version", NULL);
	if ((r = mm_yaml_next(&import->in)) < 0 ||
	    (r = mm_yaml_next(&import->in)) < 0)
		return r;
	return import->in.event.type == YAML_STREAM_END_EVENT
		       ? 0
		       : mm_yaml_fail_here(&import->in, "a second document",
					   NULL);
}

int mm_settings_import(struct mm_settings_store *store, const char *text,
		       size_t len, size_t *count_r, struct mm_buf *error)
{
	struct import import = { .store = store };
	int r;

	*count_r = 0;
	r = mm_yaml_open(&import.in, "import", text, len, error);
	if (r < 0)
		return r;
	r = read_all(&import);
	mm_yaml_close(&import.in);
	*count_r = import.count;
	return r;
}

static int import_text(struct mm_settings_store *store,
		       const struct mm_buf *text, bool check, size_t *count_r,
		       struct mm_buf *error)
{
	struct mm_settings_store fresh;
	int r;

	if ((r = mm_settings_lock(store)) < 0)
		return r;
	if ((r = mm_settings_store_fresh(store, &fresh)) == 0) {
		r = mm_settings_import(&fresh, mm_buf_str(text), text->len,
				       count_r, error);
		if (r == 0 && !check)
			r = mm_settings_store_swap(store, &fresh);
		mm_settings_store_drop(store, &fresh);
	}
	mm_settings_unlock(store);
	return r;
}

void mm_settings_import_handle(struct mm_client *client)
{
	const struct mm_buf *payload = &client->request.payload;
	struct mm_pairs pairs;
	struct mm_buf text, error;
	char number[24];
	size_t size, count = 0;
	bool check, late;
	int r;

	if (mm_pairs_decode(payload->data, payload->len, &pairs) < 0 ||
	    mm_check_memfd(client->request.fds[0], MM_SETTINGS_EXPORT_MAX,
			   &size) < 0) {
		mm_pairs_clear(&pairs);
		mm_client_fail(client, "malformed request");
		return;
	}
	check = mm_pairs_get(&pairs, "check") != NULL;
	mm_buf_init(&text, MM_SETTINGS_EXPORT_MAX);
	mm_buf_init(&error, MM_TEXT_MAX);
	if ((r = mm_read_fd(client->request.fds[0], 0, &text)) == 0)
		r = import_text(&client->keeper->settings, &text, check, &count,
				&error);
	if (r == 0) {
		mm_log(MM_LOG_INFO, "settings-imported", NULL, "files",
		       MM_NUM(count), "check", check ? "yes" : "no", NULL);
		(void)snprintf(number, sizeof(number), "%zu", count);
		late = !check && !mm_routes_update(client->keeper);
		mm_settings_answer(client,
				   check  ? "can be imported"
				   : late ? MM_ROUTES_LATE
					  : "imported",
				   "files", number);
	} else {
		mm_log(MM_LOG_WARN, "settings-import-refused", NULL, "error",
		       mm_buf_str(&error), NULL);
		mm_settings_fail(client, r, mm_buf_str(&error));
	}
	mm_buf_clear(&error);
	mm_buf_clear(&text);
	mm_pairs_clear(&pairs);
}
