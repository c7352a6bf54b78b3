#ifndef MM_CORE_BUF_H
#define MM_CORE_BUF_H

#include <stdarg.h>
#include <stddef.h>

#define MM_CHECK __attribute__((warn_unused_result))

/* A growing byte buffer with a hard maximum. The content is always followed
 * by a NUL that does not count, so mm_buf_str() is a C string. */
struct mm_buf {
	char *data;
	size_t len;
	size_t size;
	size_t max;
};

/* Prepare an empty buffer that never holds more than max bytes. Allocates
 * nothing. Release with mm_buf_clear(). */
void mm_buf_init(struct mm_buf *buf, size_t max);

/* Free the content; the buffer stays usable and keeps its maximum. */
void mm_buf_clear(struct mm_buf *buf);

/* Forget the content and keep the memory. */
void mm_buf_reset(struct mm_buf *buf);

/* Append len bytes. Fails whole: buf unchanged on error.
 * Returns 0, MM_ERR_LIMIT (would pass max) or MM_ERR_NOMEM.
 * Pointers into the content become invalid. */
MM_CHECK int mm_buf_put(struct mm_buf *buf, const void *data, size_t len);

/* Append a C string without its NUL; as mm_buf_put(). */
MM_CHECK int mm_buf_puts(struct mm_buf *buf, const char *str);

/* Append formatted text; as mm_buf_put(). */
MM_CHECK int mm_buf_printf(struct mm_buf *buf, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
MM_CHECK int mm_buf_vprintf(struct mm_buf *buf, const char *fmt, va_list args)
	__attribute__((format(printf, 2, 0)));

/* Cut the content to len bytes; len greater than the content is ignored. */
void mm_buf_truncate(struct mm_buf *buf, size_t len);

/* The content as a C string, "" while empty. Valid until the next change. */
const char *mm_buf_str(const struct mm_buf *buf);

/* Hand the content over as a malloc'd C string (never NULL on success) and
 * leave buf empty. Returns NULL when out of memory. Caller frees. */
char *mm_buf_take(struct mm_buf *buf);

#endif
