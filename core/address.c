/*
 * Mail addresses as Mamori compares them.
 */
#include "core/address.h"

#include <string.h>
#include <strings.h>

const char *mm_address_domain(const char *address)
{
	const char *at = strrchr(address, '@');

	return at == NULL || at[1] == '\0' ? NULL : at + 1;
}

bool mm_address_is_plain(const char *address)
{
	const char *domain = mm_address_domain(address);
	const unsigned char *p;

	if (domain == NULL || domain - 1 == address ||
	    strlen(address) > MM_ADDRESS_MAX || strlen(domain) > MM_DOMAIN_MAX)
		return false;
	for (p = (const unsigned char *)address; *p != '\0'; p++)
		if (*p <= ' ' || *p == 0x7f || *p == '<' || *p == '>' ||
		    *p == '"' || *p == '\\')
			return false;
	return true;
}

bool mm_address_is_rcpt(const char *address)
{
	const char *pos;

	for (pos = address; *pos != '\0'; pos++)
		if (*pos < ' ' || *pos > '~' || *pos == '<' || *pos == '>')
			return false;
	return mm_address_is_plain(address) ||
	       (*address == '"' && mm_address_domain(address) != NULL &&
		strlen(address) <= MM_ADDRESS_MAX);
}

bool mm_address_unquote(const char *address, char text_r[MM_ADDRESS_MAX + 1])
{
	const char *domain = mm_address_domain(address), *pos;
	size_t len = 0;

	if (domain == NULL || strlen(address) > MM_ADDRESS_MAX ||
	    memchr(address, '"', (size_t)(domain - address)) == NULL)
		return false;
	for (pos = address; pos < domain - 1; pos++) {
		if (*pos == '"')
			continue;
		if (*pos == '\\' && pos + 1 < domain - 1)
			pos++;
		text_r[len++] = *pos;
	}
	memcpy(text_r + len, domain - 1, strlen(domain - 1) + 1);
	return true;
}

bool mm_address_equal(const char *a, const char *b)
{
	return strcasecmp(a, b) == 0;
}
