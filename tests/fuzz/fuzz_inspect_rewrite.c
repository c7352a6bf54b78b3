/*
 * Any message can be rewritten or refused: an empty plan changes nothing, and a
 * stamped message can be read. Built with clang -fsanitize=fuzzer,address.
 */
#include <stdlib.h>
#include <string.h>

#include "mamorid/inspect/rewrite.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	mm_mime_init();
	return 0;
}

static void try(const unsigned char *data, size_t len,
		const struct mm_rewrite_plan *plan)
{
	const struct mm_mime_limits limits = {
		.parts = 100, .deadline = MM_DEADLINE_NONE,
	};
	struct mm_rewritten done;
	struct mm_mail again;
	struct mm_buf out;
	int r;

	mm_buf_init(&out, 1 << 20);
	r = mm_rewrite(data, len, &limits, plan, &out, &done);
	if (r == 0 && plan->count == 0 && plan->stamp == NULL &&
	    (out.len != len || (len > 0 && memcmp(out.data, data, len) != 0)))
		abort();
	if (r == 0 && out.len > 0) {
		mm_mime_read((const unsigned char *)out.data, out.len,
			     &limits, &again);
		mm_mime_clear(&again);
	}
	mm_buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	const struct mm_removal removals[] = {
		{ "1", "除去\n", NULL }, { "2", "x\n", NULL },
	};
	const struct mm_rewrite_plan plans[] = {
		{ .count = 0 },
		{ .stamp = "ご注意\n" },
		{ .stamp = "note\n" },
		{ removals, 1, NULL },
		{ removals, 2, "ご注意\n" },
	};
	unsigned char *copy = malloc(len > 0 ? len : 1);

	if (copy == NULL)
		abort();
	if (len > 0)
		memcpy(copy, data, len);
	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++)
		try(copy, len, &plans[i]);
	free(copy);
	return 0;
}
