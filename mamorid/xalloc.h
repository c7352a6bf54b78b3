#ifndef MM_MAMORID_XALLOC_H
#define MM_MAMORID_XALLOC_H

#include <stddef.h>

/* Allocation for the daemon's own, bounded needs: never NULL, mm_fatal() when
 * there is no memory. Caller frees. Data of foreign size uses struct mm_buf. */
void *mm_xcalloc(size_t count, size_t size);
char *mm_xstrdup(const char *str);
char *mm_xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
