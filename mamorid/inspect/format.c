/*
 * Recognizes content that libclamav does not open and says nothing about: RAR
 * archives, also self-extracting ones, and password-protected Office files.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never trust a length in the data.
 */
#include "mamorid/inspect/format.h"

#include <string.h>

#include "core/text.h"

static const unsigned char rar4[] = { 'R', 'a', 'r', '!', 0x1a, 7, 0 };
static const unsigned char rar5[] = { 'R', 'a', 'r', '!', 0x1a, 7, 1, 0 };

/* "EncryptedPackage" as a name in an OLE2 folder (MS-OFFCRYPTO 2.3.4.4). */
static const unsigned char encrypted_package[] = {
	'E', 0, 'n', 0, 'c', 0, 'r', 0, 'y', 0, 'p', 0, 't', 0, 'e', 0,
	'd', 0, 'P', 0, 'a', 0, 'c', 0, 'k', 0, 'a', 0, 'g', 0, 'e', 0,
};

static bool begins(const unsigned char *data, size_t size,
		   const unsigned char *magic, size_t len)
{
	return size >= len && memcmp(data, magic, len) == 0;
}

/* A main or encryption header right behind the signature: what tells an
 * archive from a program that merely knows the signature. */
static bool is_rar(const unsigned char *data, size_t size)
{
	if (begins(data, size, rar4, sizeof(rar4)))
		return size > 9 && data[9] == 0x73;
	if (begins(data, size, rar5, sizeof(rar5)))
		return size > 13 && (data[12] & 0x80) == 0 &&
		       (data[13] == 1 || data[13] == 4);
	return false;
}

static bool holds_rar(const unsigned char *data, size_t size)
{
	const unsigned char *end = data + size;
	const unsigned char *pos = data;

	while ((pos = memmem(pos, (size_t)(end - pos), rar4, 6)) != NULL) {
		if (is_rar(pos, (size_t)(end - pos)))
			return true;
		pos++;
	}
	return false;
}

bool mm_format_opaque(const char *type, const unsigned char *data, size_t size,
		      enum mm_kind *kind_r, const char **detail_r)
{
	if (data == NULL)
		return false;
	/* At the very front the signature alone is enough. */
	if (begins(data, size, rar4, 6) ||
	    (strncmp(type, "msexe", 5) == 0 && holds_rar(data, size))) {
		*kind_r = MM_KIND_LIMIT;
		*detail_r = "unsupported: rar";
		return true;
	}
	if (strncmp(type, "msole2", 6) == 0 &&
	    memmem(data, size, encrypted_package,
		   sizeof(encrypted_package)) != NULL) {
		*kind_r = MM_KIND_ENCRYPTED;
		*detail_r = "encrypted: office";
		return true;
	}
	return false;
}

bool mm_format_macro_sheet(const char *name)
{
	return mm_text_has_prefix(name, "xl/macrosheets/");
}
