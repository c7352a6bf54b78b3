#ifndef MM_CORE_ADDRESS_H
#define MM_CORE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

/* RFC 5321 4.5.3.1: local part 64, domain 255, path 256; Exim allows more in
 * a local part, so the sum is what is bounded. */
#define MM_ADDRESS_MAX 512u
#define MM_DOMAIN_MAX 255u

/* The domain behind the last '@', or NULL when there is none or it is empty.
 * Points into address. */
const char *mm_address_domain(const char *address);

/* May this be used as an SMTP path of ours: local part and domain not empty,
 * at most MM_ADDRESS_MAX bytes, no space, control byte, '<', '>' or quote. */
bool mm_address_is_plain(const char *address);

/* The same address as a plain one, when its local part is quoted for no need:
 * to Exim "a"@d and a@d are one mailbox (RFC 5321 4.1.2). False, and nothing
 * that can be used in plain_r, when there is no such form or no quote. */
bool mm_address_unquote(const char *address, char plain_r[MM_ADDRESS_MAX + 1]);

/* Same mailbox? Domains compare without case, and so do local parts: hosting
 * panels treat them so. */
bool mm_address_equal(const char *a, const char *b);

#endif
