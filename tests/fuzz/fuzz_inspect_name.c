/*
 * Any bytes without a NUL are a file name: reading it neither crashes nor
 * passes its bounds, and a disguise is one of a program.
 * Built with clang -fsanitize=fuzzer,address.
 */
#include <stdlib.h>
#include <string.h>

#include "mamorid/inspect/name.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	struct mm_name name;
	char *copy = malloc(len + 1);

	if (copy == NULL)
		abort();
	if (len > 0)
		memcpy(copy, data, len);
	copy[len] = '\0';
	mm_name_read(copy, &name);
	if (name.disguised && !name.executable)
		abort();
	if (strlen(name.extension) >= MM_NAME_EXTENSION)
		abort();
	free(copy);
	return 0;
}
