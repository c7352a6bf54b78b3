/*
 * Any plan on any message: done or refused, and what is done can be taken apart
 * and has what the plan asked for. Two bytes of length and an encoded request
 * stand before the message. Built with clang -fsanitize=fuzzer,address.
 */
#include <stdlib.h>
#include <string.h>

#include "mamorid/inspect/rewrite_run.h"
#include "mamorid/inspect/rewrite_split.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len);

#define MAX (4u << 20)

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	mm_mime_init();
	return 0;
}

static bool accept(void *context, const char *name,
		   const struct mm_buf *document,
		   char why[MM_REWRITE_REASON_MAX])
{
	(void)context, (void)name;
	why[0] = '\0';
	return document->len % 2 == 0;
}

static void carry_out(const struct mm_rewrite_request *req,
		      const unsigned char *data, size_t len)
{
	struct mm_rewrite_run run = {
		.request = req,
		.mime = { .parts = 100, .deadline = MM_DEADLINE_NONE },
		.clean = { .unpacked = MAX, .members = 100,
			   .deadline = MM_DEADLINE_NONE },
		.accept = accept,
	};
	struct mm_buf header;
	size_t body = 0;

	mm_buf_init(&header, MAX);
	if (mm_rewrite_run(&run, data, len, MAX) == 0) {
		if ((run.done.stamped != MM_STAMPED_NOT) !=
		    (req->stamp != NULL))
			abort();
		for (size_t i = 0; i < req->nops; i++)
			if (run.outcomes[i].done == MM_REWRITE_CLEAN &&
			    req->ops[i].kind != MM_REWRITE_CLEAN)
				abort();
		if (mm_rewrite_split(&run.message, &header, &body) < 0 ||
		    body > run.message.len ||
		    header.len > run.message.len)
			abort();
	}
	mm_buf_clear(&header);
	mm_rewrite_run_clear(&run);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	struct mm_rewrite_request req;
	struct mm_buf wire;
	size_t plan;

	if (len < 2 || (plan = (size_t)data[0] << 8 | data[1]) > len - 2)
		return 0;
	mm_buf_init(&wire, MAX);
	if (mm_rewrite_request_decode(data + 2, plan, &req) == 0) {
		data += 2 + plan;
		len -= 2 + plan;
		if (mm_rewrite_to_wire(data, len, len / 2, &wire) < 0)
			abort();
		carry_out(&req, data, len);
		if (req.wireformat)
			carry_out(&req, (const unsigned char *)
				  mm_buf_str(&wire), wire.len);
	}
	mm_rewrite_request_clear(&req);
	mm_buf_clear(&wire);
	return 0;
}
