/*
 * Growing lists and the version check of the protocol decoders.
 */
#include "core/proto_list.h"

#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/proto.h"
#include "core/text.h"

int mm_list_grow(void **list, size_t count, size_t size, size_t max)
{
	size_t room;
	void *grown;

	if (count >= max)
		return MM_ERR_LIMIT;
	/* Capacity is the next power of two: full exactly when count is one. */
	if (count == 0 || (count & (count - 1)) == 0) {
		room = count == 0 ? 1 : count * 2;
		if (room > SIZE_MAX / size)
			return MM_ERR_LIMIT;
		grown = realloc(*list, room * size);
		if (grown == NULL)
			return MM_ERR_NOMEM;
		*list = grown;
	}
	memset((char *)*list + count * size, 0, size);
	return 0;
}

int mm_list_version(const struct mm_wire *field, uint32_t *version_r)
{
	uint64_t num;
	int r = mm_wire_get_num(field, MM_PROTO_VERSION_OLDEST,
				MM_PROTO_VERSION, &num);

	if (r == MM_ERR_LIMIT)
		return MM_ERR_VERSION;
	if (r == 0)
		*version_r = (uint32_t)num;
	return r;
}

int mm_list_name(const struct mm_wire *field, const char **name_r)
{
	int r = mm_wire_get_str(field, MM_NOTICE_NAME_MAX, name_r);

	if (r < 0)
		return r;
	return mm_text_is_name(*name_r, MM_NOTICE_NAME_MAX) ? 0 : MM_ERR_FORMAT;
}

int mm_list_each(const void *data, size_t len,
		 int (*take)(uint16_t tag, const struct mm_wire *field,
			     void *out),
		 void *out)
{
	struct mm_wire in, field;
	uint16_t tag;
	int r;

	mm_wire_init(&in, data, len);
	while ((r = mm_wire_next(&in, &tag, &field)) > 0)
		if ((r = take(tag, &field, out)) < 0)
			break;
	return r;
}
