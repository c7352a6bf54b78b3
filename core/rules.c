/*
 * Presets: found in two folders, read with what they build on. What one file
 * says is read by rules_yaml.c.
 */
#include "core/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/fdutil.h"

#define PATH_SIZE 4200u

static void clear_text(struct mm_rule_text *text)
{
	free(text->ja);
	free(text->en);
}

static void clear_rule(struct mm_rule *rule)
{
	free(rule->name);
	free(rule->notice);
	free(rule->tag);
	free(rule->suffix);
	free(rule->origin);
	clear_text(&rule->stamp);
	clear_text(&rule->help);
}

void mm_rules_clear(struct mm_rules *rules)
{
	size_t i;

	for (i = 0; i < rules->count; i++)
		clear_rule(&rules->list[i]);
	free(rules->list);
	free(rules->preset);
	clear_text(&rules->title);
	memset(rules, 0, sizeof(*rules));
}

const struct mm_rule *mm_rules_find(const struct mm_rules *rules,
				    const char *name)
{
	size_t i;

	for (i = 0; i < rules->count; i++)
		if (strcmp(rules->list[i].name, name) == 0)
			return &rules->list[i];
	return NULL;
}

/* One file of a chain of presets. */
struct file {
	char path[PATH_SIZE];
	struct mm_buf text;
};

static int read_preset(struct file *file, const char *folder,
		       const char *preset)
{
	int n;

	if (folder == NULL || *folder == '\0')
		return MM_ERR_NOTFOUND;
	n = snprintf(file->path, sizeof(file->path), "%s/%s.yaml", folder,
		     preset);
	if (n < 0 || (size_t)n >= sizeof(file->path))
		return MM_ERR_LIMIT;
	return mm_read_file(file->path, &file->text);
}

static int open_preset(struct file *file, const char *own_folder,
		       const char *folder, const char *preset,
		       struct mm_buf *error)
{
	int r;

	if (!mm_rule_name_ok(preset))
		r = MM_ERR_INVALID;
	else if ((r = read_preset(file, own_folder, preset)) == MM_ERR_NOTFOUND)
		r = read_preset(file, folder, preset);
	if (r < 0 &&
	    mm_buf_printf(error, "preset \"%.*s\": %s", (int)MM_RULE_NAME_MAX,
			  mm_rule_name_ok(preset) ? preset : "?",
			  r == MM_ERR_NOTFOUND
				  ? "no such file in the folders of "
				    "presets"
				  : mm_err_text(r)) < 0)
		return MM_ERR_NOMEM;
	return r;
}

/* Read the files from the preset down to its last base. */
static int open_chain(struct file *chain, size_t *count, const char *own_folder,
		      const char *folder, const char *preset,
		      struct mm_buf *error)
{
	char name[MM_RULE_NAME_MAX + 1], base[MM_RULE_NAME_MAX + 1];
	struct file *file;
	int r;

	if (!mm_rule_name_ok(preset))
		return open_preset(chain, own_folder, folder, preset, error);
	memcpy(name, preset, strlen(preset) + 1);
	do {
		if (*count == MM_RULES_BASES_MAX + 1)
			return mm_buf_printf(error,
					     "%s:1:1: more than %u presets "
					     "upon each other",
					     chain[0].path,
					     MM_RULES_BASES_MAX) < 0
				       ? MM_ERR_NOMEM
				       : MM_ERR_INVALID;
		file = &chain[(*count)++];
		mm_buf_init(&file->text, MM_RULES_FILE_MAX);
		if ((r = open_preset(file, own_folder, folder, name, error)) <
			    0 ||
		    (r = mm_rules_parse(NULL, file->path,
					mm_buf_str(&file->text), file->text.len,
					base, error)) < 0)
			return r;
		memcpy(name, base, strlen(base) + 1);
	} while (*name != '\0');
	return 0;
}

int mm_rules_load(struct mm_rules *rules, const char *own_folder,
		  const char *folder, const char *preset, struct mm_buf *error)
{
	struct file *chain = calloc(MM_RULES_BASES_MAX + 1, sizeof(*chain));
	char base[MM_RULE_NAME_MAX + 1];
	size_t count = 0, i;
	int r;

	memset(rules, 0, sizeof(*rules));
	mm_buf_reset(error);
	if (chain == NULL)
		return MM_ERR_NOMEM;
	r = open_chain(chain, &count, own_folder, folder, preset, error);
	/* The last base first. */
	for (i = count; r == 0 && i-- > 0;)
		r = mm_rules_parse(rules, chain[i].path,
				   mm_buf_str(&chain[i].text),
				   chain[i].text.len, base, error);
	if (r == 0 && (rules->preset = strdup(preset)) == NULL)
		r = MM_ERR_NOMEM;
	for (i = 0; i < count; i++)
		mm_buf_clear(&chain[i].text);
	free(chain);
	return r;
}
