#ifndef MM_INSPECT_HTML_URL_H
#define MM_INSPECT_HTML_URL_H

#include <stdbool.h>

#include "mamorid/inspect/html_facts.h"

/* All texts are squeezed (html_token.h). Facts are bits of enum mm_html_fact,
 * 0 for a harmless URL. */

/* A URL; shown: by an element that shows pictures and runs no document. Links
 * that do nothing, "javascript:void(0)", are harmless. */
unsigned int mm_html_url_facts(const char *url, bool shown);

/* URLs between semicolons: the values of an SVG animation. */
unsigned int mm_html_list_facts(const char *list);

/* The content of a refresh: "0;url='javascript:...'". */
unsigned int mm_html_refresh_facts(const char *content);

/* Does a plug-in or an old browser run this, by its media type or extension? */
bool mm_html_is_program(const char *value);

/* Is the word in a list that ends in NULL? */
bool mm_html_is_one_of(const char *word, const char *const *list);

#endif
