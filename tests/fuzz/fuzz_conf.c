/* mamori.yaml: what is taken is shown, and what is shown is taken. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All options as YAML. */
static void show_all(const struct mm_conf *conf, struct mm_buf *out)
{
	const char *key, *dot, *last = "";
	size_t i;
	int r = 0;

	for (i = 0; i < mm_conf_option_count && r == 0; i++) {
		key = mm_conf_options[i].key;
		dot = strchr(key, '.');
		if (dot != NULL &&
		    strncmp(last, key, (size_t)(dot - key) + 1) != 0)
			r = mm_buf_printf(out, "%.*s:\n", (int)(dot - key),
					  key);
		if (r == 0 &&
		    (r = mm_buf_printf(out, "%s%s: ", dot == NULL ? "" : "  ",
				       dot == NULL ? key : dot + 1)) == 0 &&
		    (r = mm_conf_show(conf, i, out)) == 0)
			r = mm_buf_puts(out, "\n");
		last = key;
	}
	if (r < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mm_buf error, first, second;
	struct mm_conf conf;
	int r;

	mm_buf_init(&error, 4096);
	mm_buf_init(&first, 16u << 20);
	mm_buf_init(&second, 16u << 20);
	r = mm_conf_parse(&conf, "f", (const char *)data, size, &error);
	if (r < 0 && (error.len == 0 || strchr(error.data, '\n') != NULL))
		abort();
	if (r == 0) {
		show_all(&conf, &first);
		mm_conf_clear(&conf);
		if (mm_conf_parse(&conf, "g", first.data, first.len,
				  &error) < 0)
			abort();
		show_all(&conf, &second);
		mm_conf_clear(&conf);
		if (strcmp(mm_buf_str(&first), mm_buf_str(&second)) != 0)
			abort();
	}
	mm_buf_clear(&error);
	mm_buf_clear(&first);
	mm_buf_clear(&second);
	return 0;
}
