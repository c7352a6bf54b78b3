/*
 * Foreign text in what we write to people. Pure. Must never let it control,
 * reorder or hide what is around it, or be clicked.
 */
#include "core/text.h"

#include <string.h>

/* Mail programs make links of these even in plain text; what we write must not
 * carry the attacker's link under our name. */
static size_t link_len(const char *text, const char **instead_r)
{
	if (strncmp(text, "://", 3) == 0) {
		*instead_r = "[:]//";
		return 3;
	}
	if (mm_text_has_prefix(text, "www.")) {
		*instead_r = "www[.]";
		return 4;
	}
	return 0;
}

/* mm_text_printable() writes what is unsafe as \xHH, and quotes and
 * backslashes too, which are harmless here. */
static int unescape(struct mm_buf *buf, const char *text)
{
	const char *instead;
	size_t n;
	int r = 0;

	while (*text != '\0' && r == 0) {
		if (strncmp(text, "\\x22", 4) == 0) {
			r = mm_buf_puts(buf, "\"");
			text += 4;
		} else if (strncmp(text, "\\x5c", 4) == 0) {
			r = mm_buf_puts(buf, "\\");
			text += 4;
		} else if (*text == '\\' && strlen(text) >= 4) {
			r = mm_buf_puts(buf, "?");
			text += 4;
		} else if ((n = link_len(text, &instead)) > 0) {
			r = mm_buf_puts(buf, instead);
			text += n;
		} else {
			r = mm_buf_put(buf, text++, 1);
		}
	}
	return r;
}

int mm_text_foreign(struct mm_buf *buf, const char *text, size_t max_len)
{
	struct mm_buf safe;
	int r;

	mm_buf_init(&safe, 4 * max_len + 16);
	r = mm_text_printable(&safe, text, strlen(text), max_len);
	if (r == 0)
		r = unescape(buf, mm_buf_str(&safe));
	mm_buf_clear(&safe);
	return r;
}
