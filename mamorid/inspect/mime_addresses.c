/*
 * Bounds what address headers cost, before they are parsed.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never read beyond the message.
 */
#include "mamorid/inspect/mime_addresses.h"

#include <string.h>
#include <strings.h>

#define ADDRESSES_MAX ((size_t)4 << 20)

static bool is_address_header(const unsigned char *line, size_t len)
{
	static const char *const names[] = {
		"to", "cc", "bcc", "from", "sender", "reply-to",
		"resent-to", "resent-cc", "resent-bcc", "resent-from",
		"resent-sender", "resent-reply-to",
		"disposition-notification-to",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const size_t n = strlen(names[i]);

		if (len > n && strncasecmp((const char *)line, names[i],
					   n) == 0 &&
		    (line[n] == ':' || line[n] == ' ' || line[n] == '\t'))
			return true;
	}
	return false;
}

bool mm_mime_too_many_addresses(const unsigned char *data, size_t len)
{
	const unsigned char *end = data + len;
	const unsigned char *line = data;
	size_t total = 0;
	bool inside = false;

	if (len <= ADDRESSES_MAX)
		return false;
	while (line < end) {
		const unsigned char *next = memchr(line, '\n',
						   (size_t)(end - line));
		size_t size;

		next = next == NULL ? end : next + 1;
		size = (size_t)(next - line);
		/* A folded line belongs to what is above it. */
		if (line[0] != ' ' && line[0] != '\t')
			inside = is_address_header(line, size);
		if (inside)
			total += size;
		if (total > ADDRESSES_MAX)
			return true;
		line = next;
	}
	return false;
}
