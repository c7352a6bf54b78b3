#ifndef MM_MAMORID_GATE_HEADERS_H
#define MM_MAMORID_GATE_HEADERS_H

#include "core/proto.h"

/* Changes to a message's headers, and the texts that they point to. */
struct mm_header_edits {
	struct mm_edit *list;
	size_t count;
};

void mm_header_edits_init(struct mm_header_edits *edits);
void mm_header_edits_clear(struct mm_header_edits *edits);

/* Add one; text (NULL for DELETE) is copied. */
void mm_header_edit(struct mm_header_edits *edits, enum mm_edit_type type,
		    size_t index, const char *text, size_t len);

/* Is it this header? name is given with its colon. */
bool mm_header_is(const struct mm_header *header, const char *name);

/* Add what makes of the request's headers those of a changed message: its
 * fields Content-* and MIME-Version take the place of the old ones, all others
 * stay. text is the new header block. */
void mm_headers_replace(struct mm_header_edits *edits,
			const struct mm_scan_request *scan, const char *text,
			size_t len);

/* Append the header block as Exim will have it after these edits. 0,
 * MM_ERR_LIMIT or MM_ERR_NOMEM. */
MM_CHECK int mm_headers_render(struct mm_buf *out,
			       const struct mm_scan_request *scan,
			       const struct mm_header_edits *edits);

#endif
