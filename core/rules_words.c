/*
 * The words of rule files: one table, read by the parser, by `mamorictl rules`
 * and by the check of mamori-rules(5).
 */
#include <string.h>

#include "core/rules.h"

static const struct word {
	enum mm_rule_set set;
	unsigned int bit;
	const char *text;
} words[] = {
	{ MM_RULE_SET_DIRECTION, MM_RULE_INBOUND, "inbound" },
	{ MM_RULE_SET_DIRECTION, MM_RULE_OUTBOUND, "outbound" },
	{ MM_RULE_SET_DIRECTION, MM_RULE_LOCAL, "local" },
	{ MM_RULE_SET_FINDING, MM_RULE_VIRUS, "virus" },
	{ MM_RULE_SET_FINDING, MM_RULE_ENCRYPTED, "encrypted" },
	{ MM_RULE_SET_FINDING, MM_RULE_ENCRYPTED_MAIL, "encrypted-mail" },
	{ MM_RULE_SET_FINDING, MM_RULE_MACRO, "macro" },
	{ MM_RULE_SET_FINDING, MM_RULE_SCRIPT, "script" },
	{ MM_RULE_SET_FINDING, MM_RULE_EXECUTABLE, "executable" },
	{ MM_RULE_SET_FINDING, MM_RULE_AMBIGUOUS, "ambiguous" },
	{ MM_RULE_SET_FINDING, MM_RULE_LIMIT, "limit" },
	{ MM_RULE_SET_FINDING, MM_RULE_CRASHED, "crashed" },
	{ MM_RULE_SET_SPAM, MM_RULE_SUSPECT, "suspect" },
	{ MM_RULE_SET_SPAM, MM_RULE_SPAM, "spam" },
	{ MM_RULE_SET_PLACE, MM_RULE_BODY, "body" },
	{ MM_RULE_SET_PLACE, MM_RULE_ATTACHMENT, "attachment" },
	{ MM_RULE_SET_ACTION, MM_DO_CLEAN, "clean" },
	{ MM_RULE_SET_ACTION, MM_DO_STRIP, "strip" },
	{ MM_RULE_SET_ACTION, MM_DO_STAMP, "stamp" },
	{ MM_RULE_SET_ACTION, MM_DO_TAG, "tag" },
	{ MM_RULE_SET_ACTION, MM_DO_ACCEPT, "accept" },
	{ MM_RULE_SET_ACTION, MM_DO_JUNK, "junk" },
	{ MM_RULE_SET_ACTION, MM_DO_QUARANTINE, "quarantine" },
	{ MM_RULE_SET_ACTION, MM_DO_DISCARD, "discard" },
	{ MM_RULE_SET_ACTION, MM_DO_REJECT, "reject" },
	{ MM_RULE_SET_OUTCOME, MM_DO_ACCEPT, "accept" },
	{ MM_RULE_SET_OUTCOME, MM_DO_JUNK, "junk" },
	{ MM_RULE_SET_OUTCOME, MM_DO_QUARANTINE, "quarantine" },
	{ MM_RULE_SET_OUTCOME, MM_DO_DISCARD, "discard" },
	{ MM_RULE_SET_OUTCOME, MM_DO_REJECT, "reject" },
	{ MM_RULE_SET_NOTIFY, MM_NOTIFY_RECIPIENT, "recipient" },
	{ MM_RULE_SET_NOTIFY, MM_NOTIFY_SENDER, "sender" },
	{ MM_RULE_SET_NOTIFY, MM_NOTIFY_OPERATOR, "operator" },
};

#define COUNT (sizeof(words) / sizeof(*words))

static const char *const whos[] = {
	[MM_WHO_OWNER] = "owner",
	[MM_WHO_ADMIN] = "admin",
	[MM_WHO_PANEL] = "panel",
	[MM_WHO_ROOT] = "root",
};

unsigned int mm_rule_bit(enum mm_rule_set set, const char *word)
{
	size_t i;

	for (i = 0; i < COUNT; i++)
		if (words[i].set == set && strcmp(words[i].text, word) == 0)
			return words[i].bit;
	return 0;
}

const char *mm_rule_word(enum mm_rule_set set, unsigned int i,
			 unsigned int *bit_r)
{
	size_t k;

	for (k = 0; k < COUNT; k++) {
		if (words[k].set != set || i-- > 0)
			continue;
		*bit_r = words[k].bit;
		return words[k].text;
	}
	return NULL;
}

int mm_rule_words(struct mm_buf *out, enum mm_rule_set set, unsigned int bits)
{
	const char *word, *before = "";
	unsigned int i, bit = 0;
	int r = 0;

	for (i = 0; r == 0 && (word = mm_rule_word(set, i, &bit)) != NULL;
	     i++) {
		if ((bits & bit) == 0)
			continue;
		r = mm_buf_printf(out, "%s%s", before, word);
		before = ",";
	}
	return r;
}

const char *mm_who_name(enum mm_who who)
{
	return whos[who];
}

int mm_who_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(whos) / sizeof(*whos); i++)
		if (strcmp(whos[i], name) == 0)
			return (int)i;
	return -1;
}

bool mm_rule_name_ok(const char *name)
{
	const size_t len = strlen(name);

	return len > 0 && len <= MM_RULE_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}
