#ifndef MM_TESTS_UNIT_CORE_UNIT_H
#define MM_TESTS_UNIT_CORE_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/wire.h"

/* Decode a copy of exactly len bytes, so that an overread is seen. */
static inline int decode_copy(int (*decode)(const void *data, size_t len),
			      const void *data, size_t len)
{
	void *copy = calloc(1, len > 0 ? len : 1);
	int r;

	assert_non_null(copy);
	/* A block of one byte for none would hide a read of it. */
	copy = realloc(copy, len > 0 ? len : 1);
	memcpy(copy, data, len);
	r = decode(copy, len);
	free(copy);
	return r;
}

/* Where the top-level fields of an encoded list end. */
static inline bool is_field_end(const struct mm_buf *buf, size_t at)
{
	struct mm_wire in, field;
	uint16_t tag;

	mm_wire_init(&in, buf->data, buf->len);
	while (mm_wire_next(&in, &tag, &field) == 1)
		if ((size_t)((const char *)in.pos - buf->data) == at)
			return true;
	return false;
}

/* Whole: 0. Cut inside a field, and with one more byte: MM_ERR_FORMAT. Cut
 * between fields: any result, as later fields may be optional; nothing at all:
 * an error where a list may not be empty. */
static inline void check_decoder(int (*decode)(const void *data, size_t len),
				 const struct mm_buf *buf, int want_empty)
{
	struct mm_buf longer;
	size_t len;
	int got;

	assert_int_equal(decode_copy(decode, buf->data, buf->len), 0);
	for (len = 0; len < buf->len; len++) {
		got = decode_copy(decode, buf->data, len);
		if (len == 0)
			assert_int_equal(got, want_empty);
		else if (!is_field_end(buf, len))
			assert_int_equal(got, MM_ERR_FORMAT);
	}
	mm_buf_init(&longer, buf->len + 1);
	assert_int_equal(mm_buf_put(&longer, buf->data, buf->len), 0);
	assert_int_equal(mm_buf_put(&longer, "x", 1), 0);
	assert_int_equal(decode_copy(decode, longer.data, longer.len),
			 MM_ERR_FORMAT);
	mm_buf_clear(&longer);
}

/* A list with one field of this tag replaced, or appended when absent: to see
 * that its bounds are checked. Nested bytes as given. */
static inline void replace_field(const struct mm_buf *from, uint16_t tag,
				 const void *data, size_t len,
				 struct mm_buf *to)
{
	struct mm_wire in, field;
	uint16_t have;
	bool done = false;

	mm_buf_init(to, from->len + len + 64);
	mm_wire_init(&in, from->data, from->len);
	while (mm_wire_next(&in, &have, &field) == 1) {
		if (have != tag)
			assert_int_equal(mm_wire_put(to, have, field.pos,
						     mm_wire_left(&field)), 0);
		else if (!done)
			assert_int_equal(mm_wire_put(to, tag, data, len), 0);
		done = done || have == tag;
	}
	if (!done)
		assert_int_equal(mm_wire_put(to, tag, data, len), 0);
}

#endif
