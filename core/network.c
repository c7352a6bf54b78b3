/*
 * IP addresses and networks in CIDR form (RFC 4632, RFC 4291).
 */
#include "core/network.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/err.h"
#include "core/text.h"

int mm_network_parse(const char *text, struct mm_network *network_r)
{
	const char *slash = strchr(text, '/');
	char address[INET6_ADDRSTRLEN + 1];
	const size_t len = slash == NULL ? strlen(text)
					 : (size_t)(slash - text);
	uint64_t bits;

	memset(network_r, 0, sizeof(*network_r));
	if (len >= sizeof(address))
		return MM_ERR_INVALID;
	memcpy(address, text, len);
	address[len] = '\0';
	network_r->v6 = inet_pton(AF_INET6, address, network_r->bytes) == 1;
	if (!network_r->v6 &&
	    inet_pton(AF_INET, address, network_r->bytes) != 1)
		return MM_ERR_INVALID;
	bits = network_r->v6 ? 128 : 32;
	if (slash != NULL && mm_text_number(slash + 1, 0, bits, &bits) < 0)
		return MM_ERR_INVALID;
	network_r->bits = (unsigned int)bits;
	return 0;
}

static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

/* RFC 4291 2.5.5.2: ::ffff:192.0.2.1 */
static void unmap(struct mm_network *network)
{
	if (!network->v6 || memcmp(network->bytes, mapped, sizeof(mapped)) != 0)
		return;
	memmove(network->bytes, network->bytes + sizeof(mapped), 4);
	network->v6 = false;
}

bool mm_network_has(const struct mm_network *network, const char *address)
{
	const size_t whole = network->bits / 8;
	const unsigned int rest = network->bits % 8;
	struct mm_network one;

	if (strchr(address, '/') != NULL ||
	    mm_network_parse(address, &one) < 0)
		return false;
	unmap(&one);
	if (one.v6 != network->v6 ||
	    memcmp(one.bytes, network->bytes, whole) != 0)
		return false;
	return rest == 0 ||
	       (one.bytes[whole] ^ network->bytes[whole]) >> (8 - rest) == 0;
}
