#ifndef MM_INSPECT_TNEF_RTF_H
#define MM_INSPECT_TNEF_RTF_H

#include <stddef.h>

/* Unpack compressed RTF (MS-OXRTFCP): a malloc'd copy of at most max bytes, or
 * NULL when it is none. */
unsigned char *mm_tnef_rtf(const unsigned char *data, size_t len, size_t max,
			   size_t *len_r);

#endif
