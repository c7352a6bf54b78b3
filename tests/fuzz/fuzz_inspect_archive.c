/*
 * Any bytes are an archive, or a program with one behind it.
 * Built with clang -fsanitize=fuzzer,address.
 */
#include "mamorid/inspect/archive.h"
#include "tests/fuzz/inspect_walk.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	fuzz_analyzer(data, len, mm_archive_analyze);
	return 0;
}
