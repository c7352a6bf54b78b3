#ifndef MM_KEEPER_SETTINGS_CONTROL_H
#define MM_KEEPER_SETTINGS_CONTROL_H

#include "mamorid/keeper/client.h"

/*
 * control.sock, shared settings. "level" is server, domain, account, alias,
 * list, login or gate; "name" the domain, address or login. All changes of a
 * request are made, in their order, or none.
 *
 *	SHOW	level, name -> a row each key of the level: key, value, from
 *		(the level that has it, or default), type; and behind a list
 *		or map, a row an entry: entry (the key), value, for a map name
 *	CHANGE	level, name, then any of: create (""), set (KEY=VALUE), unset
 *		(KEY), add (KEY=VALUE), remove (KEY=VALUE); an entry of a map
 *		is KEY.NAME -> one row: text, changed
 *	DELETE	level, name -> one row: text
 *	NAMES	level, name (the domain, for what is in one), limit -> rows:
 *		name
 *	EXPORT	-> one row: text; and the YAML of the whole server
 *	IMPORT	check (1: only look) and such a YAML in a sealed memfd -> one
 *		row: text
 *	USAGE	name (a domain, or none for all), day (YYYY-MM-DD) -> rows:
 *		domain, day, accounts, without_postmaster, contracted, exceeded
 */
void mm_settings_show_handle(struct mm_client *client);
void mm_settings_change_handle(struct mm_client *client);
void mm_settings_delete_handle(struct mm_client *client);
void mm_settings_names_handle(struct mm_client *client);
void mm_settings_export_handle(struct mm_client *client);
void mm_settings_import_handle(struct mm_client *client);
void mm_usage_handle(struct mm_client *client);

/* For the handlers: the pairs with level and name, checked. Answers itself and
 * returns false when they are not as they should be or not permitted. Release
 * with mm_pairs_clear() after success. */
struct mm_settings_request {
	struct mm_pairs pairs;
	enum mm_level level;
	const char *name;
	int role; /* enum mm_who */
};
bool mm_settings_request(struct mm_client *client,
			 struct mm_settings_request *request_r);

/* One row: a text, and of an account or the like its file's state. */
void mm_settings_answer(struct mm_client *client, const char *text,
			const char *name, const char *value);

/* The same behind a change of settings: first Exim is told, where it must know
 * (routes: mm_routes_matter() before the change). */
void mm_settings_answer_change(struct mm_client *client, const char *text,
			       const struct mm_settings_request *request,
			       bool routes);

/* Answer with what went wrong with the settings folder. */
void mm_settings_fail(struct mm_client *client, int r, const char *error);

#endif
