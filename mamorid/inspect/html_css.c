/*
 * Style sheets that run code: expression(), behaviours, script URLs.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Pure functions.
 */
#include "mamorid/inspect/html_css.h"

#include <stdlib.h>
#include <string.h>

#include "mamorid/inspect/html_token.h"
#include "mamorid/xalloc.h"

static int hex_digit(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undo what CSS allows inside of words, in place: comments and escapes. The
 * text is squeezed already. */
static void plain_css(char *css)
{
	const unsigned char *in = (const unsigned char *)css;
	char *out = css;

	while (*in != '\0') {
		int c = 0;

		if (in[0] == '/' && in[1] == '*') {
			const char *stop = strstr((const char *)in + 2, "*/");

			if (stop == NULL)
				break;
			in = (const unsigned char *)stop + 2;
			continue;
		}
		if (*in != '\\') {
			*out++ = (char)*in++;
			continue;
		}
		in++;
		if (hex_digit(*in) < 0)
			continue;
		for (int i = 0; i < 6 && hex_digit(*in) >= 0; i++)
			c = c * 16 + hex_digit(*in++);
		if (c > ' ' && c < 0x7f)
			*out++ = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
	}
	*out = '\0';
}

/* Office writes behavior:url(#default#VML) into every mail. */
static bool has_behavior(const char *css)
{
	static const char word[] = "behavior:url(";

	for (; (css = strstr(css, word)) != NULL; css++) {
		const char *url = css + sizeof(word) - 1;

		url += strspn(url, "'\"");
		if (*url != '#')
			return true;
	}
	return false;
}

bool mm_html_css_runs(const unsigned char *text, size_t len)
{
	static const char *const words[] = {
		":expression(", "-moz-binding:url(", "url(javascript:",
		"url('javascript:", "url(\"javascript:", "url(vbscript:",
	};
	bool runs;
	char *css;

	if (len == 0)
		return false;
	css = mm_xcalloc(len + 1, 1);
	mm_html_squeeze(text, len, css, len + 1);
	plain_css(css);
	runs = has_behavior(css);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		runs |= strstr(css, words[i]) != NULL;
	free(css);
	return runs;
}
