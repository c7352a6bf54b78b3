#ifndef MM_KEEPER_SETTINGS_IO_H
#define MM_KEEPER_SETTINGS_IO_H

#include "mamorid/keeper/settings_write.h"

/* All settings as one YAML:
 *
 *	version: 1
 *	server: {...}
 *	logins: {LOGIN: {...}}
 *	domains:
 *	  DOMAIN:
 *	    settings: {...}
 *	    gate: {...}
 *	    accounts: {LOCALPART: {...}}
 *	    aliases: {LOCALPART: {...}}
 *	    lists: {LOCALPART: {...}}
 */
#define MM_SETTINGS_EXPORT_MAX (1u << 30)

/* out and error are replaced. 0, or an error with a line in error. */
MM_CHECK int mm_settings_export(struct mm_settings_store *store,
				struct mm_buf *out, struct mm_buf *error);

/* Fill an empty store. On success *count_r is the number of files. As above;
 * error has line and column for what is not right. */
MM_CHECK int mm_settings_import(struct mm_settings_store *store,
				const char *text, size_t len, size_t *count_r,
				struct mm_buf *error);

#endif
