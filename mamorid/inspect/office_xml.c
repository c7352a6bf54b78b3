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

/* Where a relation must lead to count. */
enum place { ANYWHERE, INSIDE, REMOTE };

static const struct {
	const char *suffix;	/* of the type */
	enum place place;
	const char *fact;
} relation_facts[] = {
	{ "/vbaproject", ANYWHERE, "macro: vba" },
	{ "/wordvbadata", ANYWHERE, "macro: vba" },
	{ "macrosheet", ANYWHERE, "macro: xlm" },
	{ "/attachedtemplate", REMOTE, "macro: remote template" },
	{ "/oleobject", REMOTE, "macro: remote object" },
	{ "/frame", REMOTE, "macro: remote object" },
	{ "/subdocument", REMOTE, "macro: remote object" },
	{ "/afchunk", REMOTE, "macro: remote object" },
	{ "/oleobject", INSIDE, "macro: ole object" },
	{ "/control", ANYWHERE, "macro: activex" },
	{ "/activexcontrolbinary", ANYWHERE, "macro: activex" },
};

const char *mm_office_relation(const char *type, const char *target,
			       bool external)
{
	const enum place place = !external ? INSIDE
				 : is_remote(target) ? REMOTE : ANYWHERE;

	for (size_t i = 0;
	     i < sizeof(relation_facts) / sizeof(relation_facts[0]); i++)
		if (mm_text_has_suffix(type, relation_facts[i].suffix) &&
		    (relation_facts[i].place == ANYWHERE ||
		     relation_facts[i].place == place))
			return relation_facts[i].fact;
	return NULL;
}

static void relations(struct mm_walk *walk, const struct mm_item *item,
		      const unsigned char *data, size_t len)
{
	struct mm_html_tag tag;
	struct relation rel;
	struct mm_html html;
	const char *fact;

	mm_html_open(&html, data, len);
	while (mm_html_next(&html, &tag)) {
		if (strcmp(tag.name, "relationship") != 0)
			continue;
		read_relation(&tag, &rel);
		fact = mm_office_relation(rel.type, rel.target, rel.external);
		if (fact != NULL)
			macro(walk, item, fact);
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
		       mm_text_has_suffix(member, ".xml") &&
		       !mm_text_has_suffix(member, "/script-lb.xml");
	for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++)
		if (mm_text_has_prefix(member, languages[i]))
			return !mm_text_has_suffix(member, "/");
	return false;
}

const char *mm_office_member_fact(const char *member)
{
	if (mm_text_has_suffix(member, "vbaProject.bin"))
		return "macro: vba";
	if (mm_text_has_prefix(member, "xl/macrosheets/"))
		return "macro: xlm";
	if (strcasestr(member, "/embeddings/oleObject") != NULL)
		return "macro: ole object";
	if (strcasestr(member, "/activeX/activeX") != NULL)
		return "macro: activex";
	return is_open_document_macro(member) ? "macro: basic" : NULL;
}

void mm_office_member(struct mm_walk *walk, const struct mm_item *archive,
		      const char *member)
{
	const char *fact = mm_office_member_fact(member);

	if (fact != NULL)
		macro(walk, archive, fact);
}
