#ifndef MM_INSPECT_SOURCE_H
#define MM_INSPECT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * One message as the bytes that every reading shares: a private copy, so that
 * nobody changes it between two readings. libclamav knows a mail by its first
 * header, and an unusual one first (X-Foo, DKIM-Signature) makes it look at
 * the mail as plain text: a Received line of our own stands in front.
 */
struct mm_source {
	unsigned char *data;	/* our line, header block, blank line, body */
	size_t len;
	size_t prefix;		/* bytes of our line */
	uint64_t message_size;	/* of header block, blank line and body */
	bool too_large;		/* above max: the body is left out */
};

/* Copy a message from checked descriptors (mm_check_memfd, mm_check_body):
 * the header block's lines without the blank line, and the body from
 * body_offset to its end at body_size. Line ends stay as they are. Release
 * with mm_source_clear(), also after an error.
 * 0, MM_ERR_INVALID (offset beyond the end), MM_ERR_NOMEM, MM_ERR_FORMAT (a
 * file ends early), MM_ERR_SYS. */
MM_CHECK int mm_source_from_fds(struct mm_source *source, int header_fd,
				size_t header_size, int body_fd,
				uint64_t body_offset, uint64_t body_size,
				uint64_t max);

/* Copy a message from a file on disk, or memory. 0, MM_ERR_NOMEM, MM_ERR_SYS,
 * MM_ERR_FORMAT. */
MM_CHECK int mm_source_from_file(struct mm_source *source, const char *path,
				 uint64_t max);
MM_CHECK int mm_source_from_memory(struct mm_source *source, const void *data,
				   size_t len, uint64_t max);

void mm_source_clear(struct mm_source *source);

#endif
