#ifndef MM_TESTS_UNIT_COURIER_DECODE_H
#define MM_TESTS_UNIT_COURIER_DECODE_H

/* A receiver's view of our mails: base64 and encoded words read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/err.h"
#include "core/text.h"

/* Decode len characters of base64, line ends skipped. */
static inline void unbase64(struct mm_buf *out, const char *text, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned int bits = 0, have = 0;
	const char *digit;
	size_t i;
	char c;

	for (i = 0; i < len; i++) {
		if (text[i] == '\n' || text[i] == '=')
			continue;
		digit = text[i] == '\0' ? NULL : strchr(digits, text[i]);
		assert_non_null(digit);
		bits = bits << 6 | (unsigned int)(digit - digits);
		have += 6;
		if (have >= 8) {
			have -= 8;
			c = (char)(bits >> have & 255);
			assert_int_equal(mm_buf_put(out, &c, 1), 0);
		}
	}
}

/* A header's value as we write it: plain, or encoded words and nothing else.
 * Checks the bounds of RFC 2047. first: characters before it on its line. */
static inline void unheader(struct mm_buf *out, const char *text, size_t first)
{
	const char *eol, *end;
	size_t line = first, start;

	if (strncmp(text, "=?", 2) != 0) {
		assert_true(strlen(text) + first <= 78);
		assert_int_equal(mm_buf_puts(out, text), 0);
		return;
	}
	while (*text != '\0') {
		assert_int_equal(strncmp(text, "=?UTF-8?B?", 10), 0);
		eol = strchr(text, '\n');
		end = eol == NULL ? text + strlen(text) : eol;
		assert_true((size_t)(end - text) <= 75);
		assert_true((size_t)(end - text) + line <= 76);
		assert_int_equal(strncmp(end - 2, "?=", 2), 0);
		start = out->len;
		unbase64(out, text + 10, (size_t)(end - text) - 12);
		assert_true(
			mm_text_is_utf8(out->data + start, out->len - start));
		text = end;
		if (*text == '\n') {
			assert_int_equal(text[1], ' ');
			text += 2;
			line = 1;
		}
	}
}

#endif
