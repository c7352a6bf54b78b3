#ifndef MM_CORE_SETTINGS_H
#define MM_CORE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/conf.h"
#include "core/settings_table.h"

/* The shared settings: values by the table, one set of them a file. */

/* Which file a set of values is; also the bits of a row's levels. */
enum mm_level {
	MM_LEVEL_SERVER = 1, /* _server.yaml */
	MM_LEVEL_DOMAIN = 2, /* DOMAIN/domain.yaml */
	MM_LEVEL_ACCOUNT = 4, /* DOMAIN/accounts/LOCALPART.yaml */
	MM_LEVEL_ALIAS = 8, /* DOMAIN/aliases/LOCALPART.yaml */
	MM_LEVEL_LIST = 16, /* DOMAIN/lists/LOCALPART.yaml */
	MM_LEVEL_LOGIN = 32, /* _logins/LOGIN.yaml */
	MM_LEVEL_GATE = 64, /* DOMAIN/gate.yaml */
};

enum mm_setting {
#define MM_SETTING_ENUM(type, item, name, ...) MM_SETTING_##name,
	MM_SETTINGS_TABLE(MM_SETTING_ENUM)
#undef MM_SETTING_ENUM
		MM_SETTINGS
};

enum mm_setting_type {
	MM_TYPE_BOOL,
	MM_TYPE_ENUM,
	MM_TYPE_NUMBER,
	MM_TYPE_DURATION,
	MM_TYPE_TEXT,
	MM_TYPE_LIST,
	MM_TYPE_MAP,
};

enum mm_setting_item {
	MM_ITEM_NONE,
	MM_ITEM_ADDRESS,
	MM_ITEM_SENDER,
	MM_ITEM_DOMAIN,
	MM_ITEM_FOLDER,
	MM_ITEM_HOST,
	MM_ITEM_NETWORK,
	MM_ITEM_SEPARATOR,
	MM_ITEM_PRESET,
	MM_ITEM_WORD,
	MM_ITEM_SWITCH,
	MM_ITEM_NOTICE,
};

/* Who changes a setting, the least first. */
enum mm_who { MM_WHO_OWNER, MM_WHO_ADMIN, MM_WHO_PANEL, MM_WHO_ROOT };

struct mm_setting_row {
	enum mm_setting_type type;
	enum mm_setting_item item;
	const char *key;
	const char *preset; /* the default, as text */
	uint64_t min;
	uint64_t max;
	const char *choices;
	unsigned int levels; /* enum mm_level */
	enum mm_who who;
	const char *help;
	const char *help_ja;
};

extern const struct mm_setting_row mm_setting_rows[MM_SETTINGS];

/* Indexes of the choices of ENUM rows. */
enum mm_notice_language {
	MM_NOTICE_LANGUAGE_DEFAULT,
	MM_NOTICE_LANGUAGE_JA,
	MM_NOTICE_LANGUAGE_EN,
};

enum mm_digest {
	MM_DIGEST_OFF,
	MM_DIGEST_DAILY,
	MM_DIGEST_WEEKLY,
};

enum mm_admin_notices {
	MM_ADMIN_NOTICES_OFF,
	MM_ADMIN_NOTICES_DAILY,
	MM_ADMIN_NOTICES_COPY,
};

/* What one key has: which member counts follows from the row's type. */
struct mm_setting_value {
	bool set; /* else absent: inherited */
	bool off; /* no number, text or entries */
	uint64_t num; /* BOOL, ENUM, NUMBER, DURATION */
	char *text; /* TEXT, "" when off */
	struct mm_conf_list list;
	struct mm_conf_map map; /* SWITCH values are "yes" or "no" */
};

struct mm_settings {
	struct mm_setting_value list[MM_SETTINGS];
};

/* The version that is written into every file, and the oldest that is read. */
#define MM_SETTINGS_VERSION 2u
#define MM_SETTINGS_VERSION_OLDEST 1u

#define MM_SETTINGS_FILE_MAX 65536u
#define MM_SETTINGS_DEPTH_MAX 8u
#define MM_SETTINGS_TEXT_MAX 16384u /* a notice template */

/* Nothing set. Release with mm_settings_clear(), which leaves it so. */
void mm_settings_init(struct mm_settings *settings);
void mm_settings_clear(struct mm_settings *settings);

/* The row of a key: its number or -1. */
int mm_setting_find(const char *key);

/* "server", "domain", "account", "alias", "list", "login", "gate"; and back, 0
 * when there is none. */
const char *mm_level_name(enum mm_level level);
enum mm_level mm_level_find(const char *name);

/* Change one key. set replaces the value: "off" as in a file, a list's
 * entries separated by commas. add and remove change one entry; of a map, name
 * says which and set takes it too (else NULL). 0, MM_ERR_INVALID with the
 * reason appended to why (also for an entry that is not there), MM_ERR_NOMEM;
 * unchanged on error. */
MM_CHECK int mm_settings_set(struct mm_settings *settings, enum mm_setting i,
			     const char *name, const char *text,
			     struct mm_buf *why);
MM_CHECK int mm_settings_add(struct mm_settings *settings, enum mm_setting i,
			     const char *name, const char *text,
			     struct mm_buf *why);
MM_CHECK int mm_settings_remove(struct mm_settings *settings, enum mm_setting i,
				const char *text, struct mm_buf *why);
void mm_settings_unset(struct mm_settings *settings, enum mm_setting i);

/* Mark a key as set to nothing: the entries then come by mm_settings_add(). */
void mm_settings_empty(struct mm_settings *settings, enum mm_setting i);

/* Append a value as text for people: lists and maps in YAML's flow style. */
MM_CHECK int mm_setting_show(enum mm_setting i,
			     const struct mm_setting_value *value,
			     struct mm_buf *out);

/* The default of a key. Lives as long as the program; NULL when out of
 * memory. */
const struct mm_setting_value *mm_setting_default(enum mm_setting i);

/* Keys of older versions under their new names; the last row has old NULL. */
struct mm_setting_renamed {
	unsigned int last; /* version that had the old key */
	const char *old_key;
	const char *new_key;
};
extern const struct mm_setting_renamed mm_settings_renamed[];

/* Read len bytes of YAML as the file of this level into settings (no init
 * needed; complete on success, cleared on error). Every mistake is refused:
 * unknown or repeated key, key of another level, bad value, anchor, alias,
 * tag, more than 64 KiB or 8 levels deep. error gets one line
 * "NAME:LINE:COLUMN: what". 0, MM_ERR_INVALID, MM_ERR_LIMIT, MM_ERR_VERSION
 * (made by a newer Mamori), MM_ERR_NOMEM. */
MM_CHECK int mm_settings_parse(struct mm_settings *settings,
			       enum mm_level level, const char *name,
			       const char *text, size_t len,
			       const struct mm_setting_renamed *renamed,
			       struct mm_buf *error);

/* Append the file's text, keys in the table's order. */
MM_CHECK int mm_settings_format(const struct mm_settings *settings,
				struct mm_buf *out);

/* The same without the version line, every line behind so many spaces; appends
 * nothing when nothing is set. */
MM_CHECK int mm_settings_format_at(const struct mm_settings *settings,
				   int spaces, struct mm_buf *out);

/* Do all values keep the bounds that depend on others: at most most approved
 * and most blocked senders? 0 or MM_ERR_INVALID with the reason. */
MM_CHECK int mm_settings_check(const struct mm_settings *settings,
			       uint64_t most, struct mm_buf *why);

/* Is a sender in a list of addresses and *@domain patterns? */
bool mm_settings_match(const struct mm_conf_list *list, const char *sender);

#endif
