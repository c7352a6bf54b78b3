/*
 * Which members of an Office document act: by what they are called, what they
 * say they are, and how others refer to them.
 * Process: inspector (as users.inspector, in its jail). Pure functions.
 */
#include "mamorid/inspect/clean_marks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/err.h"
#include "core/text.h"
#include "mamorid/inspect/clean_path.h"
#include "mamorid/inspect/html_token.h"
#include "mamorid/inspect/office_xml.h"
#include "mamorid/xalloc.h"

#define SQUEEZED 512u

static const char empty_sheet[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
	"<worksheet xmlns=\"http://schemas.openxmlformats.org/"
	"spreadsheetml/2006/main\"><sheetData/></worksheet>";
/* BrtBeginSheet, BrtBeginSheetData and their ends (MS-XLSB 2.1.7.62). */
static const char empty_binary[] = "\x81\1\0\x91\1\0\x92\1\0\x82\1";

static void squeeze(const char *text, char out[SQUEEZED])
{
	(void)mm_html_squeeze((const unsigned char *)text, strlen(text), out,
			      SQUEEZED);
}

bool mm_relation_read(const struct mm_xml_element *element,
		      struct mm_relation *rel)
{
	static const char *const unnamed[] = {
		"/vbaproject", "/wordvbadata", "/vbaprojectsignature",
		"/vbaprojectsignatureagile", "/vbaprojectsignaturev3",
		"/ui/extensibility", "/ui/usercustomization",
	};
	char type[SQUEEZED], target[SQUEEZED];
	const char *mode = mm_xml_attr(element, "TargetMode");

	if (strcmp(element->name, "Relationship") != 0)
		return false;
	*rel = (struct mm_relation){
		.id = mm_xml_attr(element, "Id"),
		.type = mm_xml_attr(element, "Type"),
		.target = mm_xml_attr(element, "Target"),
		.external = mode != NULL && strcasecmp(mode, "External") == 0,
		.named = true,
	};
	if (rel->type == NULL || rel->target == NULL)
		return false;
	if (rel->id == NULL)
		rel->id = "";
	squeeze(rel->type, type);
	squeeze(rel->target, target);
	rel->active = mm_office_relation(type, target, rel->external) != NULL;
	rel->sheet = mm_text_has_suffix(type, "macrosheet") && !rel->external;
	for (size_t i = 0; i < sizeof(unnamed) / sizeof(*unnamed); i++) {
		if (!mm_text_has_suffix(type, unnamed[i]))
			continue;
		rel->active = true;
		rel->named = false;
	}
	return true;
}

bool mm_type_acts(const char *type)
{
	static const char *const words[] = {
		"vbaProject", "vbaData", "activeX", "macrosheet",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasestr(type, words[i]) != NULL)
			return true;
	return false;
}

static bool acts_by_name(const char *name)
{
	return mm_office_member_fact(name) != NULL ||
	       mm_text_has_suffix(name, "vbaData.xml") ||
	       strcasestr(name, "vbaProjectSignature") != NULL ||
	       mm_text_has_prefix(name, "customUI/");
}

/* An empty sheet in its place: all others keep their numbers. */
static int empty_macro_sheet(struct mm_package *package,
			     struct mm_package_member *sheet)
{
	const bool binary = mm_text_has_suffix(sheet->name, ".bin");
	struct mm_buf content;
	int r;

	if (sheet->new_name != NULL)
		return 0;
	sheet->new_name = mm_xasprintf("xl/worksheets/emptied%zu.%s",
				       (size_t)(sheet - package->members),
				       binary ? "bin" : "xml");
	if (mm_package_find(package, sheet->new_name) != NULL)
		return MM_ERR_INVALID;
	mm_buf_init(&content, 1024);
	r = binary ? mm_buf_put(&content, empty_binary, sizeof(empty_binary))
		   : mm_buf_puts(&content, empty_sheet);
	mm_package_change(sheet, &content);
	mm_buf_clear(&content);
	sheet->dropped = false;
	return r;
}

struct marking {
	struct mm_package *package;
	const char *source;	/* whose relations are read */
	int error;
};

static enum mm_xml_choice mark_target(void *context,
				      const struct mm_xml_element *element,
				      struct mm_buf *attrs)
{
	struct marking *marking = context;
	struct mm_package_member *member = NULL;
	struct mm_relation rel;
	char *path = NULL;

	(void)attrs;
	if (!mm_relation_read(element, &rel) || !rel.active || rel.external)
		return MM_XML_KEEP;
	path = mm_path_resolve(marking->source, rel.target);
	if (path != NULL)
		member = mm_package_find(marking->package, path);
	free(path);
	if (member == NULL)
		return MM_XML_KEEP;
	if (!rel.sheet)
		member->dropped = member->new_name == NULL;
	else if (marking->error == 0)
		marking->error = empty_macro_sheet(marking->package, member);
	return MM_XML_KEEP;
}

static enum mm_xml_choice mark_type(void *context,
				    const struct mm_xml_element *element,
				    struct mm_buf *attrs)
{
	struct marking *marking = context;
	const char *part = mm_xml_attr(element, "PartName");
	const char *type = mm_xml_attr(element, "ContentType");
	struct mm_package_member *member;

	(void)attrs;
	if (part == NULL || type == NULL || !mm_type_acts(type))
		return MM_XML_KEEP;
	member = mm_package_find(marking->package, part + (part[0] == '/'));
	if (member != NULL && member->new_name == NULL)
		member->dropped = true;
	return MM_XML_KEEP;
}

static int mark_in(struct marking *marking,
		   const struct mm_package_member *member,
		   mm_xml_chooser chooser)
{
	struct mm_buf content, same;
	int r;

	mm_buf_init(&content, SIZE_MAX / 2);
	mm_buf_init(&same, 0);
	if ((r = mm_package_read(marking->package, member, &content)) == 0)
		r = mm_xml_edit(&content, chooser, marking, &same);
	mm_buf_clear(&content);
	return r < 0 ? r : marking->error;
}

static void drop_relations(struct mm_package *package)
{
	for (size_t i = 0; i < package->count; i++) {
		const struct mm_package_member *member = &package->members[i];
		struct mm_package_member *relations;
		char *path;

		if (!member->dropped && member->new_name == NULL)
			continue;
		path = mm_path_relations(member->name);
		relations = mm_package_find(package, path);
		if (relations != NULL)
			relations->dropped = true;
		free(path);
	}
}

int mm_clean_mark(struct mm_package *package)
{
	struct marking marking = { .package = package };
	const struct mm_package_member *types;
	int r = 0;

	for (size_t i = 0; i < package->count; i++)
		package->members[i].dropped =
			acts_by_name(package->members[i].name);
	for (size_t i = 0; i < package->count && r == 0; i++) {
		const struct mm_package_member *member = &package->members[i];
		char *source = mm_path_source(member->name);

		marking.source = source;
		if (source != NULL)
			r = mark_in(&marking, member, mark_target);
		free(source);
	}
	types = mm_package_find(package, "[Content_Types].xml");
	if (r == 0)
		r = types == NULL ? MM_ERR_INVALID
				  : mark_in(&marking, types, mark_type);
	drop_relations(package);
	return r;
}
