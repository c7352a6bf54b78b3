#ifndef MM_CORE_ERR_H
#define MM_CORE_ERR_H

/*
 * Result codes of every library function: 0 (or a count, or 1/0 for a
 * look-up) on success, one of these negative values on failure.
 * MM_ERR_SYS leaves the cause in errno.
 */
enum mm_err {
	MM_ERR_NOMEM = -1,	/* allocation failed */
	MM_ERR_LIMIT = -2,	/* a stated maximum would be passed */
	MM_ERR_FORMAT = -3,	/* malformed, truncated or trailing input */
	MM_ERR_SYS = -4,	/* system call failed, see errno */
	MM_ERR_TIMEOUT = -5,	/* the deadline has passed */
	MM_ERR_CLOSED = -6,	/* the peer closed the connection */
	MM_ERR_VERSION = -7,	/* the peer speaks an unknown version */
	MM_ERR_DENIED = -8,	/* the peer may not do this */
	MM_ERR_NOTFOUND = -9,
	MM_ERR_INVALID = -10,	/* an argument or a value is not allowed */
	MM_ERR_PEER = -11,	/* the peer answered with an error */
};

/* A short English text for a code; for MM_ERR_SYS that of errno. The pointer
 * is valid until the next call that changes errno's text. Never NULL. */
const char *mm_err_text(int code);

#endif
