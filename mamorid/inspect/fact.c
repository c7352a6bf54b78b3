/*
 * Findings that carry a foreign name, and how many of them are enough.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never be used for a kind that decides the verdict.
 */
#include "mamorid/inspect/fact.h"

#include <stdlib.h>
#include <string.h>

#include "mamorid/xalloc.h"

#define ENOUGH 50u
#define HEAD_MAX 80
#define TAIL_MAX 60

/* Steps over the rest of a UTF-8 sequence. */
static const char *next_character(const char *pos)
{
	while (((unsigned char)*pos & 0xc0) == 0x80)
		pos++;
	return pos;
}

static bool enough(struct mm_walk *walk, const struct mm_item *item,
		   enum mm_kind kind)
{
	const struct mm_report *report = mm_walk_report(walk);
	const char *part = item->leaf >= 0
		? mm_walk_mail(walk)->leaves[item->leaf].part : "";

	return report->findings.count >= ENOUGH &&
	       mm_report_has(report, kind, part);
}

void mm_fact(struct mm_walk *walk, const struct mm_item *item,
	     enum mm_kind kind, const char *what, const char *name)
{
	size_t len = name != NULL ? strlen(name) : 0;
	char *detail;
	int head;

	if (enough(walk, item, kind))
		return;
	if (len == 0) {
		mm_walk_find(walk, item, kind, what);
		return;
	}
	if (len <= HEAD_MAX + TAIL_MAX) {
		detail = mm_xasprintf("%s (%s)", what, name);
	} else {
		head = HEAD_MAX;
		while (head > 0 &&
		       ((unsigned char)name[head] & 0xc0) == 0x80)
			head--;
		detail = mm_xasprintf("%s (%.*s...%s)", what, head, name,
				      next_character(name + len - TAIL_MAX));
	}
	mm_walk_find(walk, item, kind, detail);
	free(detail);
}

const char *mm_fact_name(struct mm_walk *walk, const struct mm_item *item)
{
	const char *outer;

	if (item->depth == 0 || item->leaf < 0)
		return item->name;
	outer = mm_walk_mail(walk)->leaves[item->leaf].name;
	return strcmp(item->name, outer) == 0 ? "" : item->name;
}
