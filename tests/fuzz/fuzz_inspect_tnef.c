/*
 * Any bytes are a winmail.dat. Built with clang -fsanitize=fuzzer,address.
 */
#include "mamorid/inspect/tnef.h"
#include "tests/fuzz/inspect_walk.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	fuzz_analyzer(data, len, mm_tnef_analyze);
	return 0;
}
