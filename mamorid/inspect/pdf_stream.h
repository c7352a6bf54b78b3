#ifndef MM_INSPECT_PDF_STREAM_H
#define MM_INSPECT_PDF_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#define MM_PDF_NAME 32u

/* A name at data, which begins with "/": without the slash, its #xx decoded,
 * cut. Returns the bytes it takes. */
size_t mm_pdf_name(const unsigned char *data, size_t len,
		   char name[MM_PDF_NAME]);

/* What comes out of a stream, in pieces; a piece repeats the end of the one
 * before, so that no name is torn. False ends the decoding. */
struct mm_pdf_sink {
	void *context;
	bool (*piece)(void *context, const unsigned char *data, size_t len);
};

/* Decode a stream by the filters that its dictionary names: Flate, after
 * ASCIIHex or ASCII85 if they stand before it; what has other filters is left
 * out. Damaged data is decoded as far as it goes. */
void mm_pdf_decode(const unsigned char *dict, size_t dict_len,
		   const unsigned char *data, size_t len,
		   const struct mm_pdf_sink *sink);

#endif
