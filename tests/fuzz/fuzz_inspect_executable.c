/*
 * Any bytes are a program. Built with clang -fsanitize=fuzzer,address.
 */
#include "mamorid/inspect/executable.h"
#include "tests/fuzz/inspect_walk.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	fuzz_analyzer(data, len, mm_executable_analyze);
	return 0;
}
