#ifndef MM_CORE_NETWORK_H
#define MM_CORE_NETWORK_H

#include <stdbool.h>

#include "core/buf.h"

/* An IP network; an address alone is a network of itself. */
struct mm_network {
	bool v6;
	unsigned int bits;
	unsigned char bytes[16];
};

/* "192.0.2.0/24", "2001:db8::1". 0 or MM_ERR_INVALID. */
MM_CHECK int mm_network_parse(const char *text, struct mm_network *network_r);

/* Is the address (without bits) in it? An IPv4 address mapped into IPv6 is
 * taken for what it is. */
bool mm_network_has(const struct mm_network *network, const char *address);

#endif
