/*
 * Bounded growing buffer: the only place beside xalloc that allocates for
 * data of foreign length.
 */
#include "core/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"

#define MM_BUF_FIRST 256u

void mm_buf_init(struct mm_buf *buf, size_t max)
{
	buf->data = NULL;
	buf->len = 0;
	buf->size = 0;
	buf->max = max;
}

void mm_buf_clear(struct mm_buf *buf)
{
	free(buf->data);
	mm_buf_init(buf, buf->max);
}

void mm_buf_reset(struct mm_buf *buf)
{
	mm_buf_truncate(buf, 0);
}

/* Make room for len more bytes and the NUL. */
static int reserve(struct mm_buf *buf, size_t len)
{
	size_t need, size, most;
	char *data;

	if (len > buf->max - buf->len)
		return MM_ERR_LIMIT;
	need = buf->len + len + 1;
	if (need <= buf->size)
		return 0;
	size = buf->size == 0 ? MM_BUF_FIRST : buf->size;
	/* Doubling, so that many small pieces cost no more than a large one. */
	most = buf->max < SIZE_MAX ? buf->max + 1 : SIZE_MAX;
	while (size < need)
		size = size > most / 2 ? most : size * 2;
	data = realloc(buf->data, size);
	if (data == NULL)
		return MM_ERR_NOMEM;
	buf->data = data;
	buf->size = size;
	return 0;
}

int mm_buf_put(struct mm_buf *buf, const void *data, size_t len)
{
	int r = reserve(buf, len);

	if (r < 0)
		return r;
	if (len > 0)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
	return 0;
}

int mm_buf_puts(struct mm_buf *buf, const char *str)
{
	return mm_buf_put(buf, str, strlen(str));
}

int mm_buf_vprintf(struct mm_buf *buf, const char *fmt, va_list args)
{
	va_list again;
	int need, r;

	va_copy(again, args);
	need = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (need < 0)
		return MM_ERR_INVALID;
	if ((r = reserve(buf, (size_t)need)) < 0)
		return r;
	(void)vsnprintf(buf->data + buf->len, (size_t)need + 1, fmt, args);
	buf->len += (size_t)need;
	return 0;
}

int mm_buf_printf(struct mm_buf *buf, const char *fmt, ...)
{
	va_list args;
	int r;

	va_start(args, fmt);
	r = mm_buf_vprintf(buf, fmt, args);
	va_end(args);
	return r;
}

void mm_buf_truncate(struct mm_buf *buf, size_t len)
{
	if (len >= buf->len)
		return;
	buf->len = len;
	buf->data[len] = '\0';
}

const char *mm_buf_str(const struct mm_buf *buf)
{
	return buf->data == NULL ? "" : buf->data;
}

char *mm_buf_take(struct mm_buf *buf)
{
	char *data = buf->data;

	if (data == NULL)
		return calloc(1, 1);
	mm_buf_init(buf, buf->max);
	return data;
}
