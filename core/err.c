/*
 * Texts for the result codes.
 */
#include "core/err.h"

#include <errno.h>
#include <string.h>

const char *mm_err_text(int code)
{
	switch (code) {
	case MM_ERR_NOMEM:
		return "out of memory";
	case MM_ERR_LIMIT:
		return "limit exceeded";
	case MM_ERR_FORMAT:
		return "malformed data";
	case MM_ERR_SYS:
		return strerror(errno);
	case MM_ERR_TIMEOUT:
		return "timed out";
	case MM_ERR_CLOSED:
		return "connection closed";
	case MM_ERR_VERSION:
		return "unknown protocol version";
	case MM_ERR_DENIED:
		return "not permitted";
	case MM_ERR_NOTFOUND:
		return "not found";
	case MM_ERR_INVALID:
		return "invalid value";
	case MM_ERR_PEER:
		return "refused by the peer";
	default:
		return code >= 0 ? "success" : "unknown error";
	}
}
