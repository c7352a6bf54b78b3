/*
 * Numbers of workers for this machine.
 */
#include "mamorid/sizes.h"

#include <unistd.h>

struct mm_sizes mm_sizes(const struct mm_conf *conf)
{
	struct mm_sizes sizes = {
		.inspectors = conf->workers_inspectors,
		.gates = conf->workers_gates,
	};
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (sizes.inspectors == 0) {
		sizes.inspectors = cores < 2 ? 4 : 2 * (uint64_t)cores;
		if (sizes.inspectors > 256)
			sizes.inspectors = 256;
	}
	/* A gate also waits for DNS, the spam engine and the keeper. */
	if (sizes.gates == 0)
		sizes.gates = 4 * sizes.inspectors;
	return sizes;
}
