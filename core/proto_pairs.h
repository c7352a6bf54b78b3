#ifndef MM_CORE_PROTO_PAIRS_H
#define MM_CORE_PROTO_PAIRS_H

#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/deadline.h"

/* What control.sock and the daemon's own channel speak, and error answers: a
 * part of core/proto.h, which includes it. */

/* A flat list of (name, value) texts: a request, or a row of an answer. */
struct mm_pair {
	const char *name;
	const char *value;
};

struct mm_pairs {
	struct mm_pair *list;
	size_t count;
};

/* Field tags of a rows memfd: one MM_TAG_ROW field a row, whose bytes are an
 * encoded mm_pairs. */
#define MM_TAG_ROW 200u
#define MM_PAIRS_MAX 64u

/* Append one pair; NULL value appends nothing. */
MM_CHECK int mm_pair_put(struct mm_buf *buf, const char *name,
			 const char *value);
MM_CHECK int mm_pair_put_num(struct mm_buf *buf, const char *name,
			     uint64_t value);

/* The same with a value that may be longer than a pair's can be: it is cut, at
 * a character's end. */
MM_CHECK int mm_pair_put_cut(struct mm_buf *buf, const char *name,
			     const char *value);
MM_CHECK int mm_pairs_decode(const void *data, size_t len,
			     struct mm_pairs *pairs_r);
void mm_pairs_clear(struct mm_pairs *pairs);

/* The value of a name, or NULL. */
const char *mm_pairs_get(const struct mm_pairs *pairs, const char *name);

/* Answer a request with an error text (cut to MM_TEXT_MAX). */
MM_CHECK int mm_send_error(int fd, uint32_t id, const char *text,
			   mm_deadline deadline);

/* The text of an MM_FRAME_ERROR payload; never NULL. */
const char *mm_error_text(const struct mm_buf *payload);

#endif
