#ifndef MM_CORE_RULES_H
#define MM_CORE_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "core/settings.h"

/*
 * Rules: what happens with a message in which something was found. An ordered
 * list of data, read from a preset (config/presets/NAME.yaml), which may build
 * on another one (`base:`) and change its rules by name. The preset of a
 * mailbox is that of its domain, else the server's; switches (setting `rules`)
 * turn single rules on and off. mamori-rules(5) describes the file.
 */

/* Sets of bits. A rule matches when each set that it gives contains the
 * message's bit; an empty set matches everything. */
enum mm_rule_direction {
	MM_RULE_INBOUND = 1,
	MM_RULE_OUTBOUND = 2, /* authenticated, or from a relay host */
	MM_RULE_LOCAL = 4, /* from a program on this server */
};

enum mm_rule_finding {
	MM_RULE_VIRUS = 1,
	MM_RULE_ENCRYPTED = 2,	/* a file that asks for a password */
	MM_RULE_MACRO = 4,
	MM_RULE_SCRIPT = 8,
	MM_RULE_EXECUTABLE = 16,
	MM_RULE_AMBIGUOUS = 32,
	MM_RULE_LIMIT = 64,
	MM_RULE_CRASHED = 128,
	MM_RULE_ENCRYPTED_MAIL = 256, /* OpenPGP or S/MIME */
};

enum mm_rule_spam {
	MM_RULE_SUSPECT = 1,
	MM_RULE_SPAM = 2,
};

/* Where the finding is. */
enum mm_rule_place {
	MM_RULE_BODY = 1,
	MM_RULE_ATTACHMENT = 2,
};

enum mm_rule_action {
	/* edits */
	MM_DO_CLEAN = 1, /* take the macros out; with STRIP: or else the
				 * part */
	MM_DO_STRIP = 2, /* a text in the part's place */
	MM_DO_STAMP = 4, /* `stamp` at the beginning of the body */
	MM_DO_TAG = 8, /* `tag` before and `suffix` behind the
				 * subject */
	/* outcomes, the weakest first */
	MM_DO_ACCEPT = 16,
	MM_DO_JUNK = 32, /* delivered, into the spam folder */
	MM_DO_QUARANTINE = 64, /* kept and not delivered; beside CLEAN, STRIP,
				 * DISCARD or REJECT only a copy is kept */
	MM_DO_DISCARD = 128,
	MM_DO_REJECT = 256,
};

enum mm_rule_notify {
	MM_NOTIFY_RECIPIENT = 1,
	MM_NOTIFY_SENDER = 2, /* the account, never the From address */
	MM_NOTIFY_OPERATOR = 4,
};

/* A text in the languages of notices; NULL: not given. */
struct mm_rule_text {
	char *ja;
	char *en;
};

struct mm_rule {
	char *name;
	bool enabled; /* unless a switch says otherwise */
	unsigned int directions; /* enum mm_rule_direction */
	unsigned int findings; /* enum mm_rule_finding */
	unsigned int spam; /* enum mm_rule_spam */
	unsigned int places; /* enum mm_rule_place */
	unsigned int actions; /* enum mm_rule_action */
	unsigned int otherwise; /* outcomes when an edit of CLEAN or STRIP
				 * cannot be made; 0: QUARANTINE */
	unsigned int notify; /* enum mm_rule_notify */
	char *notice; /* template's name, NULL: by kind */
	char *tag;
	char *suffix;
	struct mm_rule_text stamp; /* {files} stands for the names */
	struct mm_rule_text help;
	enum mm_who switched_by; /* the least role that may switch it */
	char *origin; /* the preset that has the last word on it */
};

#define MM_RULES_MAX 200u
#define MM_RULES_FILE_MAX 65536u
#define MM_RULES_BASES_MAX 4u /* presets upon presets */

/* What a server has that says nothing. */
#define MM_PRESET_STANDARD "standard"

struct mm_rules {
	char *preset;
	struct mm_rule_text title;
	struct mm_rule *list;
	size_t count;
};

/* Read a preset and what it builds on from the first of two folders that has
 * it (the operator's own, then the shipped ones; either may be NULL). Every
 * mistake is refused: error gets one line "FILE:LINE:COLUMN: what". Release
 * with mm_rules_clear() also after an error. 0, MM_ERR_NOTFOUND,
 * MM_ERR_INVALID, MM_ERR_LIMIT, MM_ERR_VERSION, MM_ERR_NOMEM. */
MM_CHECK int mm_rules_load(struct mm_rules *rules, const char *own_folder,
			   const char *folder, const char *preset,
			   struct mm_buf *error);
void mm_rules_clear(struct mm_rules *rules);

/* Read one file's text on top of what rules has (none at first). For the call
 * above, which finds the bases by the name that is returned in base (""; of
 * MM_RULE_NAME_MAX bytes and a NUL) when rules is NULL: then nothing else is
 * read. Errors as above, name is the file's. */
MM_CHECK int mm_rules_parse(struct mm_rules *rules, const char *name,
			    const char *text, size_t len, char *base,
			    struct mm_buf *error);

/* The rule of this name, or NULL. */
const struct mm_rule *mm_rules_find(const struct mm_rules *rules,
				    const char *name);

/* May it name a preset, a rule or a notice: 1 to 40 of a-z, 0-9 and "-"? Such
 * a name is safe in a path. */
#define MM_RULE_NAME_MAX 40u
bool mm_rule_name_ok(const char *name);

/* Is a rule on for these settings? The switch (setting `rules`) of the nearest
 * level that has one for it counts, else the preset: *level_r is then 0 (NULL
 * for not wanted). Who may write which switch is the keeper's to see to. */
struct mm_settings_view;
bool mm_rule_is_on(const struct mm_settings_view *view,
		   const struct mm_rule *rule, enum mm_level *level_r);

/* The words of the file for the sets above. */
enum mm_rule_set {
	MM_RULE_SET_DIRECTION,
	MM_RULE_SET_FINDING,
	MM_RULE_SET_SPAM,
	MM_RULE_SET_PLACE,
	MM_RULE_SET_ACTION,
	MM_RULE_SET_OUTCOME, /* the actions that `else` may have */
	MM_RULE_SET_NOTIFY,
	MM_RULE_SETS,
};

/* The bit of a word, 0 when there is none; the word of a set's i-th bit, NULL
 * behind the last. */
unsigned int mm_rule_bit(enum mm_rule_set set, const char *word);
const char *mm_rule_word(enum mm_rule_set set, unsigned int i,
			 unsigned int *bit_r);

/* Append the words of bits, separated by commas. 0, MM_ERR_LIMIT or
 * MM_ERR_NOMEM. */
MM_CHECK int mm_rule_words(struct mm_buf *out, enum mm_rule_set set,
			   unsigned int bits);

/* "owner", "admin", "panel", "root"; and back, -1 when there is none. */
const char *mm_who_name(enum mm_who who);
int mm_who_find(const char *name);

#endif
