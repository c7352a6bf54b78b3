#ifndef MM_MAMORICTL_SETTINGS_H
#define MM_MAMORICTL_SETTINGS_H

#include "core/settings.h"
#include "mamorictl/ctl.h"
#include "mamorictl/out.h"

/* Begin a request about the values of a name. 0, or MM_EXIT_ERROR after
 * telling why; clear the request also then. */
int mm_settings_begin(struct mm_buf *request, enum mm_level level,
		      const char *name);

/* Send it, and print the text of the answer. */
int mm_settings_finish(struct mm_ctl *ctl, uint16_t type,
		       const struct mm_buf *request, const char *name);

/* A time to come, as --until has it. */
int mm_settings_until(const char *text, int64_t *when_r);

/* The rows of a settings answer, for people or as JSON. */
void mm_settings_print(const struct mm_ctl *ctl, const struct mm_rows *rows,
		       const char *name);

#endif
