/* Field lists: any nesting, every getter. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/wire.h"

#define DEPTH_MAX 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct mm_wire *list, int depth)
{
	struct mm_wire in = *list, field;
	const char *text;
	uint64_t num;
	uint16_t tag;

	while (mm_wire_next(&in, &tag, &field) == 1) {
		if (field.pos < list->pos || field.end > list->end)
			abort();
		if (mm_wire_get_num(&field, 5, 1000, &num) == 0 &&
		    (num < 5 || num > 1000))
			abort();
		if (mm_wire_get_str(&field, 40, &text) == 0 &&
		    strlen(text) != mm_wire_left(&field) - 1)
			abort();
		if (depth < DEPTH_MAX)
			walk(&field, depth + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mm_wire in;

	mm_wire_init(&in, data, size);
	walk(&in, 0);
	return 0;
}
