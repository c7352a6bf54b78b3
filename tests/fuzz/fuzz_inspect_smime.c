/*
 * Any bytes are an S/MIME message. Built with clang -fsanitize=fuzzer,address.
 */
#include "mamorid/inspect/smime.h"
#include "tests/fuzz/inspect_walk.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	mm_smime_init();
	return 0;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	fuzz_analyzer(data, len, mm_smime_analyze);
	return 0;
}
