#ifndef MM_CORE_PROTO_LIST_H
#define MM_CORE_PROTO_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "core/wire.h"

/* Helpers of the proto_*.c decoders. */

/* Make room for element number count of a list: 0, MM_ERR_LIMIT (count has
 * reached max) or MM_ERR_NOMEM. The list grows by doubling and its new element
 * is zeroed. */
MM_CHECK int mm_list_grow(void **list, size_t count, size_t size, size_t max);

/* Hand each field of len encoded bytes to take(), which skips tags that it does
 * not know. 0, MM_ERR_FORMAT, or what take() failed with. */
MM_CHECK int mm_list_each(const void *data, size_t len,
			  int (*take)(uint16_t tag, const struct mm_wire *field,
				      void *out),
			  void *out);

/* A notice's name: 0, or MM_ERR_FORMAT, MM_ERR_LIMIT. Points into the field. */
MM_CHECK int mm_list_name(const struct mm_wire *field, const char **name_r);

/* The version field: 0, MM_ERR_VERSION when older or newer than we speak, or
 * MM_ERR_FORMAT. */
MM_CHECK int mm_list_version(const struct mm_wire *field,
			     uint32_t *version_r);

#endif
