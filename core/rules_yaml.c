/*
 * Reading one file of rules as a whole, on top of what it builds on.
 */
#include "core/rules_yaml.h"

#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/text.h"

#define VERSION 1u

struct reader {
	struct mm_yaml in;
	struct mm_rules *rules; /* NULL: only the base is wanted */
	char *base;
	char origin[MM_RULE_NAME_MAX + 1]; /* the preset's name */
	bool seen[MM_RULES_MAX]; /* rules of this file */
};

static int add_rule(struct mm_rules *rules, const char *name)
{
	struct mm_rule *list =
		realloc(rules->list, (rules->count + 1) * sizeof(*list));

	if (list == NULL)
		return MM_ERR_NOMEM;
	rules->list = list;
	list += rules->count;
	*list = (struct mm_rule){ .enabled = true,
				  .switched_by = MM_WHO_ADMIN };
	if ((list->name = strdup(name)) == NULL)
		return MM_ERR_NOMEM;
	rules->count++;
	return 0;
}

/* "name" stands first, so that the other keys have their rule. */
static int find_rule(struct reader *rd, size_t *i_r)
{
	const struct mm_rule *rule;
	char key[MM_RULES_KEY_SIZE];
	int r = mm_rules_next_key(&rd->in, key);

	if (r < 0)
		return r;
	if (r == 0 || strcmp(key, "name") != 0)
		return mm_yaml_fail_here(&rd->in, "a rule begins with its name",
					 NULL);
	if ((r = mm_rules_next_text(&rd->in, key)) < 0)
		return r;
	if (!mm_rule_name_ok(mm_yaml_text(&rd->in)))
		return mm_yaml_fail_here(
			&rd->in, "must be 1 to 40 of a-z, 0-9 and -", key);
	rule = mm_rules_find(rd->rules, mm_yaml_text(&rd->in));
	if (rule != NULL) {
		*i_r = (size_t)(rule - rd->rules->list);
		return rd->seen[*i_r]
			       ? mm_yaml_fail_here(&rd->in,
						   "a rule of this name is "
						   "there",
						   rule->name)
			       : 0;
	}
	if (rd->rules->count == MM_RULES_MAX)
		return mm_yaml_fail_here(&rd->in, "too many rules", NULL);
	*i_r = rd->rules->count;
	return add_rule(rd->rules, mm_yaml_text(&rd->in));
}

static int read_rule(struct reader *rd)
{
	struct mm_rule *rule;
	size_t at = 0;
	int r;

	if (rd->in.event.type != YAML_MAPPING_START_EVENT)
		return mm_yaml_fail_here(&rd->in, "a rule must be a mapping",
					 NULL);
	if ((r = find_rule(rd, &at)) < 0)
		return r;
	rd->seen[at] = true;
	rule = &rd->rules->list[at];
	free(rule->origin);
	if ((rule->origin = strdup(rd->origin)) == NULL)
		return MM_ERR_NOMEM;
	return mm_rules_read_rule(&rd->in, rule);
}

static int read_rules(struct reader *rd)
{
	int r = mm_yaml_next(&rd->in);

	if (r == 0 && rd->in.event.type != YAML_SEQUENCE_START_EVENT)
		r = mm_yaml_fail_here(&rd->in, "must be a list", "rules");
	while (r == 0 && (r = mm_yaml_next(&rd->in)) == 0 &&
	       rd->in.event.type != YAML_SEQUENCE_END_EVENT)
		r = read_rule(rd);
	return r;
}

static int read_version(struct reader *rd)
{
	uint64_t num;
	int r = mm_rules_next_text(&rd->in, "version");

	if (r < 0)
		return r;
	if (mm_text_number(mm_yaml_text(&rd->in), 1, UINT32_MAX, &num) < 0)
		return mm_yaml_fail_here(&rd->in, "not a version", "version");
	if (num <= VERSION)
		return 0;
	r = mm_yaml_fail_here(&rd->in, "made for a newer version of Mamori",
			      "version");
	return r == MM_ERR_INVALID ? MM_ERR_VERSION : r;
}

static int read_base(struct reader *rd)
{
	int r = mm_rules_next_text(&rd->in, "base");

	if (r < 0)
		return r;
	if (!mm_rule_name_ok(mm_yaml_text(&rd->in)))
		return mm_yaml_fail_here(&rd->in, "not the name of a preset",
					 "base");
	memcpy(rd->base, mm_yaml_text(&rd->in), mm_yaml_len(&rd->in) + 1);
	return 0;
}

/* The keys of the file, which stand in this order: the first two decide how
 * the others are read. */
static int read_file(struct reader *rd)
{
	static const char *const keys[] = { "version", "base", "title",
					    "rules" };
	const size_t count = sizeof(keys) / sizeof(*keys);
	char key[MM_RULES_KEY_SIZE];
	size_t i, next = 0;
	int r;

	while ((r = mm_rules_next_key(&rd->in, key)) == 1) {
		for (i = next; i < count && strcmp(keys[i], key) != 0; i++)
			;
		if (next == 0 && i != 0)
			return mm_yaml_fail_here(
				&rd->in, "the version must stand first", NULL);
		if (i == count)
			return mm_yaml_fail_here(&rd->in,
						 "unknown, repeated or out of "
						 "order",
						 key);
		next = i + 1;
		if (i >= 2 && rd->rules == NULL)
			return 0;
		r = i == 0   ? read_version(rd)
		    : i == 1 ? read_base(rd)
		    : i == 2 ? mm_rules_texts(&rd->in, key, &rd->rules->title)
			     : read_rules(rd);
		if (r < 0)
			return r;
	}
	if (r == 0 && next == 0)
		r = mm_yaml_fail_here(&rd->in, "no version", NULL);
	return r;
}

static int read_stream(struct reader *rd)
{
	int r;

	if ((r = mm_yaml_next(&rd->in)) < 0 || /* the stream's start */
	    (r = mm_yaml_next(&rd->in)) < 0) /* the document's, or none */
		return r;
	if (rd->in.event.type == YAML_STREAM_END_EVENT)
		return mm_yaml_fail_here(&rd->in, "an empty file", NULL);
	if ((r = mm_yaml_next(&rd->in)) < 0)
		return r;
	if (rd->in.event.type != YAML_MAPPING_START_EVENT)
		return mm_yaml_fail_here(&rd->in, "must be a mapping", NULL);
	if ((r = read_file(rd)) < 0 || rd->rules == NULL)
		return r;
	if ((r = mm_yaml_next(&rd->in)) < 0 || /* document's end */
	    (r = mm_yaml_next(&rd->in)) < 0)
		return r;
	if (rd->in.event.type != YAML_STREAM_END_EVENT)
		return mm_yaml_fail_here(&rd->in, "a second document", NULL);
	return 0;
}

/* "standard" of ".../standard.yaml". */
static void set_origin(struct reader *rd, const char *name)
{
	const char *slash = strrchr(name, '/');
	size_t len;

	name = slash == NULL ? name : slash + 1;
	len = strcspn(name, ".");
	if (len > MM_RULE_NAME_MAX)
		len = MM_RULE_NAME_MAX;
	memcpy(rd->origin, name, len);
	rd->origin[len] = '\0';
}

int mm_rules_parse(struct mm_rules *rules, const char *name, const char *text,
		   size_t len, char *base, struct mm_buf *error)
{
	struct reader rd = { .rules = rules, .base = base };
	int r;

	*base = '\0';
	set_origin(&rd, name);
	if ((r = mm_yaml_open(&rd.in, name, text, len, error)) < 0)
		return r;
	r = read_stream(&rd);
	mm_yaml_close(&rd.in);
	return r;
}
