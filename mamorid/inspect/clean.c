/*
 * Takes what acts out of an Office document: macro projects, macro sheets,
 * controls, embedded and remote objects, remote templates, callbacks.
 * Process: inspector (as users.inspector, in its jail). Pure functions.
 * A document with no macros left keeps the content types of one that may have
 * some: they belong to its name (.docm), and office programs open it.
 */
#include "mamorid/inspect/clean.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/err.h"
#include "core/text.h"
#include "mamorid/inspect/clean_marks.h"
#include "mamorid/inspect/clean_package.h"
#include "mamorid/inspect/clean_path.h"
#include "mamorid/inspect/clean_xml.h"
#include "mamorid/xalloc.h"

#define IDS_MAX 10000u
#define WORKSHEET_RELATION "http://schemas.openxmlformats.org/" \
	"officeDocument/2006/relationships/worksheet"
#define WORKSHEET_TYPE "application/vnd.openxmlformats-officedocument." \
	"spreadsheetml.worksheet+xml"
#define WORKSHEET_BINARY_TYPE "application/vnd.ms-excel.worksheet"

struct cleaning {
	struct mm_package package;
	const char *source;	/* the part whose relations are edited */
	char *ids[IDS_MAX];	/* of those that went, if the part names them */
	size_t nids;
	bool sheets;		/* there were macro sheets */
	int error;
};

static void fail(struct cleaning *cl, int error)
{
	if (cl->error == 0)
		cl->error = error;
}

/* Have a member edited. 0 or a negative code. */
static int edit(struct cleaning *cl, struct mm_package_member *member,
		mm_xml_chooser chooser)
{
	struct mm_buf old, new;
	int r;

	mm_buf_init(&old, SIZE_MAX / 2);
	mm_buf_init(&new, SIZE_MAX / 2);
	if ((r = mm_package_read(&cl->package, member, &old)) == 0)
		r = mm_xml_edit(&old, chooser, cl, &new);
	if (r > 0)
		mm_package_change(member, &new);
	mm_buf_clear(&old);
	mm_buf_clear(&new);
	return r < 0 ? r : cl->error;
}

static enum mm_xml_choice to_worksheet(struct cleaning *cl,
				       const struct mm_relation *rel,
				       const struct mm_package_member *sheet,
				       struct mm_buf *attrs)
{
	char *target = mm_xasprintf("/%s", sheet->new_name);
	int r;

	if ((r = mm_xml_put_attr(attrs, "Id", rel->id)) < 0 ||
	    (r = mm_xml_put_attr(attrs, "Type", WORKSHEET_RELATION)) < 0 ||
	    (r = mm_xml_put_attr(attrs, "Target", target)) < 0)
		fail(cl, r);
	free(target);
	cl->sheets = true;
	return MM_XML_REPLACE;
}

static enum mm_xml_choice edit_relation(void *context,
					const struct mm_xml_element *element,
					struct mm_buf *attrs)
{
	struct cleaning *cl = context;
	const struct mm_package_member *member = NULL;
	struct mm_relation rel;
	char *path;

	if (!mm_relation_read(element, &rel))
		return MM_XML_KEEP;
	if (!rel.external &&
	    (path = mm_path_resolve(cl->source, rel.target)) != NULL) {
		member = mm_package_find(&cl->package, path);
		free(path);
	}
	if (member != NULL && member->new_name != NULL)
		return to_worksheet(cl, &rel, member, attrs);
	if (!rel.active && (member == NULL || !member->dropped))
		return MM_XML_KEEP;
	if (!rel.named)
		return MM_XML_REMOVE;
	if (cl->nids == IDS_MAX)
		fail(cl, MM_ERR_LIMIT);
	else
		cl->ids[cl->nids++] = mm_xstrdup(rel.id);
	return MM_XML_REMOVE;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Does an element name a relation that went? The ids are sorted. */
static enum mm_xml_choice edit_part(void *context,
				    const struct mm_xml_element *element,
				    struct mm_buf *attrs)
{
	const struct cleaning *cl = context;

	(void)attrs;
	for (const char **attr = element->attrs; *attr != NULL; attr += 2) {
		if (strstr(attr[0], "relationships|") != NULL &&
		    bsearch(&attr[1], cl->ids, cl->nids, sizeof(*cl->ids),
			    compare) != NULL)
			return MM_XML_REMOVE;
	}
	return MM_XML_KEEP;
}

/* The relations of one part, and then the part. */
static int clean_part(struct cleaning *cl, struct mm_package_member *relations)
{
	char *source = mm_path_source(relations->name);
	struct mm_package_member *part;
	int r;

	if (source == NULL)
		return 0;
	cl->source = source;
	r = edit(cl, relations, edit_relation);
	qsort(cl->ids, cl->nids, sizeof(*cl->ids), compare);
	part = mm_package_find(&cl->package, source);
	/* Binary workbooks call things by records, which stay. */
	if (r == 0 && cl->nids > 0 && part != NULL && !part->dropped)
		r = mm_text_has_suffix(part->name, ".bin") ? MM_ERR_INVALID
					     : edit(cl, part, edit_part);
	for (size_t i = 0; i < cl->nids; i++)
		free(cl->ids[i]);
	cl->nids = 0;
	free(source);
	return r;
}

static bool is_true(const char *value)
{
	return value != NULL && (strcmp(value, "1") == 0 ||
				 strcasecmp(value, "true") == 0);
}

/* Names that run a macro sheet's cells, and buttons that run programs. */
static enum mm_xml_choice edit_call(void *context,
				    const struct mm_xml_element *element,
				    struct mm_buf *attrs)
{
	const char *name = mm_xml_attr(element, "name");
	const char *action = mm_xml_attr(element, "action");

	(void)context, (void)attrs;
	if (strcmp(element->name, "definedName") == 0 &&
	    ((name != NULL && mm_text_has_prefix(name, "_xlnm.auto_")) ||
	     is_true(mm_xml_attr(element, "function")) ||
	     is_true(mm_xml_attr(element, "vbProcedure")) ||
	     is_true(mm_xml_attr(element, "xlm"))))
		return MM_XML_REMOVE;
	if (action != NULL && (strcasestr(action, "ppaction://macro") != NULL ||
			       strcasestr(action, "ppaction://program")))
		return MM_XML_REMOVE;
	return MM_XML_KEEP;
}

static enum mm_xml_choice edit_type(void *context,
				    const struct mm_xml_element *element,
				    struct mm_buf *attrs)
{
	struct cleaning *cl = context;
	const char *part = mm_xml_attr(element, "PartName");
	const char *extension = mm_xml_attr(element, "Extension");
	const char *type = mm_xml_attr(element, "ContentType");
	const struct mm_package_member *member = NULL;
	char *name = NULL;
	int r;

	if (type == NULL)
		return MM_XML_KEEP;
	if (part != NULL)
		member = mm_package_find(&cl->package, part +
					 (part[0] == '/'));
	if (member != NULL && member->new_name != NULL) {
		name = mm_xasprintf("/%s", member->new_name);
		if ((r = mm_xml_put_attr(attrs, "PartName", name)) < 0 ||
		    (r = mm_xml_put_attr(attrs, "ContentType",
					 mm_text_has_suffix(name, ".bin")
					 ? WORKSHEET_BINARY_TYPE
					 : WORKSHEET_TYPE)) < 0)
			fail(cl, r);
		free(name);
		return MM_XML_REPLACE;
	}
	if (member != NULL && member->dropped)
		return MM_XML_REMOVE;
	if (!mm_type_acts(type))
		return MM_XML_KEEP;
	if (extension == NULL)
		return MM_XML_REMOVE;
	/* Other members may have this extension. */
	if ((r = mm_xml_put_attr(attrs, "Extension", extension)) < 0 ||
	    (r = mm_xml_put_attr(attrs, "ContentType",
				 "application/octet-stream")) < 0)
		fail(cl, r);
	return MM_XML_REPLACE;
}

static bool has_calls(const struct cleaning *cl,
		      const struct mm_package_member *member)
{
	return mm_text_has_suffix(member->name, ".xml") &&
	       (mm_text_has_prefix(member->name, "ppt/") ||
		(cl->sheets &&
		 strcasecmp(member->name, "xl/workbook.xml") == 0));
}

static int clean(struct cleaning *cl, const struct mm_clean_limits *limits)
{
	struct mm_package *package = &cl->package;
	int r = mm_clean_mark(package);

	for (size_t i = 0; i < package->count && r == 0; i++) {
		if (!package->members[i].dropped)
			r = clean_part(cl, &package->members[i]);
		if (mm_deadline_left(limits->deadline) == 0)
			r = MM_ERR_TIMEOUT;
	}
	for (size_t i = 0; i < package->count && r == 0; i++)
		if (!package->members[i].dropped &&
		    has_calls(cl, &package->members[i]))
			r = edit(cl, &package->members[i], edit_call);
	if (r == 0)
		r = edit(cl, mm_package_find(package, "[Content_Types].xml"),
			 edit_type);
	return r;
}

int mm_clean(const void *data, size_t len,
	     const struct mm_clean_limits *limits, struct mm_buf *out,
	     const char **why_r)
{
	struct cleaning *cl = mm_xcalloc(1, sizeof(*cl));
	int r;

	*why_r = "not a document that can be cleaned";
	r = mm_package_open(&cl->package, data, len, limits->members,
			    limits->unpacked);
	if (r == 0 &&
	    mm_package_find(&cl->package, "[Content_Types].xml") == NULL)
		r = MM_ERR_INVALID;
	if (r == 0) {
		r = clean(cl, limits);
		*why_r = "the document is damaged, or too unusual";
	}
	if (r == 0)
		r = mm_package_write(&cl->package, out);
	if (r == MM_ERR_LIMIT)
		*why_r = "limit: size of the document";
	mm_package_close(&cl->package);
	free(cl);
	return r;
}
