/*
 * Takes elements out of an XML document by their places in its bytes, so that
 * all others stay as they were written.
 * Process: inspector (as users.inspector, in its jail). Pure functions.
 * Must never read a DTD: there are no entities to expand.
 */
#include "mamorid/inspect/clean_xml.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <expat.h>

#include "core/err.h"
#include "mamorid/xalloc.h"

#define DEPTH_MAX 256u
#define EDITS_MAX 100000u
#define SPACE '|'

/* An element that is open. */
struct open_element {
	size_t begin;
	size_t edits;		/* how many there were before it */
	char name[32];		/* cut: the longest that matters is shorter */
	bool holds;		/* text, or an element that stays */
	bool emptied;		/* one that has gone */
	bool doomed;		/* goes whatever it holds */
};

struct edit {
	size_t begin, end;
	char *text;		/* or NULL */
};

struct editor {
	XML_Parser parser;
	const char *data;
	mm_xml_chooser choose;
	void *context;
	struct open_element open[DEPTH_MAX];
	size_t depth;
	size_t skipped;		/* elements open in one that goes */
	char *replacement;	/* of that one, or NULL */
	struct edit *edits;
	size_t count, size;
	int error;
};

static const char *local_name(const char *name)
{
	const char *bar = strrchr(name, SPACE);

	return bar != NULL ? bar + 1 : name;
}

const char *mm_xml_attr(const struct mm_xml_element *element,
			const char *name)
{
	for (const char **attr = element->attrs; *attr != NULL; attr += 2)
		if (strcmp(local_name(attr[0]), name) == 0)
			return attr[1];
	return NULL;
}

int mm_xml_put_attr(struct mm_buf *attrs, const char *name,
		    const char *value)
{
	int r = mm_buf_printf(attrs, " %s=\"", name);

	for (; *value != '\0' && r == 0; value++) {
		if (strchr("<&\"\t\r\n", *value) != NULL)
			r = mm_buf_printf(attrs, "&#%d;", *value);
		else
			r = mm_buf_put(attrs, value, 1);
	}
	return r < 0 ? r : mm_buf_puts(attrs, "\"");
}

static void stop(struct editor *ed, int error)
{
	if (ed->error == 0)
		ed->error = error;
	(void)XML_StopParser(ed->parser, XML_FALSE);
}

static void add_edit(struct editor *ed, size_t begin, size_t end, char *text)
{
	if (ed->count == ed->size) {
		const size_t size = ed->size == 0 ? 64 : 2 * ed->size;
		struct edit *more = mm_xcalloc(size, sizeof(*more));

		if (ed->count > 0)
			memcpy(more, ed->edits, ed->count * sizeof(*more));
		free(ed->edits);
		ed->edits = more;
		ed->size = size;
	}
	ed->edits[ed->count++] = (struct edit){ begin, end, text };
	if (ed->count > EDITS_MAX)
		stop(ed, MM_ERR_LIMIT);
}

static void drop_edits(struct editor *ed, size_t count)
{
	while (ed->count > count)
		free(ed->edits[--ed->count].text);
}

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

/* What must hold something, or means nothing without. */
static bool goes_when_empty(const char *name)
{
	static const char *const names[] = {
		"AlternateContent", "Choice", "Fallback", "oleObjects",
		"controls", "object", "graphic", "graphicData",
		"definedNames", NULL
	};

	return is_one_of(name, names);
}

/* What goes with the one thing that it is a frame for. */
static bool goes_with(const char *outer, const char *inner)
{
	return strcmp(outer, "graphicFrame") == 0 &&
	       strcmp(inner, "graphic") == 0;
}

/* The new tag: named as in the document, prefix and all. */
static char *make_replacement(const struct editor *ed, size_t begin,
			      const struct mm_buf *attrs)
{
	const char *name = ed->data + begin + 1;

	return mm_xasprintf("<%.*s%s/>",
			    (int)strcspn(name, " \t\r\n/>"), name,
			    mm_buf_str(attrs));
}

static void open_element(struct editor *ed, const char *name, size_t begin)
{
	struct open_element *open = &ed->open[ed->depth++];
	size_t len = strlen(name);

	memset(open, 0, sizeof(*open));
	open->begin = begin;
	open->edits = ed->count;
	if (len < sizeof(open->name))
		memcpy(open->name, name, len);
}

static void XMLCALL on_start(void *context, const XML_Char *name,
			     const XML_Char **attrs)
{
	struct editor *ed = context;
	const struct mm_xml_element element = { local_name(name), attrs };
	struct mm_buf replacement;
	enum mm_xml_choice choice;
	size_t begin = (size_t)XML_GetCurrentByteIndex(ed->parser);

	if (ed->skipped > 0) {
		ed->skipped++;
		return;
	}
	if (ed->depth == DEPTH_MAX) {
		stop(ed, MM_ERR_LIMIT);
		return;
	}
	mm_buf_init(&replacement, 65536);
	choice = ed->choose(ed->context, &element, &replacement);
	open_element(ed, element.name, begin);
	if (choice != MM_XML_KEEP)
		ed->skipped = 1;
	if (choice == MM_XML_REPLACE)
		ed->replacement = make_replacement(ed, begin, &replacement);
	mm_buf_clear(&replacement);
}

/* text comes in the place of one that goes, or NULL. */
static void close_element(struct editor *ed, bool gone, char *text, size_t end)
{
	const struct open_element *open = &ed->open[--ed->depth];
	struct open_element *outer = ed->depth > 0
				     ? &ed->open[ed->depth - 1] : NULL;

	gone |= open->doomed || (open->emptied && !open->holds &&
				 goes_when_empty(open->name));
	if (gone) {
		drop_edits(ed, open->edits);
		add_edit(ed, open->begin, end, text);
	}
	if (outer == NULL) {
		/* Without its root it is no document. */
		if (gone)
			stop(ed, MM_ERR_INVALID);
		return;
	}
	if (!gone || text != NULL)
		outer->holds = true;
	else
		outer->emptied = true;
	outer->doomed |= gone && goes_with(outer->name, open->name);
}

static void XMLCALL on_end(void *context, const XML_Char *name)
{
	struct editor *ed = context;
	size_t end = (size_t)XML_GetCurrentByteIndex(ed->parser) +
		     (size_t)XML_GetCurrentByteCount(ed->parser);
	char *text = ed->replacement;

	(void)name;
	if (ed->skipped > 1) {
		ed->skipped--;
		return;
	}
	ed->replacement = NULL;
	close_element(ed, ed->skipped == 1, text, end);
	ed->skipped = 0;
}

static void XMLCALL on_text(void *context, const XML_Char *text, int len)
{
	struct editor *ed = context;

	for (int i = 0; i < len && ed->depth > 0 && ed->skipped == 0; i++)
		if (strchr(" \t\r\n", text[i]) == NULL)
			ed->open[ed->depth - 1].holds = true;
}

static void XMLCALL on_doctype(void *context, const XML_Char *name,
			       const XML_Char *system, const XML_Char *public,
			       int internal)
{
	(void)name, (void)system, (void)public, (void)internal;
	stop(context, MM_ERR_INVALID);
}

static int parse(struct editor *ed, const struct mm_buf *document)
{
	enum XML_Status status;

	if (document->len == 0 || document->len > INT32_MAX ||
	    memchr(document->data, '\0',
		   document->len < 4 ? document->len : 4) != NULL)
		return MM_ERR_INVALID;
	ed->parser = XML_ParserCreateNS(NULL, SPACE);
	if (ed->parser == NULL)
		return MM_ERR_NOMEM;
	XML_SetUserData(ed->parser, ed);
	XML_SetElementHandler(ed->parser, on_start, on_end);
	XML_SetCharacterDataHandler(ed->parser, on_text);
	XML_SetStartDoctypeDeclHandler(ed->parser, on_doctype);
	status = XML_Parse(ed->parser, document->data, (int)document->len, 1);
	XML_ParserFree(ed->parser);
	if (ed->error < 0)
		return ed->error;
	return status == XML_STATUS_OK ? 0 : MM_ERR_INVALID;
}

static int apply(const struct editor *ed, const struct mm_buf *document,
		 struct mm_buf *out)
{
	size_t pos = 0;
	int r = 0;

	for (size_t i = 0; i < ed->count && r == 0; i++) {
		const struct edit *edit = &ed->edits[i];

		if (edit->begin < pos || edit->end < edit->begin ||
		    edit->end > document->len)
			return MM_ERR_INVALID;
		r = mm_buf_put(out, document->data + pos, edit->begin - pos);
		if (r == 0 && edit->text != NULL)
			r = mm_buf_puts(out, edit->text);
		pos = edit->end;
	}
	return r < 0 ? r : mm_buf_put(out, document->data + pos,
				      document->len - pos);
}

int mm_xml_edit(const struct mm_buf *document, mm_xml_chooser choose,
		void *context, struct mm_buf *out)
{
	struct editor *ed = mm_xcalloc(1, sizeof(*ed));
	int r;

	ed->data = document->data;
	ed->choose = choose;
	ed->context = context;
	r = parse(ed, document);
	if (r == 0 && ed->count > 0 &&
	    (r = apply(ed, document, out)) == 0)
		r = 1;
	drop_edits(ed, 0);
	free(ed->edits);
	free(ed->replacement);
	free(ed);
	return r;
}
