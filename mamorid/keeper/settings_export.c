/*
 * The settings of the whole server as one YAML, for backup and migration.
 * Keeper, uid mamori-keeper; for root alone. What is left out would be lost at
 * the import, so a file that cannot be read ends the export.
 */
#include <string.h>

#include "core/conf_value.h"
#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/keeper/rows.h"
#include "mamorid/keeper/settings_control.h"
#include "mamorid/keeper/settings_io.h"
#include "mamorid/log.h"

struct export
{
	struct mm_settings_store *store;
	struct mm_buf out;
	struct mm_buf error;
	enum mm_level level;
	const char *heading; /* put before the first entry, then NULL */
};

/* The values of one file behind their key, at a depth. */
static int put_file(struct export *export, enum mm_level level,
		    const char *name, const char *key, int spaces)
{
	struct mm_settings values;
	size_t before;
	int r;

	r = mm_settings_store_get(export->store, level, name, &values,
				  &export->error);
	if (r == MM_ERR_NOTFOUND)
		return 0;
	if (r < 0)
		return r;
	if ((r = mm_buf_printf(&export->out, "%*s", spaces, "")) == 0 &&
	    (r = mm_conf_put_text(&export->out, key)) == 0 &&
	    (r = mm_buf_puts(&export->out, ":\n")) == 0) {
		before = export->out.len;
		r = mm_settings_format_at(&values, spaces + 2, &export->out);
		if (r == 0 && export->out.len == before) {
			mm_buf_truncate(&export->out, before - 1);
			r = mm_buf_puts(&export->out, " {}\n");
		}
	}
	mm_settings_clear(&values);
	return r;
}

static int put_heading(struct export *export)
{
	int r = export->heading == NULL
			? 0
			: mm_buf_puts(&export->out, export->heading);

	export->heading = NULL;
	return r;
}

static int put_address(void *arg, const char *address)
{
	struct export *export = arg;
	char local[MM_ADDRESS_MAX + 1];
	int r;

	memcpy(local, address, strlen(address) + 1);
	*strchr(local, '@') = '\0';
	if ((r = put_heading(export)) < 0)
		return r;
	return put_file(export, export->level, address, local, 6);
}

static int put_level(struct export *export, enum mm_level level,
		     const char *domain, const char *heading)
{
	int r;

	export->level = level;
	export->heading = heading;
	r = mm_settings_store_list(export->store, level, domain, put_address,
				   export);
	export->heading = NULL;
	return r;
}

static int put_domain(void *arg, const char *domain)
{
	struct export *export = arg;
	int r;

	if ((r = put_heading(export)) < 0 ||
	    (r = mm_buf_printf(&export->out, "  %s:\n", domain)) < 0 ||
	    (r = put_file(export, MM_LEVEL_DOMAIN, domain, "settings", 4)) <
		    0 ||
	    (r = put_file(export, MM_LEVEL_GATE, domain, "gate", 4)) < 0 ||
	    (r = put_level(export, MM_LEVEL_ACCOUNT, domain,
			   "    accounts:\n")) < 0 ||
	    (r = put_level(export, MM_LEVEL_ALIAS, domain, "    aliases:\n")) <
		    0 ||
	    (r = put_level(export, MM_LEVEL_LIST, domain, "    lists:\n")) < 0)
		return r;
	return 0;
}

static int put_login(void *arg, const char *login)
{
	struct export *export = arg;
	int r = put_heading(export);

	return r < 0 ? r : put_file(export, MM_LEVEL_LOGIN, login, login, 2);
}

static int put_all(struct export *export)
{
	int r;

	if ((r = mm_buf_printf(&export->out, "version: %u\n",
			       MM_SETTINGS_VERSION)) < 0 ||
	    (r = put_file(export, MM_LEVEL_SERVER, "", "server", 0)) < 0)
		return r;
	export->heading = "logins:\n"; /* only above the first */
	if ((r = mm_settings_store_list(export->store, MM_LEVEL_LOGIN, NULL,
					put_login, export)) < 0)
		return r;
	export->heading = "domains:\n";
	return mm_settings_store_list(export->store, MM_LEVEL_DOMAIN, NULL,
				      put_domain, export);
}

int mm_settings_export(struct mm_settings_store *store, struct mm_buf *out,
		       struct mm_buf *error)
{
	struct export export = { .store = store };
	int r;

	mm_buf_init(&export.out, MM_SETTINGS_EXPORT_MAX);
	mm_buf_init(&export.error, MM_TEXT_MAX);
	r = put_all(&export);
	mm_buf_clear(out);
	mm_buf_clear(error);
	*out = export.out;
	*error = export.error;
	return r;
}

void mm_settings_export_handle(struct mm_client *client)
{
	struct mm_buf out, error, rows, pairs;
	int fd = -1, r;

	mm_buf_init(&out, 0);
	mm_buf_init(&error, 0);
	mm_buf_init(&rows, MM_LIST_MAX);
	mm_buf_init(&pairs, MM_FRAME_MAX);
	if ((r = mm_settings_lock(&client->keeper->settings)) == 0) {
		r = mm_settings_export(&client->keeper->settings, &out, &error);
		mm_settings_unlock(&client->keeper->settings);
	}
	if (r == 0)
		r = fd = mm_sealed_memfd("settings", out.data, out.len);
	if (r < 0 || (r = mm_pair_put(&pairs, "text", "exported")) < 0 ||
	    (r = mm_rows_add(&rows, &pairs)) < 0)
		mm_settings_fail(client, r, mm_buf_str(&error));
	else
		mm_rows_answer(client, &rows, fd);
	mm_close(&fd);
	mm_buf_clear(&pairs);
	mm_buf_clear(&rows);
	mm_buf_clear(&error);
	mm_buf_clear(&out);
}
