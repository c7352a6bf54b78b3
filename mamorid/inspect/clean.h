#ifndef MM_INSPECT_CLEAN_H
#define MM_INSPECT_CLEAN_H

#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/deadline.h"

struct mm_clean_limits {
	uint64_t unpacked;	/* bytes, of all that must be read */
	size_t members;
	mm_deadline deadline;
};

/* Take the active contents out of an Office Open XML document and append what
 * remains to out: it opens as before, under its old name. Members that have
 * none stay byte for byte as they were packed. Not all that acts can be taken
 * out: the caller looks at the new document.
 * 0, or with a few words in *why_r: MM_ERR_INVALID (no such document, or one
 * that cannot be cleaned), MM_ERR_LIMIT, MM_ERR_TIMEOUT, MM_ERR_NOMEM. */
MM_CHECK int mm_clean(const void *data, size_t len,
		      const struct mm_clean_limits *limits,
		      struct mm_buf *out, const char **why_r);

#endif
