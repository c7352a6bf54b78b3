#ifndef MM_EXIM_BODY_H
#define MM_EXIM_BODY_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/buf.h"

/* Most bytes of a new body. */
#define MM_BODY_MAX (1u << 30)

struct mm_body_count {
	int lines;
	int zeros;
};

/* Replace what fd holds from offset on by the content of new_fd (a sealed
 * memfd), with a final newline whether it has one or not, and, for wireformat,
 * CRLF line ends; then fdatasync. Counts lines and zero bytes.
 * 0; MM_ERR_DENIED or MM_ERR_LIMIT (new_fd is no sealed memfd, or too large)
 * and MM_ERR_NOMEM (no room on the disk) leave the file as it was;
 * MM_ERR_SYS does not. */
MM_CHECK int mm_body_replace(int fd, off_t offset, int new_fd, bool wireformat,
			     struct mm_body_count *count_r);

#endif
