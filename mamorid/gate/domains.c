/*
 * Which addresses are on this server.
 */
#include "mamorid/gate/domains.h"

#include <stdlib.h>
#include <strings.h>

#include "core/address.h"
#include "mamorid/xalloc.h"

static int compare(const void *a, const void *b)
{
	return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

void mm_domains_init(struct mm_domains *domains, const struct mm_conf *conf)
{
	size_t i;

	domains->count = conf->local_domains.count;
	domains->names = mm_xcalloc(domains->count, sizeof(*domains->names));
	for (i = 0; i < domains->count; i++)
		domains->names[i] = conf->local_domains.items[i];
	qsort(domains->names, domains->count, sizeof(*domains->names), compare);
}

void mm_domains_clear(struct mm_domains *domains)
{
	free(domains->names);
	*domains = (struct mm_domains){ 0 };
}

bool mm_domains_has(const struct mm_domains *domains, const char *address)
{
	const char *domain = mm_address_domain(address);

	return domain != NULL &&
	       bsearch(&domain, domains->names, domains->count,
		       sizeof(*domains->names), compare) != NULL;
}
