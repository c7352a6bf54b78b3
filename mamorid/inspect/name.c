/*
 * File names of things that run when they are opened, also behind a disguise:
 * a second extension, reversed or invisible characters, blanks, wide dots.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Pure functions but for the findings. Must never trust a name to be UTF-8.
 */
#include "mamorid/inspect/name.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "mamorid/inspect/fact.h"
#include "mamorid/xalloc.h"

/* No file system has longer ones. */
#define NAME_MAX_LEN 65536u
#define PADDING 3u	/* blanks in a row that push an extension away */

/* Sorted. What mail programs and Windows refuse or warn of, and its like on
 * other systems. */
static const char *const executables[] = {
	"ade", "adp", "apk", "app", "appinstaller", "application", "appref-ms",
	"appx", "appxbundle", "bash", "bat", "cdxml", "chm", "class", "cmd",
	"com", "command", "cpl", "crx", "csh", "deb", "desktop", "dex",
	"diagcab", "dll", "dmg", "drv", "elf", "exe", "gadget", "hlp", "hta",
	"htc", "img", "inf", "ins", "iqy", "iso", "isp", "jar", "jnlp", "job",
	"js", "jse", "ksh", "library-ms", "lnk", "mam", "maq", "mda", "mde",
	"mjs", "msc", "msh", "msh1", "msh1xml", "msh2", "msh2xml", "mshxml",
	"msi", "msix", "msixbundle", "msp", "mst", "msu", "ocx", "pif", "pkg",
	"ps1", "ps1xml", "ps2", "ps2xml", "psc1", "psc2", "psd1", "psm1",
	"pyc", "pyo", "pyw", "pyz", "pyzw", "reg", "rpm", "run", "scf", "scr",
	"sct", "search-ms", "settingcontent-ms", "sh", "shb", "shs", "swf",
	"sys", "url", "vb", "vbe", "vbs", "vhd", "vhdx", "vxd", "website",
	"wll", "ws", "wsc", "wsf", "wsh", "xap", "xbap", "xll", "xpi",
};

static const char *const scripts[] = {
	"bash", "bat", "cmd", "csh", "hta", "htc", "js", "jse", "ksh",
	"mjs", "msh", "ps1", "ps1xml", "ps2", "psm1", "pyw", "sct", "sh",
	"vb", "vbe", "vbs", "ws", "wsc", "wsf", "wsh",
};

/* What a second extension pretends to be. */
static const char *const documents[] = {
	"7z", "avi", "bmp", "csv", "doc", "docm", "docx", "eml", "gif", "gz",
	"heic", "htm", "html", "ics", "jpeg", "jpg", "jtd", "lzh", "m4a",
	"mov", "mp3", "mp4", "msg", "odp", "ods", "odt", "pdf", "png", "ppt",
	"pptx", "rar", "rtf", "svg", "tif", "tiff", "txt", "vcf", "wav",
	"webp", "xls", "xlsm", "xlsx", "xml", "xps", "zip",
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static int compare(const void *key, const void *entry)
{
	return strcmp(key, *(const char *const *)entry);
}

static bool listed(const char *word, const char *const *list, size_t count)
{
	return bsearch(word, list, count, sizeof(*list), compare) != NULL;
}

/* One character; any byte that does not begin a sequence is one by itself. */
static uint32_t next_character(const unsigned char **pos)
{
	const unsigned char *p = *pos;
	uint32_t c = *p++;
	unsigned int more = c >= 0xf0 && c < 0xf8 ? 3 : c >= 0xe0 && c < 0xf0
		? 2 : c >= 0xc0 && c < 0xe0 ? 1 : 0;
	uint32_t wide = more > 0 ? c & (0x3fu >> more) : c;

	for (unsigned int i = 0; i < more; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			*pos = p;
			return c;
		}
		wide = wide << 6 | (p[i] & 0x3f);
	}
	*pos = p + more;
	return wide;
}

/* Takes no room, or turns the direction of what follows. */
static bool is_invisible(uint32_t c)
{
	return c == 0xad || c == 0x61c || c == 0x180e || c == 0xfeff ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x2069);
}

static bool is_blank(uint32_t c)
{
	return c <= 0x20 || c == 0x7f || c == 0xa0 || c == 0x3000 ||
	       c == 0x202f || c == 0x205f || (c >= 0x2000 && c <= 0x200a);
}

/* The ASCII character that a wide form or a dot of another script looks like,
 * or 0. */
static unsigned char narrow(uint32_t c)
{
	if (c >= 0xff01 && c <= 0xff5e)
		return (unsigned char)(c - 0xff01 + 0x21);
	if (c == 0x3002 || c == 0xff61 || c == 0x2024 || c == 0xfe52)
		return '.';
	return 0;
}

struct plain {
	char *text;
	size_t len;
	size_t blanks;		/* at the end of text */
	size_t wide;		/* position behind the last wide character */
	bool hidden;
	bool padded;
	bool has_wide;
};

static void put(struct plain *plain, uint32_t c)
{
	unsigned char ascii = c >= 0x80 ? narrow(c) : (unsigned char)c;

	if (is_invisible(c)) {
		plain->hidden = true;
		return;
	}
	if (is_blank(c)) {
		if (++plain->blanks >= PADDING)
			plain->padded = true;
		if (plain->blanks == 1)
			plain->text[plain->len++] = ' ';
		return;
	}
	plain->blanks = 0;
	/* Letters of other scripts do not matter, only that they are there. */
	plain->text[plain->len++] = ascii != 0 ? (char)ascii : '?';
	if (c >= 0x80 && ascii != 0) {
		plain->has_wide = true;
		plain->wide = plain->len;
	}
}

/* What Windows cuts off: final dots and blanks, the name of the default
 * stream; and what careless writers of names leave there. True if there was
 * anything but a single blank. */
static bool trim(struct plain *plain)
{
	static const char stream[] = "::$data";
	const size_t suffix = sizeof(stream) - 1;
	size_t len = plain->len;

	while (len > 0 && strchr(" .\"'", plain->text[len - 1]) != NULL)
		len--;
	plain->text[len] = '\0';
	if (len > suffix &&
	    mm_text_has_prefix(plain->text + len - suffix, stream)) {
		len -= suffix;
		plain->text[len] = '\0';
	}
	if (len == plain->len)
		return false;
	plain->len = len;
	return true;
}

/* A folder or file whose extension is a class id runs that class. */
static bool is_class_id(const char *extension)
{
	return strlen(extension) == 38 && extension[0] == '{' &&
	       extension[9] == '-' && extension[37] == '}';
}

/* Is the part before the last dot the extension of a document? */
static bool has_decoy(char *text, char *last_dot)
{
	char *dot;
	size_t len;

	*last_dot = '\0';
	for (len = strlen(text); len > 0 && text[len - 1] == ' '; len--)
		text[len - 1] = '\0';
	dot = strrchr(text, '.');
	if (dot == NULL || dot == text)
		return false;
	dot++;
	dot += strspn(dot, " ");
	return listed(dot, documents, COUNT(documents));
}

static void judge(struct plain *plain, struct mm_name *name)
{
	bool trimmed = trim(plain);
	char *dot = strrchr(plain->text, '.');
	char *extension;

	if (dot == NULL)
		return;
	extension = dot + 1 + strspn(dot + 1, " ");
	mm_text_lower(plain->text);
	if (is_class_id(extension)) {
		name->executable = name->disguised = true;
		return;
	}
	if (strlen(extension) < sizeof(name->extension))
		memcpy(name->extension, extension, strlen(extension) + 1);
	name->document = listed(extension, documents, COUNT(documents));
	name->script = listed(extension, scripts, COUNT(scripts));
	name->executable = listed(extension, executables, COUNT(executables));
	name->disguised = name->executable &&
		(plain->hidden || plain->padded || trimmed ||
		 (plain->has_wide && plain->wide > (size_t)(dot - plain->text))
		 || has_decoy(plain->text, dot));
}

static const char *last_component(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *backslash = strrchr(name, '\\');

	if (slash != NULL && slash[1] == '\0')
		slash = NULL;
	if (backslash != NULL && (slash == NULL || backslash > slash))
		slash = backslash;
	return slash != NULL ? slash + 1 : name;
}

void mm_name_read(const char *name, struct mm_name *name_r)
{
	const unsigned char *pos;
	struct plain plain = { 0 };
	size_t len = strlen(name);

	memset(name_r, 0, sizeof(*name_r));
	if (len > NAME_MAX_LEN)
		name += len - NAME_MAX_LEN;
	name = last_component(name);
	if (name[0] == '\0')
		return;
	/* No character gets longer. */
	plain.text = mm_xcalloc(strlen(name) + 1, 1);
	for (pos = (const unsigned char *)name; *pos != '\0'; )
		put(&plain, next_character(&pos));
	judge(&plain, name_r);
	free(plain.text);
}

static void find(struct mm_walk *walk, const struct mm_item *item,
		 const char *name)
{
	struct mm_name read;

	mm_name_read(name, &read);
	if (read.disguised)
		mm_fact(walk, item, MM_KIND_EXECUTABLE,
			"executable: disguised name", name);
	else if (read.executable)
		mm_fact(walk, item, MM_KIND_EXECUTABLE, "executable: name",
			name);
	if (read.script)
		mm_fact(walk, item, MM_KIND_SCRIPT, "script: name", name);
}

void mm_name_analyze(struct mm_walk *walk, const struct mm_item *item)
{
	const char *name = mm_fact_name(walk, item);

	if (name[0] != '\0')
		find(walk, item, name);
}

void mm_name_member(struct mm_walk *walk, const struct mm_item *archive,
		    const char *member)
{
	size_t len = strlen(member);

	/* A folder's name runs nothing. */
	if (len > 0 && member[len - 1] != '/')
		find(walk, archive, member);
}
