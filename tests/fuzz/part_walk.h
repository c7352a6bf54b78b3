#ifndef MM_FUZZ_PART_WALK_H
#define MM_FUZZ_PART_WALK_H

/*
 * A walk through a mail of one part, whose content is the fuzzer's input: as
 * the first byte says it is a body or an attachment of some type and name.
 */
#include <stdlib.h>
#include <string.h>

#include "core/conf.h"
#include "mamorid/inspect/walk.h"

struct part_walk {
	struct mm_conf conf;
	struct mm_report report;
	struct mm_mail mail;
	struct mm_leaf leaf;
	struct mm_walk *walk;
	struct mm_item item;
};

/* The item's bytes lie in memory of their own, so that a read past their end
 * shows. */
static void part_walk_begin(struct part_walk *pw, const unsigned char *data,
			    size_t len)
{
	static const struct {
		const char *type, *name, *mime_type;
	} kinds[] = {
		{ "", "", "text/html" },
		{ "html", "a.svg", "image/svg+xml" },
		{ "text_ascii", "a.csv", "text/csv" },
		{ "binary_data", "a.doc", "application/octet-stream" },
	};
	unsigned char kind = len > 0 ? data[0] : 0;
	unsigned char *copy;

	memset(pw, 0, sizeof(*pw));
	if (mm_conf_init(&pw->conf) < 0)
		abort();
	if (len > 0) {
		data++;
		len--;
	}
	copy = malloc(len > 0 ? len : 1);
	if (copy == NULL)
		abort();
	if (len > 0)
		memcpy(copy, data, len);
	mm_report_init(&pw->report);
	pw->leaf.part = (char *)(uintptr_t)"1";
	pw->leaf.name = (char *)(uintptr_t)kinds[kind & 3].name;
	pw->leaf.mime_type = (char *)(uintptr_t)kinds[kind & 3].mime_type;
	pw->mail.leaves = &pw->leaf;
	pw->mail.count = 1;
	pw->walk = mm_walk_new(&pw->conf, MM_DEADLINE_NONE, &pw->mail,
			       &pw->report);
	pw->item = (struct mm_item){
		.data = copy,
		.len = len,
		.type = kinds[kind & 3].type,
		.name = pw->leaf.name,
		.mime_type = pw->leaf.mime_type,
		.depth = kind >> 2 & 1,
		.in_body = (kind & 8) != 0,
	};
}

/* Facts about content never make a virus of it. */
static void part_walk_end(struct part_walk *pw)
{
	mm_report_finish(&pw->report);
	if (pw->report.findings.verdict == MM_VERDICT_INFECTED)
		abort();
	mm_walk_free(&pw->walk);
	mm_report_clear(&pw->report);
	mm_conf_clear(&pw->conf);
	free((void *)(uintptr_t)pw->item.data);
}

#endif
