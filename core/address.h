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

/* May a recipient that came by SMTP be named again in a RCPT? Plain or quoted,
 * with a space even, of ASCII, and nothing that ends the path or the line. */
bool mm_address_is_rcpt(const char *address);

/* What a quoted local part means, and its domain: to Exim "a"@d and a@d are one
 * mailbox (RFC 5321 4.1.2). Not always an address: any byte may be in it.
 * False, and nothing that can be used in text_r, without a quote. */
bool mm_address_unquote(const char *address, char text_r[MM_ADDRESS_MAX + 1]);

/* Same mailbox? Domains compare without case, and so do local parts: hosting
 * panels treat them so. */
bool mm_address_equal(const char *a, const char *b);

#endif
