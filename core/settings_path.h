#ifndef MM_CORE_SETTINGS_PATH_H
#define MM_CORE_SETTINGS_PATH_H

#include "core/settings.h"

/* Where a set of values is kept, below the settings folder. Names are encoded
 * one to one: lower-cased, and each byte that is not a letter, digit, '-', '_'
 * or a '.' behind the first byte becomes %XX. */

#define MM_SETTINGS_PATH_MAX 2048u
#define MM_SETTINGS_SERVER_FILE "_server.yaml"
#define MM_SETTINGS_LOGINS "_logins"

/* A domain as we take it: lower case, labels of letters, digits and hyphens,
 * at most 253 bytes (RFC 1035 2.3.1, RFC 1123 2.1). */
bool mm_settings_is_domain(const char *domain);

/* An address with a local part of at most 64 bytes (RFC 5321 4.5.3.1.1)
 * without control bytes, and a domain as above but in any case. */
bool mm_settings_is_address(const char *address);

/* Append a name encoded. 0, MM_ERR_LIMIT or MM_ERR_NOMEM. */
MM_CHECK int mm_settings_encode(struct mm_buf *out, const char *name,
				size_t len);

/* Append the name behind an encoded one: MM_ERR_INVALID when encoding that
 * would not give the same text. */
MM_CHECK int mm_settings_decode(struct mm_buf *out, const char *text,
				size_t len);

/* Append the relative path of the values of name: "" for the server, a domain
 * for DOMAIN and GATE, a login for LOGIN, else an address. 0, MM_ERR_INVALID
 * (no such name can be), MM_ERR_LIMIT, MM_ERR_NOMEM. */
MM_CHECK int mm_settings_path(struct mm_buf *out, enum mm_level level,
			      const char *name);

/* "accounts", "aliases", "lists": the folder of such files in a domain's
 * folder; NULL for other levels. */
const char *mm_settings_folder(enum mm_level level);

#endif
