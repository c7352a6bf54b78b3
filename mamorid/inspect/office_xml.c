/*
 * Macros and what acts like one in the XML parts of Office Open XML,
 * OpenDocument and the single-file formats of Word and Excel: relations to
 * macro projects and remote templates, DDE fields and links, embedded objects.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 */
#include "mamorid/inspect/office_xml.h"

#include <string.h>
#include <strings.h>

#include "core/text.h"
#include "mamorid/inspect/html_token.h"

#define TARGET_MAX 512u
#define FIELD_MAX 64u	/* a field's kind stands at its front */

static void macro(struct mm_walk *walk, const struct mm_item *item,
		  const char *detail)
{
	mm_walk_find(walk, item, MM_KIND_MACRO, detail);
}

static bool contains(const unsigned char *data, size_t len, const char *word)
{
	return memmem(data, len, word, strlen(word)) != NULL;
}

static bool ends(const char *text, const char *suffix)
{
	size_t len = strlen(text);
	size_t tail = strlen(suffix);

	return len >= tail && strcasecmp(text + len - tail, suffix) == 0;
}

/* On another machine, and not one of the own network's, where companies keep
 * their templates. target is squeezed. */
static bool is_remote(const char *target)
{
	const char *host = target;

	if (strncmp(host, "http:", 5) == 0 || strncmp(host, "https:", 6) == 0 ||
	    strncmp(host, "ftp:", 4) == 0 || strncmp(host, "mhtml:", 6) == 0 ||
	    strncmp(host, "mk:", 3) == 0 || strncmp(host, "ms-", 3) == 0 ||
	    strstr(host, "!x-usc:") != NULL)
		return true;
	if (strncmp(host, "file:", 5) == 0)
		host += 5;
	else if (strncmp(host, "\\\\", 2) != 0 && strncmp(host, "//", 2) != 0)
		return false;
	host += strspn(host, "/\\");
	for (; *host != '\0' && strchr("/\\", *host) == NULL; host++)
		if (*host == '.' || *host == '@')
			return true;
	return false;
}

struct relation {
	char type[TARGET_MAX];
	char target[TARGET_MAX];
	bool external;
};

static void read_relation(struct mm_html_tag *tag, struct relation *rel)
{
	struct mm_html_attr attr;
	char mode[16];

	memset(rel, 0, sizeof(*rel));
	while (mm_html_attribute(tag, &attr)) {
		if (strcmp(attr.name, "type") == 0)
			mm_html_squeeze(attr.value, attr.len, rel->type,
					sizeof(rel->type));
		else if (strcmp(attr.name, "target") == 0)
			mm_html_squeeze(attr.value, attr.len, rel->target,
					sizeof(rel->target));
		else if (strcmp(attr.name, "targetmode") == 0) {
			mm_html_squeeze(attr.value, attr.len, mode,
					sizeof(mode));
			rel->external = strcmp(mode, "external") == 0;
		}
	}
}

static void judge_relation(struct mm_walk *walk, const struct mm_item *item,
			   const struct relation *rel)
{
	bool remote = rel->external && is_remote(rel->target);

	if (ends(rel->type, "/vbaproject") ||
	    ends(rel->type, "/wordvbadata"))
		macro(walk, item, "macro: vba");
	else if (ends(rel->type, "macrosheet"))
		macro(walk, item, "macro: xlm");
	else if (ends(rel->type, "/attachedtemplate") && remote)
		macro(walk, item, "macro: remote template");
	else if ((ends(rel->type, "/oleobject") ||
		  ends(rel->type, "/frame") ||
		  ends(rel->type, "/subdocument") ||
		  ends(rel->type, "/afchunk")) && remote)
		macro(walk, item, "macro: remote object");
	else if (ends(rel->type, "/oleobject") && !rel->external)
		macro(walk, item, "macro: ole object");
	else if (ends(rel->type, "/control") ||
		 ends(rel->type, "/activexcontrolbinary"))
		macro(walk, item, "macro: activex");
}

static void relations(struct mm_walk *walk, const struct mm_item *item,
		      const unsigned char *data, size_t len)
{
	struct mm_html_tag tag;
	struct relation rel;
	struct mm_html html;

	mm_html_open(&html, data, len);
	while (mm_html_next(&html, &tag)) {
		if (strcmp(tag.name, "relationship") != 0)
			continue;
		read_relation(&tag, &rel);
		judge_relation(walk, item, &rel);
	}
}

/* The beginning of a field's code, which may come in pieces. */
struct field {
	char code[FIELD_MAX];
	size_t len;
};

static bool is_dde(const struct field *field)
{
	const char *code = field->code + strspn(field->code, " \t\r\n\"");

	if (mm_text_has_prefix(code, "dde"))
		return true;
	/* { QUOTE 68 68 69 ... }: letters by number, to hide the word. */
	if (!mm_text_has_prefix(code, "quote "))
		return false;
	code += 6;
	return strspn(code, "0123456789 ") >= 8;
}

static void add_code(struct field *field, const unsigned char *text,
		     size_t len)
{
	field->len += mm_html_decode(text, len, field->code + field->len,
				     sizeof(field->code) - field->len);
}

static bool field_tag(struct field *field, struct mm_html_tag *tag,
		      const struct mm_html *html)
{
	const unsigned char *stop;
	struct mm_html_attr attr;

	if (strcmp(tag->name, "fldchar") == 0) {
		memset(field, 0, sizeof(*field));
		return false;
	}
	if (strcmp(tag->name, "fldsimple") == 0) {
		memset(field, 0, sizeof(*field));
		while (mm_html_attribute(tag, &attr))
			if (strcmp(attr.name, "instr") == 0)
				add_code(field, attr.value, attr.len);
		return is_dde(field);
	}
	if (strcmp(tag->name, "instrtext") != 0)
		return false;
	stop = memchr(html->pos, '<', (size_t)(html->end - html->pos));
	if (stop == NULL)
		stop = html->end;
	add_code(field, html->pos, (size_t)(stop - html->pos));
	return is_dde(field);
}

static void fields(struct mm_walk *walk, const struct mm_item *item,
		   const unsigned char *data, size_t len)
{
	struct field field = { 0 };
	struct mm_html_tag tag;
	struct mm_html html;

	mm_html_open(&html, data, len);
	while (mm_html_next(&html, &tag)) {
		if (field_tag(&field, &tag, &html)) {
			macro(walk, item, "macro: dde");
			return;
		}
	}
}

static const struct {
	const char *word;
	const char *detail;
} words[] = {
	/* [Content_Types].xml, and packages in one XML file */
	{ "application/vnd.ms-office.vbaProject", "macro: vba" },
	{ "application/vnd.ms-word.vbaData", "macro: vba" },
	{ "application/vnd.ms-excel.macrosheet", "macro: xlm" },
	{ "application/vnd.ms-excel.intlmacrosheet", "macro: xlm" },
	{ "application/vnd.ms-office.activeX", "macro: activex" },
	/* Word 2003 */
	{ "macrosPresent=\"yes\"", "macro: vba" },
	{ "editdata.mso", "macro: vba" },
	/* Excel */
	{ "<ddeLink", "macro: dde" },
	{ ":ddeLink ", "macro: dde" },
	/* PowerPoint */
	{ "ppaction://program", "macro: action" },
	{ "ppaction://macro", "macro: action" },
	/* OpenDocument */
	{ "vnd.sun.star.script:", "macro: basic" },
	{ "<office:dde-source", "macro: dde" },
	{ "<table:dde-link", "macro: dde" },
	{ "<script:module", "macro: basic" },
};

void mm_office_xml(struct mm_walk *walk, const struct mm_item *item,
		   const unsigned char *data, size_t len)
{
	/* Web pages have no such things, but tutorials on them. */
	if (strcmp(item->type, "html") == 0 &&
	    !contains(data, len < 256 ? len : 256, "<?xml"))
		return;
	if (contains(data, len, "elationship"))
		relations(walk, item, data, len);
	if (contains(data, len, "instrText") ||
	    contains(data, len, "fldSimple"))
		fields(walk, item, data, len);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (contains(data, len, words[i].word))
			macro(walk, item, words[i].detail);
}

/* OpenDocument keeps Basic libraries and scripts of other languages so; other
 * archives have folders of these names, too. */
static bool is_open_document_macro(const char *member)
{
	static const char *const languages[] = {
		"Scripts/python/", "Scripts/beanshell/", "Scripts/javascript/",
		"Scripts/java/",
	};

	if (mm_text_has_prefix(member, "Basic/"))
		return strchr(member + 6, '/') != NULL &&
		       ends(member, ".xml") && !ends(member, "/script-lb.xml");
	for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++)
		if (mm_text_has_prefix(member, languages[i]))
			return !ends(member, "/");
	return false;
}

void mm_office_member(struct mm_walk *walk, const struct mm_item *archive,
		      const char *member)
{
	if (ends(member, "vbaProject.bin"))
		macro(walk, archive, "macro: vba");
	else if (mm_text_has_prefix(member, "xl/macrosheets/"))
		macro(walk, archive, "macro: xlm");
	else if (strcasestr(member, "/embeddings/oleObject") != NULL)
		macro(walk, archive, "macro: ole object");
	else if (strcasestr(member, "/activeX/activeX") != NULL)
		macro(walk, archive, "macro: activex");
	else if (is_open_document_macro(member))
		macro(walk, archive, "macro: basic");
}
