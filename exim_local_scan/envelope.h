#ifndef MM_EXIM_ENVELOPE_H
#define MM_EXIM_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/buf.h"

#define MM_LOGIN_MAX 64u

/* Who submitted a mail that was accepted unscanned. */
struct mm_mark {
	uint32_t uid;
	char login[MM_LOGIN_MAX + 1];	/* "" when it cannot be written */
};

/* Is this header line an X-Mamori-* of any spelling? len bytes, no NUL. */
bool mm_header_is_ours(const char *text, size_t len);

/* Is it the pending mark? 1 and *mark_r filled, 0 if it is another header,
 * MM_ERR_FORMAT when it is the mark but not as we write it. */
MM_CHECK int mm_mark_parse(const char *text, size_t len,
			   struct mm_mark *mark_r);

/* The mark for uid and login (NULL or unusual names are left out). */
void mm_mark_set(struct mm_mark *mark_r, uint32_t uid, const char *login);

/* The mark as a header line, of an unsigned long uid and the login. */
#define MM_MARK_LINE "X-Mamori-Pending: uid=%lu; login=%s\n"

/* The text, or NULL when it is too long for a request. */
const char *mm_short_text(const char *text);

/* Is it an X-Mamori-Result header? */
bool mm_header_is_result(const char *text);

/* Append the parameters of RCPT (RFC 3461) for Exim's DSN flags and its ORCPT
 * text or NULL; nothing when there are none. What is not as RFC 3461 has it
 * is left out. 0, MM_ERR_LIMIT or MM_ERR_NOMEM. */
MM_CHECK int mm_dsn_options(struct mm_buf *out, unsigned int flags,
			    const char *orcpt);

/* Does the body of fd from offset on have CRLF line ends (Exim's
 * spool_wireformat)? 1, 0 or MM_ERR_SYS. */
MM_CHECK int mm_body_is_wireformat(int fd, off_t offset);

/* May this text be given to Exim as one header line: name, colon, printable
 * or folded lines, a final newline, at most 32000 bytes? */
bool mm_header_is_valid(const char *text);

#endif
