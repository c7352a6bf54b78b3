#ifndef MM_CORE_SETTINGS_VALUE_H
#define MM_CORE_SETTINGS_VALUE_H

#include "core/settings.h"

/* Private to core/settings*.c: single texts of the kinds that the table
 * names. */

/* A checked copy of a text of this kind, lower-cased where case does not
 * count; the caller frees it. 0, MM_ERR_INVALID with the reason appended to
 * why, or MM_ERR_NOMEM. */
MM_CHECK int mm_setting_text(enum mm_setting_item item, const char *text,
			     size_t len, char **copy_r, struct mm_buf *why);

/* May this be the name of an entry of a map? */
bool mm_setting_is_name(const char *name);

/* A NUMBER or DURATION from its text; as above. */
MM_CHECK int mm_setting_number(enum mm_setting i, const char *text,
			       uint64_t *num_r, struct mm_buf *why);

#endif
