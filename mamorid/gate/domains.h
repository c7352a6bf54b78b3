#ifndef MM_MAMORID_GATE_DOMAINS_H
#define MM_MAMORID_GATE_DOMAINS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/conf.h"

/* The local domains, sorted once, so that a look-up costs the same for a few
 * and for many. */
struct mm_domains {
	const char **names;	/* into the configuration */
	size_t count;
};

/* conf must outlive the result; release with mm_domains_clear(). */
void mm_domains_init(struct mm_domains *domains, const struct mm_conf *conf);
void mm_domains_clear(struct mm_domains *domains);

/* Is the address in a local domain, whatever its local part looks like? Mail
 * to it is judged by the rules of who gets mail here. */
bool mm_domains_has(const struct mm_domains *domains, const char *address);

#endif
