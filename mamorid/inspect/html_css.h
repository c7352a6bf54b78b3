#ifndef MM_INSPECT_HTML_CSS_H
#define MM_INSPECT_HTML_CSS_H

#include <stdbool.h>
#include <stddef.h>

/* Does this style sheet, or the value of a style attribute as written, run
 * code in some browser? */
bool mm_html_css_runs(const unsigned char *text, size_t len);

#endif
