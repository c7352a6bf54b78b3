/*
 * Active content in HTML and SVG: scripts, event handlers, script URLs,
 * ActiveX. Process: inspector (as users.inspector, in its jail), and one-shot
 * mode. Pure functions. Must never take for granted that a document is well
 * formed, and must find nothing in an ordinary newsletter.
 */
#include "mamorid/inspect/html_facts.h"

#include <stdlib.h>
#include <string.h>

#include "mamorid/inspect/html_css.h"
#include "mamorid/inspect/html_token.h"
#include "mamorid/inspect/html_url.h"
#include "mamorid/xalloc.h"

#define NESTING_MAX 4u	/* srcdoc in srcdoc */
#define DECLARATION_MAX 8192u
#define VALUE_MAX 512u	/* of a URL, squeezed: its beginning tells */

struct document {
	unsigned int facts;
	unsigned int nesting;
	bool amp;
	bool foreign;	/* SVG or MathML: style and title hold elements */
	bool seen_foreign;
};

static void read_document(struct document *doc, const unsigned char *data,
			  size_t len);

static void nested(struct document *doc, const unsigned char *text, size_t len)
{
	struct document inner = { .nesting = doc->nesting + 1 };
	size_t used;
	char *copy;

	if (len == 0 || inner.nesting > NESTING_MAX)
		return;
	copy = mm_xcalloc(len + 1, 1);
	used = mm_html_decode(text, len, copy, len + 1);
	read_document(&inner, (const unsigned char *)copy, used);
	free(copy);
	doc->facts |= inner.facts;
}

static bool is_handler(const char *name)
{
	size_t len = strlen(name);

	return len >= 5 && strncmp(name, "on", 2) == 0 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz") == len;
}

static bool is_url(const char *name)
{
	static const char *const names[] = {
		"href", "src", "action", "formaction", "data", "background",
		"poster", "lowsrc", "dynsrc", "code", "codebase", "archive",
		"cite", "longdesc", "manifest", "ping", "profile", "object",
		"movie", NULL
	};

	return mm_html_is_one_of(name, names);
}

static bool shows_pictures(const char *tag)
{
	static const char *const tags[] = {
		"img", "image", "input", "source", "video", "audio", "body",
		"table", "td", "th", "feimage", "option", "li", "button",
		NULL
	};

	return mm_html_is_one_of(tag, tags);
}

static void object_attribute(struct document *doc, const char *tag,
			     const char *name, const char *value)
{
	if (strcmp(tag, "object") != 0 && strcmp(tag, "embed") != 0)
		return;
	if (strcmp(name, "classid") == 0 && value[0] != '\0')
		doc->facts |= MM_HTML_ACTIVEX;
	else if (mm_html_is_program(value))
		doc->facts |= MM_HTML_OBJECT;
}

/* May its value run something? Most say how an element looks. */
static bool is_of_interest(const char *tag, const char *name)
{
	static const char *const names[] = {
		"value", "content", "values", "to", "from", "by", NULL
	};

	return is_handler(name) || is_url(name) ||
	       mm_html_is_one_of(name, names) || strcmp(tag, "object") == 0 ||
	       strcmp(tag, "embed") == 0;
}

static void attribute(struct document *doc, const char *tag,
		      const struct mm_html_attr *attr)
{
	const char *name = attr->name;
	char value[VALUE_MAX];

	if (strcmp(name, "style") == 0) {
		if (mm_html_css_runs(attr->value, attr->len))
			doc->facts |= MM_HTML_CSS;
		return;
	}
	if (strcmp(name, "srcdoc") == 0) {
		nested(doc, attr->value, attr->len);
		return;
	}
	if (!is_of_interest(tag, name))
		return;
	mm_html_squeeze(attr->value, attr->len, value, sizeof(value));
	if (is_handler(name) && value[0] != '\0')
		doc->facts |= MM_HTML_HANDLER;
	else if (is_url(name) || (strcmp(name, "value") == 0 &&
				  strcmp(tag, "param") == 0))
		doc->facts |= mm_html_url_facts(value, shows_pictures(tag));
	else if (strcmp(name, "content") == 0 && strcmp(tag, "meta") == 0)
		doc->facts |= mm_html_refresh_facts(value);
	else if (strcmp(name, "values") == 0 || strcmp(name, "to") == 0 ||
		 strcmp(name, "from") == 0 || strcmp(name, "by") == 0)
		doc->facts |= mm_html_list_facts(value);
	object_attribute(doc, tag, name, value);
}

/* Data for search engines and mail programs, not run. Markup in it could
 * make a browser see its end elsewhere. */
static bool is_data(const char *type, const unsigned char *text, size_t len)
{
	static const char *const types[] = {
		"application/ld+json", "application/json", "text/template",
		"text/x-template", "text/x-handlebars", NULL
	};

	return mm_html_is_one_of(type, types) &&
	       memmem(text, len, "<!--", 4) == NULL;
}

static void script(struct document *doc, struct mm_html *html,
		   struct mm_html_tag tag)
{
	static const char amp_scripts[] = "https://cdn.ampproject.org/";
	char type[64] = "", src[VALUE_MAX] = "";
	const unsigned char *text;
	struct mm_html_attr attr;
	size_t len;

	while (mm_html_attribute(&tag, &attr)) {
		if (strcmp(attr.name, "type") == 0)
			mm_html_squeeze(attr.value, attr.len, type,
					sizeof(type));
		else if (strcmp(attr.name, "src") == 0 ||
			 strcmp(attr.name, "href") == 0)
			mm_html_squeeze(attr.value, attr.len, src,
					sizeof(src));
	}
	mm_html_raw(html, "script", &text, &len);
	if (doc->amp && strncmp(src, amp_scripts, strlen(amp_scripts)) == 0)
		return;
	if (src[0] == '\0' && is_data(type, text, len))
		return;
	doc->facts |= MM_HTML_SCRIPT;
}

/* Elements whose content is text to HTML, but not to SVG. */
static bool is_raw(const char *name)
{
	static const char *const names[] = {
		"style", "title", "textarea", "xmp", "iframe", "noembed",
		"noframes", NULL
	};

	return mm_html_is_one_of(name, names);
}

static void element(struct document *doc, struct mm_html *html,
		    const struct mm_html_tag *tag)
{
	struct mm_html_tag rest = *tag;
	const unsigned char *text;
	struct mm_html_attr attr;
	size_t len;

	if (strcmp(tag->name, "script") == 0) {
		script(doc, html, *tag);
		return;
	}
	if (strcmp(tag->name, "applet") == 0)
		doc->facts |= MM_HTML_APPLET;
	else if (strcmp(tag->name, "application") == 0)
		doc->facts |= MM_HTML_HTA;
	else if (strcmp(tag->name, "svg") == 0 ||
		 strcmp(tag->name, "math") == 0)
		doc->seen_foreign = true;
	while (mm_html_attribute(&rest, &attr))
		attribute(doc, tag->name, &attr);
	/* In SVG these are ordinary elements: the second reading. */
	if (doc->foreign || !is_raw(tag->name))
		return;
	mm_html_raw(html, tag->name, &text, &len);
	if (strcmp(tag->name, "style") == 0 && mm_html_css_runs(text, len))
		doc->facts |= MM_HTML_CSS;
}

/* <!ENTITY x "&#60;script>"> and <?xml-stylesheet href="data:..."?>, which the
 * tokenizer steps over. */
static void declarations(struct document *doc, const unsigned char *data,
			 size_t len)
{
	const unsigned char *end = data + len;
	const unsigned char *pos = data;

	while ((pos = memmem(pos, (size_t)(end - pos), "<!ENTITY", 8)) !=
	       NULL) {
		struct document inner = { 0 };
		size_t window;

		/* Where the value ends does not matter. */
		pos += 8;
		window = (size_t)(end - pos);
		if (window > DECLARATION_MAX)
			window = DECLARATION_MAX;
		nested(&inner, pos, window);
		pos += window;
		if (inner.facts != 0) {
			doc->facts |= MM_HTML_ENTITY;
			return;
		}
	}
}

static void instructions(struct document *doc, const unsigned char *data,
			 size_t len)
{
	const unsigned char *end = data + len;
	const unsigned char *pos = data;
	char value[VALUE_MAX];

	while ((pos = memmem(pos, (size_t)(end - pos), "<?xml-stylesheet",
			     16)) != NULL) {
		const unsigned char *stop;
		size_t window;

		pos += 16;
		window = (size_t)(end - pos);
		if (window > VALUE_MAX)
			window = VALUE_MAX;
		stop = memchr(pos, '>', window);
		if (stop != NULL)
			window = (size_t)(stop - pos);
		mm_html_squeeze(pos, window, value, sizeof(value));
		pos += window;
		if (strstr(value, "text/xsl") != NULL ||
		    strstr(value, "data:") != NULL ||
		    strstr(value, "javascript:") != NULL)
			doc->facts |= MM_HTML_STYLESHEET;
	}
}

static void read_document(struct document *doc, const unsigned char *data,
			  size_t len)
{
	struct mm_html_tag tag;
	struct mm_html html;

	mm_html_open(&html, data, len);
	while (mm_html_next(&html, &tag))
		element(doc, &html, &tag);
	if (!doc->seen_foreign || doc->foreign)
		return;
	doc->foreign = true;
	mm_html_open(&html, data, len);
	while (mm_html_next(&html, &tag))
		element(doc, &html, &tag);
}

unsigned int mm_html_facts(const unsigned char *data, size_t len, bool amp)
{
	struct document doc = { .amp = amp };

	if (len == 0)
		return 0;
	read_document(&doc, data, len);
	declarations(&doc, data, len);
	instructions(&doc, data, len);
	return doc.facts;
}

const char *mm_html_fact_detail(unsigned int i)
{
	static const char *const details[MM_HTML_FACTS] = {
		"script: element", "script: event handler",
		"script: javascript url", "script: data url",
		"script: activex", "script: object", "script: applet",
		"script: css", "script: hta", "script: xml entity",
		"script: stylesheet",
	};

	return i < MM_HTML_FACTS ? details[i] : "script: other";
}
