#ifndef MM_INSPECT_FORMAT_H
#define MM_INSPECT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

/* What content is by its first bytes, for the formats that need more than
 * libclamav does for them. */
enum mm_format {
	MM_FORMAT_OTHER,
	MM_FORMAT_RAR4,
	MM_FORMAT_RAR5,
	MM_FORMAT_LHA,
	MM_FORMAT_SEVENZIP,
	MM_FORMAT_ISO,
	MM_FORMAT_CAB,
	MM_FORMAT_CPIO,
	MM_FORMAT_XAR,
	MM_FORMAT_AR,
	MM_FORMAT_WARC,
	MM_FORMAT_ZIP,		/* one member at a time: zip.h */
	MM_FORMAT_XZ,
	MM_FORMAT_GZIP,
	MM_FORMAT_BZIP2,
	MM_FORMAT_LZMA,		/* a guess: hardly a magic number */
	MM_FORMAT_LZIP,
	MM_FORMAT_ZSTD,
	MM_FORMAT_LZ4,
	MM_FORMAT_COMPRESS,
	MM_FORMAT_ARJ,
	MM_FORMAT_ALZ,
	MM_FORMAT_EGG,
	MM_FORMAT_ACE,
	MM_FORMAT_WIM,
	MM_FORMAT_OLE,
	MM_FORMAT_PDF,
};

enum mm_format mm_format_of(const unsigned char *data, size_t len);

/* "rar", "7z", ...; static. */
const char *mm_format_name(enum mm_format format);

/* Is it a program, by the name that libclamav has for its type? */
bool mm_format_is_program(const char *type);

#endif
