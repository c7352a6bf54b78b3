/*
 * The keys of a rule: sets of words, texts, switches. Strict, since a typing
 * error in a rule would let something through.
 */
#include <stdlib.h>
#include <string.h>

#include "core/conf_value.h"
#include "core/err.h"
#include "core/rules_yaml.h"
#include "core/text.h"

#define TAG_MAX 64u
#define SUFFIX_MAX 240u
#define STAMP_MAX 4096u

/* Go to a value that is one text without a NUL. */
int mm_rules_next_text(struct mm_yaml *in, const char *key)
{
	int r = mm_yaml_next(in);

	if (r < 0)
		return r;
	if (!mm_yaml_is_scalar(in) || mm_yaml_is_null(in))
		return mm_yaml_fail_here(in, "must be one value", key);
	if (strlen(mm_yaml_text(in)) != mm_yaml_len(in))
		return mm_yaml_fail_here(in, "a NUL byte inside", key);
	return 0;
}

static int keep(char **place, const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		return MM_ERR_NOMEM;
	free(*place);
	*place = copy;
	return 0;
}

static int read_bool(struct mm_yaml *in, const char *key, bool *value)
{
	struct mm_buf why;
	uint64_t num;
	int r = mm_rules_next_text(in, key);

	if (r < 0)
		return r;
	mm_buf_init(&why, MM_CONF_TEXT_MAX);
	r = mm_conf_read_bool(mm_yaml_text(in), &num, &why);
	if (r == 0)
		*value = num != 0;
	else if (r == MM_ERR_INVALID)
		r = mm_yaml_fail_here(in, mm_buf_str(&why), key);
	mm_buf_clear(&why);
	return r;
}

static int add_word(struct mm_yaml *in, enum mm_rule_set set, const char *key,
		    unsigned int *bits)
{
	unsigned int bit;

	if (!mm_yaml_is_scalar(in))
		return mm_yaml_fail_here(in, "must be a word", key);
	bit = mm_rule_bit(set, mm_yaml_text(in));
	if (bit == 0 || strlen(mm_yaml_text(in)) != mm_yaml_len(in))
		return mm_yaml_fail_here(in, "not a word of this key", key);
	if ((*bits & bit) != 0)
		return mm_yaml_fail_here(in, "a repeated word", key);
	*bits |= bit;
	return 0;
}

/* One word, or a list of words; an empty list is the empty set. */
static int read_words(struct mm_yaml *in, enum mm_rule_set set, const char *key,
		      unsigned int *bits)
{
	int r = mm_yaml_next(in);

	*bits = 0;
	if (r < 0)
		return r;
	if (in->event.type != YAML_SEQUENCE_START_EVENT)
		return add_word(in, set, key, bits);
	while ((r = mm_yaml_next(in)) == 0 &&
	       in->event.type != YAML_SEQUENCE_END_EVENT)
		if ((r = add_word(in, set, key, bits)) < 0)
			break;
	return r;
}

static bool is_line(const char *text, size_t max, bool ascii)
{
	const size_t len = strlen(text);
	size_t i;

	if (len == 0 || len > max || !mm_text_is_utf8(text, len))
		return false;
	for (i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f ||
		    (ascii && (unsigned char)text[i] > 0x7f))
			return false;
	return true;
}

static int read_line(struct mm_yaml *in, const char *key, size_t max,
		     bool ascii, char **place)
{
	int r = mm_rules_next_text(in, key);

	if (r < 0)
		return r;
	if (!is_line(mm_yaml_text(in), max, ascii))
		return mm_yaml_fail_here(
			in,
			ascii ? "must be one line of ASCII, not too long"
			      : "must be one line, not too long",
			key);
	return keep(place, mm_yaml_text(in));
}

static int read_name(struct mm_yaml *in, const char *key, char **place)
{
	int r = mm_rules_next_text(in, key);

	if (r < 0)
		return r;
	if (!mm_rule_name_ok(mm_yaml_text(in)))
		return mm_yaml_fail_here(
			in, "must be 1 to 40 of a-z, 0-9 and -", key);
	return keep(place, mm_yaml_text(in));
}

static bool is_lines(const char *text)
{
	const size_t len = strlen(text);
	size_t i;

	if (len == 0 || len > STAMP_MAX || !mm_text_is_utf8(text, len))
		return false;
	for (i = 0; i < len; i++)
		if (((unsigned char)text[i] < ' ' && text[i] != '\n') ||
		    text[i] == 0x7f)
			return false;
	return true;
}

/* A key of the mapping at hand: 1, 0 at its end. */
int mm_rules_next_key(struct mm_yaml *in, char *key)
{
	int r = mm_yaml_next(in);

	if (r < 0)
		return r;
	if (in->event.type == YAML_MAPPING_END_EVENT)
		return 0;
	if (!mm_yaml_is_scalar(in) ||
	    strlen(mm_yaml_text(in)) != mm_yaml_len(in) ||
	    mm_yaml_len(in) >= MM_RULES_KEY_SIZE)
		return mm_yaml_fail_here(in, "unknown key", NULL);
	memcpy(key, mm_yaml_text(in), mm_yaml_len(in) + 1);
	return 1;
}

static int open_mapping(struct mm_yaml *in, const char *key)
{
	int r = mm_yaml_next(in);

	if (r == 0 && in->event.type != YAML_MAPPING_START_EVENT)
		r = mm_yaml_fail_here(in, "must be a mapping", key);
	return r;
}

/* {ja: …, en: …} */
int mm_rules_texts(struct mm_yaml *in, const char *of,
		   struct mm_rule_text *text)
{
	bool ja = false, en = false, *seen;
	char key[MM_RULES_KEY_SIZE];
	int r;

	if ((r = open_mapping(in, of)) < 0)
		return r;
	while ((r = mm_rules_next_key(in, key)) == 1) {
		seen = strcmp(key, "ja") == 0	? &ja
		       : strcmp(key, "en") == 0 ? &en
						: NULL;
		if (seen == NULL)
			return mm_yaml_fail_here(in, "not a language: ja or en",
						 key);
		if (*seen)
			return mm_yaml_fail_here(in, "a repeated key", key);
		*seen = true;
		if ((r = mm_rules_next_text(in, key)) < 0)
			return r;
		if (!is_lines(mm_yaml_text(in)))
			return mm_yaml_fail_here(
				in, "must be text of at most 4096 bytes", key);
		r = keep(seen == &ja ? &text->ja : &text->en, mm_yaml_text(in));
		if (r < 0)
			return r;
	}
	return r;
}

static int read_when(struct mm_yaml *in, struct mm_rule *rule)
{
	const struct {
		const char *key;
		enum mm_rule_set set;
		unsigned int *bits;
	} keys[] = {
		{ "direction", MM_RULE_SET_DIRECTION, &rule->directions },
		{ "finding", MM_RULE_SET_FINDING, &rule->findings },
		{ "spam", MM_RULE_SET_SPAM, &rule->spam },
		{ "place", MM_RULE_SET_PLACE, &rule->places },
	};
	const size_t count = sizeof(keys) / sizeof(*keys);
	unsigned int seen = 0;
	char key[MM_RULES_KEY_SIZE];
	size_t i;
	int r;

	if ((r = open_mapping(in, "when")) < 0)
		return r;
	while ((r = mm_rules_next_key(in, key)) == 1) {
		for (i = 0; i < count && strcmp(keys[i].key, key) != 0; i++)
			;
		if (i == count)
			return mm_yaml_fail_here(in, "unknown key", key);
		if ((seen & (1u << i)) != 0)
			return mm_yaml_fail_here(in, "a repeated key", key);
		seen |= 1u << i;
		r = read_words(in, keys[i].set, key, keys[i].bits);
		if (r < 0)
			return r;
	}
	return r;
}

static int read_who(struct mm_yaml *in, struct mm_rule *rule)
{
	int who, r = mm_rules_next_text(in, "switched_by");

	if (r < 0)
		return r;
	who = mm_who_find(mm_yaml_text(in));
	if (who < 0)
		return mm_yaml_fail_here(in,
					 "must be owner, admin, panel or root",
					 "switched_by");
	rule->switched_by = (enum mm_who)who;
	return 0;
}

/* The keys of a rule, in the order of their bits in a set of seen ones. */
static const char *const rule_keys[] = {
	"enabled", "when",   "do",    "else", "notify",	     "notice",
	"tag",	   "suffix", "stamp", "help", "switched_by",
};

static int read_rule_key(struct mm_yaml *in, size_t i, struct mm_rule *rule)
{
	const char *key = rule_keys[i];

	switch (i) {
	case 0:
		return read_bool(in, key, &rule->enabled);
	case 1:
		return read_when(in, rule);
	case 2:
		return read_words(in, MM_RULE_SET_ACTION, key, &rule->actions);
	case 3:
		return read_words(in, MM_RULE_SET_OUTCOME, key,
				  &rule->otherwise);
	case 4:
		return read_words(in, MM_RULE_SET_NOTIFY, key, &rule->notify);
	case 5:
		return read_name(in, key, &rule->notice);
	case 6:
		return read_line(in, key, TAG_MAX, true, &rule->tag);
	case 7:
		return read_line(in, key, SUFFIX_MAX, false, &rule->suffix);
	case 8:
		return mm_rules_texts(in, key, &rule->stamp);
	case 9:
		return mm_rules_texts(in, key, &rule->help);
	default:
		return read_who(in, rule);
	}
}

/* What a rule must have, once its file is through with it. */
static const char *mistake_of(const struct mm_rule *rule)
{
	const unsigned int edits = MM_DO_CLEAN | MM_DO_STRIP;

	if (rule->actions == 0)
		return "does nothing: \"do\" is missing";
	if ((rule->actions & MM_DO_TAG) != 0 && rule->tag == NULL &&
	    rule->suffix == NULL)
		return "tags without a tag or suffix";
	if ((rule->actions & MM_DO_STAMP) != 0 && rule->stamp.ja == NULL &&
	    rule->stamp.en == NULL)
		return "stamps without a text";
	if ((rule->actions & edits) != 0 && rule->findings == 0)
		return "cleans or strips without a finding";
	if (rule->places != 0 && rule->findings == 0)
		return "has a place without a finding";
	return NULL;
}

int mm_rules_read_rule(struct mm_yaml *in, struct mm_rule *rule)
{
	const size_t count = sizeof(rule_keys) / sizeof(*rule_keys);
	unsigned int seen = 0;
	const char *mistake;
	char key[MM_RULES_KEY_SIZE];
	size_t i;
	int r;

	while ((r = mm_rules_next_key(in, key)) == 1) {
		for (i = 0; i < count && strcmp(rule_keys[i], key) != 0; i++)
			;
		if (i == count)
			return mm_yaml_fail_here(in, "unknown key", key);
		if ((seen & (1u << i)) != 0)
			return mm_yaml_fail_here(in, "a repeated key", key);
		seen |= 1u << i;
		if ((r = read_rule_key(in, i, rule)) < 0)
			return r;
	}
	if (r < 0)
		return r;
	mistake = mistake_of(rule);
	return mistake == NULL ? 0 : mm_yaml_fail_here(in, mistake, rule->name);
}
