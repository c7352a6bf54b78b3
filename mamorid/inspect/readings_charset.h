#ifndef MM_INSPECT_READINGS_CHARSET_H
#define MM_INSPECT_READINGS_CHARSET_H

#include <stddef.h>

/* Text in UTF-16, told by its mark or by its zero bytes, as UTF-8: a malloc'd
 * copy, or NULL when it is not such text. */
unsigned char *mm_charset_utf16(const unsigned char *data, size_t len,
				size_t *len_r);

/* The same of text that is known to be UTF-16, little-endian. */
unsigned char *mm_charset_utf16_le(const unsigned char *data, size_t len,
				   size_t *len_r);

/* Text in UTF-7 (RFC 2152) as UTF-8: a malloc'd copy, or NULL when nothing in
 * it is encoded. */
unsigned char *mm_charset_utf7(const unsigned char *data, size_t len,
			       size_t *len_r);

#endif
