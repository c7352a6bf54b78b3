/*
 * Which Office format this is: the others look into it.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 */
#include "mamorid/inspect/office.h"

#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "mamorid/inspect/fact.h"
#include "mamorid/inspect/name.h"
#include "mamorid/inspect/office_ole.h"
#include "mamorid/inspect/office_rtf.h"
#include "mamorid/inspect/office_text.h"
#include "mamorid/inspect/office_xml.h"
#include "mamorid/inspect/wide.h"

static bool begins(const struct mm_item *item, const char *magic, size_t len)
{
	return item->len >= len && memcmp(item->data, magic, len) == 0;
}

static bool is_table(struct mm_walk *walk, const struct mm_item *item)
{
	struct mm_name name;

	if (mm_text_has_prefix(item->mime_type, "text/csv") ||
	    mm_text_has_prefix(item->mime_type, "text/tab-separated"))
		return true;
	mm_name_read(mm_fact_name(walk, item), &name);
	return strcmp(name.extension, "csv") == 0 ||
	       strcmp(name.extension, "tsv") == 0 ||
	       strcmp(name.extension, "xls") == 0;
}

static void look_at_text(struct mm_walk *walk, const struct mm_item *item,
			 const unsigned char *data, size_t len)
{
	size_t i = len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (i < len && i < 1024 && data[i] <= ' ' && data[i] != '\0')
		i++;
	if (i == len)
		return;
	if (data[i] == '<') {
		mm_office_xml(walk, item, data, len);
	} else if (len - i > 3 && memcmp(data + i, "ID;", 3) == 0) {
		if (mm_office_slk_macro(data + i, len - i))
			mm_walk_find(walk, item, MM_KIND_MACRO, "macro: xlm");
		if (mm_office_dde_formula(data, len))
			mm_walk_find(walk, item, MM_KIND_MACRO, "macro: dde");
	} else if (len - i > 4 && mm_office_is_rtf(data + i, len - i)) {
		mm_office_rtf(walk, item, data + i, len - i);
	} else if (is_table(walk, item) && mm_office_dde_formula(data, len)) {
		mm_walk_find(walk, item, MM_KIND_MACRO, "macro: dde");
	}
}

void mm_office_analyze(struct mm_walk *walk, const struct mm_item *item)
{
	unsigned char *copy;

	if (item->len < 8 || strcmp(item->type, "mail") == 0)
		return;
	if (begins(item, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8)) {
		mm_office_ole(walk, item);
	} else if (begins(item, "ActiveMime", 10)) {
		mm_walk_find(walk, item, MM_KIND_MACRO, "macro: vba");
	} else if (mm_office_bare_macro_sheet(item->data, item->len)) {
		mm_walk_find(walk, item, MM_KIND_MACRO, "macro: xlm");
	} else if ((copy = mm_wide_narrow(item->data, item->len)) != NULL) {
		look_at_text(walk, item, copy, item->len / 2);
		free(copy);
	} else {
		look_at_text(walk, item, item->data, item->len);
	}
}

const char *mm_office_alert(const char *name)
{
	if (!mm_text_has_prefix(name, "Heuristics.OLE2.ContainsMacros"))
		return NULL;
	return strstr(name, "XLM") != NULL ? "macro: xlm" : "macro: vba";
}
