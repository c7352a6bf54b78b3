#ifndef MM_INSPECT_ENCODED_TEXT_DECODE_H
#define MM_INSPECT_ENCODED_TEXT_DECODE_H

#include <stddef.h>

/* These decode the text from begin on, up to its end mark or to something that
 * cannot belong to it. Return how many bytes there are; out takes so many, or
 * is NULL to learn how many. */
size_t mm_uu_decode(const unsigned char *text, size_t len, size_t begin,
		    unsigned char *out);
size_t mm_yenc_decode(const unsigned char *text, size_t len, size_t begin,
		      unsigned char *out);

/* The data fork of a BinHex file, still with its runs of equal bytes packed. */
struct mm_binhex {
	char name[256];
	size_t len; /* expanded */
	size_t start; /* of the fork among the expanded bytes */
	unsigned char *packed; /* caller frees; NULL: it is no such file */
	size_t packed_len;
};

/* begin is behind the first colon. */
void mm_binhex_decode(const unsigned char *text, size_t len, size_t begin,
		      struct mm_binhex *file_r);

/* out takes file->len bytes. */
void mm_binhex_expand(const struct mm_binhex *file, unsigned char *out);

#endif
