#ifndef MM_FUZZ_INSPECT_WALK_H
#define MM_FUZZ_INSPECT_WALK_H

/*
 * A walk around one analyzer: the first byte chooses the type that libclamav
 * would tell, the rest is the content. What the analyzer unpacks is taken out
 * and forgotten.
 */
#include <stdlib.h>
#include <string.h>

#include "mamorid/inspect/analyze.h"
#include "mamorid/inspect/walk.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len);

/* The real one knows all analyzers. */
void mm_analyze_member(struct mm_walk *walk, const struct mm_item *archive,
		       const char *member, uint64_t size)
{
	(void)walk, (void)archive, (void)size;
	if (strlen(member) > 1 << 20)
		abort();
}

static void fuzz_analyzer(const unsigned char *data, size_t len,
			  void (*analyze)(struct mm_walk *walk,
					  const struct mm_item *item))
{
	static const char *const types[] = {
		"binary_data", "zip", "msexe", "text_ascii", "msole2", "arj",
	};
	static struct mm_conf conf;
	struct mm_mail mail = { 0 };
	struct mm_report report;
	struct mm_walk *walk;
	struct mm_item item = { .leaf = -1, .name = "a.pgp",
				.mime_type = "text/plain" };

	if (len < 1)
		return;
	if (conf.limits_parts == 0 && mm_conf_init(&conf) < 0)
		abort();
	conf.limits_parts = 200;
	conf.limits_unpacked_size = 1 << 20;
	item.type = types[data[0] % (sizeof(types) / sizeof(types[0]))];
	item.in_body = (data[0] & 0x80) != 0;
	item.depth = data[0] >> 6 & 1;
	item.data = data + 1;
	item.len = len - 1;
	mm_report_init(&report);
	walk = mm_walk_new(&conf, MM_DEADLINE_NONE, &mail, &report);
	if (item.len > 0)
		analyze(walk, &item);
	while (mm_walk_next(walk, &item))
		if (item.len > conf.limits_unpacked_size)
			abort();
	mm_walk_free(&walk);
	mm_report_clear(&report);
}

#endif
