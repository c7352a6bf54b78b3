/*
 * Which Office format this is: the others look into it.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 */
#include "mamorid/inspect/office.h"

#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "mamorid/inspect/bytes.h"
#include "mamorid/inspect/fact.h"
#include "mamorid/inspect/name.h"
#include "mamorid/inspect/office_ole.h"
#include "mamorid/inspect/office_rtf.h"
#include "mamorid/inspect/office_text.h"
#include "mamorid/inspect/office_xml.h"
#include "mamorid/inspect/wide.h"

/* A link of a binary workbook (MS-XLSB 2.4.28, BrtBeginSupBook) that is the
 * file's first record: kind 1 is DDE, with service and topic. */
static bool is_dde_book(const unsigned char *data, size_t len)
{
	size_t size, service, topic;

	if (len < 13 || data[0] != 0xe8 || data[1] != 0x02)
		return false;
	size = data[2] & 0x7fu;
	data += 3;
	len -= 3;
	if (data[-1] >= 0x80) {
		size |= (size_t)(data[0] & 0x7fu) << 7;
		data++;
		len--;
	}
	if (size > len || size < 10 || mm_le16(data) != 1)
		return false;
	service = mm_le32(data + 2);
	if (service > (size - 10) / 2)
		return false;
	topic = mm_le32(data + 6 + 2 * service);
	return topic == (size - 10) / 2 - service && size % 2 == 0;
}

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
	} else if (is_dde_book(item->data, item->len)) {
		mm_walk_find(walk, item, MM_KIND_MACRO, "macro: dde");
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
