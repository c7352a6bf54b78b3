/*
 * Recognizes formats by their first bytes: those that libclamav does not open,
 * or opens in part.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never trust a length in the data.
 */
#include "mamorid/inspect/format.h"

#include <string.h>

#include "core/text.h"
#include "mamorid/inspect/archive_lha.h"

static const struct {
	enum mm_format format;
	size_t offset;
	const char *magic;
	size_t len;
} magics[] = {
#define MAGIC(text) text, sizeof(text) - 1
	{ MM_FORMAT_RAR5, 0, MAGIC("Rar!\x1a\7\1") },
	{ MM_FORMAT_RAR4, 0, MAGIC("Rar!\x1a\7") },
	{ MM_FORMAT_SEVENZIP, 0, MAGIC("7z\xbc\xaf\x27\x1c") },
	{ MM_FORMAT_CAB, 0, MAGIC("MSCF\0\0\0\0") },
	{ MM_FORMAT_XAR, 0, MAGIC("xar!\0\x1c") },
	{ MM_FORMAT_AR, 0, MAGIC("!<arch>\n") },
	{ MM_FORMAT_WARC, 0, MAGIC("WARC/") },
	{ MM_FORMAT_XZ, 0, MAGIC("\xfd" "7zXZ\0") },
	{ MM_FORMAT_GZIP, 0, MAGIC("\x1f\x8b\x08") },
	{ MM_FORMAT_BZIP2, 0, MAGIC("BZh") },
	{ MM_FORMAT_LZIP, 0, MAGIC("LZIP\1") },
	{ MM_FORMAT_ZSTD, 0, MAGIC("\x28\xb5\x2f\xfd") },
	{ MM_FORMAT_LZ4, 0, MAGIC("\x04\x22\x4d\x18") },
	{ MM_FORMAT_LZ4, 0, MAGIC("\x02\x21\x4c\x18") },
	{ MM_FORMAT_COMPRESS, 0, MAGIC("\x1f\x9d") },
	{ MM_FORMAT_CPIO, 0, MAGIC("070701") },
	{ MM_FORMAT_CPIO, 0, MAGIC("070702") },
	{ MM_FORMAT_CPIO, 0, MAGIC("070707") },
	{ MM_FORMAT_CPIO, 0, MAGIC("\xc7\x71") },
	{ MM_FORMAT_CPIO, 0, MAGIC("\x71\xc7") },
	{ MM_FORMAT_ARJ, 0, MAGIC("\x60\xea") },
	{ MM_FORMAT_ALZ, 0, MAGIC("ALZ\1") },
	{ MM_FORMAT_EGG, 0, MAGIC("EGGA") },
	{ MM_FORMAT_ACE, 7, MAGIC("**ACE**") },
	{ MM_FORMAT_WIM, 0, MAGIC("MSWIM\0\0\0") },
	{ MM_FORMAT_OLE, 0, MAGIC("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") },
	{ MM_FORMAT_PDF, 0, MAGIC("%PDF-") },
	{ MM_FORMAT_ISO, 32769, MAGIC("CD001") },
	{ MM_FORMAT_ISO, 34817, MAGIC("CD001") },
	{ MM_FORMAT_LZMA, 0, MAGIC("\x5d\0\0") },
};

static const char *const names[] = {
	[MM_FORMAT_OTHER] = "archive", [MM_FORMAT_RAR4] = "rar",
	[MM_FORMAT_RAR5] = "rar", [MM_FORMAT_LHA] = "lzh",
	[MM_FORMAT_SEVENZIP] = "7z", [MM_FORMAT_ISO] = "iso",
	[MM_FORMAT_CAB] = "cab", [MM_FORMAT_CPIO] = "cpio",
	[MM_FORMAT_XAR] = "xar", [MM_FORMAT_AR] = "ar",
	[MM_FORMAT_WARC] = "warc", [MM_FORMAT_ZIP] = "zip",
	[MM_FORMAT_XZ] = "xz", [MM_FORMAT_GZIP] = "gzip",
	[MM_FORMAT_BZIP2] = "bzip2",
	[MM_FORMAT_LZMA] = "lzma", [MM_FORMAT_LZIP] = "lzip",
	[MM_FORMAT_ZSTD] = "zstd", [MM_FORMAT_LZ4] = "lz4",
	[MM_FORMAT_COMPRESS] = "compress", [MM_FORMAT_ARJ] = "arj",
	[MM_FORMAT_ALZ] = "alz", [MM_FORMAT_EGG] = "egg",
	[MM_FORMAT_ACE] = "ace", [MM_FORMAT_WIM] = "wim",
	[MM_FORMAT_OLE] = "office", [MM_FORMAT_PDF] = "pdf",
};

/* The size that an LZMA header gives is unknown (all ones) or below 4 GB, and
 * its dictionary is a power of two or three times that. */
static bool is_lzma(const unsigned char *data, size_t len)
{
	static const unsigned char unknown[8] = {
		255, 255, 255, 255, 255, 255, 255, 255,
	};
	unsigned int dictionary;

	if (len < 18 || data[13] != 0)
		return false;
	dictionary = (unsigned int)data[3] | (unsigned int)data[4] << 8;
	if (dictionary == 0 || ((dictionary & (dictionary - 1)) != 0 &&
				dictionary % 3 != 0))
		return false;
	return memcmp(data + 5, unknown, 8) == 0 ||
	       memcmp(data + 9, "\0\0\0", 4) == 0;
}

enum mm_format mm_format_of(const unsigned char *data, size_t len)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		if (len < magics[i].offset + magics[i].len ||
		    memcmp(data + magics[i].offset, magics[i].magic,
			   magics[i].len) != 0)
			continue;
		if (magics[i].format != MM_FORMAT_LZMA || is_lzma(data, len))
			return magics[i].format;
	}
	return mm_lha_header(data, len) ? MM_FORMAT_LHA : MM_FORMAT_OTHER;
}

const char *mm_format_name(enum mm_format format)
{
	return names[format];
}

bool mm_format_is_program(const char *type)
{
	return mm_text_has_prefix(type, "msexe") ||
	       mm_text_has_prefix(type, "elf");
}
