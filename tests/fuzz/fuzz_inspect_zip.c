/*
 * Any bytes are a ZIP file: all readings of it stay within their bounds.
 * Built with clang -fsanitize=fuzzer,address.
 */
#include "mamorid/inspect/zip.h"
#include "tests/fuzz/inspect_walk.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	fuzz_analyzer(data, len, mm_zip_analyze);
	return 0;
}
