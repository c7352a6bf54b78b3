#ifndef MM_CORE_WIRE_H
#define MM_CORE_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * Field lists: the one encoding of every message between our processes and
 * modules. A list is any number of fields; a field is
 *
 *	u16 tag, u32 length, length bytes		(big-endian)
 *
 * A number is 8 bytes. A string is its bytes and one final NUL, without any
 * NUL inside, so that a decoded string is used where it lies. A nested list is
 * a field whose bytes are a field list. A reader skips tags it does not know:
 * so either side may be the newer one.
 */

/* A reader over bytes that the caller keeps alive. */
struct mm_wire {
	const unsigned char *pos;
	const unsigned char *end;
};

/* Append one field. Returns 0, MM_ERR_LIMIT or MM_ERR_NOMEM; buf unchanged on
 * error. */
MM_CHECK int mm_wire_put(struct mm_buf *buf, uint16_t tag, const void *data,
			 size_t len);
MM_CHECK int mm_wire_put_num(struct mm_buf *buf, uint16_t tag, uint64_t num);

/* NULL appends nothing and returns 0. */
MM_CHECK int mm_wire_put_str(struct mm_buf *buf, uint16_t tag, const char *str);

/* Read len bytes at data. The bytes must outlive all that is got from it. */
void mm_wire_init(struct mm_wire *in, const void *data, size_t len);

/* The next field: 1 with its tag and a reader over its bytes, 0 at the end,
 * MM_ERR_FORMAT when the list is cut or a length passes the end. */
MM_CHECK int mm_wire_next(struct mm_wire *in, uint16_t *tag_r,
			  struct mm_wire *field_r);

/* A whole field as a number from min to max: 0, MM_ERR_FORMAT (not 8 bytes)
 * or MM_ERR_LIMIT (outside). */
MM_CHECK int mm_wire_get_num(const struct mm_wire *field, uint64_t min,
			     uint64_t max, uint64_t *num_r);

/* A whole field as a C string of at most max bytes. The pointer is into the
 * reader's bytes. 0, MM_ERR_FORMAT (no final NUL, or a NUL inside) or
 * MM_ERR_LIMIT (longer than max). */
MM_CHECK int mm_wire_get_str(const struct mm_wire *field, size_t max,
			     const char **str_r);

/* Number of bytes left. */
size_t mm_wire_left(const struct mm_wire *in);

#endif
