#ifndef MM_MAMORICTL_CHECK_PRESETS_H
#define MM_MAMORICTL_CHECK_PRESETS_H

#include <stddef.h>

#include "core/conf.h"

/* Read every preset of both folders, and the presets that the settings of the
 * server and the domains name, as far as the caller may read them. A folder
 * that is not there is empty. tell is called once with each mistake,
 * "FILE:LINE:COLUMN: what". Returns how many there were. */
size_t mm_check_presets(const struct mm_conf *conf,
			void (*tell)(void *arg, const char *text), void *arg);

#endif
