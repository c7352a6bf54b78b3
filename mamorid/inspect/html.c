/*
 * Which contents a mail program or browser shows as HTML, in which character
 * set, and what is active in them.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 */
#include "mamorid/inspect/html.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/text.h"
#include "mamorid/inspect/html_facts.h"
#include "mamorid/inspect/html_url.h"
#include "mamorid/inspect/name.h"
#include "mamorid/inspect/wide.h"
#include "mamorid/xalloc.h"

/* ISO-2022-JP with its two-byte characters, some of which look like tags,
 * made question marks (RFC 1468). NULL when there are none. Caller frees. */
static unsigned char *without_kanji(const unsigned char *data, size_t len)
{
	unsigned char *copy;
	bool kanji = false;

	if (memmem(data, len, "\x1b$", 2) == NULL)
		return NULL;
	copy = mm_xcalloc(len, 1);
	for (size_t i = 0; i < len; i++) {
		if (data[i] == 0x1b && i + 1 < len)
			kanji = data[i + 1] == '$';
		else if (data[i] == '\n' || data[i] == '\r')
			kanji = false;
		copy[i] = kanji ? '?' : data[i];
	}
	return copy;
}

/* "<" and a letter, "!" or "?" behind blanks: what browsers take for HTML or
 * XML when nobody says what it is (WHATWG MIME Sniffing 7.1). */
static bool begins_markup(const unsigned char *data, size_t len)
{
	size_t i = 0;

	if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
		i = 3;
	while (i < len && i < 1024 && data[i] <= ' ' && data[i] != '\0')
		i++;
	return len - i > 2 && data[i] == '<' &&
	       (data[i + 1] == '!' || data[i + 1] == '?' ||
		((data[i + 1] | 0x20) >= 'a' && (data[i + 1] | 0x20) <= 'z'));
}

static bool contains(const unsigned char *data, size_t len, const char *word)
{
	return memmem(data, len, word, strlen(word)) != NULL;
}

/* XML is a document for browsers if it says so somewhere; Windows Script Host
 * runs jobs and scriptlets. */
static bool is_shown_xml(const unsigned char *data, size_t len)
{
	return contains(data, len, "http://www.w3.org/1999/xhtml") ||
	       contains(data, len, "http://www.w3.org/2000/svg") ||
	       contains(data, len, "<?xml-stylesheet") ||
	       contains(data, len, "<scriptlet") ||
	       contains(data, len, "<job") ||
	       contains(data, len, "http://www.w3.org/1999/XSL/Transform");
}

static bool is_sniffed(const struct mm_item *item, const unsigned char *data,
		       size_t len)
{
	if (strcmp(item->type, "html") != 0 && !begins_markup(data, len))
		return false;
	return !contains(data, len < 256 ? len : 256, "<?xml") ||
	       is_shown_xml(data, len);
}

static bool is_named(const struct mm_item *item)
{
	static const char *const extensions[] = {
		"htm", "html", "xhtml", "xht", "shtm", "shtml", "svg", "hta",
		"htc", "xsl", "xslt", "mht", "mhtml", NULL
	};
	struct mm_name name;

	if (item->name[0] == '\0')
		return false;
	mm_name_read(item->name, &name);
	return mm_html_is_one_of(name.extension, extensions);
}

/* Would somebody see these bytes as a document? */
static bool is_document(const struct mm_item *item, const unsigned char *data,
			size_t len)
{
	static const char *const types[] = {
		"text/html", "application/xhtml", "image/svg",
		"text/x-amp-html", "application/hta",
	};

	if (item->depth > 0 || item->leaf < 0)
		return is_sniffed(item, data, len);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (mm_text_has_prefix(item->mime_type, types[i]))
			return true;
	if (is_named(item))
		return true;
	/* Text stays text, whatever code it quotes. */
	return !mm_text_has_prefix(item->mime_type, "text/plain") &&
	       is_sniffed(item, data, len);
}

static void report(struct mm_walk *walk, const struct mm_item *item,
		   const unsigned char *data, size_t len)
{
	bool amp = strcasecmp(item->mime_type, "text/x-amp-html") == 0;
	unsigned int facts = mm_html_facts(data, len, amp);

	for (unsigned int i = 0; i < MM_HTML_FACTS; i++)
		if ((facts & 1u << i) != 0)
			mm_walk_find(walk, item, MM_KIND_SCRIPT,
				     mm_html_fact_detail(i));
}

/* Could this be markup at all? Most layers are pictures and archives. */
static bool is_text(const struct mm_item *item)
{
	static const char *const magics[] = {
		"PK\3\4", "\x89PNG", "\xff\xd8\xff", "GIF8", "%PDF",
		"\xd0\xcf\x11\xe0", "MZ", "\x1f\x8b", "Rar!",
	};

	if (strcmp(item->type, "mail") == 0)
		return false;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (item->len >= strlen(magics[i]) &&
		    memcmp(item->data, magics[i], strlen(magics[i])) == 0)
			return false;
	return item->len > 0;
}

void mm_html_analyze(struct mm_walk *walk, const struct mm_item *item)
{
	const unsigned char *data = item->data;
	unsigned char *copy, *plain;
	size_t len = item->len;

	if (!is_text(item))
		return;
	if ((copy = mm_wide_narrow(data, len)) != NULL) {
		data = copy;
		len /= 2;
	}
	if (is_document(item, data, len)) {
		/* Clients differ in what they take for kanji. */
		report(walk, item, data, len);
		plain = without_kanji(data, len);
		if (plain != NULL)
			report(walk, item, plain, len);
		free(plain);
	}
	free(copy);
}
