#ifndef MM_INSPECT_FORMAT_H
#define MM_INSPECT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/proto.h"

/* Does libclamav pass over this without looking inside? type is the layer's.
 * True with the kind and reason of a finding. */
bool mm_format_opaque(const char *type, const unsigned char *data, size_t size,
		      enum mm_kind *kind_r, const char **detail_r);

/* Is this path of an archive member an Excel 4.0 macro sheet? */
bool mm_format_macro_sheet(const char *name);

#endif
