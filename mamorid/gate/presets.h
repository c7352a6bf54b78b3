#ifndef MM_MAMORID_GATE_PRESETS_H
#define MM_MAMORID_GATE_PRESETS_H

#include <stdbool.h>

#include "core/conf.h"
#include "core/rules.h"
#include "core/settings_read.h"

#define MM_PRESET_STANDARD "standard"

/* The presets that this process has read, each once. */
struct mm_presets {
	const struct mm_conf *conf;
	struct mm_preset *list;
};

/* conf must outlive it. Release with mm_presets_clear(): rules that were got
 * from it are gone then. */
void mm_presets_init(struct mm_presets *presets, const struct mm_conf *conf);
void mm_presets_clear(struct mm_presets *presets);

/* The rules of a preset. One that cannot be read is logged once, and the
 * standard one taken; if that cannot be read, no rules: decisions then keep
 * whatever is not clean. Never NULL. */
const struct mm_rules *mm_presets_get(struct mm_presets *presets,
				      const char *name);

/* The preset that counts for these settings. */
const struct mm_rules *mm_presets_of(struct mm_presets *presets,
				     const struct mm_settings_view *view);

#endif
