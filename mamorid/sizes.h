#ifndef MM_MAMORID_SIZES_H
#define MM_MAMORID_SIZES_H

#include <stdint.h>

#include "core/conf.h"

/* How many processes: what the configuration says, or what fits the
 * machine where it says 0. */
struct mm_sizes {
	uint64_t inspectors;
	uint64_t gates;
};

struct mm_sizes mm_sizes(const struct mm_conf *conf);

#endif
