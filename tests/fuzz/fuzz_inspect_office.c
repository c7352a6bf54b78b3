/*
 * Any bytes are an Office document: looking for macros in it neither crashes
 * nor reads past its end. Built with clang -fsanitize=fuzzer,address.
 */
#include "mamorid/inspect/executable.h"
#include "mamorid/inspect/office.h"
#include "mamorid/inspect/onenote.h"
#include "tests/fuzz/part_walk.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	struct part_walk pw;

	part_walk_begin(&pw, data, len);
	mm_office_analyze(pw.walk, &pw.item);
	mm_executable_analyze(pw.walk, &pw.item);
	mm_onenote_analyze(pw.walk, &pw.item);
	part_walk_end(&pw);
	return 0;
}
