/*
 * Which rules count. Runs as users.gate; reads each preset once.
 */
#include "mamorid/gate/presets.h"

#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "mamorid/log.h"
#include "mamorid/xalloc.h"

struct mm_preset {
	struct mm_preset *next;
	char *name;
	struct mm_rules rules;
	bool usable;
};

void mm_presets_init(struct mm_presets *presets, const struct mm_conf *conf)
{
	presets->conf = conf;
	presets->list = NULL;
}

void mm_presets_clear(struct mm_presets *presets)
{
	struct mm_preset *one;

	while ((one = presets->list) != NULL) {
		presets->list = one->next;
		mm_rules_clear(&one->rules);
		free(one->name);
		free(one);
	}
}

static struct mm_preset *find(struct mm_presets *presets, const char *name)
{
	struct mm_preset *one = presets->list;

	while (one != NULL && strcmp(one->name, name) != 0)
		one = one->next;
	return one;
}

static struct mm_preset *load(struct mm_presets *presets, const char *name)
{
	struct mm_preset *one = mm_xcalloc(1, sizeof(*one));
	struct mm_buf error;
	int r;

	mm_buf_init(&error, 2 * 4096);
	r = mm_rules_load(&one->rules, presets->conf->presets_own_folder,
			  presets->conf->presets_folder, name, &error);
	if (r < 0)
		mm_log(MM_LOG_ERROR, "preset-unreadable", NULL, "preset", name,
		       "error",
		       error.len > 0 ? mm_buf_str(&error) : mm_err_text(r),
		       NULL);
	one->usable = r == 0;
	one->name = mm_xstrdup(name);
	one->next = presets->list;
	presets->list = one;
	mm_buf_clear(&error);
	return one;
}

const struct mm_rules *mm_presets_get(struct mm_presets *presets,
				      const char *name)
{
	static const struct mm_rules none = { .count = 0 };
	struct mm_preset *one = find(presets, name);

	if (one == NULL)
		one = load(presets, name);
	if (one->usable)
		return &one->rules;
	return strcmp(name, MM_PRESET_STANDARD) == 0
		       ? &none
		       : mm_presets_get(presets, MM_PRESET_STANDARD);
}

const struct mm_rules *mm_presets_of(struct mm_presets *presets,
				     const struct mm_settings_view *view)
{
	const char *name =
		mm_settings_value(view, MM_SETTING_PRESET, NULL)->text;

	return mm_presets_get(presets, name == NULL || *name == '\0'
					       ? MM_PRESET_STANDARD
					       : name);
}
