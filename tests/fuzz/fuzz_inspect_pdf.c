/*
 * Any bytes behind a header are a PDF: looking for active content in it neither
 * crashes nor reads past its end. Built with clang -fsanitize=fuzzer,address.
 */
#include "mamorid/inspect/pdf.h"
#include "tests/fuzz/part_walk.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	struct part_walk pw;

	part_walk_begin(&pw, data, len);
	mm_pdf_analyze(pw.walk, &pw.item);
	part_walk_end(&pw);
	return 0;
}
