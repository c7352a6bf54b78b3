/*
 * Field lists, encoded and decoded with both bounds checked.
 */
#include "core/wire.h"

#include <string.h>

#include "core/err.h"

#define MM_FIELD_HEAD 6u

static void store_be(unsigned char *out, uint64_t num, size_t len)
{
	while (len > 0) {
		out[--len] = (unsigned char)(num & 0xff);
		num >>= 8;
	}
}

static uint64_t load_be(const unsigned char *in, size_t len)
{
	uint64_t num = 0;
	size_t i;

	for (i = 0; i < len; i++)
		num = num << 8 | in[i];
	return num;
}

/* Head, data and an optional final NUL, all or nothing. */
static int put_field(struct mm_buf *buf, uint16_t tag, const void *data,
		     size_t len, size_t nul)
{
	unsigned char head[MM_FIELD_HEAD];
	size_t start = buf->len;
	int r;

	if (len > UINT32_MAX - nul)
		return MM_ERR_LIMIT;
	store_be(head, tag, 2);
	store_be(head + 2, len + nul, 4);
	if ((r = mm_buf_put(buf, head, sizeof(head))) < 0 ||
	    (r = mm_buf_put(buf, data, len)) < 0 ||
	    (r = mm_buf_put(buf, "", nul)) < 0)
		mm_buf_truncate(buf, start);
	return r;
}

int mm_wire_put(struct mm_buf *buf, uint16_t tag, const void *data, size_t len)
{
	return put_field(buf, tag, data, len, 0);
}

int mm_wire_put_num(struct mm_buf *buf, uint16_t tag, uint64_t num)
{
	unsigned char bytes[8];

	store_be(bytes, num, sizeof(bytes));
	return put_field(buf, tag, bytes, sizeof(bytes), 0);
}

int mm_wire_put_str(struct mm_buf *buf, uint16_t tag, const char *str)
{
	if (str == NULL)
		return 0;
	return put_field(buf, tag, str, strlen(str), 1);
}

void mm_wire_init(struct mm_wire *in, const void *data, size_t len)
{
	static const unsigned char nothing[1];

	in->pos = data == NULL ? nothing : data;
	in->end = in->pos + (data == NULL ? 0 : len);
}

int mm_wire_next(struct mm_wire *in, uint16_t *tag_r, struct mm_wire *field_r)
{
	size_t left = mm_wire_left(in);
	size_t len;

	if (left == 0)
		return 0;
	if (left < MM_FIELD_HEAD)
		return MM_ERR_FORMAT;
	len = (size_t)load_be(in->pos + 2, 4);
	if (len > left - MM_FIELD_HEAD)
		return MM_ERR_FORMAT;
	*tag_r = (uint16_t)load_be(in->pos, 2);
	field_r->pos = in->pos + MM_FIELD_HEAD;
	field_r->end = field_r->pos + len;
	in->pos = field_r->end;
	return 1;
}

int mm_wire_get_num(const struct mm_wire *field, uint64_t min, uint64_t max,
		    uint64_t *num_r)
{
	uint64_t num;

	if (mm_wire_left(field) != 8)
		return MM_ERR_FORMAT;
	num = load_be(field->pos, 8);
	if (num < min || num > max)
		return MM_ERR_LIMIT;
	*num_r = num;
	return 0;
}

int mm_wire_get_str(const struct mm_wire *field, size_t max,
		    const char **str_r)
{
	size_t len = mm_wire_left(field);

	if (len == 0 || field->end[-1] != '\0')
		return MM_ERR_FORMAT;
	if (len - 1 > max)
		return MM_ERR_LIMIT;
	if (memchr(field->pos, '\0', len - 1) != NULL)
		return MM_ERR_FORMAT;
	*str_r = (const char *)field->pos;
	return 0;
}

size_t mm_wire_left(const struct mm_wire *in)
{
	return (size_t)(in->end - in->pos);
}
