/*
 * Password-protected Office files of every kind that Office has written since
 * 1995: MS-OFFCRYPTO and the formats' own marks.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never trust a length in the data.
 */
#include <stdlib.h>
#include <string.h>

#include "mamorid/inspect/bytes.h"
#include "mamorid/inspect/encrypted.h"
#include "mamorid/inspect/ole.h"

/* MS-XLS 2.4.117: it follows the first records of a workbook. */
#define XLS_FILEPASS 0x002fu
#define XLS_EOF 0x000au
#define XLS_BOF_LOW 0x09u
#define XLS_HEAD ((size_t)64 << 10)
/* MS-DOC 2.5.2 */
#define DOC_IDENT 0xa5ecu
#define DOC_IDENT_95 0xa5dcu
#define DOC_ENCRYPTED 0x0100u
/* MS-PPT 2.3.2 */
#define PPT_TOKEN_ENCRYPTED 0xf3d1c4dfu

static bool excel(const struct mm_ole *ole, size_t stream)
{
	unsigned char *head = calloc(1, XLS_HEAD);
	bool encrypted = false;
	size_t len;

	if (head == NULL)
		return false;
	len = mm_ole_read(ole, stream, 0, head, XLS_HEAD);
	for (size_t pos = 0; len >= 4 && pos <= len - 4;) {
		const unsigned int id = mm_le16(head + pos);

		if (pos == 0 && (id & 0xff) != XLS_BOF_LOW)
			break;
		if (id == XLS_FILEPASS)
			encrypted = true;
		if (id == XLS_FILEPASS || id == XLS_EOF)
			break;
		pos += 4 + (size_t)mm_le16(head + pos + 2);
	}
	free(head);
	return encrypted;
}

static bool word(const struct mm_ole *ole, size_t stream)
{
	unsigned char fib[12];

	if (mm_ole_read(ole, stream, 0, fib, sizeof(fib)) < sizeof(fib))
		return false;
	return (mm_le16(fib) == DOC_IDENT || mm_le16(fib) == DOC_IDENT_95) &&
	       (mm_le16(fib + 10) & DOC_ENCRYPTED) != 0;
}

static bool powerpoint(const struct mm_ole *ole, size_t stream)
{
	unsigned char atom[16];

	return mm_ole_read(ole, stream, 0, atom, sizeof(atom)) ==
		       sizeof(atom) &&
	       mm_le32(atom + 12) == PPT_TOKEN_ENCRYPTED;
}

static bool exists(const struct mm_ole *ole, size_t stream)
{
	(void)ole, (void)stream;
	return true;
}

bool mm_encrypted_office(const unsigned char *data, size_t len)
{
	static const struct {
		const char *name;
		bool (*encrypted)(const struct mm_ole *ole, size_t stream);
	} marks[] = {
		{ "EncryptedPackage", exists },
		{ "EncryptedSummary", exists },
		{ "EncryptedSIHdr", exists },
		{ "\tDRMContent", exists },
		{ "Workbook", excel },
		{ "Book", excel },
		{ "WordDocument", word },
		{ "Current User", powerpoint },
	};
	struct mm_ole *ole;
	bool encrypted = false;

	if (mm_ole_open(&ole, data, len) < 0)
		return false;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		size_t stream = mm_ole_find(ole, MM_OLE_NONE, marks[i].name);

		encrypted |= stream != MM_OLE_NONE &&
			     marks[i].encrypted(ole, stream);
	}
	mm_ole_close(&ole);
	return encrypted;
}
