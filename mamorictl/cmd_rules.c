/*
 * mamorictl rules: the rules in force for the server, a domain or a mailbox,
 * and where each is from. Reads presets and settings itself; needs no daemon.
 */
#include <cjson/cJSON.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/address.h"
#include "core/err.h"
#include "core/rules.h"
#include "core/settings_read.h"
#include "mamorictl/ctl.h"
#include "mamorictl/out.h"

#define LINE_MAX_BYTES 4096u

/* What the rules are asked for, and what was found. */
struct asked {
	char *address; /* "", "@domain" or an address */
	struct mm_settings_tree *tree;
	struct mm_settings_view view;
	enum mm_level preset_level;
	struct mm_rules rules;
};

static void tell(const char *line)
{
	(void)mm_ctl_error("%s", line);
}

static void put_when(struct mm_buf *out, const struct mm_rule *rule)
{
	const struct {
		const char *name;
		enum mm_rule_set set;
		unsigned int bits;
	} sets[] = {
		{ "direction", MM_RULE_SET_DIRECTION, rule->directions },
		{ "finding", MM_RULE_SET_FINDING, rule->findings },
		{ "spam", MM_RULE_SET_SPAM, rule->spam },
		{ "place", MM_RULE_SET_PLACE, rule->places },
	};
	size_t i;

	for (i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
		if (sets[i].bits == 0)
			continue;
		mm_ctl_must(mm_buf_printf(out, "%s%s=", out->len > 0 ? " " : "",
					  sets[i].name));
		mm_ctl_must(mm_rule_words(out, sets[i].set, sets[i].bits));
	}
	if (out->len == 0)
		mm_ctl_must(mm_buf_puts(out, "always"));
}

/* Where it is from that a rule is on or off. */
static const char *from_of(const struct asked *asked,
			   const struct mm_rule *rule, bool *on_r)
{
	enum mm_level level;

	*on_r = mm_rule_is_on(&asked->view, rule, &level);
	return level == 0 ? "preset" : mm_level_name(level);
}

static void add_words(cJSON *json, const char *name, enum mm_rule_set set,
		      unsigned int bits)
{
	cJSON *list = mm_json_add(json, name, cJSON_CreateArray());
	const char *word;
	unsigned int i, bit = 0;

	for (i = 0; (word = mm_rule_word(set, i, &bit)) != NULL; i++)
		if ((bits & bit) != 0 &&
		    !cJSON_AddItemToArray(list, mm_json_text(word)))
			mm_ctl_must(MM_ERR_NOMEM);
}

static void add_text(cJSON *json, const char *name, const char *text)
{
	if (text != NULL)
		mm_json_add(json, name, mm_json_text(text));
}

static void add_texts(cJSON *json, const char *name,
		      const struct mm_rule_text *text)
{
	cJSON *object;

	if (text->ja == NULL && text->en == NULL)
		return;
	object = mm_json_add(json, name, cJSON_CreateObject());
	add_text(object, "ja", text->ja);
	add_text(object, "en", text->en);
}

static cJSON *rule_json(const struct asked *asked, const struct mm_rule *rule)
{
	cJSON *json = mm_json_must(cJSON_CreateObject()), *when;
	const char *from;
	bool on;

	from = from_of(asked, rule, &on);
	add_text(json, "name", rule->name);
	mm_json_add(json, "on", cJSON_CreateBool(on));
	add_text(json, "switched", from);
	add_text(json, "preset", rule->origin);
	when = mm_json_add(json, "when", cJSON_CreateObject());
	add_words(when, "direction", MM_RULE_SET_DIRECTION, rule->directions);
	add_words(when, "finding", MM_RULE_SET_FINDING, rule->findings);
	add_words(when, "spam", MM_RULE_SET_SPAM, rule->spam);
	add_words(when, "place", MM_RULE_SET_PLACE, rule->places);
	add_words(json, "do", MM_RULE_SET_ACTION, rule->actions);
	add_words(json, "else", MM_RULE_SET_OUTCOME, rule->otherwise);
	add_words(json, "notify", MM_RULE_SET_NOTIFY, rule->notify);
	add_text(json, "notice", rule->notice);
	add_text(json, "tag", rule->tag);
	add_text(json, "suffix", rule->suffix);
	add_texts(json, "stamp", &rule->stamp);
	add_texts(json, "help", &rule->help);
	add_text(json, "switched_by", mm_who_name(rule->switched_by));
	return json;
}

static void print_line(const char *name, const char *text)
{
	if (text != NULL && *text != '\0') {
		printf("    %-10s ", name);
		mm_out_text(text);
		putchar('\n');
	}
}

static void print_words(const char *name, enum mm_rule_set set,
			unsigned int bits)
{
	struct mm_buf text;

	mm_buf_init(&text, LINE_MAX_BYTES);
	mm_ctl_must(mm_rule_words(&text, set, bits));
	print_line(name, mm_buf_str(&text));
	mm_buf_clear(&text);
}

/* The environment's word on messages, by the names in the order of POSIX; no
 * locale of that name need be installed. */
static bool is_japanese(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *value;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		value = getenv(names[i]);
		if (value != NULL && *value != '\0')
			return strncmp(value, "ja", 2) == 0;
	}
	return false;
}

static const char *help_of(const struct mm_rule_text *help)
{
	const char *first = is_japanese() ? help->ja : help->en;

	return first != NULL ? first : help->en != NULL ? help->en : help->ja;
}

static void print_rule(const struct asked *asked, const struct mm_rule *rule)
{
	struct mm_buf when;
	const char *from;
	bool on;

	from = from_of(asked, rule, &on);
	printf("%s  %s  (preset %s", on ? "on " : "off", rule->name,
	       rule->origin);
	if (strcmp(from, "preset") != 0)
		printf(", switched %s by the %s", on ? "on" : "off", from);
	printf(")\n");
	mm_buf_init(&when, LINE_MAX_BYTES);
	put_when(&when, rule);
	print_line("when", mm_buf_str(&when));
	mm_buf_clear(&when);
	print_words("do", MM_RULE_SET_ACTION, rule->actions);
	print_words("else", MM_RULE_SET_OUTCOME, rule->otherwise);
	print_words("notify", MM_RULE_SET_NOTIFY, rule->notify);
	print_line("notice", rule->notice);
	print_line("tag", rule->tag);
	print_line("suffix", rule->suffix);
	print_line("help", help_of(&rule->help));
}

/* The address that the options name. */
static int find_address(const struct mm_ctl *ctl, struct asked *asked)
{
	const size_t size = MM_ADDRESS_MAX + 2;
	int n = 0;

	asked->address = calloc(1, size);
	if (asked->address == NULL)
		mm_ctl_must(MM_ERR_NOMEM);
	if (ctl->account != NULL && ctl->domain != NULL)
		return mm_ctl_error("--account names its domain already");
	if (ctl->account != NULL && !mm_address_is_plain(ctl->account))
		return mm_ctl_error("%s: not a mail address", ctl->account);
	if (ctl->account != NULL)
		n = snprintf(asked->address, size, "%s", ctl->account);
	else if (ctl->domain != NULL)
		n = snprintf(asked->address, size, "@%s", ctl->domain);
	if (n < 0 || (size_t)n >= size)
		return mm_ctl_error("too long a name");
	return 0;
}

/* Settings that cannot be read must not look like none. */
static int open_settings(const struct mm_ctl *ctl, struct asked *asked)
{
	const struct passwd *keeper = getpwnam(ctl->conf.users_keeper);
	struct mm_buf path;
	int status = 0;

	mm_buf_init(&path, LINE_MAX_BYTES);
	mm_ctl_must(mm_buf_printf(&path, "%s/settings", ctl->conf.state_dir));
	if (access(mm_buf_str(&path), F_OK) == 0 &&
	    access(mm_buf_str(&path), R_OK | X_OK) < 0)
		status = mm_ctl_error("%s: %s", mm_buf_str(&path),
				      mm_err_text(MM_ERR_SYS));
	asked->tree = mm_settings_tree_open(
		mm_buf_str(&path), keeper != NULL ? keeper->pw_uid : 0, tell);
	if (asked->tree == NULL)
		mm_ctl_must(MM_ERR_NOMEM);
	mm_settings_view(asked->tree, asked->address, &asked->view);
	mm_buf_clear(&path);
	return status;
}

static int load_rules(const struct mm_ctl *ctl, struct asked *asked)
{
	const struct mm_setting_value *value = mm_settings_value(
		&asked->view, MM_SETTING_PRESET, &asked->preset_level);
	struct mm_buf error;
	int r;

	mm_buf_init(&error, 2 * LINE_MAX_BYTES);
	r = mm_rules_load(&asked->rules, ctl->conf.presets_own_folder,
			  ctl->conf.presets_folder,
			  value->text == NULL || *value->text == '\0'
				  ? MM_PRESET_STANDARD
				  : value->text,
			  &error);
	if (r < 0)
		(void)mm_ctl_error("%s", error.len > 0 ? mm_buf_str(&error)
						       : mm_err_text(r));
	mm_buf_clear(&error);
	return r < 0 ? MM_EXIT_ERROR : 0;
}

static void print_rules(const struct asked *asked)
{
	const char *level = asked->preset_level == 0
				    ? "default"
				    : mm_level_name(asked->preset_level);
	size_t i;

	printf("preset %s (%s)\n", asked->rules.preset, level);
	for (i = 0; i < asked->rules.count; i++)
		print_rule(asked, &asked->rules.list[i]);
}

static void print_json(const struct asked *asked)
{
	cJSON *json = mm_json_must(cJSON_CreateObject()), *list;
	size_t i;

	add_text(json, "preset", asked->rules.preset);
	add_text(json, "from",
		 asked->preset_level == 0 ? "default"
					  : mm_level_name(asked->preset_level));
	list = mm_json_add(json, "rules", cJSON_CreateArray());
	for (i = 0; i < asked->rules.count; i++)
		if (!cJSON_AddItemToArray(
			    list, rule_json(asked, &asked->rules.list[i])))
			mm_ctl_must(MM_ERR_NOMEM);
	mm_json_print(json);
}

int mm_cmd_rules(struct mm_ctl *ctl)
{
	struct asked asked = { .tree = NULL };
	int status = mm_ctl_conf(ctl);

	if (status == 0)
		status = find_address(ctl, &asked);
	if (status == 0)
		status = open_settings(ctl, &asked);
	if (status == 0)
		status = load_rules(ctl, &asked);
	if (status == 0 && ctl->json)
		print_json(&asked);
	else if (status == 0)
		print_rules(&asked);
	mm_rules_clear(&asked.rules);
	if (asked.tree != NULL) {
		mm_settings_view_clear(&asked.view);
		mm_settings_tree_close(asked.tree);
	}
	free(asked.address);
	return status;
}
