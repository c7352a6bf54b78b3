/*
 * Any bytes are a message: reading its structure neither crashes nor passes
 * its bounds. Built with clang -fsanitize=fuzzer,address.
 */
#include <stdlib.h>
#include <string.h>

#include "mamorid/inspect/findings.h"
#include "mamorid/inspect/mime.h"

#define PARTS_MAX 200u

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	mm_mime_init();
	return 0;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	const struct mm_mime_limits limits = {
		.parts = PARTS_MAX, .deadline = MM_DEADLINE_NONE,
	};
	struct mm_report report;
	struct mm_mail mail;

	mm_report_init(&report);
	mm_mime_read(data, len, &limits, &mail);
	if (mail.count > PARTS_MAX)
		abort();
	for (size_t i = 0; i < mail.count; i++) {
		const struct mm_finding finding = {
			.part = mail.leaves[i].part,
			.name = mail.leaves[i].name,
			.mime_type = mail.leaves[i].mime_type,
			.kind = MM_KIND_MACRO,
			.detail = "x",
		};

		mm_report_add(&report, &finding);
	}
	mm_report_text(&report.findings.subject, mail.subject);
	mm_report_text(&report.findings.from, mail.from);
	mm_report_finish(&report);
	mm_mime_clear(&mail);
	mm_report_clear(&report);
	return 0;
}
