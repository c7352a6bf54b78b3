/*
 * Any bytes are a compound file, an S/MIME or OpenPGP message.
 * Built with clang -fsanitize=fuzzer,address.
 */
#include "mamorid/inspect/encrypted.h"
#include "mamorid/inspect/ole.h"
#include "tests/fuzz/inspect_walk.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	struct mm_ole_entry entry;
	unsigned char *copy;
	struct mm_ole *ole;

	fuzz_analyzer(data, len, mm_encrypted_analyze);
	if (len < 1 || mm_ole_open(&ole, data + 1, len - 1) < 0)
		return 0;
	if ((copy = malloc(len)) == NULL)
		abort();
	for (size_t i = 0; i < mm_ole_count(ole) && i < 20; i++)
		if (mm_ole_get(ole, i, &entry) &&
		    mm_ole_read(ole, i, data[0], copy, len) > entry.size)
			abort();
	free(copy);
	mm_ole_close(&ole);
	return 0;
}
