/*
 * Any bytes are a message that clients read in many ways, a part of one, or a
 * file in a part: looked at as all of these. Built with clang
 * -fsanitize=fuzzer,address.
 */
#include <stdlib.h>

#include "core/conf.h"
#include "mamorid/inspect/encoded_text.h"
#include "mamorid/inspect/readings.h"
#include "mamorid/inspect/smime.h"
#include "mamorid/inspect/tnef.h"

#define UNPACKED_MAX (8u << 20)
#define ITEMS_MAX 50u

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len);

static struct mm_conf conf;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	if (mm_conf_init(&conf) < 0)
		abort();
	conf.limits_unpacked_size = UNPACKED_MAX;
	mm_mime_init();
	mm_smime_init();
	return 0;
}

static void analyze(struct mm_walk *walk, const struct mm_item *item)
{
	mm_readings_analyze(walk, item);
	mm_encoded_text_analyze(walk, item);
	mm_smime_analyze(walk, item);
	mm_tnef_analyze(walk, item);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	const struct mm_mime_limits limits = {
		.parts = 200,
		.deadline = MM_DEADLINE_NONE,
	};
	struct mm_item item = {
		.data = data,
		.len = len,
		.type = "",
		.name = "",
		.mime_type = "message/rfc822",
		.leaf = -1,
		.depth = 1,
	};
	struct mm_report report;
	struct mm_walk *walk;
	struct mm_mail mail;

	mm_report_init(&report);
	mm_mime_read(data, len, &limits, &mail);
	walk = mm_walk_new(&conf, MM_DEADLINE_NONE, &mail, &report);
	mm_readings(walk, data, len);
	if (len > 0)
		analyze(walk, &item);
	for (unsigned int i = 0; i < ITEMS_MAX && mm_walk_next(walk, &item);
	     i++)
		if (item.len > 0)
			analyze(walk, &item);
	mm_report_finish(&report);
	mm_walk_free(&walk);
	mm_mime_clear(&mail);
	mm_report_clear(&report);
	return 0;
}
