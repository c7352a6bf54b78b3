/*
 * Programs by their first bytes: of Windows, Unix, macOS, Java, and what the
 * desktop starts or mounts at a double click.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must look at a few bytes only: every layer of every mail comes by.
 */
#include "mamorid/inspect/executable.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "mamorid/inspect/bytes.h"
#include "mamorid/inspect/fact.h"
#include "mamorid/inspect/name.h"
#include "mamorid/xalloc.h"

struct magic {
	const char *type;
	size_t offset;
	size_t len;
	const char *bytes;
};

static const struct magic magics[] = {
	{ "elf", 0, 4, "\x7f" "ELF" },
	{ "macho", 0, 4, "\xfe\xed\xfa\xce" },
	{ "macho", 0, 4, "\xfe\xed\xfa\xcf" },
	{ "macho", 0, 4, "\xce\xfa\xed\xfe" },
	{ "macho", 0, 4, "\xcf\xfa\xed\xfe" },
	{ "dex", 0, 4, "dex\n" },
	{ "wasm", 0, 8, "\0asm\1\0\0\0" },
	{ "lnk", 0, 20, "\x4c\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46" },
	{ "chm", 0, 8, "ITSF\3\0\0\0" },
	{ "hlp", 0, 4, "\x3f\x5f\3\0" },
	{ "vhd", 0, 8, "conectix" },
	{ "vhdx", 0, 8, "vhdxfile" },
	{ "iso", 0x8001, 5, "CD001" },
	{ "iso", 0x8001, 5, "BEA01" },
	{ "rpm", 0, 4, "\xed\xab\xee\xdb" },
	{ "deb", 0, 21, "!<arch>\ndebian-binary" },
	{ "pyc", 2, 10, "\r\n\0\0\0\0\0\0\0\0" },
	{ "installshield", 0, 12, "ISc(\0\0\0\0\0\0\0\0" },
	{ "msdelta", 0, 4, "PA30" },
	{ "reg", 0, 8, "REGEDIT4" },
	{ "reg", 0, 29, "Windows Registry Editor Versi" },
	{ "reg", 0, 22, "\xff\xfeW\0i\0n\0d\0o\0w\0s\0 \0R\0e\0" },
	{ "url", 0, 18, "[InternetShortcut]" },
	{ "encoded script", 0, 4, "#@~^" },
	{ "scf", 0, 16, "[Shell]\r\nCommand" },
};

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

/* Letters alone after "MZ" are a text that begins so. */
static bool looks_binary(const unsigned char *data, size_t len)
{
	for (size_t i = 0; i < len && i < 64; i++)
		if (data[i] < 0x20 && strchr("\t\n\f\r\x1b", data[i]) == NULL)
			return true;
	return memchr(data, '\0', len < 64 ? len : 64) != NULL;
}

static const char *dos_type(const unsigned char *data, size_t len)
{
	uint32_t header;

	if (!looks_binary(data, len))
		return NULL;
	if (len < 64)
		return "dos";
	header = mm_le32(data + 60);
	if (header > len - 4)
		return "dos";
	if (memcmp(data + header, "PE\0\0", 4) == 0)
		return "pe";
	if (memcmp(data + header, "NE", 2) == 0)
		return "ne";
	if (memcmp(data + header, "LE", 2) == 0 ||
	    memcmp(data + header, "LX", 2) == 0)
		return "le";
	return "dos";
}

/* Java classes and universal Mach-O files begin alike: 45 is the oldest
 * class version, and no file has so many architectures. */
static const char *cafebabe_type(const unsigned char *data, size_t len)
{
	uint32_t count;

	if (len < 8)
		return NULL;
	count = be32(data + 4);
	if ((count & 0xffff) >= 45 && (count & 0xffff) < 200)
		return "class";
	return count > 0 && count < 45 ? "macho" : NULL;
}

static const char *flash_type(const unsigned char *data, size_t len)
{
	if (len > 8 && (data[0] == 'F' || data[0] == 'C' || data[0] == 'Z') &&
	    data[1] == 'W' && data[2] == 'S' && data[3] > 0 && data[3] < 60)
		return "flash";
	return NULL;
}

/* The root entry of an OLE2 file bears the class of an installer package,
 * transform or patch (MS-CFB 2.6.1; 000C1084-, 82, 86). */
static const char *ole_type(const unsigned char *data, size_t len)
{
	static const unsigned char clsid[] = {
		0x10, 0x0c, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46,
	};
	const uint64_t sector = len > 52 ? mm_le32(data + 48) : 0;
	const uint32_t shift = len > 52 ? mm_le16(data + 30) : 0;
	uint64_t root;

	if (shift != 9 && shift != 12)
		return NULL;
	root = (sector + 1) << shift;
	if (root > len || len - root < 128)
		return NULL;
	data += root + 80;
	if (memcmp(data + 1, clsid, sizeof(clsid)) == 0 &&
	    (data[0] == 0x84 || data[0] == 0x82 || data[0] == 0x86))
		return "msi";
	return NULL;
}

/* Text that a system runs: "#!/bin/sh", with or without a byte order mark. */
static const char *text_type(const unsigned char *data, size_t len)
{
	if (len > 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
		data += 3;
		len -= 3;
	}
	if (len < 4 || memcmp(data, "#!", 2) != 0)
		return NULL;
	data += 2;
	len -= 2;
	while (len > 0 && (*data == ' ' || *data == '\t')) {
		data++;
		len--;
	}
	return len > 0 && *data == '/' ? "unix script" : NULL;
}

const char *mm_executable_type(const unsigned char *data, size_t len)
{
	if (len < 2)
		return NULL;
	if (memcmp(data, "MZ", 2) == 0 || memcmp(data, "ZM", 2) == 0)
		return dos_type(data, len);
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		const struct magic *magic = &magics[i];

		if (len >= magic->offset + magic->len &&
		    memcmp(data + magic->offset, magic->bytes,
			   magic->len) == 0)
			return magic->type;
	}
	if (len >= 4 && memcmp(data, "\xca\xfe\xba\xbe", 4) == 0)
		return cafebabe_type(data, len);
	if (len >= 4 && memcmp(data, "\xd0\xcf\x11\xe0", 4) == 0)
		return ole_type(data, len);
	if (len >= 512 && memcmp(data + len - 512, "koly", 4) == 0)
		return "dmg";
	if (len >= 512 && memcmp(data + len - 512, "conectix", 8) == 0)
		return "vhd";
	if (data[0] == '#' || data[0] == 0xef)
		return text_type(data, len);
	return flash_type(data, len);
}

/* Sent as something that opens in a viewer: by name or by type. */
static bool is_disguised(const struct mm_item *item)
{
	static const char *const viewed[] = {
		"image/", "text/", "audio/", "video/", "message/",
		"application/pdf", "application/msword", "application/vnd.",
		"application/rtf",
	};
	struct mm_name name;

	mm_name_read(item->name, &name);
	if (name.executable)
		return false;
	if (name.document)
		return true;
	for (size_t i = 0; i < sizeof(viewed) / sizeof(viewed[0]); i++)
		if (mm_text_has_prefix(item->mime_type, viewed[i]))
			return !mm_text_has_prefix(item->mime_type,
				"application/vnd.microsoft.portable-exec");
	return false;
}

void mm_executable_analyze(struct mm_walk *walk, const struct mm_item *item)
{
	const char *type = mm_executable_type(item->data, item->len);
	char *what;
	bool text;

	if (type == NULL)
		return;
	text = strcmp(type, "unix script") == 0 ||
	       strcmp(type, "encoded script") == 0;
	/* Mail quotes the first lines of scripts. */
	if (text && item->in_body)
		return;
	what = mm_xasprintf("executable: %s", type);
	mm_fact(walk, item, MM_KIND_EXECUTABLE, what,
		mm_fact_name(walk, item));
	free(what);
	if (text)
		mm_fact(walk, item, MM_KIND_SCRIPT, *type == 'u'
			? "script: unix" : "script: encoded",
			mm_fact_name(walk, item));
	else if (item->depth == 0 && is_disguised(item))
		mm_fact(walk, item, MM_KIND_EXECUTABLE,
			"executable: disguised type", item->name);
}

void mm_executable_member(struct mm_walk *walk, const struct mm_item *archive,
			  const char *member)
{
	if (strcmp(member, "AndroidManifest.xml") == 0)
		mm_fact(walk, archive, MM_KIND_EXECUTABLE, "executable: apk",
			mm_fact_name(walk, archive));
	else if (strcmp(member, "AppxManifest.xml") == 0)
		mm_fact(walk, archive, MM_KIND_EXECUTABLE, "executable: appx",
			mm_fact_name(walk, archive));
	else if (strcmp(member, "META-INF/MANIFEST.MF") == 0)
		mm_fact(walk, archive, MM_KIND_EXECUTABLE, "executable: jar",
			mm_fact_name(walk, archive));
}
