#ifndef MM_MAMORICTL_HINTS_H
#define MM_MAMORICTL_HINTS_H

#include <stddef.h>

#include "core/conf.h"

/* Look at settings that are allowed each, but do not fit this server or each
 * other. tell is called with one line for each. Returns how many there were. */
size_t mm_hints(const struct mm_conf *conf,
		void (*tell)(void *arg, const char *text), void *arg);

#endif
