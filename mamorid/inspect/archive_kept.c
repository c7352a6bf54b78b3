/*
 * Keeps archives until it shows whether libclamav has opened them.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never hold more than what lies inside each other.
 */
#include "mamorid/inspect/archive.h"

#include <stdlib.h>
#include <string.h>

#include "mamorid/inspect/archive_read.h"
#include "mamorid/xalloc.h"

struct mm_kept {
	struct mm_kept *below;
	enum mm_format format;
	unsigned int level;
	unsigned int opened;
	unsigned int listed;
	unsigned int encrypted;
	struct mm_item item;
	unsigned char *data;
	char *name;
};

static bool wanted(enum mm_format format, const char *type)
{
	switch (format) {
	case MM_FORMAT_ARJ:
		/* Two bytes are no proof. */
		return strcmp(type, "arj") == 0;
	case MM_FORMAT_SEVENZIP:
	case MM_FORMAT_ISO:
	case MM_FORMAT_CAB:
	case MM_FORMAT_CPIO:
	case MM_FORMAT_XAR:
	case MM_FORMAT_LHA:
	case MM_FORMAT_ALZ:
	case MM_FORMAT_EGG:
		return true;
	default:
		return false;
	}
}

/* Does the first look tell what it is? */
static bool is_sure(enum mm_format format)
{
	return format != MM_FORMAT_LHA && format != MM_FORMAT_CPIO;
}

/* Members without content are listed, too, but never opened: then there is
 * nothing to unpack either. */
static void close_top(struct mm_kept_list *list)
{
	struct mm_kept *kept = list->top;

	list->top = kept->below;
	if ((kept->opened == 0 || kept->opened < kept->listed) &&
	    !mm_walk_stopped(list->walk, kept->item.leaf))
		mm_archive_unpack(list->walk, &kept->item, kept->format,
				  is_sure(kept->format) &&
					  kept->encrypted == 0,
				  kept->data, kept->item.len);
	free(kept->data);
	free(kept->name);
	free(kept);
}

static void keep(struct mm_kept_list *list, const struct mm_item *item,
		 enum mm_format format, unsigned int level)
{
	unsigned char *data = calloc(1, item->len);
	struct mm_kept *kept;

	if (data == NULL) {
		mm_walk_find(list->walk, item, MM_KIND_ERROR, "no memory");
		return;
	}
	memcpy(data, item->data, item->len);
	kept = mm_xcalloc(1, sizeof(*kept));
	kept->format = format;
	kept->level = level;
	kept->data = data;
	kept->name = mm_xstrdup(item->name);
	kept->item = *item;
	kept->item.data = data;
	kept->item.name = kept->name;
	kept->item.type = mm_format_name(format);
	kept->item.mime_type = "";
	kept->below = list->top;
	list->top = kept;
}

void mm_kept_layer(struct mm_kept_list *list, const struct mm_item *item,
		   unsigned int level, bool normalized)
{
	enum mm_format format;

	while (list->top != NULL && list->top->level >= level)
		close_top(list);
	/* Levels have gaps where an archive lies in another file. */
	if (list->top != NULL && level <= list->top->level + 2 && !normalized)
		list->top->opened++;
	if (item->data == NULL || item->len == 0)
		return;
	format = mm_format_of(item->data, item->len);
	if (wanted(format, item->type))
		keep(list, item, format, level);
}

void mm_kept_member(struct mm_kept_list *list, unsigned int level,
		    uint64_t size, bool encrypted)
{
	if (list->top == NULL || list->top->level != level)
		return;
	if (encrypted)
		list->top->encrypted++;
	else if (size > 0)
		list->top->listed++;
}

void mm_kept_end(struct mm_kept_list *list)
{
	while (list->top != NULL)
		close_top(list);
}
