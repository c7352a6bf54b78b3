#ifndef MM_MAMORICTL_SETTINGS_H
#define MM_MAMORICTL_SETTINGS_H

#include "core/settings.h"
#include "mamorictl/ctl.h"
#include "mamorictl/out.h"

/* The rows of a settings answer, for people or as JSON. */
void mm_settings_print(const struct mm_ctl *ctl, const struct mm_rows *rows,
		       const char *name);

#endif
