#ifndef MM_INSPECT_REWRITE_HEAD_H
#define MM_INSPECT_REWRITE_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

/* Where the header of a part lies, by offsets into the message. */
struct mm_head {
	const unsigned char *data;	/* the message */
	size_t begin;
	size_t end;		/* the blank line's beginning */
	size_t body;		/* behind the blank line */
	const char *eol;	/* how the message ends its lines */
};

/* The header in front of a body that begins at offset body: back to a boundary,
 * a blank line or the message's beginning. False when no blank line ends it. */
bool mm_head_find(const unsigned char *data, size_t body, const char *eol,
		  struct mm_head *head_r);

/* The value of the first field of this name, unfolded, without comments'
 * removal, in value. False when there is none or it is too long. */
bool mm_head_value(const struct mm_head *head, const char *name, char *value,
		   size_t size);

/* A parameter of a value. 1; 0 when there is none; MM_ERR_FORMAT when it is
 * written in a way that is not read here (RFC 2231). */
MM_CHECK int mm_head_param(const char *value, const char *name, char *param,
			   size_t size);

/* Append the fields whose names begin with "Content-", or all others. Each ends
 * with a line end. 0, MM_ERR_LIMIT or MM_ERR_NOMEM. */
MM_CHECK int mm_head_copy(const struct mm_head *head, bool content,
			  struct mm_buf *out);

/* Append the fields as those of the same content in base64. As above. */
MM_CHECK int mm_head_copy_base64(const struct mm_head *head,
				 struct mm_buf *out);

/* Append the field's value with another charset, all else as it was. */
MM_CHECK int mm_head_recharset(const char *value, const char *charset,
			       struct mm_buf *out);

#endif
