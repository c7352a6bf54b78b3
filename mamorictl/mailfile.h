#ifndef MM_MAMORICTL_MAILFILE_H
#define MM_MAMORICTL_MAILFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"

/* A mail on disk in the shape that an inspector is asked about. */
struct mm_mailfile {
	int header_fd;		/* sealed memfd: raw lines with LF */
	int body_fd;		/* the file itself, O_RDONLY, or a memfd */
	uint64_t body_offset;
	bool wireformat;	/* the file has CRLF line ends */
};

/* Open a regular file ("-": copy standard input, at most max bytes) and split
 * it. Without a blank line in the first MM_HEADER_MAX bytes of a larger file
 * all of it is body. Release with mm_mailfile_close(), also after an error.
 * 0, MM_ERR_NOTFOUND, MM_ERR_DENIED (not a regular file), MM_ERR_LIMIT,
 * MM_ERR_NOMEM or MM_ERR_SYS. */
MM_CHECK int mm_mailfile_open(struct mm_mailfile *mail, const char *path,
			      uint64_t max);
void mm_mailfile_close(struct mm_mailfile *mail);

/* What such a result means for a file. */
const char *mm_mailfile_error(int r);

/* Can it be opened as a mail: 0 or as mm_mailfile_open(). */
MM_CHECK int mm_mailfile_check(const char *path);

/* A memfd with all of standard input, or MM_ERR_LIMIT, MM_ERR_SYS. */
MM_CHECK int mm_mailfile_stdin(uint64_t max);

#endif
